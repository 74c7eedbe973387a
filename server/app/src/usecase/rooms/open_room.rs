//! Opening a room: the look is durable before the first page is read, and covers what arrives until it is closed.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::{LookId, RoomId},
    message_view::MessageView,
    policy::{Caller, OpenRoom},
};
use tasuki_store::{
    Revealed,
    table::{cursor::RoomReader, page::Span},
};
use uuid::Uuid;

/// How many messages an opened room shows first.
pub const FIRST_PAGE: i64 = 50;

/// A room that somebody has open. Whoever holds it may be sent what arrives; dropping it must be followed by
/// [`close_look`](super::close_look) or [`drop_look`](super::close_look::drop_look).
pub struct OpenedRoom {
    /// The recorded look.
    pub look: Revealed<OpenRoom>,
    /// The reader's cursors in this room.
    pub reader: RoomReader,
    /// The newest messages that the reader may see, oldest first.
    pub messages: Vec<MessageView>,
    /// Whether there are older ones.
    pub older: bool,
    /// How far the reader had read it; a position, not for the wire.
    pub read: i64,
}

impl OpenedRoom {
    /// The last position shown; 0 in an empty room. Not for the wire.
    #[must_use]
    pub fn shown(&self) -> i64 {
        self.messages.last().map_or(0, |message| message.sequence)
    }
}

/// Opens a room. A second opening by the same session within the window shares the look.
///
/// # Errors
/// A refusal, or the store failed: then nothing was shown.
pub async fn open_room(
    services: &Services,
    caller: &Caller,
    room: RoomId,
) -> Result<OpenedRoom, UseCaseError> {
    let shared = caller.session().and_then(|session| services.store.shared_look(session.session, room));
    let look = shared.unwrap_or_else(|| LookId::from_uuid(Uuid::new_v4()));
    let grant = services.store.decide(caller, OpenRoom { room, look }).await?;
    let look = services.store.open_look(grant).await?;
    match first_page(services, caller, &look).await {
        Ok((reader, messages, read)) => {
            let older = messages.len() > usize::try_from(FIRST_PAGE).unwrap_or(usize::MAX);
            let skipped = usize::from(older);
            let messages = messages.into_iter().skip(skipped).collect();
            Ok(OpenedRoom { look, reader, messages, older, read })
        }
        Err(error) => {
            // Nothing was shown: the look ends as it began.
            let _closed = services.store.drop_look(&look, 0).await;
            Err(error)
        }
    }
}

async fn first_page(
    services: &Services,
    caller: &Caller,
    look: &Revealed<OpenRoom>,
) -> Result<(RoomReader, Vec<MessageView>, i64), UseCaseError> {
    let room = look.act().room;
    let session = caller.session().ok_or(UseCaseError::Missing)?;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let messages = services.store.messages(look, Span::Latest, FIRST_PAGE + 1).await?;
    let read = services.store.own_mark(room, session.person).await?;
    Ok((reader, messages, read))
}

/// What arrived in an open room after a position and may be seen, oldest first: fills every gap that a live
/// connection had. At most 100; ask again while that many come.
///
/// # Errors
/// When the store fails.
pub async fn catch_up(
    services: &Services,
    look: &Revealed<OpenRoom>,
    after: i64,
) -> Result<Vec<MessageView>, UseCaseError> {
    Ok(services.store.messages(look, Span::After(after), tasuki_store::table::page::MOST).await?)
}

/// The message at a position of an open room, as it stands now; `None` when the reader may not see it.
///
/// # Errors
/// When the store fails.
pub async fn message_at(
    services: &Services,
    look: &Revealed<OpenRoom>,
    sequence: i64,
) -> Result<Option<MessageView>, UseCaseError> {
    let mut found = services.store.messages(look, Span::After(sequence - 1), 1).await?;
    Ok(found.pop().filter(|message| message.sequence == sequence))
}
