//! What can be typed. `--help` is good enough to work from.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Tasuki: messaging of a regional care consortium.
///
/// First `tasuki init`, then `tasuki serve`. `tasuki check` says in plain words what is wrong and what to do.
#[derive(Debug, Parser)]
#[command(name = "tasuki", version, max_term_width = 100)]
pub struct CommandLine {
    /// The settings; see deploy/config.example.toml. TASUKI_… variables override them.
    #[arg(long, short, global = true, value_name = "FILE", env = "TASUKI_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server until it is told to stop (SIGTERM or Ctrl-C; a second time cuts open work short).
    Serve(Serve),
    Backup(super::backup::Arguments),
    Restore(super::restore::Arguments),
    /// Re-encodes a picture from standard input; used by the server itself.
    #[command(hide = true)]
    PictureHelper,
}

/// `tasuki serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve demonstration data, which is refused otherwise.
    #[arg(long)]
    pub demo: bool,
}
