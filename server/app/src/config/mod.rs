//! Config room: every setting, typed and bounded, checked before a port opens. Knows no other room.

mod backup;
mod database;
mod dns_name;
mod files;
mod limits;
mod load;
mod log;
mod number;
mod problem;
mod rules;
mod secret_file;
mod server;
mod sign_in;
mod telemetry;
#[cfg(test)]
mod tests;
mod unlock;

pub use backup::Backup;
pub use database::{Database, DatabaseUrl};
pub use dns_name::DnsName;
pub use files::{Files, ScannerAddress};
pub use limits::{Hashing, Http2, Limits, Rate, Writer};
pub use log::Log;
pub use number::Number;
pub use problem::{ConfigProblem, ConfigProblems, ProblemCode};
pub use secret_file::read_secret_file;
use serde::{Deserialize, Serialize};
pub use server::Server;
pub use sign_in::{Argon2, SignIn};
pub use telemetry::{Level, Telemetry};
pub use unlock::{Unlock, UnlockMethod};

/// Everything that an operator can set. Made by [`Config::load`]; `Config::default()` is the example file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who this server is.
    pub server: Server,
    /// Where rows live.
    pub database: Database,
    /// Sizes and speeds.
    pub limits: Limits,
    /// Files that come in.
    pub files: Files,
    /// Signing in.
    pub sign_in: SignIn,
    /// The access log.
    pub log: Log,
    /// Backups.
    pub backup: Backup,
    /// Opening the root key.
    pub unlock: Unlock,
    /// Lines about the running.
    pub telemetry: Telemetry,
}

impl Config {
    /// Names of the sections, for recognising a misspelt variable.
    const SECTIONS: [&'static str; 9] =
        ["server", "database", "limits", "files", "sign_in", "log", "backup", "unlock", "telemetry"];

    /// What is wrong with the files that the settings name, on this machine and now: `serve` refuses to start
    /// while this is not empty, `init` creates what is missing.
    #[must_use]
    pub fn problems_on_this_machine(&self) -> Vec<ConfigProblem> {
        rules::missing_files(self)
    }
}
