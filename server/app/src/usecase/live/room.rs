//! A room that is open for live delivery: the look is recorded first, then the hub is joined, then the store is read,
//! so that nothing falls between reading and hearing.

use crate::{
    hub::{Mailbox, NotJoined},
    usecase::{Services, UseCaseError, rooms},
};
use std::sync::Arc;
use tasuki_domain::{
    id::{LookId, MessageId, PersonId, RoomId},
    info_class::ClassSet,
    message::Contract,
    message_view::MessageView,
    policy::{Caller, CloseLook, OpenRoom},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::{
    Revealed,
    table::{cursor::RoomReader, page::Span},
};
use uuid::Uuid;

/// Messages that are read at once.
const PAGE: i64 = 100;

/// Messages of a first page, where the client has none.
const FIRST_PAGE: i64 = 50;

/// A room that one connection has open, with the look that covers what is shown.
pub struct LiveRoom {
    look: Revealed<OpenRoom>,
    reader: RoomReader,
    shown: i64,
    next: Option<Span>,
    /// How far the reader had read before this opening; taken by the first page.
    read: Option<i64>,
}

/// Messages that were missed, oldest first.
pub struct LivePage {
    /// The messages.
    pub messages: Vec<MessageView>,
    /// Whether there are more.
    pub more: bool,
    /// The last of them that the reader had read before this opening; only on a first page.
    pub read: Option<MessageId>,
}

impl LiveRoom {
    /// The room.
    #[must_use]
    pub fn room(&self) -> RoomId {
        self.look.act().room
    }

    /// Whether missed messages wait to be read.
    #[must_use]
    pub const fn is_behind(&self) -> bool {
        self.next.is_some()
    }

    /// Takes note that a message is shown; false when it was shown before or will be read with those missed.
    pub fn shows(&mut self, position: i64) -> bool {
        let fresh = self.next.is_none() && position > self.shown;
        if fresh {
            self.shown = position;
        }
        fresh
    }

    /// Live delivery has a gap: read on from what was shown last.
    pub fn fall_behind(&mut self) {
        self.next.get_or_insert(Span::After(self.shown));
    }

    /// The reader's cursor of a position.
    #[must_use]
    pub fn cursor_of(&self, position: i64) -> String {
        self.reader.cursor(position)
    }

    /// The reader's cursor of what was shown last.
    #[must_use]
    pub fn cursor(&self) -> String {
        self.reader.cursor(self.shown)
    }

    /// What the reader may read in the room now.
    #[must_use]
    pub fn classes(&self, services: &Services) -> ClassSet {
        services.store.classes(self.look.grant().caller(), self.room())
    }
}

/// Opens a room for a connection: from the committed look on it hears what is posted. Read what came before with
/// [`read_on`]: after `after` (a cursor), or the newest page. Also says who has the room open.
///
/// # Errors
/// A refusal; a cursor that is not the reader's; `room.too_many`.
pub async fn open(
    services: &Services,
    caller: &Caller,
    (mailbox, room): (&Arc<Mailbox>, RoomId),
    after: Option<&str>,
) -> Result<(LiveRoom, Vec<PersonId>), UseCaseError> {
    let session = caller.session().ok_or(UseCaseError::Missing)?;
    let shared = services.store.shared_look(session.session, room);
    let look = shared.unwrap_or_else(|| LookId::from_uuid(Uuid::new_v4()));
    let grant = services.store.decide(caller, OpenRoom { room, look }).await?;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let next = match after {
        None => Span::Latest,
        Some(cursor) => {
            let unknown = || FieldProblem::new("after", FieldRule::Form);
            Span::After(reader.sequence(cursor).ok_or_else(unknown)?)
        }
    };
    let look = services.store.open_look(grant).await?;
    let present = match services.hub.join(mailbox, &look) {
        Ok(present) => present,
        Err(reason) => {
            services.store.drop_look(&look, 0).await?;
            return Err(match reason {
                NotJoined::NoRight => UseCaseError::Missing,
                NotJoined::TooMany => UseCaseError::conflict("room.too_many"),
            });
        }
    };
    // The order of live delivery begins at what is durable now; joined before, so nothing is between.
    let head = services.store.room_head(room).await?;
    services.hub.begin(room, head);
    let (shown, read) = match next {
        Span::After(position) => (position, None),
        _ => (0, Some(services.store.own_mark(room, session.person).await?)),
    };
    Ok((LiveRoom { look, reader, shown, next: Some(next), read }, present))
}

/// Reads the next page of what was missed.
///
/// # Errors
/// When the store fails.
pub async fn read_on(services: &Services, room: &mut LiveRoom) -> Result<LivePage, UseCaseError> {
    let span = room.next.unwrap_or(Span::After(room.shown));
    let limit = if matches!(span, Span::Latest) { FIRST_PAGE } else { PAGE };
    let messages = services.store.messages(&room.look, span, limit).await?;
    if let Some(last) = messages.last() {
        room.shown = room.shown.max(last.sequence);
    }
    let full = i64::try_from(messages.len()).is_ok_and(|count| count >= limit);
    let more = full && !matches!(span, Span::Latest);
    room.next = more.then_some(Span::After(room.shown));
    let had_read = room.read.take();
    let read = had_read.and_then(|mark| messages.iter().rfind(|message| message.sequence <= mark));
    let read = read.map(|message| message.message);
    Ok(LivePage { messages, more, read })
}

/// A message that was shown, as it is now; `None` when the reader may not see it any more.
///
/// # Errors
/// When the store fails.
pub async fn message_now(
    services: &Services,
    room: &LiveRoom,
    position: i64,
) -> Result<Option<MessageView>, UseCaseError> {
    rooms::open_room::message_at(services, &room.look, position).await
}

/// The person was shown an open room up to a cursor of this reader.
///
/// # Errors
/// A cursor that is not the reader's, or of something that was not shown yet.
pub fn mark_read(services: &Services, room: &LiveRoom, cursor: &str) -> Result<(), UseCaseError> {
    let position = room.reader.sequence(cursor).filter(|position| *position <= room.shown);
    let position = position.ok_or_else(|| FieldProblem::new("cursor", FieldRule::Form))?;
    services.store.note_read(&room.look, position);
    Ok(())
}

/// Closes a room on the person's word.
///
/// # Errors
/// When the store fails; the look is over all the same once the server starts again.
pub async fn close(
    services: &Services,
    caller: &Caller,
    (mailbox, room): (&Mailbox, LiveRoom),
) -> Result<(), UseCaseError> {
    services.hub.leave(mailbox, room.room());
    let session = caller.session().ok_or(UseCaseError::Missing)?.session;
    let grant = services.store.decide(caller, CloseLook { session, look: room.look.act().look }).await?;
    services.store.close_look(grant, room.shown).await?;
    Ok(())
}

/// Ends the look of a room because its connection, its session or the right to it is gone.
///
/// # Errors
/// When the store fails; the look is over all the same once the server starts again.
pub async fn drop_room(
    services: &Services,
    (mailbox, room): (&Mailbox, LiveRoom),
) -> Result<(), UseCaseError> {
    services.hub.leave(mailbox, room.room());
    services.store.drop_look(&room.look, room.shown).await?;
    Ok(())
}

/// A room that moved on since a client saw it.
pub struct Moved {
    /// The room.
    pub room: RoomId,
    /// Where it stands now for this reader.
    pub cursor: String,
}

/// Which of the rooms that a client says it has moved on since, as far as this person may see. Cursors of other
/// readers and of rooms that may not be read are passed over in silence.
///
/// # Errors
/// When the store fails.
pub async fn moved(
    services: &Services,
    caller: &Caller,
    seen: Vec<(RoomId, String)>,
) -> Result<Vec<(Moved, Contract)>, UseCaseError> {
    let mut moved = Vec::new();
    for (room, cursor) in seen {
        let Some(reader) = services.store.room_reader(caller, room) else { continue };
        let Some(position) = reader.sequence(&cursor) else { continue };
        if let Some(newer) = services.store.newer_post(caller, room, position).await? {
            moved.push((Moved { room, cursor: reader.cursor(newer.sequence) }, newer.urgency));
        }
    }
    Ok(moved)
}

/// The reader's own cursor of a room's head.
#[must_use]
pub fn head_cursor(services: &Services, caller: &Caller, room: RoomId, position: i64) -> Option<String> {
    services.store.room_reader(caller, room).map(|reader| reader.cursor(position))
}
