//! Two rows turn out to be one human: they are linked, never rewritten.

use super::{Services, UseCaseError, owner::of_patient};
use tasuki_domain::{
    access::Detail,
    id::PatientId,
    policy::{Caller, Grant, LinkPatients},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::patient};

/// Links a row to the other one of the same human. The caller must administer both.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Field`] (`other`),
/// [`UseCaseError::Conflict`] `patient.linked`, `patient.moved`.
pub async fn link_patients(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    other: PatientId,
) -> Result<(), UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, LinkPatients { organization, patient }).await?;
    let organization = of_patient(services, other);
    let other = services.store.decide(caller, LinkPatients { organization, patient: other }).await?;
    services.store.write(Link { grant, other }).await?;
    Ok(())
}

struct Link {
    grant: Grant<LinkPatients>,
    other: Grant<LinkPatients>,
}

impl Work for Link {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let (one, two) = (self.grant.act().patient, self.other.act().patient);
        let proof = batch.record(&self.grant, Detail::default().with("linked_to", two)).await?;
        batch.record(&self.other, Detail::default().with("linked_from", one)).await?;
        patient::link(batch, &self.grant, &self.other).await?;
        Ok(Done::new((), proof))
    }
}
