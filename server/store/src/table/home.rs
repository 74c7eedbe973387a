//! What concerns one reader over all rooms: calls, what is owed, what is unread, handovers. Chosen by ids and codes
//! first; words are opened only for a recorded look that names the messages.

use super::{
    assemble::{self, COLUMNS, MessageRow},
    column::{class, code, mask, some},
    request,
};
use crate::{Connection, Revealed, Store, error::StoreError};
use std::collections::{HashMap, HashSet};
use tasuki_domain::{
    id::{MessageId, PersonId, PostId, RoomId},
    info_class::{ClassSet, InfoClassId},
    message::{Contract, Intent, WorkState},
    message_view::MessageView,
    policy::{Act, Caller, Facts, ReadHandover, ReadHome},
    post::Mentions,
    time::Timestamp,
};
use uuid::Uuid;

const CALLS: &str = "SELECT u.message, u.room, u.class, u.first_post, u.fallback_post, m.author FROM urgent_call u \
     JOIN message m ON m.message = u.message WHERE u.state < 4 AND m.withdrawn_at = 9223372036854775807 \
     ORDER BY u.called_at LIMIT 500";
const WAITING: &str = "SELECT message, room, class, author, intent, contract, due, owner, state, mentions FROM message \
     WHERE waiting = 1 AND withdrawn_at = 9223372036854775807 AND room IN (";
const BY_DUE: &str = ") ORDER BY due, received_at LIMIT 1000";
const HEADS: &str = "SELECT room, sequence FROM room_head WHERE room IN (";
const UNREAD: &str = "SELECT message, contract FROM message WHERE room = $1 AND sequence > $2 \
     AND ((CAST(1 AS BIGINT) << CAST(class AS INTEGER)) & $3) <> 0 AND author <> $4 \
     AND withdrawn_at = 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM acknowledgement a \
     WHERE a.message = message.message AND a.person = $4) ORDER BY sequence DESC LIMIT 100";
const HANDOVERS: &str = "SELECT m.message, m.room, m.class, m.received_at, COALESCE(h.at, 0) FROM message m \
     LEFT JOIN handover h ON h.message = m.message \
     WHERE m.intent = 4 AND m.withdrawn_at = 9223372036854775807 AND (h.message IS NULL OR m.received_at >= ";
const BY_TIME: &str = ") ORDER BY m.received_at DESC LIMIT 500";
const REPLIED: &str = "SELECT DISTINCT reply_to FROM message WHERE reply_class > 0 AND author = ";

/// The most that is counted as unread in a room.
pub const MOST_UNREAD: usize = 100;

/// A room that somebody may see, and what of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnRoom {
    /// The room.
    pub room: RoomId,
    /// The classes that they may read in it.
    pub classes: ClassSet,
    /// The classes that they may write in it.
    pub writable: ClassSet,
}

/// The rooms that a post may see, as the facts stand; in a fixed order.
#[must_use]
pub fn rooms_of(facts: &Facts, post: PostId, now: Timestamp) -> Vec<OwnRoom> {
    let Some(post) = facts.post(post) else { return Vec::new() };
    let seen = facts.rooms().filter_map(|room| {
        let scope = facts.within(post, room, now);
        (scope.member && scope.consented).then_some(OwnRoom {
            room: room.room,
            classes: scope.read,
            writable: scope.write,
        })
    });
    let mut rooms: Vec<OwnRoom> = seen.collect();
    rooms.sort_unstable_by_key(|own| own.room);
    rooms
}

/// The reader and what they may see.
pub struct Reader {
    /// Who.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// Their rooms.
    pub rooms: HashMap<RoomId, ClassSet>,
    /// What they may write in each.
    writable: HashMap<RoomId, ClassSet>,
}

impl Reader {
    /// The caller as a reader; `None` when nobody is signed in.
    #[must_use]
    pub fn of(store: &Store, caller: &Caller) -> Option<Self> {
        let session = caller.session()?;
        let rooms = rooms_of(&store.facts(), session.post, store.now());
        let writable = rooms.iter().map(|own| (own.room, own.writable)).collect();
        let rooms = rooms.into_iter().map(|own| (own.room, own.classes)).collect();
        Some(Self { person: session.person, post: session.post, rooms, writable })
    }

    fn writes(&self, room: RoomId, class: InfoClassId) -> bool {
        self.writable.get(&room).is_some_and(|classes| classes.contains(class))
    }

    fn reads(&self, room: RoomId, class: InfoClassId) -> bool {
        self.rooms.get(&room).is_some_and(|classes| classes.contains(class))
    }

    fn ids(&self) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = self.rooms.keys().map(|room| room.as_uuid()).collect();
        ids.sort_unstable();
        ids
    }
}

/// An urgent message that is not settled and concerns the reader: who is rung, or wrote it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnCall {
    /// The message.
    pub message: MessageId,
    /// Its room.
    pub room: RoomId,
}

/// What the reader owes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owed {
    /// The message that asks.
    pub message: MessageId,
    /// Its room.
    pub room: RoomId,
    /// By when; an open end without a due time.
    pub due: Timestamp,
}

/// What of a room the reader has not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// The room.
    pub room: RoomId,
    /// The messages, newest first; at most [`MOST_UNREAD`].
    pub messages: Vec<MessageId>,
}

impl Store {
    /// The unsettled calls that ring the reader or that the reader made, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own_calls(&self, reader: &Reader) -> Result<Vec<OwnCall>, StoreError> {
        let mut connection = self.reading().await?;
        let rows: Vec<(Uuid, Uuid, i64, Uuid, Uuid, Uuid)> =
            on!(&mut connection, c => sqlx::query_as(CALLS).fetch_all(&mut **c).await)?;
        let facts = self.facts();
        let own =
            |post: Uuid| facts.post(PostId::from_uuid(post)).is_some_and(|post| post.person == reader.person);
        let mut calls = Vec::new();
        for (message, room, number, first, fallback, author) in rows {
            let room = RoomId::from_uuid(room);
            let concerns = own(first) || own(fallback) || author == reader.person.as_uuid();
            if concerns && reader.reads(room, class(number)?) {
                calls.push(OwnCall { message: MessageId::from_uuid(message), room });
            }
        }
        Ok(calls)
    }

    /// What the reader owes, soonest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn owed(&self, reader: &Reader) -> Result<Vec<Owed>, StoreError> {
        let rooms = reader.ids();
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.reading().await?;
        let rows: Vec<WaitingRow> =
            super::column::among!(&mut connection, WaitingRow, WAITING, &rooms, BY_DUE)?;
        let mut waiting = Vec::with_capacity(rows.len());
        for row in rows {
            if reader.reads(RoomId::from_uuid(row.room), class(row.class)?) {
                waiting.push(row);
            }
        }
        let naming: Vec<Uuid> =
            waiting.iter().filter(|row| row.mentions > 0).map(|row| row.message).collect();
        let mut mentions: HashMap<Uuid, Mentions> = HashMap::new();
        for (message, person, job_type) in request::named(&mut connection, &naming).await? {
            let named = mentions.entry(message).or_default();
            match some(person) {
                Some(person) => named.people.push(PersonId::from_uuid(person)),
                None => {
                    named.job_types.extend(i16::try_from(job_type).map(tasuki_domain::job_type::JobTypeId))
                }
            }
        }
        let plain: Vec<Uuid> =
            waiting.iter().filter(|row| row.state == 0 || row.intent == 4).map(|row| row.message).collect();
        let replied = replied(&mut connection, reader.person, &plain).await?;
        let job_type = self.facts().post(reader.post).map(|post| post.job_type);
        let mut owed = Vec::new();
        for row in waiting {
            let named = mentions.remove(&row.message).unwrap_or_default();
            let addressed =
                named.is_empty() || job_type.is_some_and(|job_type| named.names(reader.person, job_type));
            // An answer stands in the question's own class: whoever may not write it cannot owe one.
            let able = row.intent != i64::from(Intent::Question.code())
                || reader.writes(RoomId::from_uuid(row.room), class(row.class)?);
            if able && row.owes(reader.person, addressed)? && !replied.contains(&row.message) {
                let (message, room) = (MessageId::from_uuid(row.message), RoomId::from_uuid(row.room));
                owed.push(Owed { message, room, due: Timestamp(row.due) });
            }
        }
        Ok(owed)
    }

    /// What the reader has not read, room by room; only what they may see counts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unread(&self, reader: &Reader) -> Result<Vec<Unread>, StoreError> {
        let rooms = reader.ids();
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.reading().await?;
        let heads: Vec<(Uuid, i64)> =
            super::column::among!(&mut connection, (Uuid, i64), HEADS, &rooms, ") ORDER BY room")?;
        let marks = self.marks(&mut connection, reader, &rooms).await?;
        let mut unread = Vec::new();
        for (room, head) in heads {
            let id = RoomId::from_uuid(room);
            let mark = marks.get(&room).copied().unwrap_or(0).max(self.waiting_mark(id, reader.person));
            let classes = reader.rooms.get(&id).copied().unwrap_or_default();
            if head <= mark || classes.is_empty() {
                continue;
            }
            let (mask, own) = (mask(classes), reader.person.as_uuid());
            let rows: Vec<(Uuid, i64)> = on!(&mut connection, c => sqlx::query_as(UNREAD).bind(room).bind(mark).bind(mask)
                .bind(own).fetch_all(&mut **c).await)?;
            if !rows.is_empty() {
                let messages = rows.into_iter().map(|(message, _)| MessageId::from_uuid(message)).collect();
                unread.push(Unread { room: id, messages });
            }
        }
        Ok(unread)
    }

    async fn marks(
        &self,
        connection: &mut Connection,
        reader: &Reader,
        rooms: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, StoreError> {
        let rows: Vec<(Uuid, i64)> = on!(connection, c => {
            let mut query = sqlx::QueryBuilder::new("SELECT room, sequence FROM receipt WHERE person = ");
            query.push_bind(reader.person.as_uuid());
            query.push(" AND room IN (");
            let mut list = query.separated(", ");
            for room in rooms {
                list.push_bind(*room);
            }
            query.push(")");
            query.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(rows.into_iter().collect())
    }

    /// Handovers since a moment, and every older one that nobody took over; oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn handovers(
        &self,
        reader: &Reader,
        since: Timestamp,
    ) -> Result<Vec<(MessageId, RoomId)>, StoreError> {
        let rooms = reader.ids();
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.reading().await?;
        let rows: Vec<(Uuid, Uuid, i64, i64, i64)> = on!(&mut connection, c => {
            let mut query = sqlx::QueryBuilder::new(HANDOVERS);
            query.push_bind(since.0);
            query.push(") AND m.room IN (");
            let mut list = query.separated(", ");
            for room in &rooms {
                list.push_bind(*room);
            }
            query.push(BY_TIME);
            query.build_query_as().fetch_all(&mut **c).await
        })?;
        let mut found = Vec::with_capacity(rows.len());
        for (message, room, number, ..) in rows.into_iter().rev() {
            let room = RoomId::from_uuid(room);
            if reader.reads(room, class(number)?) {
                found.push((MessageId::from_uuid(message), room));
            }
        }
        Ok(found)
    }

    /// Messages of several rooms for a look that names them; those that the reader may not read (any more) are left
    /// out.
    ///
    /// # Errors
    /// When the store fails or a value does not open.
    pub async fn messages_named<A: ListLook>(
        &self,
        look: &Revealed<A>,
        messages: &[MessageId],
    ) -> Result<HashMap<MessageId, MessageView>, StoreError> {
        let Some(reader) = Reader::of(self, look.grant().caller()) else { return Ok(HashMap::new()) };
        let ids: Vec<Uuid> = messages.iter().map(|message| message.as_uuid()).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut connection = self.reading().await?;
        let before = format!("{COLUMNS}WHERE m.message IN (");
        let rows: Vec<MessageRow> =
            super::column::among!(&mut connection, MessageRow, before.as_str(), &ids, ")")?;
        drop(connection);
        let mut readable = Vec::with_capacity(rows.len());
        for row in rows {
            if reader.reads(RoomId::from_uuid(row.room), class(row.class)?) {
                readable.push(row);
            }
        }
        let classes = |room| reader.rooms.get(&room).copied().unwrap_or_default();
        let views = assemble::views(self, look, readable, classes).await?;
        Ok(views.into_iter().map(|view| (view.message, view)).collect())
    }
}

/// A look at lists over all rooms.
pub trait ListLook: Act {}
impl ListLook for ReadHome {}
impl ListLook for ReadHandover {}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    message: Uuid,
    room: Uuid,
    class: i64,
    author: Uuid,
    intent: i64,
    contract: i64,
    due: i64,
    owner: Uuid,
    state: i64,
    mentions: i64,
}

impl WaitingRow {
    /// Whether a person owes something for it. A declined request is its author's again.
    fn owes(&self, person: PersonId, addressed: bool) -> Result<bool, StoreError> {
        let own = self.author == person.as_uuid();
        let state = code(self.state, WorkState::from_code)?;
        Ok(match code(self.intent, Intent::from_code)? {
            Intent::Request if state == WorkState::Declined => own,
            Intent::Request => self.owner == person.as_uuid(),
            Intent::Question => !own && addressed && state == WorkState::Open,
            Intent::Notice | Intent::Handover => {
                !own && addressed && code(self.contract, Contract::from_code)? == Contract::Reply
            }
        })
    }
}

/// Which of some messages a person has replied to.
async fn replied(
    connection: &mut Connection,
    person: PersonId,
    messages: &[Uuid],
) -> Result<HashSet<Uuid>, StoreError> {
    if messages.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(Uuid,)> = on!(connection, c => {
        let mut query = sqlx::QueryBuilder::new(REPLIED);
        query.push_bind(person.as_uuid());
        query.push(" AND reply_to IN (");
        let mut list = query.separated(", ");
        for message in messages {
            list.push_bind(*message);
        }
        query.push(")");
        query.build_query_as().fetch_all(&mut **c).await
    })?;
    Ok(rows.into_iter().map(|(message,)| message).collect())
}
