//! The whole log against itself and against a head from outside. It shows nobody's data, so the entry follows the
//! verification and says its result.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    policy::{Caller, VerifyLog},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::{WorkError, table::log_verify::VerifyProblem};

/// The result in words for the operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogVerdict {
    /// Whether nothing was found.
    pub sound: bool,
    /// Whether the end is known to be complete, up to the head that was given.
    pub complete: bool,
    /// How many things were found.
    pub findings: u64,
    /// The report in Japanese.
    pub japanese: String,
    /// The report in English.
    pub english: String,
    /// Whether the verification itself could be recorded; a damaged log may take no more entries.
    pub recorded: bool,
}

/// Verifies the stored log. `against` is a signed head from outside, `key` the log's public key as known from elsewhere.
///
/// # Errors
/// The refusal, `key` with `field.form`, or the database cannot be read.
pub async fn verify_log(
    services: &Services,
    caller: &Caller,
    against: Option<&str>,
    key: Option<&str>,
) -> Result<LogVerdict, UseCaseError> {
    let grant = services.store.decide(caller, VerifyLog {}).await?;
    let found = services.store.verify_log(against, key).await.map_err(|problem| match problem {
        VerifyProblem::Key => FieldProblem::new("key", FieldRule::Form).into(),
        VerifyProblem::Store(error) => UseCaseError::from(error),
    })?;
    let detail = Detail::default()
        .with("entries", found.entries)
        .with("findings", found.findings)
        .with("against", against.is_some());
    let recorded = match services.store.reveal(grant, detail).await {
        Ok(_) => true,
        Err(WorkError::Store(error)) => {
            tracing::error!(error = ?error, "The verification of the access log could not be recorded in it");
            false
        }
        Err(other) => return Err(other.into()),
    };
    Ok(LogVerdict {
        sound: found.sound,
        complete: found.complete,
        findings: found.findings,
        japanese: found.japanese,
        english: found.english,
        recorded,
    })
}
