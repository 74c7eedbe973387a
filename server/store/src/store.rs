//! The store: decides on current facts, writes through the one pipeline, reveals after the log.

use crate::{
    backend::{Backend, Connection},
    batch::{Batch, Done, Work},
    error::{StoreError, WorkError},
    facts,
    key_book::KeyBook,
    look::Revealed,
    sessions::Sessions,
    table::checkpoint::LogWatch,
    table::name::NameBook,
    table::queue::SettledPeople,
    writer::{self, Piece},
};
use arc_swap::ArcSwap;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tasuki_domain::{
    access::{Action, Detail, NewEntry},
    id::{RoomId, SessionId},
    policy::{Act, Caller, Facts, Grant, Refusal, decide},
    time::Timestamp,
};
use tasuki_vault::{Keyring, Slot};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The open house. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    pub(crate) queue: mpsc::Sender<Box<dyn Piece>>,
}

pub(crate) struct Inner {
    pub(crate) backend: Backend,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) keys: KeyBook,
    pub(crate) facts: ArcSwap<Facts>,
    pub(crate) sessions: Sessions,
    pub(crate) heads: Heads,
    pub(crate) names: NameBook,
    pub(crate) settled: SettledPeople,
    pub(crate) clock: Clock,
    pub(crate) log_size: watch::Sender<u64>,
    pub(crate) look_window: i64,
    pub(crate) looks: Mutex<HashMap<LookKey, (u64, Timestamp)>>,
    pub(crate) rooms: crate::table::RoomMemory,
    pub(crate) log: LogWatch,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
}

impl Inner {
    /// The facts as the database has them now, with every data key: both are fetched again only when another instance
    /// has raised the version. Call it before sealed rows are read, so that their keys are here.
    pub(crate) async fn catch_up(&self, connection: &mut Connection) -> Result<Arc<Facts>, StoreError> {
        let known = self.facts.load_full();
        let facts = facts::refresh(connection, known.clone()).await?;
        if facts.version() != known.version() {
            self.keys.load(connection, &self.keyring).await?;
            self.facts
                .rcu(|kept| if kept.version() < facts.version() { facts.clone() } else { kept.clone() });
        }
        Ok(facts)
    }
}

/// Who looked at what by which action: looks alike within the window share an entry.
type LookKey = (SessionId, Action, Uuid, Option<RoomId>);

/// Room heads in memory; authoritative only where this instance alone writes.
#[derive(Default)]
pub(crate) struct Heads(RwLock<HashMap<RoomId, i64>>);

impl Heads {
    pub(crate) fn get(&self, room: &RoomId) -> Option<i64> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(room).copied()
    }

    /// Notes what a reader has found; what the writer has said meanwhile is newer.
    pub(crate) fn learn(&self, room: RoomId, head: i64) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(room).or_insert(head);
    }

    pub(crate) fn advance(&self, heads: &[(RoomId, i64)]) {
        if !heads.is_empty() {
            self.0.write().unwrap_or_else(PoisonError::into_inner).extend(heads.iter().copied());
        }
    }
}

/// Fresh randomness from the operating system: a cloned machine repeats nothing.
pub(crate) fn entropy() -> impl rand::CryptoRng {
    rand::rand_core::UnwrapErr(rand::rngs::SysRng)
}

/// A durable result: what the hub may tell others about.
#[derive(Debug)]
pub struct Committed<T> {
    value: T,
    entry: u64,
    at: Timestamp,
}

impl<T> Committed<T> {
    pub(crate) const fn new(value: T, entry: u64, at: Timestamp) -> Self {
        Self { value, entry, at }
    }

    /// The result.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// The result itself.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// What follows from a durable result is as durable.
    #[must_use]
    pub fn map<U>(self, follow: impl FnOnce(T) -> U) -> Committed<U> {
        Committed { value: follow(self.value), entry: self.entry, at: self.at }
    }

    /// The index of its entry in the log.
    #[must_use]
    pub const fn entry(&self) -> u64 {
        self.entry
    }

    /// When it became durable, as the log says.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

impl Store {
    /// The facts as last committed.
    #[must_use]
    pub fn facts(&self) -> Arc<Facts> {
        self.inner.facts.load_full()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    /// The live sessions of this instance.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// The log's origin line.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// The final DNS name that passkeys are bound to.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        &self.inner.rp_id
    }

    /// The unlocked keyring, for the log's signing key, the device authority and blind indexes.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// Follows the number of durable entries.
    #[must_use]
    pub fn log_size(&self) -> watch::Receiver<u64> {
        self.inner.log_size.subscribe()
    }

    /// Decides whether the caller may do the act; a refusal is durable in the log before it is told.
    ///
    /// # Errors
    /// [`WorkError::Refused`], or the store failed while recording it.
    pub async fn decide<A: Act>(&self, caller: &Caller, act: A) -> Result<Grant<A>, WorkError> {
        match decide(&self.facts(), caller, act, self.now()) {
            Ok(grant) => Ok(grant),
            Err(refusal) => Err(self.refuse(refusal).await),
        }
    }

    /// Records a refusal, durably, and gives it back as the error to answer with.
    pub async fn refuse(&self, refusal: Box<Refusal>) -> WorkError {
        match self.append(refusal.entry()).await {
            Ok(_) => WorkError::Refused(refusal),
            Err(error) => error,
        }
    }

    /// Records an entry that has no grant: sign-in steps and what happens at the console or in jobs.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn append(&self, entry: NewEntry) -> Result<Committed<()>, WorkError> {
        self.write(AppendOnly(entry)).await
    }

    /// Records a look, durably, before anything is shown.
    ///
    /// # Errors
    /// [`WorkError::Refused`] when the grant no longer holds; or the store failed.
    pub async fn reveal<A: Act>(&self, grant: Grant<A>, detail: Detail) -> Result<Revealed<A>, WorkError> {
        let committed = self.write(RecordLook { grant: Arc::new(grant), detail }).await?;
        let (entry, at) = (committed.entry(), committed.at());
        let grant = committed.into_value();
        match Arc::try_unwrap(grant) {
            Ok(grant) => Ok(Revealed::new(grant, entry, at)),
            Err(grant) => Ok(Revealed::new(grant.renew(&self.facts(), self.now())?, entry, at)),
        }
    }

    /// Records a look, or shares the entry of the same look by the same session within the window (60 s).
    ///
    /// # Errors
    /// As [`Store::reveal`].
    pub async fn reveal_within_window<A: Act>(
        &self,
        grant: Grant<A>,
        detail: Detail,
    ) -> Result<Revealed<A>, WorkError> {
        let Some(session) = grant.caller().session().map(|session| session.session) else {
            return self.reveal(grant, detail).await;
        };
        let key = (session, A::ACTION, grant.target().object, grant.target().room);
        let now = self.now();
        if let Some((entry, at)) = self.recent_look(&key, now) {
            return Ok(Revealed::new(grant, entry, at));
        }
        let revealed =
            self.reveal(grant, detail.with("window_s", self.inner.look_window / 1_000_000)).await?;
        let mut looks = self.inner.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert(key, (revealed.entry(), revealed.at()));
        if looks.len() > 4096 {
            looks.retain(|_, (_, at)| now.since(*at) < self.inner.look_window);
        }
        Ok(revealed)
    }

    fn recent_look(&self, key: &LookKey, now: Timestamp) -> Option<(u64, Timestamp)> {
        let looks = self.inner.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(key).copied().filter(|(_, at)| now.since(*at) < self.inner.look_window)
    }

    /// Hands work to the one durable pipeline and waits until it is synced.
    ///
    /// # Errors
    /// What the work said, or that the store failed: then nothing of it was kept.
    pub async fn write<W: Work>(&self, work: W) -> Result<Committed<W::Output>, WorkError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(writer::piece(work, reply)).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reading(&self) -> Result<Connection, StoreError> {
        let mut connection = self.inner.backend.reader().await?;
        if self.inner.backend.is_shared() {
            self.inner.catch_up(&mut connection).await?;
        }
        Ok(connection)
    }

    /// Opens a stored value. Table functions call it, each on the grant or look that it demands.
    pub(crate) fn open_value(&self, slot: Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        Ok(self.inner.keyring.open(&slot, sealed)?)
    }

    /// Closes the pools; call it after the last write was answered.
    pub async fn close(&self) {
        self.inner.backend.close().await;
    }
}

struct AppendOnly(NewEntry);

impl Work for AppendOnly {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.append(self.0.clone());
        Ok(Done::new((), proof))
    }
}

struct RecordLook<A> {
    grant: Arc<Grant<A>>,
    detail: Detail,
}

impl<A: Act> Work for RecordLook<A> {
    type Output = Arc<Grant<A>>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let proof = batch.record(&self.grant, self.detail.clone()).await?;
        Ok(Done::new(self.grant.clone(), proof))
    }
}
