//! Backup room: the file that leaves the house. What is in it, how it is sealed, how it is read back. Knows no rows and
//! no running server; the use cases `back_up` and `restore` do.
//!
//! ```text
//! age file (X25519, to the recovery key; the server cannot open it)
//!   └─ container, format 1: title, parts in 64 KiB pieces, manifest, tag
//!        ├─ settings.toml, backup.recipients, attestation.pem   what the operator has set; no secret is in it
//!        ├─ database.sqlite | database.pgdump                   rows, sealed as they are in the house
//!        └─ manifest (JSON) and HMAC-SHA-256 over it            which house, when, how far the log, digests of the parts
//! ```

mod container;
mod file;
mod lock;
mod manifest;
mod postgres;
mod problem;
mod recovery;
#[cfg(test)]
mod tests;

pub use container::{PART_NAMES, Pack, Unpacked, UnpackedPart, unpack};
pub use file::{Finished, SealedFile, file_name, newest, open_sealed, prune};
pub use lock::BackupLock;
pub use manifest::{Engine, LogPosition, Manifest, Part};
pub use postgres::{Connect, Dump, restore_dump};
pub use problem::BackupProblem;
pub use recovery::{Recipients, RecoveryIdentity};

/// Name of the file in the data folder with the public half of the recovery key; written by `init`.
pub const RECIPIENTS: &str = "backup.recipients";
