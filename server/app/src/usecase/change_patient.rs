//! A patient's register facts change: a new version; the past stays as it was.

use super::{Services, UseCaseError, owner::of_patient};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PatientId, PlaceId},
    patient::PatientChange,
    policy::{Caller, ChangePatient, Grant},
    text::PatientNumber,
};
use tasuki_store::{Batch, Done, Work, WorkError, table::patient};

/// What changes; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The facts.
    pub facts: PatientChange,
    /// Where the patient lives; `Some(None)`: unknown.
    pub place: Option<Option<PlaceId>>,
    /// The responsible organization's own number.
    pub number: Option<PatientNumber>,
}

/// Changes a patient; returns the new version.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Field`] (`place`, `number`),
/// [`UseCaseError::Conflict`] `patient.moved`, `patient.changed`.
pub async fn change_patient(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    change: Change,
) -> Result<i64, UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, ChangePatient { organization, patient }).await?;
    let version = services.store.write(ChangeFacts { grant, change }).await?;
    Ok(services.patient_changed(patient, version))
}

/// Makes another organization responsible, from now on.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Field`] (`organization`, `place`),
/// [`UseCaseError::Conflict`] `patient.moved`, `patient.same_organization`.
pub async fn hand_over_patient(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    receiver: OrganizationId,
    place: Option<PlaceId>,
) -> Result<(), UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, ChangePatient { organization, patient }).await?;
    let committed = services.store.write(HandOver { grant, receiver, place }).await?;
    services.patient_changed(patient, committed);
    Ok(())
}

struct ChangeFacts {
    grant: Grant<ChangePatient>,
    change: Change,
}

impl Work for ChangeFacts {
    type Output = i64;

    async fn run(&self, batch: &mut Batch) -> Result<Done<i64>, WorkError> {
        let Change { facts, place, number } = &self.change;
        let detail = Detail::default().with("fields", changed(facts, place.is_some(), number.is_some()));
        let proof = batch.record(&self.grant, detail).await?;
        if let Some(number) = number {
            patient::set_number(batch, &self.grant, number).await?;
        }
        let version = patient::change(batch, &self.grant, facts, *place).await?;
        Ok(Done::new(version, proof))
    }
}

/// The names of the fields that change, for the log: never their values.
fn changed(facts: &PatientChange, place: bool, number: bool) -> String {
    let fields = [
        ("name", facts.name.is_some()),
        ("reading", facts.reading.is_some()),
        ("sex", facts.sex.is_some()),
        ("birth_date", facts.birth_date.is_some()),
        ("room_number", facts.room_number.is_some()),
        ("area", facts.area.is_some()),
        ("allergies", facts.allergies.is_some()),
        ("infections", facts.infections.is_some()),
        ("fall_risk", facts.fall_risk.is_some()),
        ("dnar", facts.dnar.is_some()),
        ("care_level", facts.care_level.is_some()),
        ("notes", facts.notes.is_some()),
        ("place", place),
        ("number", number),
    ];
    fields.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

struct HandOver {
    grant: Grant<ChangePatient>,
    receiver: OrganizationId,
    place: Option<PlaceId>,
}

impl Work for HandOver {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default().with("responsible", self.receiver);
        let proof = batch.record(&self.grant, detail).await?;
        patient::hand_over(batch, &self.grant, self.receiver, self.place).await?;
        Ok(Done::new((), proof))
    }
}
