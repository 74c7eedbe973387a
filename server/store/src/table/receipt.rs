//! Read marks: one high-water mark per person and room, joined over a second (decision 13).

use crate::{
    Batch, Done, Revealed, Store, Work,
    backend::Connection,
    batch::{EntryProof, ProofOf},
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tasuki_domain::{
    id::{PersonId, PostId, RoomId},
    policy::{Grant, OpenRoom, ReadReceipts},
    time::Timestamp,
};
use uuid::Uuid;

const MARK: StagedTable = StagedTable {
    insert: "INSERT INTO receipt (room, person, post, sequence, at) ",
    tail: " ON CONFLICT (room, person) DO UPDATE SET \
           post = CASE WHEN excluded.sequence > receipt.sequence THEN excluded.post ELSE receipt.post END, \
           at = CASE WHEN excluded.sequence > receipt.sequence THEN excluded.at ELSE receipt.at END, \
           sequence = CASE WHEN excluded.sequence > receipt.sequence THEN excluded.sequence ELSE receipt.sequence END",
};
const OF_ROOM: &str = "SELECT person, post, sequence, at FROM receipt WHERE room = $1";
const OF_PERSON: &str = "SELECT sequence FROM receipt WHERE room = $1 AND person = $2";

/// Marks that wait for the next second.
#[derive(Default)]
pub(crate) struct WaitingMarks(Mutex<HashMap<(RoomId, PersonId), ReadMark>>);

/// Somebody has read a room up to a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadMark {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// Up to which position.
    pub sequence: i64,
    /// The entry of the look that covers it.
    entry: u64,
}

/// How far somebody has read a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reached {
    /// Who.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// Up to which position.
    pub sequence: i64,
    /// When it got there.
    pub at: Timestamp,
}

impl Store {
    /// Notes how far a look has been read; [`Store::flush_read_marks`] makes it durable. Falls never.
    pub fn note_read(&self, look: &Revealed<OpenRoom>, sequence: i64) {
        self.note(look.grant(), sequence, look.entry());
    }

    /// As [`Store::note_read`], for a look that is open in this instance; false when it is not.
    #[must_use]
    pub fn note_read_of(&self, grant: &Grant<OpenRoom>, sequence: i64) -> bool {
        let entry = self.entry_of(grant.act().look);
        if let Some(entry) = entry {
            self.note(grant, sequence, entry);
        }
        entry.is_some()
    }

    fn note(&self, grant: &Grant<OpenRoom>, sequence: i64, entry: u64) {
        let Some(session) = grant.caller().session() else { return };
        let (room, person) = (grant.act().room, session.person);
        let mark = ReadMark { room, person, post: session.post, sequence, entry };
        let mut marks = self.inner.rooms.marks.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = marks.entry((room, person)).or_insert(mark);
        if sequence > kept.sequence {
            *kept = mark;
        }
    }

    /// Makes every waiting mark durable; says which.
    ///
    /// # Errors
    /// When the store fails; the marks wait for the next time then.
    pub async fn flush_read_marks(&self) -> Result<Vec<ReadMark>, WorkError> {
        let waiting = {
            let mut marks = self.inner.rooms.marks.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *marks)
        };
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let mut marks: Vec<ReadMark> = waiting.into_values().collect();
        // One order for everybody, so that two instances never wait for each other's rows.
        marks.sort_unstable_by_key(|mark| (mark.room, mark.person));
        match self.write(StoreMarks(marks.clone())).await {
            Ok(_) => Ok(marks),
            Err(error) => {
                let mut kept = self.inner.rooms.marks.0.lock().unwrap_or_else(PoisonError::into_inner);
                for mark in marks {
                    let later = kept.entry((mark.room, mark.person)).or_insert(mark);
                    if mark.sequence > later.sequence {
                        *later = mark;
                    }
                }
                Err(error)
            }
        }
    }

    /// The mark of a person that is not durable yet; 0 without one.
    pub(super) fn waiting_mark(&self, room: RoomId, person: PersonId) -> i64 {
        let marks = self.inner.rooms.marks.0.lock().unwrap_or_else(PoisonError::into_inner);
        marks.get(&(room, person)).map_or(0, |mark| mark.sequence)
    }

    /// How far a person has read a room; 0 when not at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn own_mark(&self, room: RoomId, person: PersonId) -> Result<i64, StoreError> {
        let mut connection: Connection = self.reading().await?;
        let stored: Option<i64> = on!(&mut connection, c => sqlx::query_scalar(OF_PERSON).bind(room.as_uuid())
            .bind(person.as_uuid()).fetch_optional(&mut **c).await)?;
        Ok(stored.unwrap_or(0).max(self.waiting_mark(room, person)))
    }

    /// How far everybody has read a room, for a look at the receipts of one of its messages.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn marks_of(&self, look: &Revealed<ReadReceipts>) -> Result<Vec<Reached>, StoreError> {
        let room = look.act().room;
        let mut connection: Connection = self.reading().await?;
        let rows: Vec<(Uuid, Uuid, i64, i64)> = on!(&mut connection, c => sqlx::query_as(OF_ROOM)
            .bind(room.as_uuid()).fetch_all(&mut **c).await)?;
        let reached = |(person, post, sequence, at)| Reached {
            person: PersonId::from_uuid(person),
            post: PostId::from_uuid(post),
            sequence,
            at: Timestamp(at),
        };
        Ok(rows.into_iter().map(reached).collect())
    }
}

struct StoreMarks(Vec<ReadMark>);

impl Work for StoreMarks {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let now = batch.now().0;
        for mark in &self.0 {
            let row = vec![
                Value::Id(mark.room.as_uuid()),
                Value::Id(mark.person.as_uuid()),
                Value::Id(mark.post.as_uuid()),
                Value::Int(mark.sequence),
                Value::Int(now),
            ];
            batch.stage(&MARK, row);
        }
        let covering = self.0.first().map(|mark| mark.entry).ok_or(WorkError::Missing)?;
        Ok(Done::new((), EntryProof(ProofOf::Earlier(covering))))
    }
}
