//! A batch: all work that was waiting, in one transaction. What a piece of work may do to it is all here.

use crate::{
    backend::Connection,
    error::{StoreError, WorkError},
    facts, log_append,
    look::Revealed,
    stage::{self, StagedRow, StagedTable, Value},
    store::Inner,
};
use std::{collections::HashMap, future::Future, sync::Arc};
use tasuki_domain::{
    access::{Detail, NewEntry},
    id::RoomId,
    policy::{Act, Facts, Grant},
    time::Timestamp,
};
use tasuki_vault::{KeyId, Scope, Slot};
use uuid::Uuid;

/// Something to be written. May run more than once before it is answered (a failed batch is replayed piece by
/// piece), so it must not have effects of its own; those go through [`Batch::after_commit`].
pub trait Work: Send + Sync + 'static {
    /// What the caller gets once it is durable.
    type Output: Send + 'static;

    /// Writes into the batch. Reads come before writes; new rows are best staged.
    ///
    /// # Errors
    /// Anything of [`WorkError`]: nothing of this piece is kept then, and a refusal is recorded.
    fn run(&self, batch: &mut Batch) -> impl Future<Output = Result<Done<Self::Output>, WorkError>> + Send;
}

/// A finished piece of work with the proof that its entry goes with it: no change without its entry.
#[derive(Debug)]
pub struct Done<T> {
    pub(crate) value: T,
    pub(crate) proof: EntryProof,
}

impl<T> Done<T> {
    /// Joins a result and the proof of its entry.
    #[must_use]
    pub const fn new(value: T, proof: EntryProof) -> Self {
        Self { value, proof }
    }

    /// A write of the house's own books (signed heads and tiles of the log, who leads): nobody's act, so no entry.
    pub(crate) const fn housekeeping(value: T) -> Self {
        Self { value, proof: EntryProof(ProofOf::Housekeeping) }
    }
}

/// The proof that an entry was written into this batch, or that a recorded look covers the change.
#[derive(Debug)]
pub struct EntryProof(pub(crate) ProofOf);

#[derive(Debug)]
pub(crate) enum ProofOf {
    /// Position among the batch's entries.
    Entry(usize),
    /// Index of an earlier, durable entry.
    Earlier(u64),
    /// The house's own books.
    Housekeeping,
}

impl EntryProof {
    /// A change that a recorded look covers, such as a read mark (decision 13).
    #[must_use]
    pub const fn covered_by<A: Act>(look: &Revealed<A>) -> Self {
        Self(ProofOf::Earlier(look.entry()))
    }
}

/// Something that happens once the batch is durable, such as a session that begins.
pub(crate) type AfterCommit = Box<dyn FnOnce(&Inner) + Send>;

/// One transaction under way.
pub struct Batch {
    pub(crate) inner: Arc<Inner>,
    pub(crate) connection: Connection,
    pub(crate) entries: Vec<NewEntry>,
    pub(crate) after: Vec<AfterCommit>,
    pub(crate) policy_changed: bool,
    pub(crate) revoked: bool,
    pub(crate) heads: HashMap<RoomId, i64>,
    pub(crate) new_keys: Vec<(Scope, KeyId)>,
    now: Timestamp,
    facts: Arc<Facts>,
    facts_stale: bool,
    rows: Vec<StagedRow>,
    mark: Mark,
    savepoint: bool,
}

/// Where a piece began, to undo it.
#[derive(Clone, Default)]
struct Mark {
    rows: usize,
    entries: usize,
    after: usize,
    new_keys: usize,
    policy_changed: bool,
    revoked: bool,
    heads: Vec<(RoomId, Option<i64>)>,
}

const STORE_HEAD: StagedTable = StagedTable {
    insert: "INSERT INTO room_head (room, sequence) ",
    tail: " ON CONFLICT (room) DO UPDATE SET sequence = excluded.sequence",
};
const READ_HEAD: &str = "SELECT sequence FROM room_head WHERE room = $1";
const LOCK_HEAD: &str = "SELECT sequence FROM room_head WHERE room = $1 FOR UPDATE";

impl Batch {
    pub(crate) fn new(inner: Arc<Inner>, connection: Connection, facts: Arc<Facts>, now: Timestamp) -> Self {
        Self {
            inner,
            connection,
            entries: Vec::new(),
            after: Vec::new(),
            policy_changed: false,
            revoked: false,
            heads: HashMap::new(),
            new_keys: Vec::new(),
            now,
            facts,
            facts_stale: false,
            rows: Vec::new(),
            mark: Mark {
                rows: 0,
                entries: 0,
                after: 0,
                new_keys: 0,
                policy_changed: false,
                revoked: false,
                heads: Vec::new(),
            },
            savepoint: false,
        }
    }

    /// The time of everything in this batch.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The facts as this transaction sees them.
    ///
    /// # Errors
    /// When an earlier piece changed them and they cannot be read again.
    pub async fn facts(&mut self) -> Result<Arc<Facts>, StoreError> {
        if self.facts_stale {
            self.flush().await?;
            self.facts = Arc::new(facts::load(&mut self.connection).await?);
            self.facts_stale = false;
        }
        Ok(self.facts.clone())
    }

    /// Records that what the grant allows is done. Decides again when the facts have changed since.
    ///
    /// # Errors
    /// The refusal, when the grant no longer holds.
    pub async fn record<A: Act>(
        &mut self,
        grant: &Grant<A>,
        detail: Detail,
    ) -> Result<EntryProof, WorkError> {
        let facts = self.facts().await?;
        // A session may have ended without any fact changing, so the decision is always made again: it is pure and cheap.
        grant.renew(&facts, self.now)?;
        Ok(self.append(grant.entry(detail)))
    }

    /// Records an entry that has no grant: sign-in steps, where nobody is signed in yet.
    pub fn append(&mut self, entry: NewEntry) -> EntryProof {
        self.entries.push(entry);
        EntryProof(ProofOf::Entry(self.entries.len() - 1))
    }

    /// Stages a new row; it is written at the end of the batch or with [`Batch::flush`].
    pub fn stage(&mut self, table: &'static StagedTable, values: Vec<Value>) {
        self.rows.push(StagedRow { table, values });
    }

    /// Writes what is staged, so that a read in this piece sees it.
    ///
    /// # Errors
    /// When the database refuses a row.
    pub async fn flush(&mut self) -> Result<(), StoreError> {
        self.writing().await?;
        self.flush_rows().await
    }

    /// Writes every staged row, of this piece and of earlier ones.
    pub(crate) async fn flush_rows(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.rows);
        self.mark.rows = 0;
        stage::flush(&mut self.connection, rows).await?;
        Ok(())
    }

    /// The connection, for reading inside the transaction.
    pub const fn reading(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The connection, for statements that change rows at once. Opens a savepoint, so that this piece can be undone alone.
    ///
    /// # Errors
    /// When the database does not take the savepoint.
    pub async fn writing(&mut self) -> Result<&mut Connection, StoreError> {
        if !self.savepoint {
            let own = self.rows.split_off(self.mark.rows.min(self.rows.len()));
            self.flush_rows().await?;
            self.rows = own;
            self.connection.run("SAVEPOINT piece").await?;
            self.savepoint = true;
        }
        Ok(&mut self.connection)
    }

    /// The next gap-free sequence of a room.
    ///
    /// # Errors
    /// When the room's head cannot be read.
    pub async fn next_sequence(&mut self, room: RoomId) -> Result<i64, StoreError> {
        let known = self.heads.get(&room).copied();
        let head = match known {
            Some(head) => head,
            None => self.read_head(room).await?,
        };
        self.mark.heads.push((room, known));
        self.heads.insert(room, head + 1);
        Ok(head + 1)
    }

    async fn read_head(&mut self, room: RoomId) -> Result<i64, StoreError> {
        let shared = self.inner.backend.is_shared();
        if let Some(head) = (!shared).then(|| self.inner.heads.get(&room)).flatten() {
            return Ok(head);
        }
        let sql = if shared { LOCK_HEAD } else { READ_HEAD };
        let head: Option<i64> = on!(&mut self.connection, c => sqlx::query_scalar(sql).bind(room.as_uuid()).fetch_optional(&mut **c).await)?;
        Ok(head.unwrap_or(0))
    }

    /// Seals a value for its slot under the current key of a scope, which is made when there is none.
    ///
    /// # Errors
    /// When a new key cannot be stored.
    pub async fn seal(&mut self, scope: Scope, slot: Slot, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.key(scope).await?;
        Ok(self.inner.keyring.seal(key, &slot, plain, &mut crate::store::entropy())?.into_bytes())
    }

    /// Opens a stored value, for a change that has to read what it changes.
    ///
    /// # Errors
    /// When it was altered, moved, or its key is gone.
    pub fn open(&self, slot: Slot, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
        Ok(self.inner.keyring.open(&slot, sealed)?)
    }

    /// The current key of a scope, made when there is none.
    ///
    /// # Errors
    /// When a new key cannot be stored.
    pub async fn key(&mut self, scope: Scope) -> Result<KeyId, StoreError> {
        if let Some(key) = self.inner.keys.current(scope) {
            return Ok(key);
        }
        if let Some((_, key)) = self.new_keys.iter().find(|(known, _)| *known == scope) {
            return Ok(*key);
        }
        if self.inner.backend.is_shared() {
            // Another instance may have made it since the last look.
            self.inner.keys.load(&mut self.connection, &self.inner.keyring).await?;
            if let Some(key) = self.inner.keys.current(scope) {
                return Ok(key);
            }
        }
        let (key, wrapped) = self.inner.keyring.new_data_key(scope, 1, &mut crate::store::entropy());
        let now = self.now.0;
        self.stage(
            &log_append::DATA_KEY,
            vec![
                Value::Id(key.0),
                Value::Int(i64::from(scope.kind())),
                Value::Id(scope.id()),
                Value::Int(1),
                Value::Bytes(wrapped.0),
                Value::Int(now),
            ],
        );
        self.new_keys.push((scope, key));
        Ok(key)
    }

    /// Says that this piece changed something that rights depend on.
    pub const fn policy_changed(&mut self) {
        self.policy_changed = true;
        self.facts_stale = true;
    }

    /// Says that this piece ended a session, device, person or post, so that other instances close sockets too.
    pub const fn revoked(&mut self) {
        self.revoked = true;
    }

    /// Does something to the live sessions once the batch is durable.
    pub fn after_commit(&mut self, effect: impl FnOnce(&crate::Sessions) + Send + 'static) {
        self.after.push(Box::new(move |inner: &Inner| effect(&inner.sessions)));
    }

    /// Begins the next piece.
    pub(crate) async fn begin_piece(&mut self) -> Result<(), StoreError> {
        self.mark = Mark {
            rows: self.rows.len(),
            entries: self.entries.len(),
            after: self.after.len(),
            new_keys: self.new_keys.len(),
            policy_changed: self.policy_changed,
            revoked: self.revoked,
            heads: Vec::new(),
        };
        Ok(())
    }

    /// Keeps what the piece did.
    pub(crate) async fn keep_piece(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.savepoint) {
            self.connection.run("RELEASE SAVEPOINT piece").await?;
        }
        Ok(())
    }

    /// Undoes what the piece did, and nothing else.
    pub(crate) async fn undo_piece(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.savepoint) {
            self.connection.run("ROLLBACK TO SAVEPOINT piece; RELEASE SAVEPOINT piece").await?;
        }
        self.facts_stale |= self.policy_changed && !self.mark.policy_changed;
        self.rows.truncate(self.mark.rows);
        self.entries.truncate(self.mark.entries);
        self.after.truncate(self.mark.after);
        self.new_keys.truncate(self.mark.new_keys);
        self.policy_changed = self.mark.policy_changed;
        self.revoked = self.mark.revoked;
        for (room, head) in std::mem::take(&mut self.mark.heads).into_iter().rev() {
            match head {
                Some(head) => self.heads.insert(room, head),
                None => self.heads.remove(&room),
            };
        }
        Ok(())
    }

    /// Stages the heads of the rooms that moved.
    pub(crate) fn stage_heads(&mut self) {
        let mut heads: Vec<_> = self.heads.iter().map(|(room, head)| (room.as_uuid(), *head)).collect();
        heads.sort_unstable_by_key(|(room, _): &(Uuid, i64)| *room);
        for (room, head) in heads {
            self.stage(&STORE_HEAD, vec![Value::Id(room), Value::Int(head)]);
        }
    }
}
