//! Signing the log's next head; the checkpoint job calls it. Damage is an incident: it is recorded once, and nothing is
//! signed any more.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, Outcome, Target},
    id::RequestId,
    policy::{Actor, Caller, JobKind},
};
use tasuki_store::table::checkpoint::LogProblem;
use uuid::Uuid;

/// Signs the head over every durable entry; gives its size, `None` when there is nothing new.
///
/// # Errors
/// When the log is not as it was, or the store failed.
pub async fn sign_checkpoint(services: &Services) -> Result<Option<u64>, UseCaseError> {
    let known = services.store.log_damage().is_some();
    match services.store.sign_checkpoint().await {
        Ok(size) => Ok(size),
        Err(LogProblem::Store(error)) => Err(error.into()),
        Err(damage) => {
            if !known {
                incident(services, &damage).await;
            }
            Err(UseCaseError::failed(damage))
        }
    }
}

async fn incident(services: &Services, damage: &LogProblem) {
    let caller = Caller {
        actor: Actor::Job(JobKind::Checkpoint),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    };
    let entry = NewEntry {
        action: Action::VerifyLog,
        outcome: Outcome::Failed,
        actor: caller.columns(),
        target: Target::NONE,
        request: caller.request,
        detail: Detail { ..caller.detail() }.with("finding", damage),
    };
    if let Err(error) = services.store.append(entry).await {
        tracing::error!(error = ?error, "The damage of the access log could not be recorded in it");
    }
}
