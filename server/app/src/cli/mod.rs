//! The command line: every command calls start-up or one use case. What it prints is for a tired person.

mod arguments;
mod audit;
mod backup;
mod check;
mod demo;
mod demo_guide;
mod device;
mod files;
mod init;
mod operator;
mod organization;
mod output;
mod person;
mod question;
mod restore;
mod serve;
mod table;

pub use arguments::{Audit, AuditVerify, Command, CommandLine};
pub use audit::run as audit;

use crate::config::{Config, ConfigProblems};
use std::{process::ExitCode, sync::Arc};

/// Why a command ended without having done its work: words for the operator.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A sentence for the operator.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(crate::explain::explain(&error))
    }
}

/// Runs a command to its end.
pub async fn run(line: CommandLine) -> ExitCode {
    match dispatch(line).await {
        Ok(code) => code,
        Err(Failure(words)) => {
            output::error(&words);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(line: CommandLine) -> Result<ExitCode, Failure> {
    match line.command {
        Command::Serve(arguments) => serve::run(settings(line.config.as_deref())?, arguments).await,
        Command::Init(arguments) => {
            let config = settings_or_defaults(line.config.as_deref())?;
            init::run(config, line.config.as_deref(), arguments).await
        }
        Command::Check(arguments) => check::run(line.config.as_deref(), arguments).await,
        Command::Person(arguments) => person::run(settings(line.config.as_deref())?, arguments).await,
        Command::Device(arguments) => device::run(settings(line.config.as_deref())?, arguments).await,
        Command::Enrolment(arguments) => {
            device::run_enrolment(settings(line.config.as_deref())?, arguments).await
        }
        Command::Organization(arguments) => {
            organization::run(settings(line.config.as_deref())?, arguments).await
        }
        Command::Backup(arguments) => backup::run(settings(line.config.as_deref())?, arguments).await,
        Command::Restore(arguments) => {
            let config = settings_or_defaults(line.config.as_deref())?;
            restore::run(config, line.config.as_deref(), arguments).await
        }
        Command::Audit(arguments) => Ok(audit(line.config.as_deref(), arguments).await),
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::DemoColleague(arguments) => demo::colleague(arguments).await,
        Command::PictureHelper => Ok(picture_helper()),
    }
}

fn settings(file: Option<&std::path::Path>) -> Result<Arc<Config>, Failure> {
    Config::load(file).map(Arc::new).map_err(|ConfigProblems(problems)| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure(lines.join("\n"))
    })
}

/// The settings, or the defaults where the named file is not there yet: `init` and `restore` write it.
fn settings_or_defaults(file: Option<&std::path::Path>) -> Result<Config, Failure> {
    settings(file.filter(|file| file.exists())).map(|config| (*config).clone())
}

/// The jailed helper that re-encodes pictures; started by the server itself.
#[must_use]
pub fn picture_helper() -> ExitCode {
    crate::files::picture::helper::run()
}
