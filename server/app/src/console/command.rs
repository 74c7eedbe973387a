//! The questions that the console may ask, and what each one calls.

use super::audit;
use super::{ConsortiumCommand, DeviceCommand, PeopleCommand, consortium, devices, people};
use crate::usecase::{
    Services, UseCaseError,
    back_up::{BackUp, back_up},
    check_system::check_system,
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
    /// The newest signed head of the access log.
    LogHead {},
    /// Whether the whole access log is as it was.
    VerifyLog {
        /// A signed head from outside.
        against: Option<String>,
        /// The log's public key as known from elsewhere.
        key: Option<String>,
    },
    /// A period of the access log in the provable form, into a new file in the data folder.
    ExportLog {
        /// Not before this, µs UTC.
        from: i64,
        /// Before this, µs UTC.
        until: i64,
    },
    /// Looks at everything.
    Check {},
    /// Organizations and places.
    Consortium(ConsortiumCommand),
    /// People, posts, roles, codes.
    People(PeopleCommand),
    /// Devices and the enrolment door.
    Devices(DeviceCommand),
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
        ConsoleCommand::Check {} => told(check_system(services, &caller).await?),
        ConsoleCommand::Consortium(command) => told(consortium::execute(services, &caller, command).await?),
        ConsoleCommand::People(command) => told(people::execute(services, &caller, command).await?),
        ConsoleCommand::Devices(command) => told(devices::execute(services, &caller, command).await?),
        ConsoleCommand::BackUp(command) => told(back_up(services, &caller, command).await?),
        ConsoleCommand::LogHead {} => audit::head(services).await,
        ConsoleCommand::VerifyLog { against, key } => audit::verify(services, &caller, against, key).await,
        ConsoleCommand::ExportLog { from, until } => audit::export(services, &caller, (from, until)).await,
    }
}

fn told(value: impl Serialize) -> Result<serde_json::Value, UseCaseError> {
    serde_json::to_value(value).map_err(UseCaseError::failed)
}
