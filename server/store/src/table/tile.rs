//! Tiles of the log's tree: full ones are kept, the right edge is made again from them and from the entries themselves.

use super::log;
use crate::{
    backend::Connection,
    error::StoreError,
    stage::{StagedTable, Value},
    store::Store,
};
use tasuki_vault::log::{
    Finding, Frontier, Hash,
    tile::{TOP_LEVEL, WIDTH},
    tree::node_hash,
};

pub(crate) const TILE: StagedTable =
    StagedTable { insert: "INSERT INTO log_tile (level, idx, hashes) ", tail: "" };
const READ: &str = "SELECT hashes FROM log_tile WHERE level = $1 AND idx = $2";
const ROW: &str = "SELECT idx, hashes FROM log_tile WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";

/// Hashes in a full tile.
pub(crate) const FULL: u64 = WIDTH as u64;
const LEVELS: usize = TOP_LEVEL as usize + 1;

/// A tile that has become full.
pub(crate) struct FullTile {
    pub(crate) level: u8,
    pub(crate) index: u64,
    pub(crate) hashes: Vec<Hash>,
}

impl FullTile {
    /// The row as staged.
    pub(crate) fn values(&self) -> Vec<Value> {
        let bytes = self.hashes.iter().flat_map(|hash| hash.0).collect();
        vec![Value::Int(i64::from(self.level)), Value::Int(log::number(self.index)), Value::Bytes(bytes)]
    }
}

/// The right edge of the tree: the unfinished tile of every level. All that is needed to append and to know the root.
#[derive(Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    rows: [Vec<Hash>; LEVELS],
}

impl Edge {
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; tiles that it fills are put into `full`.
    pub(crate) fn append(&mut self, leaf: Hash, full: &mut Vec<FullTile>) {
        self.size += 1;
        let mut hash = leaf;
        for (level, row) in (0_u8..).zip(&mut self.rows) {
            row.push(hash);
            if row.len() < usize::from(WIDTH) {
                break;
            }
            let hashes = std::mem::take(row);
            hash = root_of(&hashes);
            full.push(FullTile { level, index: (self.size >> shift(level + 1)) - 1, hashes });
        }
    }

    /// The hash at a place of a level's row, where the edge holds it.
    pub(crate) fn hash(&self, level: u8, place: u64) -> Option<Hash> {
        let row = self.rows.get(usize::from(level))?;
        let begin = (self.size >> shift(level)) - row.len() as u64;
        row.get(usize::try_from(place.checked_sub(begin)?).ok()?).copied()
    }

    /// The roots of the complete subtrees, largest first.
    pub(crate) fn frontier(&self) -> Option<Frontier> {
        let mut peaks = Vec::new();
        for row in self.rows.iter().rev() {
            let mut rest = row.as_slice();
            for width in (0..8).rev().map(|bit| 1_usize << bit) {
                if let Some((subtree, after)) =
                    (rest.len() & width != 0).then(|| rest.split_at_checked(width)).flatten()
                {
                    peaks.push(root_of(subtree));
                    rest = after;
                }
            }
        }
        Frontier::from_parts(self.size, peaks)
    }

    /// The root at the present size.
    pub(crate) fn root(&self) -> Hash {
        self.frontier().map_or(Hash([0; 32]), |frontier| frontier.root())
    }

    /// Makes the edge of a tree again: from kept tiles above, from the entries' own bytes at the bottom.
    pub(crate) async fn load(
        connection: &mut Connection,
        size: u64,
    ) -> Result<Result<Self, Finding>, StoreError> {
        let mut edge = Self { size, rows: Default::default() };
        let begin = size - size % FULL;
        for entry in log::range(connection, (begin, size), i64::from(WIDTH)).await? {
            let index = begin + edge.rows.first().map_or(0, |row| row.len() as u64);
            match (entry.index(), entry.sound()) {
                (Some(found), _) if found != index => {
                    return Ok(Err(Finding::Missing { from: index, to: found - 1 }));
                }
                (_, Some(hash)) => edge.push(0, hash),
                _ => return Ok(Err(Finding::Altered { index })),
            }
        }
        if edge.rows.first().map_or(0, |row| row.len() as u64) != size - begin {
            let from = begin + edge.rows.first().map_or(0, |row| row.len() as u64);
            return Ok(Err(Finding::Missing { from, to: size - 1 }));
        }
        for level in 1..=TOP_LEVEL {
            let count = size >> shift(level);
            let begin = count - count % FULL;
            for tile in row(connection, level - 1, (begin, count)).await? {
                edge.push(usize::from(level), root_of(&tile));
            }
            let found = edge.rows.get(usize::from(level)).map_or(0, |row| row.len() as u64);
            if found != count - begin {
                return Ok(Err(Finding::RootDiffers { proven: 0, size }));
            }
        }
        Ok(Ok(edge))
    }

    fn push(&mut self, level: usize, hash: Hash) {
        if let Some(row) = self.rows.get_mut(level) {
            row.push(hash);
        }
    }
}

/// Root over a power of two of hashes.
pub(crate) fn root_of(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        let (pairs, _) = row.as_chunks::<2>();
        row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied().unwrap_or(Hash([0; 32]))
}

/// Binary levels below a tile level.
pub(crate) const fn shift(level: u8) -> u32 {
    // A shift by 64 is no shift in Rust; no log has 2^63 entries.
    let bits = level as u32 * 8;
    if bits > 63 { 63 } else { bits }
}

/// A full tile as kept; `None` when it is missing or not of its size.
pub(crate) async fn read(
    connection: &mut Connection,
    level: u8,
    index: u64,
) -> Result<Option<Vec<Hash>>, StoreError> {
    let (level, index) = (i64::from(level), log::number(index));
    let bytes: Option<Vec<u8>> = on!(connection, c => sqlx::query_scalar(READ).bind(level).bind(index).fetch_optional(&mut **c).await)?;
    Ok(bytes.and_then(|bytes| hashes(&bytes)))
}

/// The full tiles of a level from one number to before another, as far as they follow each other without a gap.
async fn row(
    connection: &mut Connection,
    level: u8,
    (from, until): (u64, u64),
) -> Result<Vec<Vec<Hash>>, StoreError> {
    let (level, first, after) = (i64::from(level), log::number(from), log::number(until));
    let rows: Vec<(i64, Vec<u8>)> = on!(connection, c => sqlx::query_as(ROW).bind(level).bind(first).bind(after).fetch_all(&mut **c).await)?;
    let in_order = rows.into_iter().zip(from..).map_while(|((index, bytes), expected)| {
        (u64::try_from(index) == Ok(expected)).then(|| hashes(&bytes)).flatten()
    });
    Ok(in_order.collect())
}

fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (chunks, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && chunks.len() == usize::from(WIDTH))
        .then(|| chunks.iter().copied().map(Hash).collect())
}

impl Store {
    /// How many full tiles of the lowest level are kept, for tests and the operator's check.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn log_tiles(&self) -> Result<i64, StoreError> {
        let mut connection = self.reading().await?;
        Ok(
            on!(&mut connection, c => sqlx::query_scalar("SELECT count(*) FROM log_tile WHERE level = 0").fetch_one(&mut **c).await)?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasuki_vault::log::tree::leaf_hash;

    #[test]
    fn the_edge_and_the_frontier_agree_at_every_size() {
        let (mut edge, mut frontier, mut full) = (Edge::default(), Frontier::new(), Vec::new());
        for number in 0..70_000_u64 {
            let leaf = leaf_hash(&number.to_be_bytes());
            edge.append(leaf, &mut full);
            frontier.append(leaf);
            if number % 997 == 0 || number > 65_500 && number < 65_600 || number < 600 {
                assert_eq!(edge.root(), frontier.root(), "{number}");
                assert_eq!(
                    edge.hash(0, number),
                    (!(number + 1).is_multiple_of(256)).then_some(leaf),
                    "{number}"
                );
            }
        }
        assert_eq!(full.iter().filter(|tile| tile.level == 0).count(), 273);
        let upper: Vec<_> = full.iter().filter(|tile| tile.level == 1).collect();
        assert_eq!(upper.len(), 1);
        assert_eq!(upper.first().map(|tile| tile.index), Some(0));
        assert_eq!(edge.hash(2, 0), upper.first().map(|tile| root_of(&tile.hashes)));
    }
}
