//! 了解: a deliberate tap with a name. By the author of what somebody else typed in, it is the confirmation (確定).

use super::{
    Happened, InRoom,
    found::{found, named},
};
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    message_view::RoomEventKind,
    policy::{Acknowledge, Caller},
};
use tasuki_store::{Committed, WorkError, table::acknowledgement};

/// Acknowledges a message; a second time changes nothing.
///
/// # Errors
/// A refusal; `message.withdrawn`.
pub async fn acknowledge(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| Acknowledge {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let command = (located, Detail::default());
    let committed = perform(services, caller, act, command, |batch, grant, located| {
        Box::pin(async move {
            if located.is_withdrawn() {
                return Err(WorkError::Conflict("message.withdrawn"));
            }
            acknowledgement::acknowledge(batch, grant, located).await
        })
    })
    .await?;
    let by = named(services, &committed, committed.value().clone()).await?;
    let kind = RoomEventKind::Acknowledged { message: wanted.message, by };
    Ok(services.told(committed.map(|_| Happened::to(&located, kind))))
}
