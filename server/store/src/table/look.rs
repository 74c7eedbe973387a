//! Looks: a room that somebody has open, from the recorded beginning to the recorded end.

use super::cursor::RoomReader;
use crate::{
    Batch, Done, Revealed, Store, Work,
    backend::Connection,
    error::WorkError,
    stage::{StagedTable, Value},
    store::Committed,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, ObjectKind, Outcome, Target},
    id::{LookId, RequestId, RoomId, SessionId},
    policy::{Act, Actor, Caller, CloseLook, Grant, JobKind, Lend, OpenRoom, ReadHistory},
    session::SessionState,
    time::{DAY, Timestamp},
};
use uuid::Uuid;

const LOOK: StagedTable = StagedTable {
    insert: "INSERT INTO look (look, room, person, session, device, opened_at, closed_at, last_sequence, abandoned) ",
    tail: "",
};
const CLOSE: &str = "UPDATE look SET closed_at = $1, last_sequence = $2, abandoned = $3 \
     WHERE look = $4 AND closed_at = 9223372036854775807";
const FIND: &str = "SELECT room, session FROM look WHERE look = $1 AND closed_at = 9223372036854775807";
const LEFT_OPEN: &str = "SELECT l.look, l.room, COALESCE(h.sequence, 0) FROM look l \
     LEFT JOIN room_head h ON h.room = l.room WHERE l.closed_at = 9223372036854775807 AND l.opened_at < $1 LIMIT 500";

/// A look that covers the messages of one room.
pub trait RoomLook: Act {
    /// The room.
    fn room(&self) -> RoomId;
}

macro_rules! room_looks {
    ($($act:ident),+) => {$(
        impl RoomLook for $act {
            fn room(&self) -> RoomId {
                self.room
            }
        }
    )+};
}
room_looks!(OpenRoom, ReadHistory, Lend);

/// Looks of this instance that are open; looks by one session at one room within the window are one.
#[derive(Default)]
pub(crate) struct SharedLooks(Mutex<HashMap<(SessionId, RoomId), SharedLook>>);

#[derive(Clone)]
struct SharedLook {
    look: LookId,
    caller: Caller,
    entry: u64,
    at: Timestamp,
    holders: u32,
    shown: i64,
}

impl SharedLooks {
    fn lock(&self) -> MutexGuard<'_, HashMap<(SessionId, RoomId), SharedLook>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One holder less.
    fn release(&self, look: LookId, shown: i64) -> Release {
        let mut looks = self.lock();
        let Some((key, shared)) = looks.iter_mut().find(|(_, shared)| shared.look == look) else {
            return Release::Unknown;
        };
        let key = *key;
        shared.holders = shared.holders.saturating_sub(1);
        shared.shown = shared.shown.max(shown);
        let (holders, shown) = (shared.holders, shared.shown);
        if holders > 0 {
            return Release::Shared;
        }
        looks.remove(&key);
        Release::Last(shown)
    }
}

/// What is left of a look after one holder has let go.
enum Release {
    /// It was opened elsewhere, or is closed.
    Unknown,
    /// Others hold it still.
    Shared,
    /// Nobody does; the last position shown to any of them.
    Last(i64),
}

impl Store {
    /// The open look of this session at the room that a further opening may share, within the window (60 s).
    #[must_use]
    pub fn shared_look(&self, session: SessionId, room: RoomId) -> Option<LookId> {
        let now = self.now();
        let looks = self.inner.rooms.looks.lock();
        let shared = looks.get(&(session, room))?;
        (now.since(shared.at) < self.inner.look_window).then_some(shared.look)
    }

    /// The open look of this session at the room, of whatever age.
    #[must_use]
    pub fn look_of(&self, session: SessionId, room: RoomId) -> Option<LookId> {
        self.inner.rooms.looks.lock().get(&(session, room)).map(|shared| shared.look)
    }

    /// The entry of an open look.
    pub(super) fn entry_of(&self, look: LookId) -> Option<u64> {
        let looks = self.inner.rooms.looks.lock();
        looks.values().find(|shared| shared.look == look).map(|shared| shared.entry)
    }

    /// Opens a room: the look is in the log and in the register of looks before anything of the room is shown.
    ///
    /// # Errors
    /// [`WorkError::Refused`] when the grant no longer holds; or the store failed.
    pub async fn open_look(&self, grant: Grant<OpenRoom>) -> Result<Revealed<OpenRoom>, WorkError> {
        let Some(session) = grant.caller().session().map(|session| session.session) else {
            return Err(WorkError::Missing);
        };
        let (room, look) = (grant.act().room, grant.act().look);
        if let Some((entry, at)) = self.join_look(session, room, look) {
            return Ok(Revealed::new(grant, entry, at));
        }
        let committed = self.write(OpenLook(Arc::new(grant))).await?;
        let (entry, at) = (committed.entry(), committed.at());
        let grant = match Arc::try_unwrap(committed.into_value()) {
            Ok(grant) => grant,
            Err(grant) => grant.renew(&self.facts(), self.now())?,
        };
        let shared = SharedLook { look, caller: grant.caller().clone(), entry, at, holders: 1, shown: 0 };
        self.inner.rooms.looks.lock().insert((session, room), shared);
        Ok(Revealed::new(grant, entry, at))
    }

    fn join_look(&self, session: SessionId, room: RoomId, look: LookId) -> Option<(u64, Timestamp)> {
        let mut looks = self.inner.rooms.looks.lock();
        let shared = looks.get_mut(&(session, room)).filter(|shared| shared.look == look)?;
        shared.holders += 1;
        Some((shared.entry, shared.at))
    }

    /// Ends a look, with the last position shown. `None` when somebody in the same session still shares it.
    ///
    /// # Errors
    /// [`WorkError::Missing`] when there is no such open look of this session.
    pub async fn close_look(
        &self,
        grant: Grant<CloseLook>,
        shown: i64,
    ) -> Result<Option<Committed<()>>, WorkError> {
        let (look, session) = (grant.act().look, grant.act().session);
        let mut connection = self.reading().await?;
        let found: Option<(Uuid, Uuid)> = on!(&mut connection, c => sqlx::query_as(FIND).bind(look.as_uuid())
            .fetch_optional(&mut **c).await)?;
        drop(connection);
        let (room, _) = found.filter(|(_, owner)| *owner == session.as_uuid()).ok_or(WorkError::Missing)?;
        let shown = match self.inner.rooms.looks.release(look, shown) {
            Release::Shared => return Ok(None),
            Release::Unknown => shown,
            Release::Last(shown) => shown,
        };
        let mut entry = grant.entry(Detail::default().with("through", shown));
        entry.target = self.in_room(entry.target, RoomId::from_uuid(room));
        self.write(EndLook { look, shown, abandoned: false, entry, grant: Some(grant) }).await.map(Some)
    }

    /// Ends a look whose session has ended or whose connection is gone: what was open then is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn drop_look(
        &self,
        look: &Revealed<OpenRoom>,
        shown: i64,
    ) -> Result<Option<Committed<()>>, WorkError> {
        let (grant, id) = (look.grant(), look.act().look);
        // One that nobody knows was closed with its session.
        let Release::Last(shown) = self.inner.rooms.looks.release(id, shown) else { return Ok(None) };
        let mut entry = grant.entry(Detail::default().with("through", shown).with("cause", "connection"));
        entry.action = Action::CloseLook;
        self.write(EndLook { look: id, shown, abandoned: false, entry, grant: None }).await.map(Some)
    }

    /// Closes the looks whose session has ended or run out. Gives their number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close_ended_looks(&self) -> Result<usize, WorkError> {
        let now = self.now();
        let over = |shared: &SharedLook| {
            let state = shared.caller.session().map(|session| session.state(now));
            matches!(state, None | Some(SessionState::Ended | SessionState::Expired))
        };
        let ended: Vec<(RoomId, SharedLook)> = {
            let mut looks = self.inner.rooms.looks.lock();
            let ended = looks.iter().filter(|(_, shared)| over(shared));
            let ended: Vec<_> = ended.map(|((_, room), shared)| (*room, shared.clone())).collect();
            looks.retain(|_, shared| !over(shared));
            ended
        };
        for (room, SharedLook { look, caller, shown, .. }) in &ended {
            let mut detail = caller.detail();
            detail.more.extend(Detail::default().with("through", shown).with("cause", "session").more);
            let target = Target::object(ObjectKind::Look, look.as_uuid());
            let entry = NewEntry {
                action: Action::CloseLook,
                outcome: Outcome::Done,
                actor: caller.columns(),
                target: self.in_room(target, *room),
                request: caller.request,
                detail,
            };
            let (look, shown) = (*look, *shown);
            self.write(EndLook { look, shown, abandoned: false, entry, grant: None }).await?;
        }
        Ok(ended.len())
    }

    /// Closes looks that a crash left open, with the room's last durable position, marked as such (decision 14).
    /// To be called before the doors open, and of several instances by the leader now and then: while another instance
    /// lives, only looks older than any session are surely abandoned. Gives their number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn close_abandoned_looks(&self) -> Result<usize, WorkError> {
        let alone = self.is_alone().await?;
        let before = if alone { Timestamp::OPEN_END } else { self.now().plus(-DAY) };
        let mut closed = 0;
        loop {
            let mut connection: Connection = self.reading().await?;
            let left: Vec<(Uuid, Uuid, i64)> = on!(&mut connection, c => sqlx::query_as(LEFT_OPEN).bind(before.0)
                .fetch_all(&mut **c).await)?;
            drop(connection);
            if left.is_empty() {
                return Ok(closed);
            }
            closed += left.len();
            for (look, room, shown) in left {
                let target = Target::object(ObjectKind::Look, look);
                let caller = job();
                let entry = NewEntry {
                    action: Action::CloseLook,
                    outcome: Outcome::Done,
                    actor: caller.columns(),
                    target: self.in_room(target, RoomId::from_uuid(room)),
                    request: caller.request,
                    detail: caller.detail().with("through", shown).with("abandoned", 1),
                };
                let look = LookId::from_uuid(look);
                self.write(EndLook { look, shown, abandoned: true, entry, grant: None }).await?;
            }
        }
    }

    fn in_room(&self, target: Target, room: RoomId) -> Target {
        match self.facts().room(room) {
            None => target.room(Some(room)),
            Some(fact) => target.patient(fact.patient).organization(Some(fact.organization)).room(Some(room)),
        }
    }

    /// Makes and opens the cursors of one reader in one room.
    #[must_use]
    pub fn room_reader(&self, caller: &Caller, room: RoomId) -> Option<RoomReader> {
        let person = caller.session()?.person;
        Some(RoomReader::new(self.inner.keyring.reader_key(person.as_uuid(), room.as_uuid())))
    }
}

fn job() -> Caller {
    Caller {
        actor: Actor::Job(JobKind::Expiry),
        request: RequestId::from_uuid(Uuid::nil()),
        source: None,
        certificate: None,
    }
}

struct OpenLook(Arc<Grant<OpenRoom>>);

impl Work for OpenLook {
    type Output = Arc<Grant<OpenRoom>>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let grant = &self.0;
        let session = grant.caller().session().ok_or(WorkError::Missing)?;
        let proof = batch.record(grant, Detail::default()).await?;
        let row = vec![
            Value::Id(grant.act().look.as_uuid()),
            Value::Id(grant.act().room.as_uuid()),
            Value::Id(session.person.as_uuid()),
            Value::Id(session.session.as_uuid()),
            Value::Id(session.device.as_uuid()),
            Value::Int(batch.now().0),
            Value::Int(i64::MAX),
            Value::Int(0),
            Value::Int(0),
        ];
        batch.stage(&LOOK, row);
        Ok(Done::new(grant.clone(), proof))
    }
}

struct EndLook {
    look: LookId,
    shown: i64,
    abandoned: bool,
    entry: NewEntry,
    grant: Option<Grant<CloseLook>>,
}

impl Work for EndLook {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        if let Some(grant) = &self.grant {
            grant.renew(&*batch.facts().await?, batch.now())?;
        }
        let (at, shown, abandoned) = (batch.now().0, self.shown, i64::from(self.abandoned));
        let look = self.look.as_uuid();
        let connection = batch.writing().await?;
        on!(connection, c => sqlx::query(CLOSE).bind(at).bind(shown).bind(abandoned).bind(look)
            .execute(&mut **c).await.map(drop))?;
        let proof = batch.append(self.entry.clone());
        Ok(Done::new((), proof))
    }
}
