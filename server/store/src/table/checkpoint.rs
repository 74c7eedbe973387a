//! Signed heads of the log. Before one is signed the stored bytes are read back and hashed again; memory and stored
//! hashes are never trusted. A mismatch is an incident: nothing is signed any more.

use super::{
    log::{self, ProofState, StoredEntry},
    tile::{self, Edge, FullTile, root_of},
};
use crate::{
    backend::Connection,
    batch::{Batch, Done, Work},
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
    store::Store,
};
use std::sync::{Arc, PoisonError, RwLock};
use tasuki_domain::time::Timestamp;
use tasuki_vault::log::{Checkpoint, Finding, Hash, LogSigner, note::VerifierKey, report::Language};

const CHECKPOINT: StagedTable = StagedTable { insert: "INSERT INTO checkpoint (size, at, note) ", tail: "" };
const LAST: &str = "SELECT size, at, note FROM checkpoint ORDER BY size DESC LIMIT 1";
const BETWEEN: &str =
    "SELECT size, at, note FROM checkpoint WHERE size > $1 AND size <= $2 ORDER BY size LIMIT $3";
const FIRST_COVERING: &str = "SELECT size FROM checkpoint WHERE size >= $1 ORDER BY size LIMIT 1";
const SIGNED: &str = "SELECT size FROM log_signing WHERE one = 1";
const RAISE: &str = "UPDATE log_signing SET size = $1 WHERE one = 1 AND size = $2";

/// Entries read back in one statement.
const CHUNK: u64 = 1024;
/// Full tiles before the end that are hashed again at start.
const TILES_AT_START: u64 = 16;

/// Why no head was signed, or why the log is not as it was.
#[derive(Debug, thiserror::Error)]
pub enum LogProblem {
    /// The log is not as it was; the sentence says where.
    #[error("{}", .0.text(Language::English))]
    Damaged(Finding),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The newest signed head with the tree's edge under it.
pub(crate) struct Signed {
    pub(crate) edge: Edge,
    pub(crate) note: String,
    pub(crate) at: Timestamp,
}

/// What this instance knows of the log's heads.
#[derive(Default)]
pub(crate) struct LogWatch {
    signing: tokio::sync::Mutex<()>,
    signed: RwLock<Option<Arc<Signed>>>,
    damage: RwLock<Option<Finding>>,
}

/// A finding in Japanese and English, for floors that do not know the vault.
#[must_use]
pub fn told(finding: &Finding) -> (String, String) {
    (finding.text(Language::Japanese), finding.text(Language::English))
}

/// A signed head, for whoever keeps it: a device, a printout, an auditor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogHeadNote {
    /// The log's name.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The complete signed note.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
    /// The public key under which it verifies, as text.
    pub key: String,
}

/// A row of `checkpoint`.
pub(crate) type HeadRow = (i64, i64, String);

impl Store {
    /// What was found wrong with the log since the start, for the health check; `None` when all is well.
    #[must_use]
    pub fn log_damage(&self) -> Option<Finding> {
        self.inner.log.damage.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The newest signed head; `None` before the first.
    ///
    /// # Errors
    /// [`LogProblem::Damaged`] when the stored head does not fit the stored log.
    pub async fn log_head(&self) -> Result<Option<LogHeadNote>, LogProblem> {
        let mut connection = self.reading().await?;
        let Some(signed) = self.signed(&mut connection).await? else { return Ok(None) };
        Ok(Some(LogHeadNote {
            origin: self.inner.origin.clone(),
            size: signed.edge.size(),
            root: signed.edge.root(),
            note: signed.note.clone(),
            at: signed.at,
            key: self.log_key()?.to_string(),
        }))
    }

    /// The newest signed head as clients keep it, the complete note; `None` before the first. Asked for at every hello:
    /// where this instance alone signs, what it has signed or proven last is the newest, and no row is read again.
    ///
    /// # Errors
    /// As [`Store::log_head`].
    pub async fn log_head_note(&self) -> Result<Option<String>, LogProblem> {
        let known = self.inner.log.signed.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|_| !self.inner.backend.is_shared()) {
            return Ok(Some(known.note.clone()));
        }
        let mut connection = self.reading().await?;
        Ok(self.signed(&mut connection).await?.map(|signed| signed.note.clone()))
    }

    /// The public key of the log.
    pub(crate) fn log_key(&self) -> Result<VerifierKey, StoreError> {
        Ok(self.log_signer()?.verifier_key().clone())
    }

    fn log_signer(&self) -> Result<LogSigner, StoreError> {
        self.inner.keyring.log_signer(&self.inner.origin).map_err(|_| StoreError::Damaged("log origin"))
    }

    /// Notes that the log is not as it was, for the health check and the operator.
    pub(crate) fn note_log_damage(&self, finding: &Finding) {
        let mut damage = self.inner.log.damage.write().unwrap_or_else(PoisonError::into_inner);
        if damage.is_none() {
            tracing::error!(finding = finding.text(Language::English), "The access log is not as it was");
            *damage = Some(finding.clone());
        }
    }

    /// The newest signed head with its edge, made again or carried on until its root is the signed one.
    pub(crate) async fn signed(
        &self,
        connection: &mut Connection,
    ) -> Result<Option<Arc<Signed>>, LogProblem> {
        let Some((size, at, note)) = last(connection).await? else { return Ok(None) };
        let known = self.inner.log.signed.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.as_ref().filter(|known| known.note == note) {
            return Ok(Some(known.clone()));
        }
        let damaged = LogProblem::Damaged;
        let size = u64::try_from(size).map_err(|_| StoreError::Damaged("checkpoint"))?;
        let checkpoint = Checkpoint::verify(&note, &self.log_key()?)
            .ok()
            .filter(|checkpoint| checkpoint.size == size)
            .ok_or(damaged(Finding::BadCheckpoint { after: size }))?;
        let near = known.filter(|known| known.edge.size() <= size && size - known.edge.size() < 64 * CHUNK);
        let edge = match near {
            Some(known) => {
                let mut edge = known.edge.clone();
                carry_on(connection, &mut edge, size, &mut Vec::new()).await?;
                edge
            }
            None => Edge::load(connection, size).await?.map_err(damaged)?,
        };
        if edge.root() != checkpoint.root {
            return Err(damaged(Finding::RootDiffers { proven: 0, size }));
        }
        let signed = Arc::new(Signed { edge, note, at: Timestamp(at) });
        self.keep(signed.clone());
        Ok(Some(signed))
    }

    fn keep(&self, signed: Arc<Signed>) {
        let mut kept = self.inner.log.signed.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|kept| kept.edge.size() < signed.edge.size()) {
            *kept = Some(signed);
        }
    }

    /// Signs the head over every durable entry, after reading the new ones back and hashing them again. Gives the size
    /// of the new head; `None` when there is nothing new or another instance has just signed.
    ///
    /// # Errors
    /// [`LogProblem::Damaged`]: from then on this instance signs no more.
    pub async fn sign_checkpoint(&self) -> Result<Option<u64>, LogProblem> {
        let _one_at_a_time = self.inner.log.signing.lock().await;
        if let Some(finding) = self.log_damage() {
            return Err(LogProblem::Damaged(finding));
        }
        match self.sign_next().await {
            Err(LogProblem::Damaged(finding)) => {
                self.note_log_damage(&finding);
                Err(LogProblem::Damaged(finding))
            }
            other => other,
        }
    }

    async fn sign_next(&self) -> Result<Option<u64>, LogProblem> {
        let mut connection = self.reading().await?;
        let signed = self.signed(&mut connection).await?;
        let mut edge = signed.map_or_else(Edge::default, |signed| signed.edge.clone());
        let base = edge.size();
        let size = log::size(&mut connection).await?;
        if size < base {
            return Err(LogProblem::Damaged(Finding::TailCut { head: base, size }));
        }
        if size == base {
            return Ok(None);
        }
        let mut tiles = Vec::new();
        carry_on(&mut connection, &mut edge, size, &mut tiles).await?;
        drop(connection);
        let head = NewHead { base, size, root: edge.root(), tiles };
        match self.write(SignHead { head, store: self.clone() }).await {
            Ok(written) => {
                let (note, at) = written.into_value();
                self.keep(Arc::new(Signed { edge, note, at }));
                Ok(Some(size))
            }
            // Another instance was quicker; the next round begins behind its head.
            Err(WorkError::Conflict(_)) => Ok(None),
            Err(WorkError::Store(error)) => Err(error.into()),
            Err(_) => Err(StoreError::Damaged("checkpoint").into()),
        }
    }

    /// Proves the end of the log at start: the last signed head, the tree under it made again from tiles and entries,
    /// the last full tiles against their entries, and what no head covers yet.
    ///
    /// # Errors
    /// [`LogProblem::Damaged`]: the server must not start on it.
    pub async fn verify_log_tail(&self) -> Result<(), LogProblem> {
        let mut connection = self.reading().await?;
        let outcome = tail(self, &mut connection).await;
        if let Err(LogProblem::Damaged(finding)) = &outcome {
            self.note_log_damage(finding);
        }
        outcome
    }
}

/// What is to be signed.
struct NewHead {
    base: u64,
    size: u64,
    root: Hash,
    tiles: Vec<FullTile>,
}

/// Signs under the lock of the one row that names the newest head: two instances can never sign side by side.
struct SignHead {
    head: NewHead,
    store: Store,
}

impl Work for SignHead {
    type Output = (String, Timestamp);

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let NewHead { base, size, root, tiles } = &self.head;
        let (from, to) = (log::number(*base), log::number(*size));
        let raised = on!(batch.writing().await?, c => sqlx::query(RAISE).bind(to).bind(from).execute(&mut **c).await.map(|done| done.rows_affected()))?;
        let last = last(batch.reading()).await?.map_or(0, |(size, ..)| size);
        if raised != 1 || last != from {
            return Err(WorkError::Conflict("log.checkpoint"));
        }
        let note = self.store.log_signer()?.sign(*size, *root);
        for tile in tiles {
            batch.stage(&tile::TILE, tile.values());
        }
        let at = batch.now();
        batch.stage(&CHECKPOINT, vec![Value::Int(to), Value::Int(at.0), Value::Text(note.clone())]);
        Ok(Done::housekeeping((note, at)))
    }
}

/// Appends the entries from the edge's size to `size`: in order, in time, and of the hash that stands in their row.
async fn carry_on(
    connection: &mut Connection,
    edge: &mut Edge,
    size: u64,
    tiles: &mut Vec<FullTile>,
) -> Result<(), LogProblem> {
    let before = edge.size().saturating_sub(1);
    let mut last_at =
        log::range(connection, (before, edge.size()), 1).await?.first().map_or(i64::MIN, |entry| entry.at);
    while edge.size() < size {
        let until = size.min(edge.size() + CHUNK);
        let entries = log::range(connection, (edge.size(), until), log::number(CHUNK)).await?;
        for entry in entries {
            let hash = next(&entry, edge.size(), last_at).map_err(LogProblem::Damaged)?;
            last_at = entry.at;
            edge.append(hash, tiles);
        }
        if edge.size() < until {
            return Err(LogProblem::Damaged(Finding::Missing { from: edge.size(), to: until - 1 }));
        }
    }
    Ok(())
}

/// The hash of the entry that must be number `index`, not earlier than the one above it.
fn next(entry: &StoredEntry, index: u64, last_at: i64) -> Result<Hash, Finding> {
    match entry.index() {
        Some(found) if found == index => {}
        Some(found) => return Err(Finding::Missing { from: index, to: found.saturating_sub(1) }),
        None => return Err(Finding::Unreadable { index }),
    }
    let hash = entry.sound().ok_or(Finding::Altered { index })?;
    if entry.at < last_at {
        return Err(Finding::TimeWentBack { index });
    }
    Ok(hash)
}

async fn tail(store: &Store, connection: &mut Connection) -> Result<(), LogProblem> {
    let damaged = |finding| Err(LogProblem::Damaged(finding));
    let raised = raised(connection).await?;
    let head = last(connection).await?.map_or(0, |(size, ..)| u64::try_from(size).unwrap_or_default());
    // Another instance may be signing meanwhile.
    if head < raised || head > self::raised(connection).await? {
        return damaged(Finding::BadCheckpoint { after: raised });
    }
    let (rows, size) = log::rows_and_noted(connection).await?;
    if rows.min(size) < head {
        return damaged(Finding::TailCut { head, size: rows.min(size) });
    }
    if rows < size {
        return damaged(Finding::Missing { from: rows, to: size - 1 });
    }
    if rows > size {
        return damaged(Finding::CountDiffers { noted: size, found: rows });
    }
    let mut edge = match store.signed(connection).await? {
        Some(signed) => {
            tiles_at_the_end(connection, &signed.edge).await?;
            signed.edge.clone()
        }
        None => Edge::default(),
    };
    carry_on(connection, &mut edge, size, &mut Vec::new()).await
}

/// The size that whoever signed last has raised the books to.
async fn raised(connection: &mut Connection) -> Result<u64, StoreError> {
    let size: i64 = on!(connection, c => sqlx::query_scalar(SIGNED).fetch_one(&mut **c).await)?;
    Ok(u64::try_from(size).unwrap_or_default())
}

/// The last full tiles against the entries below them.
async fn tiles_at_the_end(connection: &mut Connection, edge: &Edge) -> Result<(), LogProblem> {
    let full = edge.size() / tile::FULL;
    for number in full.saturating_sub(TILES_AT_START)..full {
        let begin = number * tile::FULL;
        let kept = tile::read(connection, 0, number).await?;
        let kept =
            kept.ok_or(LogProblem::Damaged(Finding::RootDiffers { proven: begin, size: edge.size() }))?;
        if edge.hash(1, number).is_some_and(|root| root != root_of(&kept)) {
            return Err(LogProblem::Damaged(Finding::RootDiffers { proven: begin, size: edge.size() }));
        }
        let entries = log::range(connection, (begin, begin + tile::FULL), log::number(tile::FULL)).await?;
        for (index, hash) in (begin..).zip(&kept) {
            let place = usize::try_from(index - begin).unwrap_or(usize::MAX);
            match entries.get(place) {
                Some(entry) if entry.index() == Some(index) => {
                    if entry.sound() != Some(*hash) {
                        return Err(LogProblem::Damaged(Finding::Altered { index }));
                    }
                }
                _ => return Err(LogProblem::Damaged(Finding::Missing { from: index, to: index })),
            }
        }
    }
    Ok(())
}

/// The newest head.
pub(crate) async fn last(connection: &mut Connection) -> Result<Option<HeadRow>, StoreError> {
    Ok(on!(connection, c => sqlx::query_as(LAST).fetch_optional(&mut **c).await)?)
}

/// Heads over more than `after` and at most `until` entries, at most so many.
pub(crate) async fn between(
    connection: &mut Connection,
    (after, until): (u64, u64),
    most: i64,
) -> Result<Vec<HeadRow>, StoreError> {
    let (after, until) = (log::number(after), log::number(until));
    Ok(
        on!(connection, c => sqlx::query_as(BETWEEN).bind(after).bind(until).bind(most).fetch_all(&mut **c).await)?,
    )
}

/// Size of the smallest head that covers `size` entries.
pub(crate) async fn covering(connection: &mut Connection, size: u64) -> Result<Option<u64>, StoreError> {
    let size = log::number(size);
    let found: Option<i64> =
        on!(connection, c => sqlx::query_scalar(FIRST_COVERING).bind(size).fetch_optional(&mut **c).await)?;
    Ok(found.and_then(|size| u64::try_from(size).ok()))
}

impl ProofState {
    /// The word that the API uses.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Pending => "pending",
            Self::Damaged => "damaged",
        }
    }
}
