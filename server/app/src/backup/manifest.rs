//! Backup room: the manifest. It says which house this was, when, how far the log went, and the digests of the parts.

use serde::{Deserialize, Serialize};

/// What a backup says of itself. Tagged by the house, so that nobody else can write one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format of manifest and container: 1.
    pub format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// When the snapshot was taken, microseconds UTC.
    pub at: i64,
    /// The log's origin line.
    pub origin: String,
    /// The DNS name that passkeys are bound to.
    pub rp_id: String,
    /// Check value of the root key that opens the rows.
    pub root_key: String,
    /// Which database the part `database…` is of.
    pub engine: Engine,
    /// How far the log went.
    pub log: LogPosition,
    /// Everything in the container, in its order.
    pub parts: Vec<Part>,
}

/// The database that was backed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// SQLite: a database file.
    Sqlite,
    /// PostgreSQL: a dump in its custom format.
    Postgres,
}

impl Engine {
    /// The name of the part that holds the rows.
    #[must_use]
    pub const fn part(self) -> &'static str {
        match self {
            Self::Sqlite => "database.sqlite",
            Self::Postgres => "database.pgdump",
        }
    }
}

/// Where the log stood in the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogPosition {
    /// Number of entries.
    pub size: u64,
    /// The tree's root over them, base64.
    pub root: String,
    /// Time of the last entry, microseconds UTC.
    pub last_at: i64,
    /// The newest signed head in the snapshot; empty before the first.
    pub note: String,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The format that this program writes.
    pub const FORMAT: u32 = 1;
    /// Longest manifest, in bytes.
    pub const LONGEST: usize = 64 * 1024;
}
