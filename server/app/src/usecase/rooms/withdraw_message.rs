//! 取消: the author takes a message back; the original stays for the record.

use super::{Happened, InRoom, found::found};
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    message_view::RoomEventKind,
    policy::{Caller, WithdrawMessage},
    text::Reason,
};
use tasuki_store::{Committed, table::correction};

/// Withdraws one's own message. What it asked is asked no more, and what it rang rings no more.
///
/// # Errors
/// A refusal; `message.withdrawn` when that was done before.
pub async fn withdraw_message(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    reason: Reason,
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, author| WithdrawMessage {
        room: wanted.room,
        class,
        message: wanted.message,
        author,
    })
    .await?;
    let command = ((located, reason), Detail::default());
    let committed = perform(services, caller, act, command, |batch, grant, (located, reason)| {
        Box::pin(correction::withdraw(batch, grant, located, reason))
    })
    .await?;
    let kind = RoomEventKind::Withdrawn { message: wanted.message };
    Ok(services.told(committed.map(|()| Happened::to(&located, kind))))
}
