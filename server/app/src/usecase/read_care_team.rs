//! Who is in a patient's care team, and on which consents.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::PatientId,
    policy::{Caller, ReadCareTeam},
    time::Timestamp,
};
use tasuki_store::{
    Revealed,
    table::{consent, membership},
};

pub use tasuki_store::table::{consent::ConsentRow, membership::MembershipRow};

/// Memberships or consents, and the time at which they were read.
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// When.
    pub at: Timestamp,
}

/// Everybody who is, was, or is proposed to be in the team.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn read_care_team(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
) -> Result<Listed<MembershipRow>, UseCaseError> {
    let look = look(services, caller, patient, "memberships").await?;
    Ok(Listed { rows: membership::of_patient(&services.store, &look).await?, at: services.now() })
}

/// The patient's consents, the newest first.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn read_consents(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
) -> Result<Listed<ConsentRow>, UseCaseError> {
    let look = look(services, caller, patient, "consents").await?;
    Ok(Listed { rows: consent::of_patient(&services.store, &look).await?, at: services.now() })
}

async fn look(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    shown: &'static str,
) -> Result<Revealed<ReadCareTeam>, UseCaseError> {
    let grant = services.store.decide(caller, ReadCareTeam { patient }).await?;
    Ok(services.store.reveal(grant, Detail::default().with("shown", shown)).await?)
}
