//! Proofs about the stored log, computed on the read that shows it: from stored bytes up to the newest signed head.

use super::{
    checkpoint::{LogProblem, Signed},
    log::{ProofState, StoredEntry},
    tile::{self, root_of, shift},
};
use crate::{backend::Connection, error::StoreError, store::Store};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use tasuki_vault::log::{
    Hash,
    proof::{self, Head, ProofError, verify_consistency, verify_inclusion},
};

/// Tiles kept in memory during one read.
const MOST_TILES: usize = 512;

/// Tells of entries whether they are in the tree under the newest signed head.
pub(crate) struct Prover {
    signed: Option<Arc<Signed>>,
    /// Full tiles whose root the tile above names; `None` for one that is missing or does not fit.
    tiles: HashMap<(u8, u64), Option<Vec<Hash>>>,
}

impl Prover {
    /// Begins at the newest signed head. A head that does not fit the log proves nothing: what is read is then damaged
    /// or pending, never proven.
    pub(crate) async fn new(store: &Store, connection: &mut Connection) -> Result<Self, StoreError> {
        let signed = match store.signed(connection).await {
            Ok(signed) => signed,
            Err(LogProblem::Store(error)) => return Err(error),
            Err(LogProblem::Damaged(finding)) => {
                store.note_log_damage(&finding);
                None
            }
        };
        Ok(Self { signed, tiles: HashMap::new() })
    }

    /// The head that the proofs lead to.
    pub(crate) const fn signed(&self) -> Option<&Arc<Signed>> {
        self.signed.as_ref()
    }

    /// What is known about a row's truth.
    pub(crate) async fn state(
        &mut self,
        connection: &mut Connection,
        entry: &StoredEntry,
    ) -> Result<ProofState, StoreError> {
        let (Some(index), Some(hash)) = (entry.index(), entry.sound()) else {
            return Ok(ProofState::Damaged);
        };
        let Some(signed) = self.signed.clone().filter(|signed| index < signed.edge.size()) else {
            return Ok(ProofState::Pending);
        };
        Ok(match self.leaf(connection, &signed, index).await? {
            Some(expected) if expected == hash => ProofState::Proven,
            _ => ProofState::Damaged,
        })
    }

    /// The leaf hash that the signed head vouches for; `None` when the tiles between do not fit it.
    pub(crate) async fn leaf(
        &mut self,
        connection: &mut Connection,
        signed: &Signed,
        index: u64,
    ) -> Result<Option<Hash>, StoreError> {
        let mut level = 0_u8;
        let mut vouched = loop {
            match signed.edge.hash(level, index >> shift(level)) {
                Some(hash) => break hash,
                None if level >= 7 => return Ok(None),
                None => level += 1,
            }
        };
        // Down again: each tile must have the root that the one above vouches for.
        while level > 0 {
            level -= 1;
            let number = index >> shift(level + 1);
            let place = usize::try_from((index >> shift(level)) % tile::FULL).unwrap_or(usize::MAX);
            let hashes = self.tile(connection, (level, number), vouched).await?;
            match hashes.and_then(|hashes| hashes.get(place)) {
                Some(hash) => vouched = *hash,
                None => return Ok(None),
            }
        }
        Ok(Some(vouched))
    }

    async fn tile(
        &mut self,
        connection: &mut Connection,
        at: (u8, u64),
        root: Hash,
    ) -> Result<Option<&Vec<Hash>>, StoreError> {
        if !self.tiles.contains_key(&at) {
            if self.tiles.len() >= MOST_TILES {
                self.tiles.clear();
            }
            let kept = tile::read(connection, at.0, at.1).await?;
            self.tiles.insert(at, kept.filter(|hashes| root_of(hashes) == root));
        }
        Ok(self.tiles.get(&at).and_then(Option::as_ref))
    }
}

/// The way from one entry to a signed head (RFC 6962 2.1.1), deepest node first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InclusionProof {
    /// Number of entries under the head.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The signed note.
    pub note: String,
    /// The hashes.
    pub path: Vec<Hash>,
}

/// The proof that one tree is the beginning of another (RFC 6962 2.1.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsistencyProof {
    /// Entries in the older tree.
    pub old: u64,
    /// Its root.
    pub old_root: Hash,
    /// Entries in the newer tree.
    pub new: u64,
    /// Its root.
    pub new_root: Hash,
    /// The hashes.
    pub path: Vec<Hash>,
}

impl Store {
    /// Proves that the tree of `old` entries is the beginning of the tree of `new` entries; `None` when `old` is larger
    /// than `new`, or `new` than the newest signed head.
    ///
    /// # Errors
    /// [`LogProblem::Damaged`] when the stored tree does not fit the signed head.
    pub async fn log_consistency(&self, old: u64, new: u64) -> Result<Option<ConsistencyProof>, LogProblem> {
        let mut connection = self.reading().await?;
        let Some(signed) = self.signed(&mut connection).await? else { return Ok(None) };
        if old > new || new > signed.edge.size() {
            return Ok(None);
        }
        let made = nodes(&mut connection, &signed, |known| {
            let old_root = proof::root_at(old, known).map_err(ProofError::Node)?;
            let new_root = proof::root_at(new, known).map_err(ProofError::Node)?;
            let path = proof::consistency_proof(old, new, known)?;
            Ok(ConsistencyProof { old, old_root, new, new_root, path })
        });
        let Some(made) = made.await? else { return Ok(None) };
        let (older, newer) =
            (Head { size: old, root: made.old_root }, Head { size: new, root: made.new_root });
        let holds = old == 0 || verify_consistency(&older, &newer, &made.path);
        Ok(holds.then_some(made))
    }
}

/// The way from an entry to the newest signed head; `None` while none covers it or when the tree does not fit.
pub(crate) async fn inclusion(
    connection: &mut Connection,
    signed: &Signed,
    (index, leaf): (u64, Hash),
) -> Result<Option<InclusionProof>, StoreError> {
    let (size, root) = (signed.edge.size(), signed.edge.root());
    if index >= size {
        return Ok(None);
    }
    let path = nodes(connection, signed, |known| proof::inclusion_proof(index, size, known))
        .await?
        .unwrap_or_default();
    let holds = verify_inclusion(&leaf, index, size, &path, &root);
    Ok(holds.then(|| InclusionProof { size, root, note: signed.note.clone(), path }))
}

/// The peaks of the tree of the first `size` entries, for an export that begins there.
pub(crate) async fn peaks(
    connection: &mut Connection,
    signed: &Signed,
    size: u64,
) -> Result<Option<Vec<Hash>>, StoreError> {
    nodes(connection, signed, |known| proof::peaks_at(size, known).map_err(ProofError::Node)).await
}

/// A node that was not read yet.
#[derive(Debug)]
struct Unread;

/// Runs a computation over nodes of the tree twice: first to learn which nodes it needs, then with them. `None` when a
/// node is missing.
async fn nodes<T>(
    connection: &mut Connection,
    signed: &Signed,
    compute: impl Fn(
        &mut Box<dyn FnMut(u8, u64) -> Result<Hash, Unread> + Send + '_>,
    ) -> Result<T, ProofError<Unread>>,
) -> Result<Option<T>, StoreError> {
    let mut needed = BTreeSet::new();
    let mut note: Box<dyn FnMut(u8, u64) -> Result<Hash, Unread> + Send + '_> = Box::new(|level, index| {
        needed.insert((level, index));
        Ok(Hash([0; 32]))
    });
    let _dry_run = compute(&mut note);
    drop(note);
    let mut read = HashMap::new();
    for (level, index) in needed {
        if let Some(hash) = node(connection, signed, (level, index)).await? {
            read.insert((level, index), hash);
        }
    }
    let mut tell: Box<dyn FnMut(u8, u64) -> Result<Hash, Unread> + Send + '_> =
        Box::new(move |level, index| read.get(&(level, index)).copied().ok_or(Unread));
    Ok(compute(&mut tell).ok())
}

/// A complete subtree's root, from the edge or from a kept tile.
async fn node(
    connection: &mut Connection,
    signed: &Signed,
    (level, index): (u8, u64),
) -> Result<Option<Hash>, StoreError> {
    let (tile_level, height) = (level / 8, level % 8);
    let (first, count) = (index << height, 1_u64 << height);
    let from_edge: Option<Vec<Hash>> =
        (first..first + count).map(|place| signed.edge.hash(tile_level, place)).collect();
    if let Some(hashes) = from_edge {
        return Ok(Some(root_of(&hashes)));
    }
    let kept = tile::read(connection, tile_level, first / tile::FULL).await?;
    let begin = usize::try_from(first % tile::FULL).unwrap_or(usize::MAX);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(kept.as_ref().and_then(|hashes| hashes.get(begin..begin.saturating_add(count))).map(root_of))
}
