//! The table of 情報区分 grows, or its words change.

use super::perform::{changed, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    info_class::InfoClassId,
    policy::{Caller, ChangeInfoClasses},
    text::Title,
};
use tasuki_store::table::info_class;

/// Adds one information class; nobody has rights by it before the matrix says so.
///
/// # Errors
/// The refusal; `japanese` with `field.taken`; conflict `info_class.full`.
pub async fn create_info_class(
    services: &Services,
    caller: &Caller,
    words: (Title, Title),
) -> Result<InfoClassId, UseCaseError> {
    let done =
        perform(services, caller, ChangeInfoClasses {}, (words, Detail::default()), |batch, grant, words| {
            Box::pin(info_class::create(batch, grant, &words.0, &words.1))
        });
    Ok(done.await?.into_value())
}

/// Gives one information class other words, Japanese and English.
///
/// # Errors
/// The refusal; [`UseCaseError::Missing`]; `japanese` with `field.taken`, `info_class.safety` (安全情報 stays as it is).
pub async fn rename_info_class(
    services: &Services,
    caller: &Caller,
    id: InfoClassId,
    words: (Option<Title>, Option<Title>),
) -> Result<(), UseCaseError> {
    let detail = changed(&[("japanese", words.0.is_some()), ("english", words.1.is_some())]).with("id", id.0);
    let command = (id, words);
    perform(services, caller, ChangeInfoClasses {}, (command, detail), |batch, grant, (id, words)| {
        Box::pin(info_class::rename(batch, grant, *id, (words.0.as_ref(), words.1.as_ref())))
    })
    .await?;
    Ok(())
}
