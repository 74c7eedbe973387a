//! Config room: where backups go, to whom they are sealed, how many are kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Number;

/// `[backup]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    /// Folder for the encrypted files; best on another disk. Without it no backup is made, and `check` says so.
    pub folder: Option<PathBuf>,
    /// File with the public keys (age) of those who can open a backup; their private keys stay offline.
    pub recipients_file: Option<PathBuf>,
    /// A backup is made this often.
    pub every_hours: Number<1, 168>,
    /// Generations kept in the folder.
    pub generations: Number<3, 365>,
    /// A restore is rehearsed at least this often; later than that is shown as red.
    pub rehearsal_days: Number<1, 90>,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            folder: None,
            recipients_file: None,
            every_hours: Number::of(24),
            generations: Number::of(7),
            rehearsal_days: Number::of(30),
        }
    }
}
