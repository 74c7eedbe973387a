//! Running the program.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

/// How a run of the program ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub errors: String,
}

impl Ended {
    /// That it succeeded; shows what it said otherwise.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.errors);
        self
    }
}

/// The program with these settings.
pub fn tasuki(settings: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tasuki"));
    command.arg("--config").arg(settings).args(arguments);
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Runs it to its end with these lines typed.
pub fn run(settings: &Path, arguments: &[&str], typed: &str) -> Ended {
    finish(tasuki(settings, arguments), typed)
}

/// Runs a command to its end with these lines typed.
pub fn finish(mut command: Command, typed: &str) -> Ended {
    let mut child = command.spawn().unwrap();
    // A program that refuses early reads nothing.
    let _closed = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let ended = child.wait_with_output().unwrap();
    Ended {
        code: ended.status.code().unwrap_or(-1),
        out: String::from_utf8(ended.stdout).unwrap(),
        errors: String::from_utf8(ended.stderr).unwrap(),
    }
}
