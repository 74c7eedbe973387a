//! The end of a look, recorded with the last position shown.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::{LookId, RoomId},
    policy::{Caller, CloseLook, OpenRoom},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::Revealed;

/// Closes a look of one's own session. `through` is the cursor of the last message shown, if any was.
///
/// # Errors
/// A refusal; a cursor that is not the caller's; no such open look.
pub async fn close_look(
    services: &Services,
    caller: &Caller,
    (room, look): (RoomId, LookId),
    through: Option<&str>,
) -> Result<(), UseCaseError> {
    let session = caller.session().ok_or(UseCaseError::Missing)?.session;
    let grant = services.store.decide(caller, CloseLook { session, look }).await?;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let shown = through.map(|cursor| reader.sequence(cursor).ok_or(forged())).transpose()?;
    services.store.close_look(grant, shown.unwrap_or(0)).await?;
    Ok(())
}

pub(super) const fn forged() -> FieldProblem {
    FieldProblem::new("cursor", FieldRule::Form)
}

/// Closes a look whose session or connection has ended, with the last position shown.
///
/// # Errors
/// When the store fails.
pub async fn drop_look(
    services: &Services,
    look: &Revealed<OpenRoom>,
    shown: i64,
) -> Result<(), UseCaseError> {
    services.store.drop_look(look, shown).await?;
    Ok(())
}

/// Closes the looks that a crash left open; run before the doors open. Gives their number.
///
/// # Errors
/// When the store fails.
pub async fn close_abandoned_looks(services: &Services) -> Result<usize, UseCaseError> {
    Ok(services.store.close_abandoned_looks().await?)
}

/// Closes the looks whose session has ended or run out: to be run every few seconds. Gives their number.
///
/// # Errors
/// When the store fails.
pub async fn close_ended_looks(services: &Services) -> Result<usize, UseCaseError> {
    Ok(services.store.close_ended_looks().await?)
}
