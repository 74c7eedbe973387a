//! Finding the message that somebody wants to act on, and naming whoever did.

use crate::usecase::{Services, UseCaseError, consortium::perform};
use tasuki_domain::{
    id::{MessageId, PersonId, RoomId},
    info_class::InfoClassId,
    message_view::Byline,
    policy::{Act, Caller},
};
use tasuki_store::table::{
    message::{self, Located},
    name::Witness,
    naming,
};
use uuid::Uuid;

/// A message in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InRoom {
    /// The room.
    pub room: RoomId,
    /// The message.
    pub message: MessageId,
}

/// The message, and the act on it that is to be decided. One that is not there is refused, and the try recorded.
pub(super) async fn found<A: Act>(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    act: impl Fn(InfoClassId, PersonId) -> A,
) -> Result<(Located, A), UseCaseError> {
    let located = message::locate(&mut services.store.reading().await?, wanted.message).await?;
    match located.filter(|located| located.room == wanted.room) {
        Some(located) => Ok((located, act(located.class, located.signature.author))),
        None => {
            let act = act(InfoClassId::GENERAL, PersonId::from_uuid(Uuid::nil()));
            Err(perform::missing(services, caller, &act).await)
        }
    }
}

/// Fills in one name.
pub(super) async fn named(
    services: &Services,
    witness: &impl Witness,
    mut by: Byline,
) -> Result<Byline, UseCaseError> {
    naming::name_bylines(&services.store, witness, vec![&mut by]).await?;
    Ok(by)
}
