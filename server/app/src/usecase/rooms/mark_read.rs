//! Read marks: noted at once, made durable together every second (decision 13).

use super::close_look::forged;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::RoomId,
    message_view::{RoomEvent, RoomEventKind},
    policy::{Caller, OpenRoom},
};
use tasuki_store::Revealed;

/// How often [`flush_read_marks`] is to be called, in microseconds.
pub const JOINED_OVER: i64 = tasuki_domain::time::SECOND;

/// Notes that an open room was read up to a position that was shown.
pub fn mark_read(services: &Services, look: &Revealed<OpenRoom>, sequence: i64) {
    services.store.note_read(look, sequence);
}

/// Notes that a room was read up to a cursor, by a reader who has it open.
///
/// # Errors
/// A cursor that is not the caller's; a room that the caller's session does not have open.
pub async fn mark_read_by_cursor(
    services: &Services,
    caller: &Caller,
    (room, cursor): (RoomId, &str),
) -> Result<(), UseCaseError> {
    let session = caller.session().ok_or(UseCaseError::Missing)?.session;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let sequence = reader.sequence(cursor).ok_or(forged())?;
    let look = services.store.look_of(session, room).ok_or(UseCaseError::conflict("room.not_open"))?;
    let grant = services.store.decide(caller, OpenRoom { room, look }).await?;
    if !services.store.note_read_of(&grant, sequence) {
        return Err(UseCaseError::conflict("room.not_open"));
    }
    Ok(())
}

/// Makes the marks of the last second durable; gives what others in those rooms may hear.
///
/// # Errors
/// When the store fails; the marks wait for the next call then.
pub async fn flush_read_marks(services: &Services) -> Result<Vec<RoomEvent>, UseCaseError> {
    let marks = services.store.flush_read_marks().await?;
    let event = |mark: tasuki_store::table::receipt::ReadMark| RoomEvent {
        room: mark.room,
        class: None,
        sequence: mark.sequence,
        kind: RoomEventKind::Read { person: mark.person },
    };
    Ok(marks.into_iter().map(event).collect())
}
