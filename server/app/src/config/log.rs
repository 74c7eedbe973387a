//! Config room: the access log's rhythm and how long it is kept.

use serde::{Deserialize, Serialize};

use super::Number;

/// `[log]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Looks of one person at one room within this window share an entry that says so.
    pub look_window_seconds: Number<10, 60>,
    /// A signed head follows an entry after at most this.
    pub checkpoint_after_entry_ms: Number<50, 1_000>,
    /// A signed head is made at least this often.
    pub checkpoint_every_seconds: Number<1, 10>,
    /// Entries are kept for this long; then the key of their month is destroyed.
    pub retention_years: Number<1, 30>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            look_window_seconds: Number::of(60),
            checkpoint_after_entry_ms: Number::of(1_000),
            checkpoint_every_seconds: Number::of(10),
            retention_years: Number::of(5),
        }
    }
}
