//! Vault: the access log as evidence. A Merkle tree (RFC 6962) over canonical entries, signed tree heads
//! (C2SP tlog-checkpoint), tiles (C2SP tlog-tiles), witnesses' cosignatures (C2SP tlog-cosignature), the
//! export and its offline verifier. The written format is `server/access-log.md`.
//!
//! - [`leaf`] — the canonical bytes of an entry
//! - [`tree`] — hashes, the growing edge of the tree, roots
//! - [`proof`] — inclusion and consistency
//! - [`tile`] — 256 hashes at a time
//! - [`note`] — C2SP signed notes, Ed25519
//! - [`checkpoint`] — signed tree heads
//! - [`cosignature`] — what a witness adds
//! - [`export`] — the file that leaves the house
//! - [`verify`] — the verifier that needs no database, no network and no keys
//! - [`report`] — what it found, in plain words

pub mod checkpoint;
pub mod cosignature;
pub mod export;
pub mod leaf;
pub mod note;
pub mod proof;
pub mod report;
pub mod tile;
pub mod tree;
pub mod verify;

pub use checkpoint::{Checkpoint, LogSigner};
pub use leaf::Leaf;
pub use report::{Finding, Report};
pub use tree::{Frontier, Hash};
