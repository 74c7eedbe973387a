//! Vault, log: the tree in tiles of 256 hashes (C2SP tlog-tiles). It knows coordinates and bytes, no storage.
//!
//! Tile level L holds nodes of tree level 8·L: tile (0, n) the leaf hashes 256·n to 256·n + 255, tile (1, n) the
//! roots of tiles (0, 256·n) to (0, 256·n + 255), and so on. A tile on the right edge has fewer hashes.

use super::tree::{Hash, node_hash};

/// Hashes in a full tile.
pub const WIDTH: u16 = 256;
/// Tree levels that one tile spans.
const HEIGHT: u8 = 8;
/// Highest tile level that a tree of 2⁶⁴ leaves can have.
pub const TOP_LEVEL: u8 = 7;

/// Which tile, and how much of it exists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tile {
    /// Tile level.
    pub level: u8,
    /// Number of the tile on its level.
    pub index: u64,
    /// Hashes in it, 1 to 256.
    pub width: u16,
}

impl Tile {
    /// Path by which the tile is published: `tile/0/x001/x234/067`, with `.p/<width>` while it is not full.
    pub fn path(&self) -> String {
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        let path = format!("tile/{}/{}", self.level, groups.join("/"));
        if self.width < WIDTH { format!("{path}.p/{}", self.width) } else { path }
    }

    /// The tile that holds what is needed for tree node `(level, index)`, as wide as a tree of `size` leaves has
    /// it; `None` when the node is not complete in that tree.
    pub fn holding(level: u8, index: u64, size: u64) -> Option<Self> {
        let first = Self::first_hash(level, index)?;
        let after = first.checked_add(1 << (level % HEIGHT))?;
        let (tile_level, tile) = (level / HEIGHT, first / u64::from(WIDTH));
        let existing = size >> (u32::from(tile_level) * u32::from(HEIGHT));
        if after > existing {
            return None;
        }
        let width = (existing - tile * u64::from(WIDTH)).min(u64::from(WIDTH));
        u16::try_from(width).ok().map(|width| Self { level: tile_level, index: tile, width })
    }

    /// Hash of tree node `(level, index)` from this tile's bytes (32 per hash); `None` when it is not inside.
    pub fn node(&self, bytes: &[u8], level: u8, index: u64) -> Option<Hash> {
        let first = Self::first_hash(level, index)?;
        if self.level != level / HEIGHT || first / u64::from(WIDTH) != self.index {
            return None;
        }
        let begin = usize::try_from(first % u64::from(WIDTH)).ok()?;
        let count = 1_usize << (level % HEIGHT);
        let (hashes, _) = bytes.get(..usize::from(self.width) * 32)?.as_chunks::<32>();
        let mut row: Vec<Hash> = hashes.get(begin..begin + count)?.iter().copied().map(Hash).collect();
        while row.len() > 1 {
            let (pairs, _) = row.as_chunks::<2>();
            row = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        row.first().copied()
    }

    /// All tiles of a tree of `size` leaves that a tree of `before` leaves did not have in this width.
    pub fn added(before: u64, size: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        for level in 0..=TOP_LEVEL {
            let shift = u32::from(level) * u32::from(HEIGHT);
            let (old, new) = (before >> shift, size >> shift);
            if new == old {
                break;
            }
            let width = u64::from(WIDTH);
            for index in old / width..new.div_ceil(width) {
                let filled = u16::try_from((new - index * width).min(width)).unwrap_or(WIDTH);
                tiles.push(Self { level, index, width: filled });
            }
        }
        tiles
    }

    /// Number, on its tile level's row, of the first hash below tree node `(level, index)`.
    fn first_hash(level: u8, index: u64) -> Option<u64> {
        let shift = u32::from(level % HEIGHT);
        (level < 64 && index.leading_zeros() >= shift).then_some(index << shift)
    }
}
