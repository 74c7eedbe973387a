//! Who types, on which machine, and why; and the way of a command to the house: through the running server's socket, or
//! without one under the data folder's lock (decision 28).

use super::{Failure, output, table::table};
use crate::{
    clock::Clock,
    config::Config,
    console::{self, Answer, ConsoleCommand, Question, Told},
    startup::{self, StartProblem},
    usecase::Services,
};
use serde::de::DeserializeOwned;
use std::{process::ExitCode, sync::Arc};
use tasuki_domain::text::Reason;

/// The question with who asks.
///
/// # Errors
/// When the reason is empty or too long.
pub fn question(reason: &str, command: ConsoleCommand) -> Result<Question, Failure> {
    let reason = Reason::parse("reason", reason).map_err(|_| {
        Failure::new(
            "理由を --reason に 400 文字以内で書いてください。\n  Say why with --reason, in at most 400 characters.",
        )
    })?;
    Ok(Question { user: user(), host: console::host(), reason: reason.as_str().to_owned(), command })
}

/// Does a command in the house, wherever it is open, and reads its answer.
///
/// # Errors
/// Why it was not done, in words.
pub async fn act<T: DeserializeOwned>(config: Arc<Config>, question: Question) -> Result<T, Failure> {
    match console::ask(&config.server.data_folder, &question).await? {
        Some(Answer::Done(value)) => Ok(serde_json::from_value(value)?),
        Some(Answer::Not(words)) => Err(Failure::new(words)),
        None => {
            let house = open(config).await?;
            let outcome = console::execute(&house.services, question).await;
            close(&house.services).await;
            Ok(serde_json::from_value(outcome?)?)
        }
    }
}

/// Does a command and prints its answer. A look needs no reason of its own; a change does.
///
/// # Errors
/// Why it was not done, in words.
pub async fn tell(
    config: Arc<Config>,
    reason: &str,
    looks: bool,
    command: ConsoleCommand,
) -> Result<ExitCode, Failure> {
    let reason = if looks && reason.is_empty() { "look" } else { reason };
    let told: Told = act(config, question(reason, command)?).await?;
    told.lines.iter().for_each(|line| output::line(line));
    if !told.headings.is_empty() {
        let headings: Vec<&str> = told.headings.iter().map(String::as_str).collect();
        output::line(&table(&headings, &told.rows));
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the house for one command.
///
/// # Errors
/// [`StartProblem`].
pub async fn open(config: Arc<Config>) -> Result<startup::House, StartProblem> {
    let ask = || rpassword::prompt_password("パスフレーズ / Passphrase: ");
    startup::open(config, Clock::system(), true, ask).await
}

/// Closes a house that was opened for one command.
pub async fn close(services: &Services) {
    // Without a server nobody else signs; a log that is not as it was has been told by whoever opened it.
    let _damage_is_told_by_check = services.store.sign_checkpoint().await;
    services.store.close().await;
}

/// The operating system's user; behind sudo also who called it.
fn user() -> String {
    let own = console::user_name(rustix::process::getuid().as_raw());
    match std::env::var("SUDO_USER") {
        Ok(caller) if own == "root" && caller != "root" => {
            let caller: String = caller.chars().filter(|c| !c.is_control()).take(32).collect();
            format!("root (sudo: {caller})")
        }
        _ => own,
    }
}
