//! Vault, log: proofs that an entry is in a tree, and that one tree is the beginning of another (RFC 6962 2.1,
//! verification as in RFC 9162 2.1). Nodes come through a closure, so that no storage is known here.
//!
//! The closure gets `(level, index)` and must give the hash of that complete subtree: level 0 are the leaves,
//! node `(l, i)` covers leaves `i·2^l` to `(i+1)·2^l − 1`.

use super::tree::{Hash, fold, node_hash};

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProofError<E> {
    /// The entry or the smaller tree lies outside the tree.
    #[error("asked for a proof outside the tree")]
    Range,
    /// A node could not be read.
    #[error("a node of the tree could not be read")]
    Node(#[source] E),
}

/// Root of the tree of the first `size` leaves.
///
/// # Errors
/// What the closure says.
pub fn root_at<E>(size: u64, nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    range_root(0, size, nodes)
}

/// The peaks of the tree of the first `size` leaves, for [`Frontier::from_parts`](super::tree::Frontier::from_parts).
///
/// # Errors
/// What the closure says.
pub fn peaks_at<E>(size: u64, nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
    range_peaks(0, size, nodes)
}

/// The path that proves leaf `index` to be in the tree of `size` leaves, deepest node first.
///
/// # Errors
/// [`ProofError`].
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut begin, mut end, mut path) = (0, size, Vec::new());
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        let (other_begin, other_end) = if index < middle { (middle, end) } else { (begin, middle) };
        path.push(range_root(other_begin, other_end, nodes).map_err(ProofError::Node)?);
        if index < middle {
            end = middle;
        } else {
            begin = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The hashes that prove the tree of `old` leaves to be the beginning of the tree of `new` leaves. Empty when
/// they are equal or `old` is 0.
///
/// # Errors
/// [`ProofError`].
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, ProofError<E>> {
    if old > new {
        return Err(ProofError::Range);
    }
    let (mut begin, mut end, mut whole, mut path) = (0, new, true, Vec::new());
    if old == 0 {
        return Ok(path);
    }
    while end != old {
        let middle = begin + split(end - begin);
        let (other_begin, other_end) = if old <= middle { (middle, end) } else { (begin, middle) };
        path.push(range_root(other_begin, other_end, nodes).map_err(ProofError::Node)?);
        if old <= middle {
            end = middle;
        } else {
            begin = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range_root(begin, end, nodes).map_err(ProofError::Node)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `proof` shows that the leaf with hash `leaf` is number `index` of the tree with `size` leaves and `root`.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut left, mut last, mut hash) = (index, size - 1, *leaf);
    for node in proof {
        if last == 0 {
            return false;
        }
        if left & 1 == 1 || left == last {
            hash = node_hash(node, &hash);
            while left & 1 == 0 && left != 0 {
                left >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, node);
        }
        left >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// A tree head as proofs speak of it: how many leaves, which root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Whether `proof` shows that `new` continues `old` without changing anything in it.
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Hash]) -> bool {
    if old.size > new.size {
        return false;
    }
    if old.size == new.size {
        return proof.is_empty() && old.root == new.root;
    }
    if old.size == 0 {
        return proof.is_empty() && old.root == Hash::empty_root();
    }
    let own = old.size.is_power_of_two().then_some(&old.root);
    let mut path = own.into_iter().chain(proof);
    let (mut left, mut last) = (old.size - 1, new.size - 1);
    while left & 1 == 1 {
        left >>= 1;
        last >>= 1;
    }
    let Some(first) = path.next() else { return false };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for node in path {
        if last == 0 {
            return false;
        }
        if left & 1 == 1 || left == last {
            old_hash = node_hash(node, &old_hash);
            new_hash = node_hash(node, &new_hash);
            while left & 1 == 0 && left != 0 {
                left >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, node);
        }
        left >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old.root && new_hash == new.root
}

/// Largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

fn range_root<E>(
    begin: u64,
    end: u64,
    nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Hash, E> {
    range_peaks(begin, end, nodes).map(|peaks| fold(&peaks))
}

/// The complete subtrees from `begin`, which is a multiple of each of their sizes, to `end`.
fn range_peaks<E>(
    begin: u64,
    end: u64,
    nodes: &mut impl FnMut(u8, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut at, mut peaks) = (begin, Vec::new());
    for level in (0..64_u8).rev() {
        if (end - begin) >> level & 1 == 1 {
            peaks.push(nodes(level, at >> level)?);
            at += 1 << level;
        }
    }
    Ok(peaks)
}
