//! Config room: what the server writes about its own running.

use serde::{Deserialize, Serialize};

/// `[telemetry]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// From which weight on lines are written; libraries never write below a warning.
    pub level: Level,
    /// One JSON object a line instead of text.
    pub json: bool,
}

/// Weight of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something failed.
    Error,
    /// Something needs a person soon.
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { level: Level::Info, json: true }
    }
}
