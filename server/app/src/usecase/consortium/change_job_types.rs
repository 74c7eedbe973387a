//! The table of 職種 grows, or its words change.

use super::perform::{changed, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    job_type::JobTypeId,
    policy::{Caller, ChangeJobTypes},
    text::Title,
};
use tasuki_store::table::job_type;

/// Adds one job type; nobody has rights by it before the matrix says so.
///
/// # Errors
/// The refusal; `japanese` with `field.taken`; conflict `job_type.full`.
pub async fn create_job_type(
    services: &Services,
    caller: &Caller,
    words: (Title, Title),
) -> Result<JobTypeId, UseCaseError> {
    let done =
        perform(services, caller, ChangeJobTypes {}, (words, Detail::default()), |batch, grant, words| {
            Box::pin(job_type::create(batch, grant, &words.0, &words.1))
        });
    Ok(done.await?.into_value())
}

/// Gives one job type other words, Japanese and English.
///
/// # Errors
/// The refusal; [`UseCaseError::Missing`]; `japanese` with `field.taken`.
pub async fn rename_job_type(
    services: &Services,
    caller: &Caller,
    id: JobTypeId,
    words: (Option<Title>, Option<Title>),
) -> Result<(), UseCaseError> {
    let detail = changed(&[("japanese", words.0.is_some()), ("english", words.1.is_some())]).with("id", id.0);
    let command = (id, words);
    perform(services, caller, ChangeJobTypes {}, (command, detail), |batch, grant, (id, words)| {
        Box::pin(job_type::rename(batch, grant, *id, (words.0.as_ref(), words.1.as_ref())))
    })
    .await?;
    Ok(())
}
