//! Discharge or death closes a patient's room; a return opens it again.

use super::{Services, UseCaseError, owner::of_patient};
use tasuki_domain::{
    access::Detail,
    care_team::PatientState,
    id::{PatientId, PlaceId},
    policy::{Caller, EndPatient, Grant, ReturnPatient},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::patient};

/// How a patient's care ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Discharged or moved away.
    Discharged,
    /// Died.
    Deceased,
}

/// Ends a patient's care: the room closes and stays readable for the record.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Conflict`] `patient.ended`, `patient.moved`.
pub async fn end_patient(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    ending: Ending,
) -> Result<(), UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, EndPatient { organization, patient }).await?;
    let state = match ending {
        Ending::Discharged => PatientState::Discharged,
        Ending::Deceased => PatientState::Deceased,
    };
    let committed = services.store.write(End { grant, state }).await?;
    services.patient_changed(patient, committed);
    Ok(())
}

/// Takes a patient back (also after an ending that was recorded by mistake): the room opens again.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Field`] (`place`),
/// [`UseCaseError::Conflict`] `patient.in_care`, `patient.moved`.
pub async fn return_patient(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    place: Option<PlaceId>,
) -> Result<(), UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, ReturnPatient { organization, patient }).await?;
    let committed = services.store.write(Return { grant, place }).await?;
    services.patient_changed(patient, committed);
    Ok(())
}

struct End {
    grant: Grant<EndPatient>,
    state: PatientState,
}

impl Work for End {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default().with("state", self.state.text())).await?;
        patient::end(batch, &self.grant, self.state).await?;
        Ok(Done::new((), proof))
    }
}

struct Return {
    grant: Grant<ReturnPatient>,
    place: Option<PlaceId>,
}

impl Work for Return {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default()).await?;
        patient::bring_back(batch, &self.grant, self.place).await?;
        Ok(Done::new((), proof))
    }
}
