//! The service itself: that it starts and stops is in the log.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::RequestId,
    policy::{Actor, Caller, JobKind, Start, Stop},
};
use uuid::Uuid;

/// The program itself as caller.
#[must_use]
pub fn job(kind: JobKind) -> Caller {
    Caller {
        actor: Actor::Job(kind),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    }
}

/// Records that the service starts, with its version.
///
/// # Errors
/// When the store fails.
pub async fn record_start(services: &Services) -> Result<(), UseCaseError> {
    let grant = services.store.decide(&job(JobKind::Service), Start {}).await?;
    services.store.reveal(grant, Detail::default().with("version", env!("CARGO_PKG_VERSION"))).await?;
    Ok(())
}

/// Records that the service stops.
///
/// # Errors
/// When the store fails.
pub async fn record_stop(services: &Services) -> Result<(), UseCaseError> {
    let grant = services.store.decide(&job(JobKind::Service), Stop {}).await?;
    services.store.reveal(grant, Detail::default()).await?;
    Ok(())
}
