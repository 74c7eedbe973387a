//! Reading without network: a copy lent to the device until a stated time, and looks at it told late.

use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    id::RoomId,
    message_view::MessageView,
    policy::{Caller, Lend, OfflineLook},
    problem::{FieldProblem, FieldRule},
    time::{HOUR, MINUTE, Timestamp},
};
use tasuki_store::{
    WorkError,
    table::{
        cursor::RoomReader,
        lend,
        page::{MOST, Span},
    },
};
use uuid::Uuid;

/// The longest lend: what a lost device could show is looked for that far back.
const LONGEST: i64 = 12 * HOUR;

/// A copy for a device.
pub struct Lent {
    /// Until when the device may show it.
    pub until: Timestamp,
    /// The newest messages that the reader may see, oldest first; at most 100.
    pub messages: Vec<MessageView>,
    /// The reader's cursors in this room.
    pub reader: RoomReader,
}

/// Lends a copy of a room's newest messages to the device. The lend is in the log before anything is handed out.
///
/// # Errors
/// A refusal; `until` when it is past or later than the session's end or 12 hours on.
pub async fn lend_room(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    until: Timestamp,
) -> Result<Lent, UseCaseError> {
    let grant = services.store.decide(caller, Lend { room }).await?;
    let session = caller.session().ok_or(UseCaseError::Missing)?;
    if until <= services.now() {
        return Err(FieldProblem::new("until", FieldRule::Past).into());
    }
    if until > session.expires_at || until > services.now().plus(LONGEST) {
        return Err(FieldProblem::new("until", FieldRule::Time).into());
    }
    let look = services.store.lend(grant, (Uuid::new_v4(), until)).await?;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let messages = services.store.messages(&look, Span::Latest, MOST).await?;
    Ok(Lent { until, messages, reader })
}

/// Tells late that a lent copy was looked at, with the device's own times.
///
/// # Errors
/// A refusal; `from` or `until` outside of a lend of that room to that device and person, or in the future.
pub async fn offline_look(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    (from, until): (Timestamp, Timestamp),
) -> Result<(), UseCaseError> {
    services.store.decide(caller, OfflineLook { room }).await?;
    if until < from {
        return Err(FieldProblem::new("until", FieldRule::Interval).into());
    }
    if until > services.now().plus(MINUTE) {
        return Err(FieldProblem::new("until", FieldRule::Time).into());
    }
    let detail = Detail::default().with("device_from", from.0).with("device_until", until.0);
    perform(services, caller, OfflineLook { room }, (from, detail), |batch, grant, from| {
        Box::pin(async move {
            match lend::was_lent(batch, grant, *from).await? {
                true => Ok(()),
                false => Err(WorkError::Field(FieldProblem::new("from", FieldRule::Time))),
            }
        })
    })
    .await?;
    Ok(())
}
