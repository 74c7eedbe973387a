//! Store: patients, their versions, identifiers and responsible organizations. Facts are sealed under the patient's key.

mod facts;
mod read;

pub use read::{CardFacts, PatientHeader, RegisterRow, card, headers, register_of};

use crate::{Batch, StagedTable, Store, StoreError, Value, WorkError, table::live};
use facts::{seal, stored};
use tasuki_domain::{
    care_team::PatientState,
    id::{OrganizationId, PatientId, PlaceId, RoomId},
    patient::{PatientChange, PatientFacts},
    policy::{ChangePatient, CreatePatient, EndPatient, Grant, LinkPatients, ReturnPatient},
    problem::{FieldProblem, FieldRule},
    room::RoomKind,
    text::PatientNumber,
};
use tasuki_vault::{Scope, Slot, blind_index::normalised_login_name};
use uuid::Uuid;

const PATIENT: StagedTable = StagedTable {
    insert: "INSERT INTO patient (patient, organization, place, state, room, linked, version, from_at) ",
    tail: "",
};
const VERSION: StagedTable =
    StagedTable { insert: "INSERT INTO patient_version (patient, version, facts, at) ", tail: "" };
const RESPONSIBLE: StagedTable = StagedTable {
    insert: "INSERT INTO patient_organization (patient, organization, from_at, until_at) ",
    tail: "",
};
const IDENTIFIER: StagedTable = StagedTable {
    insert: "INSERT INTO patient_identifier (patient, organization, value_index, value) ",
    tail: " ON CONFLICT (patient, organization) DO UPDATE SET value_index = excluded.value_index, value = excluded.value",
};
const ROOM: StagedTable = StagedTable {
    insert: "INSERT INTO room (room, kind, patient, organization, owner, title, created_at, closed_at) ",
    tail: "",
};
const IDENTIFIER_HOLDER: &str =
    "SELECT patient FROM patient_identifier WHERE organization = $1 AND value_index = $2";
const CURRENT: &str = "SELECT p.version, v.facts FROM patient p \
     JOIN patient_version v ON v.patient = p.patient AND v.version = p.version WHERE p.patient = $1";
const SET_VERSION: &str = "UPDATE patient SET version = $1 WHERE patient = $2 AND version = $3";
const SET_PLACE: &str = "UPDATE patient SET place = $1 WHERE patient = $2";
const SET_STATE: &str = "UPDATE patient SET state = $1 WHERE patient = $2 AND state <> $1";
const SET_ORGANIZATION: &str = "UPDATE patient SET organization = $1, place = $2 WHERE patient = $3";
const END_RESPONSIBLE: &str =
    "UPDATE patient_organization SET until_at = $1 WHERE patient = $2 AND until_at = 9223372036854775807";
const SET_ROOM_ORGANIZATION: &str = "UPDATE room SET organization = $1 WHERE room = $2";
const CLOSE_ROOM: &str = "UPDATE room SET closed_at = $1 WHERE room = $2 AND closed_at = 9223372036854775807";
const OPEN_ROOM: &str = "UPDATE room SET closed_at = 9223372036854775807 WHERE room = $1";
const LINKS: &str = "SELECT linked FROM patient WHERE patient = $1";
const LINK: &str = "UPDATE patient SET linked = $1 WHERE patient = $2";

const OPEN: i64 = i64::MAX;

/// What a patient is registered with.
#[derive(Clone, Debug)]
pub struct NewPatient {
    /// The patient's room, which opens with the registration.
    pub room: RoomId,
    /// Where the patient lives.
    pub place: Option<PlaceId>,
    /// The first version of the facts.
    pub facts: PatientFacts,
    /// The responsible organization's own number for the patient.
    pub number: Option<PatientNumber>,
}

/// Registers a patient with the room, in one go.
///
/// # Errors
/// [`WorkError::Field`] for a place of another organization or a number that is in use; [`WorkError::Missing`] for an
/// organization that is not there.
pub async fn register(
    batch: &mut Batch,
    grant: &Grant<CreatePatient>,
    new: &NewPatient,
) -> Result<(), WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    if !live::organization(batch, organization).await? {
        return Err(WorkError::Missing);
    }
    own_place(batch, organization, new.place).await?;
    let now = batch.now().0;
    if let Some(number) = &new.number {
        put_number(batch, patient, (organization, number)).await?;
    }
    let facts = seal(batch, (patient, 1), &new.facts).await?;
    let room = new.room.as_uuid();
    let title = batch.seal(Scope::Room(room), Slot::new("room", "title", room), b"").await?;
    batch.stage(
        &PATIENT,
        vec![
            Value::Id(patient.as_uuid()),
            Value::Id(organization.as_uuid()),
            Value::Id(place_id(new.place)),
            Value::Int(i64::from(PatientState::InCare.code())),
            Value::Id(room),
            Value::Id(Uuid::nil()),
            Value::Int(1),
            Value::Int(now),
        ],
    );
    stage_version(batch, (patient, 1), facts);
    stage_responsible(batch, patient, organization);
    batch.stage(
        &ROOM,
        vec![
            Value::Id(room),
            Value::Int(i64::from(RoomKind::Patient.code())),
            Value::Id(patient.as_uuid()),
            Value::Id(organization.as_uuid()),
            Value::Id(Uuid::nil()),
            Value::Bytes(title),
            Value::Int(now),
            Value::Int(OPEN),
        ],
    );
    batch.policy_changed();
    Ok(())
}

/// Makes a new version of the facts and moves the patient where asked; earlier versions stay. Returns the version.
///
/// # Errors
/// [`WorkError::Missing`]; [`WorkError::Conflict`] `patient.moved` when another organization is responsible now;
/// [`WorkError::Field`] for a place of another organization.
pub async fn change(
    batch: &mut Batch,
    grant: &Grant<ChangePatient>,
    change: &PatientChange,
    place: Option<Option<PlaceId>>,
) -> Result<i64, WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    still_responsible(batch, patient, organization).await?;
    if let Some(place) = place {
        own_place(batch, organization, place).await?;
        let connection = batch.writing().await?;
        on!(connection, c => sqlx::query(SET_PLACE).bind(place_id(place)).bind(patient.as_uuid())
            .execute(&mut **c).await.map(drop))?;
        batch.policy_changed();
    }
    let (version, facts) = current(batch, patient).await?;
    let next = version + 1;
    let sealed = seal(batch, (patient, next), &change.applied_to(facts)).await?;
    stage_version(batch, (patient, next), sealed);
    let connection = batch.writing().await?;
    let moved = on!(connection, c => sqlx::query(SET_VERSION).bind(next).bind(patient.as_uuid()).bind(version)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if moved == 1 { Ok(next) } else { Err(WorkError::Conflict("patient.changed")) }
}

/// Sets an organization's own number for the patient (FHIR identifier with its assigner).
///
/// # Errors
/// As [`change`]; [`WorkError::Field`] when the organization uses the number for another patient.
pub async fn set_number(
    batch: &mut Batch,
    grant: &Grant<ChangePatient>,
    number: &PatientNumber,
) -> Result<(), WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    still_responsible(batch, patient, organization).await?;
    put_number(batch, patient, (organization, number)).await
}

/// Hands the patient over to another responsible organization, from now on; the past stays dated.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `patient.moved` or `patient.same_organization`, [`WorkError::Field`].
pub async fn hand_over(
    batch: &mut Batch,
    grant: &Grant<ChangePatient>,
    receiver: OrganizationId,
    place: Option<PlaceId>,
) -> Result<(), WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    let room = still_responsible(batch, patient, organization).await?;
    if receiver == organization {
        return Err(WorkError::Conflict("patient.same_organization"));
    }
    if !live::organization(batch, receiver).await? {
        return Err(FieldProblem::new("organization", FieldRule::Choice).into());
    }
    own_place(batch, receiver, place).await?;
    let now = batch.now().0;
    let (id, to) = (patient.as_uuid(), receiver.as_uuid());
    let connection = batch.writing().await?;
    on!(connection, c => {
        sqlx::query(SET_ORGANIZATION).bind(to).bind(place_id(place)).bind(id).execute(&mut **c).await?;
        sqlx::query(END_RESPONSIBLE).bind(now).bind(id).execute(&mut **c).await?;
        sqlx::query(SET_ROOM_ORGANIZATION).bind(to).bind(room.as_uuid()).execute(&mut **c).await?;
    });
    stage_responsible(batch, patient, receiver);
    batch.policy_changed();
    batch.revoked();
    Ok(())
}

/// Discharge or death: the room closes, stays readable for the record and takes no posts.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `patient.moved` or `patient.ended`.
pub async fn end(batch: &mut Batch, grant: &Grant<EndPatient>, state: PatientState) -> Result<(), WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    let room = still_responsible(batch, patient, organization).await?;
    set_state(batch, patient, (state, "patient.ended")).await?;
    let now = batch.now().0;
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(CLOSE_ROOM).bind(now).bind(room.as_uuid())
        .execute(&mut **c).await.map(drop))?;
    batch.policy_changed();
    Ok(())
}

/// Return: the room opens again.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `patient.moved` or `patient.in_care`, [`WorkError::Field`].
pub async fn bring_back(
    batch: &mut Batch,
    grant: &Grant<ReturnPatient>,
    place: Option<PlaceId>,
) -> Result<(), WorkError> {
    let (patient, organization) = (grant.act().patient, grant.act().organization);
    let room = still_responsible(batch, patient, organization).await?;
    own_place(batch, organization, place).await?;
    set_state(batch, patient, (PatientState::InCare, "patient.in_care")).await?;
    let connection = batch.writing().await?;
    on!(connection, c => {
        sqlx::query(SET_PLACE).bind(place_id(place)).bind(patient.as_uuid()).execute(&mut **c).await?;
        sqlx::query(OPEN_ROOM).bind(room.as_uuid()).execute(&mut **c).await?;
    });
    batch.policy_changed();
    Ok(())
}

/// Says that the row is the same human as `other`; both rows stay as they are.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `patient.moved` or `patient.linked`, [`WorkError::Field`].
pub async fn link(
    batch: &mut Batch,
    grant: &Grant<LinkPatients>,
    other: &Grant<LinkPatients>,
) -> Result<(), WorkError> {
    let (patient, other) = (grant.act(), other.act());
    if patient.patient == other.patient {
        return Err(FieldProblem::new("other", FieldRule::Choice).into());
    }
    still_responsible(batch, patient.patient, patient.organization).await?;
    still_responsible(batch, other.patient, other.organization).await?;
    let (id, other) = (patient.patient.as_uuid(), other.patient.as_uuid());
    let connection = batch.writing().await?;
    for row in [id, other] {
        let linked: Uuid =
            on!(connection, c => sqlx::query_scalar(LINKS).bind(row).fetch_one(&mut **c).await)?;
        if !linked.is_nil() {
            return Err(WorkError::Conflict("patient.linked"));
        }
    }
    on!(connection, c => sqlx::query(LINK).bind(other).bind(id).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// The patient's room, when the organization that the grant was decided for is still the responsible one.
async fn still_responsible(
    batch: &mut Batch,
    patient: PatientId,
    organization: OrganizationId,
) -> Result<RoomId, WorkError> {
    let facts = batch.facts().await?;
    let fact = facts.patient(patient).ok_or(WorkError::Missing)?;
    if fact.organization != organization {
        return Err(WorkError::Conflict("patient.moved"));
    }
    Ok(fact.room)
}

async fn own_place(
    batch: &mut Batch,
    organization: OrganizationId,
    place: Option<PlaceId>,
) -> Result<(), WorkError> {
    let Some(place) = place else { return Ok(()) };
    let facts = batch.facts().await?;
    let own = facts.place(place).is_some_and(|fact| fact.organization == organization);
    if own { Ok(()) } else { Err(FieldProblem::new("place", FieldRule::Choice).into()) }
}

async fn set_state(
    batch: &mut Batch,
    patient: PatientId,
    (state, conflict): (PatientState, &'static str),
) -> Result<(), WorkError> {
    let connection = batch.writing().await?;
    let changed = on!(connection, c => sqlx::query(SET_STATE).bind(i64::from(state.code())).bind(patient.as_uuid())
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(WorkError::Conflict(conflict)) }
}

async fn current(batch: &mut Batch, patient: PatientId) -> Result<(i64, PatientFacts), WorkError> {
    let connection = batch.writing().await?;
    let row: Option<(i64, Vec<u8>)> = on!(connection, c => sqlx::query_as(CURRENT).bind(patient.as_uuid())
        .fetch_optional(&mut **c).await)?;
    let (version, sealed) = row.ok_or(WorkError::Missing)?;
    let plain = batch.open(facts::slot(patient, version), &sealed)?;
    Ok((version, stored(&plain)?))
}

async fn put_number(
    batch: &mut Batch,
    patient: PatientId,
    (organization, number): (OrganizationId, &PatientNumber),
) -> Result<(), WorkError> {
    let index = batch
        .inner
        .keyring
        .blind_index_within("patient_identifier", "value_index", organization.as_uuid())
        .of(normalised_login_name(number.as_str()).as_bytes());
    let index = index.as_bytes().to_vec();
    let connection = batch.writing().await?;
    let holder: Option<Uuid> = on!(connection, c => sqlx::query_scalar(IDENTIFIER_HOLDER)
        .bind(organization.as_uuid()).bind(&index[..]).fetch_optional(&mut **c).await)?;
    if holder.is_some_and(|holder| holder != patient.as_uuid()) {
        return Err(FieldProblem::new("number", FieldRule::Taken).into());
    }
    let slot = facts::number_slot(patient, organization);
    let sealed = batch.seal(Scope::Patient(patient.as_uuid()), slot, number.as_str().as_bytes()).await?;
    batch.stage(
        &IDENTIFIER,
        vec![
            Value::Id(patient.as_uuid()),
            Value::Id(organization.as_uuid()),
            Value::Bytes(index),
            Value::Bytes(sealed),
        ],
    );
    Ok(())
}

fn stage_version(batch: &mut Batch, (patient, version): (PatientId, i64), sealed: Vec<u8>) {
    let at = batch.now().0;
    batch.stage(
        &VERSION,
        vec![Value::Id(patient.as_uuid()), Value::Int(version), Value::Bytes(sealed), Value::Int(at)],
    );
}

fn stage_responsible(batch: &mut Batch, patient: PatientId, organization: OrganizationId) {
    let at = batch.now().0;
    batch.stage(
        &RESPONSIBLE,
        vec![
            Value::Id(patient.as_uuid()),
            Value::Id(organization.as_uuid()),
            Value::Int(at),
            Value::Int(OPEN),
        ],
    );
}

fn place_id(place: Option<PlaceId>) -> Uuid {
    place.map_or(Uuid::nil(), PlaceId::as_uuid)
}

/// A stored code outside of its list.
const fn damaged() -> StoreError {
    StoreError::Damaged("patient")
}

/// The name in one stored version of a patient's facts, and nothing else of them.
pub(super) fn name_of(
    store: &Store,
    (patient, version): (PatientId, i64),
    sealed: &[u8],
) -> Result<String, StoreError> {
    let plain = store.open_value(facts::slot(patient, version), sealed)?;
    Ok(facts::stored(&plain)?.identity.name.as_str().to_owned())
}
