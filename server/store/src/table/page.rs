//! Pages of messages for a reader: chosen by position or day, filtered by what the reader may read, opened after the
//! look is in the log.

use super::{
    assemble::{self, COLUMNS, MessageRow},
    column::mask,
    look::RoomLook,
};
use crate::{Revealed, Store, error::StoreError};
use tasuki_domain::{
    id::{MessageId, PostId, RoomId},
    info_class::{ClassSet, InfoClassId},
    message_view::MessageView,
    policy::{Act, Caller, CopyForRecord, Facts, ReadCorrections, ReadReceipts},
    session::SessionState,
    time::Timestamp,
};

const LATEST: &str = "WHERE m.room = $1 AND m.sequence < $2 \
     AND ((CAST(1 AS BIGINT) << CAST(m.class AS INTEGER)) & $3) <> 0 ORDER BY m.sequence DESC LIMIT $4";
const AFTER: &str = "WHERE m.room = $1 AND m.sequence > $2 \
     AND ((CAST(1 AS BIGINT) << CAST(m.class AS INTEGER)) & $3) <> 0 ORDER BY m.sequence LIMIT $4";
const DAY: &str = "WHERE m.room = $1 AND m.sequence > $2 \
     AND ((CAST(1 AS BIGINT) << CAST(m.class AS INTEGER)) & $3) <> 0 \
     AND m.received_at >= $5 AND m.received_at < $6 ORDER BY m.sequence LIMIT $4";
const ONE: &str = "WHERE m.message = $1";

/// The most messages of a page.
pub const MOST: i64 = 100;

/// Which messages of a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// The newest.
    Latest,
    /// Those before a position, the newest of them.
    Before(i64),
    /// Those after a position, the oldest of them.
    After(i64),
    /// Those received in an interval, after a position, the oldest of them.
    Between {
        /// From when on.
        from: Timestamp,
        /// Until before when.
        until: Timestamp,
        /// After which position.
        after: i64,
    },
}

/// A look that covers one message.
pub trait MessageLook: Act {
    /// The room.
    fn room(&self) -> RoomId;
    /// The message.
    fn message(&self) -> MessageId;
    /// Its class.
    fn class(&self) -> InfoClassId;
}

macro_rules! message_looks {
    ($($act:ident),+) => {$(
        impl MessageLook for $act {
            fn room(&self) -> RoomId {
                self.room
            }

            fn message(&self) -> MessageId {
                self.message
            }

            fn class(&self) -> InfoClassId {
                self.class
            }
        }
    )+};
}
message_looks!(CopyForRecord, ReadCorrections, ReadReceipts);

/// The classes that a post may read in a room.
#[must_use]
pub fn readable(facts: &Facts, post: PostId, room: RoomId, now: Timestamp) -> ClassSet {
    match (facts.post(post), facts.room(room)) {
        (Some(post), Some(room)) => facts.within(post, room, now).read,
        _ => ClassSet::NONE,
    }
}

impl Store {
    /// The classes that a caller may read in a room now: none once the session is locked or over, or the device,
    /// person or post is not live any more, however long a look is held.
    #[must_use]
    pub fn classes(&self, caller: &Caller, room: RoomId) -> ClassSet {
        let (facts, now) = (self.facts(), self.now());
        let live = caller.session().filter(|session| {
            session.state(now) == SessionState::Live
                && facts.device(session.device).is_some_and(|device| device.is_live(now))
                && facts.person(session.person).is_some_and(|person| person.period.contains(now))
                && facts.post(session.post).is_some_and(|post| post.is_live(now))
        });
        live.map_or(ClassSet::NONE, |session| readable(&facts, session.post, room, now))
    }

    /// Messages of a room that the reader may read, oldest first; at most `limit` and at most [`MOST`].
    /// Rights are those of now, not those of when the look began.
    ///
    /// # Errors
    /// When the store fails or a value does not open.
    pub async fn messages<A: RoomLook>(
        &self,
        look: &Revealed<A>,
        span: Span,
        limit: i64,
    ) -> Result<Vec<MessageView>, StoreError> {
        self.messages_and_one(look, span, limit.clamp(1, MOST) - 1).await
    }

    /// As [`Store::messages`], and one more where there is one: so that the reader learns whether there is.
    ///
    /// # Errors
    /// As [`Store::messages`].
    pub async fn messages_and_one<A: RoomLook>(
        &self,
        look: &Revealed<A>,
        span: Span,
        limit: i64,
    ) -> Result<Vec<MessageView>, StoreError> {
        let room = look.act().room();
        let classes = self.classes(look.grant().caller(), room);
        let mut rows = self.rows(room, span, (classes, limit.clamp(0, MOST) + 1)).await?;
        rows.sort_unstable_by_key(|row| row.sequence);
        assemble::views(self, look, rows, |_| classes).await
    }

    async fn rows(
        &self,
        room: RoomId,
        span: Span,
        (classes, limit): (ClassSet, i64),
    ) -> Result<Vec<MessageRow>, StoreError> {
        let (room, mask) = (room.as_uuid(), mask(classes));
        if classes.is_empty() {
            return Ok(Vec::new());
        }
        let mut connection = self.reading().await?;
        macro_rules! run {
            ($tail:expr, $($bind:expr),+) => {
                on!(&mut connection, c => {
                    let text = sqlx::AssertSqlSafe(format!("{COLUMNS}{}", $tail));
                    sqlx::query_as(text)$(.bind($bind))+.fetch_all(&mut **c).await
                })?
            };
        }
        Ok(match span {
            Span::Latest => run!(LATEST, room, i64::MAX, mask, limit),
            Span::Before(sequence) => run!(LATEST, room, sequence, mask, limit),
            Span::After(sequence) => run!(AFTER, room, sequence, mask, limit),
            Span::Between { from, until, after } => run!(DAY, room, after, mask, limit, from.0, until.0),
        })
    }

    /// One message, for a look at it. `None` when the reader may not read its class any more.
    ///
    /// # Errors
    /// When the store fails or a value does not open.
    pub async fn message<A: MessageLook>(
        &self,
        look: &Revealed<A>,
    ) -> Result<Option<MessageView>, StoreError> {
        let act = look.act();
        let classes = self.classes(look.grant().caller(), act.room());
        if !classes.contains(act.class()) {
            return Ok(None);
        }
        let mut connection = self.reading().await?;
        let rows: Vec<MessageRow> = on!(&mut connection, c => {
            let text = sqlx::AssertSqlSafe(format!("{COLUMNS}{ONE}"));
            sqlx::query_as(text).bind(act.message().as_uuid()).fetch_all(&mut **c).await
        })?;
        drop(connection);
        let in_room = rows.into_iter().filter(|row: &MessageRow| row.room == act.room().as_uuid()).collect();
        Ok(assemble::views(self, look, in_room, |_| classes).await?.pop())
    }

    /// The last position given out in a room.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn room_head(&self, room: RoomId) -> Result<i64, StoreError> {
        const HEAD: &str = "SELECT sequence FROM room_head WHERE room = $1";
        let alone = !self.inner.backend.is_shared();
        if let Some(head) = self.inner.heads.get(&room).filter(|_| alone) {
            return Ok(head);
        }
        let mut connection = self.reading().await?;
        let head: Option<i64> = on!(&mut connection, c => sqlx::query_scalar(HEAD).bind(room.as_uuid())
            .fetch_optional(&mut **c).await)?;
        let head = head.unwrap_or(0);
        if alone {
            self.inner.heads.learn(room, head);
        }
        Ok(head)
    }
}
