//! A patient is registered, together with the room.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PatientId, PlaceId, RoomId},
    patient::PatientFacts,
    policy::{Caller, CreatePatient, Grant},
    text::PatientNumber,
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::patient::{self, NewPatient},
};
use uuid::Uuid;

/// What a patient is registered with.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The responsible organization.
    pub organization: OrganizationId,
    /// Where the patient lives.
    pub place: Option<PlaceId>,
    /// What is known.
    pub facts: PatientFacts,
    /// The organization's own number.
    pub number: Option<PatientNumber>,
}

/// Registers a patient; returns the patient and the room.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] (`place`, `number`), [`UseCaseError::Missing`].
pub async fn register_patient(
    services: &Services,
    caller: &Caller,
    registration: Registration,
) -> Result<(PatientId, RoomId), UseCaseError> {
    let Registration { organization, place, facts, number } = registration;
    let patient = PatientId::from_uuid(Uuid::new_v4());
    let room = RoomId::from_uuid(Uuid::new_v4());
    let grant = services.store.decide(caller, CreatePatient { organization, patient }).await?;
    services.store.write(Register { grant, new: NewPatient { room, place, facts, number } }).await?;
    Ok((patient, room))
}

struct Register {
    grant: Grant<CreatePatient>,
    new: NewPatient,
}

impl Work for Register {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default().with("room", self.new.room)).await?;
        patient::register(batch, &self.grant, &self.new).await?;
        Ok(Done::new((), proof))
    }
}
