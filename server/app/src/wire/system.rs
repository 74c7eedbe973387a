//! wire: the system's state, as `tasuki check` tells it.

use serde::Serialize;
use utoipa::ToSchema;

/// The state of the system at a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SystemStateView {
    /// When it was looked at, µs UTC.
    pub at: i64,
    /// Version of the program.
    pub program: String,
    /// The worst verdict of all: `good`, `notice` or `bad`.
    pub worst: &'static str,
    /// Everything that was looked at, in a fixed order.
    pub checks: Vec<CheckView>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// `settings`, `keys`, `database`, `log`, `certificates`, `revocation_list`, `clock`, `disk`, `backup`,
    /// `attestation` or `enrolment`; one may come more than once.
    pub subject: &'static str,
    /// `good`, `notice` (wants attention) or `bad` (wrong now).
    pub verdict: &'static str,
    /// What was found, in Japanese.
    pub japanese: String,
    /// What was found, in English.
    pub english: String,
    /// What to do, in Japanese; empty when nothing.
    pub advice_japanese: String,
    /// What to do, in English; empty when nothing.
    pub advice_english: String,
}
