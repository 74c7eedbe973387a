//! Backup room: PostgreSQL's own tools. The password goes through the child's environment, which only its own user can
//! read, never through its arguments.

use super::BackupProblem;
use std::{
    io::{ErrorKind, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};
use zeroize::Zeroizing;

const DUMP: &str = "pg_dump";
const RESTORE: &str = "pg_restore";

/// How the tools reach the database.
pub struct Connect {
    /// `postgres://…`.
    pub url: String,
    /// The password, when it does not stand in the URL.
    pub password: Option<Zeroizing<String>>,
}

impl Connect {
    fn command(&self, tool: &'static str) -> Command {
        let mut command = Command::new(tool);
        command.arg("--no-password").arg(format!("--dbname={}", self.url));
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password.as_str());
        }
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        command
    }
}

/// A dump on its way: read it to its end, then ask how it went.
pub struct Dump {
    child: Child,
    out: Option<ChildStdout>,
}

impl Dump {
    /// Starts a dump of an exported snapshot. Rows are sealed, so that compressing them would only cost time.
    ///
    /// # Errors
    /// [`BackupProblem::NoTool`], [`BackupProblem::Tool`].
    pub fn start(connect: &Connect, snapshot: &str) -> Result<Self, BackupProblem> {
        let mut command = connect.command(DUMP);
        command.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]);
        command.arg(format!("--snapshot={snapshot}")).stdout(Stdio::piped());
        let mut child = spawn(DUMP, &mut command)?;
        let out = child.stdout.take();
        Ok(Self { child, out })
    }

    /// The dump's bytes.
    ///
    /// # Errors
    /// When they were taken already.
    pub fn bytes(&mut self) -> Result<impl Read + use<>, BackupProblem> {
        self.out.take().ok_or(BackupProblem::Damaged)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// [`BackupProblem::Tool`] with the first line of what it said.
    pub fn finish(self) -> Result<(), BackupProblem> {
        finish(DUMP, self.child)
    }
}

/// Fills an empty database from a dump, in one transaction: all of it or nothing.
///
/// # Errors
/// [`BackupProblem::NoTool`], [`BackupProblem::Tool`].
pub fn restore_dump(connect: &Connect, dump: &Path) -> Result<(), BackupProblem> {
    let mut command = connect.command(RESTORE);
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    command.arg(dump).stdout(Stdio::null());
    finish(RESTORE, spawn(RESTORE, &mut command)?)
}

fn spawn(tool: &'static str, command: &mut Command) -> Result<Child, BackupProblem> {
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => BackupProblem::NoTool(tool),
        _ => BackupProblem::Tool { tool, words: error.kind().to_string() },
    })
}

fn finish(tool: &'static str, child: Child) -> Result<(), BackupProblem> {
    let ended = child
        .wait_with_output()
        .map_err(|error| BackupProblem::Tool { tool, words: error.kind().to_string() })?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let words = said.lines().next().unwrap_or("without a word").chars().take(200).collect();
    Err(BackupProblem::Tool { tool, words })
}
