//! Tests: the tree against a naive RFC 6962, written from its recursive definition.

use std::convert::Infallible;

use proptest::prelude::*;
use tasuki_vault::log::proof::{
    Head, ProofError, consistency_proof, inclusion_proof, peaks_at, root_at, verify_consistency,
    verify_inclusion,
};
use tasuki_vault::log::tile::Tile;
use tasuki_vault::log::tree::{Frontier, Hash, leaf_hash, node_hash};

use crate::support::unhex;

/// Every size up to this one is tried.
const ALL: u64 = 70;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
}

fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::empty_root(),
        [one] => *one,
        more => {
            let middle = more.len().next_power_of_two() / 2;
            node_hash(&naive_root(&more[..middle]), &naive_root(&more[middle..]))
        }
    }
}

fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, other) = if index < middle {
        (naive_path(index, left), right)
    } else {
        (naive_path(index - middle, right), left)
    };
    path.push(naive_root(other));
    path
}

fn naive_subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { vec![] } else { vec![naive_root(leaves)] };
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, other) = if old <= middle {
        (naive_subproof(old, left, whole), right)
    } else {
        (naive_subproof(old - middle, right, false), left)
    };
    path.push(naive_root(other));
    path
}

/// Reads complete subtrees straight from the leaves.
fn nodes(leaves: &[Hash]) -> impl FnMut(u8, u64) -> Result<Hash, Infallible> {
    move |level, index| {
        let begin = (index << level) as usize;
        Ok(naive_root(&leaves[begin..begin + (1 << level)]))
    }
}

#[test]
fn certificate_transparency_roots() {
    let inputs =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let empty = unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Hash::empty_root().0.to_vec(), empty);
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), Hash::empty_root());
    for (input, root) in inputs.into_iter().zip(roots) {
        frontier.append(leaf_hash(&unhex(input)));
        assert_eq!(frontier.root().0.to_vec(), unhex(root), "{} leaves", frontier.size());
    }
}

#[test]
fn every_small_tree_grows_as_the_naive_one() {
    let leaves = leaves(ALL);
    let mut frontier = Frontier::new();
    for size in 0..=ALL {
        let some = &leaves[..size as usize];
        assert_eq!(frontier.root(), naive_root(some));
        assert_eq!(root_at(size, &mut nodes(&leaves)), Ok(naive_root(some)));
        let peaks = peaks_at(size, &mut nodes(&leaves)).unwrap();
        assert_eq!(Frontier::from_parts(size, peaks.clone()), Some(frontier.clone()));
        assert_eq!(Frontier::from_parts(size, [peaks, vec![Hash([0; 32])]].concat()), None);
        if let Some(next) = leaves.get(size as usize) {
            frontier.append_visiting(*next, |level, index, hash| {
                assert_eq!(nodes(&leaves)(level, index), Ok(hash), "node {level}/{index}");
            });
        }
    }
}

#[test]
fn every_small_inclusion_proof_is_the_naive_one_and_proves_only_its_own_leaf() {
    let leaves = leaves(ALL);
    for size in 1..=ALL {
        let some = &leaves[..size as usize];
        let root = naive_root(some);
        for index in 0..size {
            let proof = inclusion_proof(index, size, &mut nodes(&leaves)).unwrap();
            assert_eq!(proof, naive_path(index as usize, some));
            let leaf = &leaves[index as usize];
            assert!(verify_inclusion(leaf, index, size, &proof, &root));
            assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &proof, &root));
            assert!(!verify_inclusion(leaf, index, size, &proof, &leaf_hash(b"other")));
            assert!(!verify_inclusion(leaf, index, size, &[proof.clone(), vec![root]].concat(), &root));
            for other in (0..size).filter(|other| *other != index) {
                assert!(!verify_inclusion(leaf, other, size, &proof, &root), "{index} as {other} of {size}");
            }
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at].0[0] ^= 1;
                assert!(!verify_inclusion(leaf, index, size, &wrong, &root));
                assert!(!verify_inclusion(leaf, index, size, &proof[..at], &root));
            }
        }
        assert!(matches!(inclusion_proof(size, size, &mut nodes(&leaves)), Err(ProofError::Range)));
    }
}

#[test]
fn every_small_consistency_proof_is_the_naive_one_and_proves_only_its_own_heads() {
    let leaves = leaves(ALL);
    let head = |size: u64| Head { size, root: naive_root(&leaves[..size as usize]) };
    for new in 0..=ALL {
        for old in 0..=new {
            let proof = consistency_proof(old, new, &mut nodes(&leaves)).unwrap();
            if old > 0 {
                assert_eq!(proof, naive_subproof(old as usize, &leaves[..new as usize], true));
            }
            assert!(verify_consistency(&head(old), &head(new), &proof), "{old} to {new}");
            let forked = Head { root: leaf_hash(b"fork"), ..head(old) };
            assert!(!verify_consistency(&forked, &head(new), &proof));
            let rewritten = Head { root: leaf_hash(b"fork"), ..head(new) };
            assert!(old == 0 || !verify_consistency(&head(old), &rewritten, &proof));
            assert!(!verify_consistency(
                &head(old),
                &head(new),
                &[proof.clone(), vec![head(new).root]].concat()
            ));
            for at in 0..proof.len() {
                let mut wrong = proof.clone();
                wrong[at].0[31] ^= 1;
                assert!(!verify_consistency(&head(old), &head(new), &wrong));
                assert!(!verify_consistency(&head(old), &head(new), &proof[..at]));
            }
        }
    }
    assert!(matches!(consistency_proof(3, 2, &mut nodes(&leaves)), Err(ProofError::Range)));
    assert!(!verify_consistency(&head(3), &head(2), &[]));
}

#[test]
fn tiles_hold_every_node() {
    let leaves = leaves(600);
    let size = 600;
    let bytes_of = |tile: Tile| -> Vec<u8> {
        let level = tile.level * 8;
        let first = tile.index * 256;
        (first..first + u64::from(tile.width))
            .flat_map(|index| nodes(&leaves)(level, index).unwrap().0)
            .collect()
    };
    let mut from_tiles = |level: u8, index: u64| -> Result<Hash, String> {
        let tile = Tile::holding(level, index, size).ok_or(format!("no tile for {level}/{index}"))?;
        tile.node(&bytes_of(tile), level, index).ok_or(format!("not in its tile: {level}/{index}"))
    };
    for level in 0..=9_u8 {
        for index in (0..size >> level).step_by(7) {
            assert_eq!(from_tiles(level, index), Ok(nodes(&leaves)(level, index).unwrap()));
        }
        assert_eq!(Tile::holding(level, size >> level, size), None, "not complete yet");
    }
    assert_eq!(root_at(size, &mut from_tiles), Ok(naive_root(&leaves)));
    assert_eq!(Tile::holding(64, 0, u64::MAX), None);
    assert_eq!(Tile::holding(7, u64::MAX, u64::MAX), None);
    let tile = Tile { level: 0, index: 2, width: 88 };
    assert_eq!(Tile::holding(0, 599, size), Some(tile));
    assert_eq!(tile.node(&[0; 31], 0, 512), None, "too few bytes");
    assert_eq!(tile.node(&bytes_of(tile), 0, 100), None, "another tile's node");
    assert_eq!(tile.node(&bytes_of(tile), 7, 4), None, "not complete in this tile");
}

#[test]
fn tile_paths_and_growth_follow_the_specification() {
    assert_eq!(Tile { level: 0, index: 1_234_067, width: 256 }.path(), "tile/0/x001/x234/067");
    assert_eq!(Tile { level: 1, index: 0, width: 3 }.path(), "tile/1/000.p/3");
    assert_eq!(Tile { level: 0, index: 1000, width: 256 }.path(), "tile/0/x001/000");
    let paths = |before, size| Tile::added(before, size).iter().map(Tile::path).collect::<Vec<_>>();
    assert_eq!(paths(0, 1), ["tile/0/000.p/1"]);
    assert_eq!(paths(250, 260), ["tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1"]);
    assert_eq!(paths(256, 512), ["tile/0/001", "tile/1/000.p/2"]);
    assert_eq!(paths(260, 260), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn larger_trees_agree_too(size in 71_u64..900, index: prop::sample::Index, old: prop::sample::Index) {
        let leaves = leaves(size);
        let root = naive_root(&leaves);
        let index = index.index(size as usize) as u64;
        let proof = inclusion_proof(index, size, &mut nodes(&leaves)).unwrap();
        prop_assert!(verify_inclusion(&leaves[index as usize], index, size, &proof, &root));
        let old = old.index(size as usize) as u64;
        let proof = consistency_proof(old, size, &mut nodes(&leaves)).unwrap();
        let head = Head { size: old, root: naive_root(&leaves[..old as usize]) };
        let whole = Head { size, root };
        prop_assert!(verify_consistency(&head, &whole, &proof));
    }

    #[test]
    fn foreign_proofs_never_verify_and_never_panic(index: u64, old: u64, size: u64, proof in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
        let (one, two) = (leaf_hash(b"one"), leaf_hash(b"two"));
        prop_assert!(!verify_inclusion(&one, index, size, &proof, &two));
        let (old, new) = (Head { size: old, root: one }, Head { size, root: two });
        prop_assert!(!verify_consistency(&old, &new, &proof));
    }
}
