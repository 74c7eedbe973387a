//! 訂正: the author corrects; every earlier version stays.

use super::{Happened, InRoom, found::found};
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    message_view::RoomEventKind,
    policy::{Caller, CorrectMessage},
    text::{Body, Reason},
};
use tasuki_store::{Committed, WorkError, table::correction};
use uuid::Uuid;

/// A correction as its author sends it.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The version that the author saw.
    pub version: i64,
    /// The new words.
    pub body: Body,
    /// Why.
    pub reason: Reason,
}

/// Corrects one's own message.
///
/// # Errors
/// A refusal; `message.changed` when the version seen is not the current one, or it was withdrawn.
pub async fn correct_message(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    correction: Correction,
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, author| CorrectMessage {
        room: wanted.room,
        class,
        message: wanted.message,
        author,
    })
    .await?;
    let detail = Detail::default().with("version", located.version + 1);
    let command = ((located, correction, Uuid::new_v4()), detail);
    let committed = perform(services, caller, act, command, |batch, grant, (located, correction, row)| {
        Box::pin(async move {
            if correction.version != located.version || located.is_withdrawn() {
                return Err(WorkError::Conflict("message.changed"));
            }
            let words = (&correction.body, &correction.reason);
            correction::correct(batch, grant, (*row, located), words).await
        })
    })
    .await?;
    let kind = |version| RoomEventKind::Corrected { message: wanted.message, version };
    Ok(services.told(committed.map(|version| Happened::to(&located, kind(version)))))
}
