//! The questions that the console may ask, and what each one calls.

use crate::usecase::{
    Services, UseCaseError,
    back_up::{BackUp, back_up},
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::RequestId,
    policy::{Actor, Caller, Operator},
};
use uuid::Uuid;

/// A question with who asks and why; the host is the server's own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The operating system's user, as the kernel tells it.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// Why, in the operator's own words.
    pub reason: String,
    /// What.
    pub command: ConsoleCommand,
}

/// What the console may ask of a running server.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConsoleCommand {
    /// Whether the server is there.
    Ping {},
    /// Takes a backup.
    BackUp(BackUp),
}

/// The answer: lines for the operator, or why not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done.
    Done(serde_json::Value),
    /// Not done, and why.
    Not(String),
}

impl Question {
    /// The operator as caller.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let operator =
            Operator { user: self.user.clone(), host: self.host.clone(), reason: self.reason.clone() };
        Caller {
            actor: Actor::Operator(operator),
            request: RequestId::from_uuid(Uuid::new_v4()),
            source: None,
            certificate: None,
        }
    }
}

/// Does what the question asks, through the use case that every door uses.
///
/// # Errors
/// As the use case.
pub async fn execute(services: &Services, question: Question) -> Result<serde_json::Value, UseCaseError> {
    let caller = question.caller();
    match question.command {
        ConsoleCommand::Ping {} => {
            services.store.ping().await?;
            Ok(serde_json::Value::Null)
        }
        ConsoleCommand::BackUp(command) => told(back_up(services, &caller, command).await?),
    }
}

fn told(value: impl Serialize) -> Result<serde_json::Value, UseCaseError> {
    serde_json::to_value(value).map_err(UseCaseError::failed)
}
