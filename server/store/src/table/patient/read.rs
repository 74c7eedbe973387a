//! Store: patients opened for a person, each time on a recorded look.

use super::{damaged, facts};
use crate::{Revealed, Store, StoreError, table::name::Witness};
use sqlx::QueryBuilder;
use std::collections::HashMap;
use tasuki_domain::{
    care_team::PatientState,
    id::{OrganizationId, PatientId, PlaceId, RoomId},
    patient::{Identity, PatientFacts, colour},
    policy::{ReadPatient, ReadPatientRegister},
    text::PatientNumber,
    time::Timestamp,
};
use uuid::Uuid;

const HEADERS: &str = "SELECT p.patient, p.version, p.organization, p.place, p.state, p.room, p.linked, v.facts FROM patient p \
     JOIN patient_version v ON v.patient = p.patient AND v.version = p.version WHERE p.patient IN (";
const REGISTER: &str = "SELECT p.patient, p.version, p.organization, p.place, p.state, p.room, p.linked, v.facts FROM patient p \
     JOIN patient_version v ON v.patient = p.patient AND v.version = p.version WHERE p.organization = $1";
const NUMBERS: &str = "SELECT patient, value FROM patient_identifier WHERE organization = $1";
const NUMBERS_OF: &str = "SELECT organization, value FROM patient_identifier WHERE patient = $1";
const RESPONSIBLE: &str =
    "SELECT organization, from_at, until_at FROM patient_organization WHERE patient = $1 ORDER BY from_at";

/// As many ids as go into one statement.
const AT_ONCE: usize = 500;

/// A patient as shown wherever a patient is named: who it is, and the current version of what is known.
#[derive(Clone, Debug)]
pub struct PatientHeader {
    /// The row.
    pub patient: PatientId,
    /// The version of the facts that are shown.
    pub version: i64,
    /// The responsible organization.
    pub organization: OrganizationId,
    /// Where the patient lives.
    pub place: Option<PlaceId>,
    /// In care, discharged or deceased.
    pub state: PatientState,
    /// The patient's room.
    pub room: RoomId,
    /// The other row of the same human.
    pub linked: Option<PatientId>,
    /// The patient's colour, 1 to 12.
    pub colour: u8,
    /// What is known.
    pub facts: PatientFacts,
}

/// What the card shows besides the header.
#[derive(Clone, Debug)]
pub struct CardFacts {
    /// The header.
    pub header: PatientHeader,
    /// The numbers under which organizations know the patient.
    pub numbers: Vec<(OrganizationId, PatientNumber)>,
    /// Who was responsible, from when to when (µs UTC).
    pub responsible: Vec<(OrganizationId, Timestamp, Timestamp)>,
}

/// A line of the patient register: identity, never content.
#[derive(Clone, Debug)]
pub struct RegisterRow {
    /// The row.
    pub patient: PatientId,
    /// The version that is shown.
    pub version: i64,
    /// Who and where.
    pub identity: Identity,
    /// Where the patient lives.
    pub place: Option<PlaceId>,
    /// In care, discharged or deceased.
    pub state: PatientState,
    /// The other row of the same human.
    pub linked: Option<PatientId>,
    /// The organization's own number.
    pub number: Option<PatientNumber>,
}

type Row = (Uuid, i64, Uuid, Uuid, i64, Uuid, Uuid, Vec<u8>);

/// The headers of patients, in the order asked for; unknown ids are left out. Whoever calls shows a
/// grant or look that covers these patients.
///
/// # Errors
/// [`StoreError::Open`] when a stored value was altered or moved.
pub async fn headers(
    store: &Store,
    _look: &impl Witness,
    patients: &[PatientId],
) -> Result<Vec<PatientHeader>, StoreError> {
    let mut found: HashMap<PatientId, PatientHeader> = HashMap::new();
    let mut connection = store.reading().await?;
    for some in patients.chunks(AT_ONCE) {
        let rows: Vec<Row> = on!(&mut connection, c => {
            let mut query = QueryBuilder::new(HEADERS);
            let mut list = query.separated(", ");
            for patient in some {
                list.push_bind(patient.as_uuid());
            }
            query.push(")");
            query.build_query_as().fetch_all(&mut **c).await
        })?;
        for row in rows {
            let header = header(store, row)?;
            found.insert(header.patient, header);
        }
    }
    Ok(patients.iter().filter_map(|patient| found.get(patient).cloned()).collect())
}

/// A patient's card.
///
/// # Errors
/// As [`headers`].
pub async fn card(store: &Store, look: &Revealed<ReadPatient>) -> Result<Option<CardFacts>, StoreError> {
    let patient = look.act().patient;
    let Some(header) = headers(store, look, &[patient]).await?.pop() else { return Ok(None) };
    let mut connection = store.reading().await?;
    let numbers: Vec<(Uuid, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(NUMBERS_OF)
        .bind(patient.as_uuid()).fetch_all(&mut **c).await)?;
    let responsible: Vec<(Uuid, i64, i64)> = on!(&mut connection, c => sqlx::query_as(RESPONSIBLE)
        .bind(patient.as_uuid()).fetch_all(&mut **c).await)?;
    let numbers = numbers
        .into_iter()
        .map(|(organization, sealed)| {
            let organization = OrganizationId::from_uuid(organization);
            Ok((organization, number(store, (patient, organization), &sealed)?))
        })
        .collect::<Result<_, StoreError>>()?;
    let responsible = responsible
        .into_iter()
        .map(|(id, from, until)| (OrganizationId::from_uuid(id), Timestamp(from), Timestamp(until)))
        .collect();
    Ok(Some(CardFacts { header, numbers, responsible }))
}

/// The patients for whom an organization is responsible, by reading. The safety part of the facts does not leave
/// this function.
///
/// # Errors
/// As [`headers`].
pub async fn register_of(
    store: &Store,
    look: &Revealed<ReadPatientRegister>,
) -> Result<Vec<RegisterRow>, StoreError> {
    let organization = look.act().organization;
    let mut connection = store.reading().await?;
    let rows: Vec<Row> = on!(&mut connection, c => sqlx::query_as(REGISTER)
        .bind(organization.as_uuid()).fetch_all(&mut **c).await)?;
    let numbers: Vec<(Uuid, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(NUMBERS)
        .bind(organization.as_uuid()).fetch_all(&mut **c).await)?;
    let numbers: HashMap<Uuid, Vec<u8>> = numbers.into_iter().collect();
    let mut register = rows
        .into_iter()
        .map(|row| {
            let PatientHeader { patient, version, place, state, linked, facts, .. } = header(store, row)?;
            let sealed = numbers.get(&patient.as_uuid());
            let number = sealed.map(|sealed| number(store, (patient, organization), sealed)).transpose()?;
            Ok(RegisterRow { patient, version, identity: facts.identity, place, state, linked, number })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    register.sort_by(|one, two| {
        let key = |row: &RegisterRow| (row.identity.reading.as_str().to_owned(), row.patient);
        key(one).cmp(&key(two))
    });
    Ok(register)
}

fn header(store: &Store, row: Row) -> Result<PatientHeader, StoreError> {
    let (patient, version, organization, place, state, room, linked, sealed) = row;
    let patient = PatientId::from_uuid(patient);
    let plain = store.open_value(facts::slot(patient, version), &sealed)?;
    let state = i16::try_from(state).ok().and_then(PatientState::from_code).ok_or_else(damaged)?;
    Ok(PatientHeader {
        patient,
        version,
        organization: OrganizationId::from_uuid(organization),
        place: (!place.is_nil()).then(|| PlaceId::from_uuid(place)),
        state,
        room: RoomId::from_uuid(room),
        linked: (!linked.is_nil()).then(|| PatientId::from_uuid(linked)),
        colour: colour(patient),
        facts: facts::stored(&plain)?,
    })
}

fn number(
    store: &Store,
    (patient, organization): (PatientId, OrganizationId),
    sealed: &[u8],
) -> Result<PatientNumber, StoreError> {
    let plain = store.open_value(facts::number_slot(patient, organization), sealed)?;
    String::from_utf8(plain.to_vec()).map(PatientNumber::from_stored).map_err(|_| damaged())
}
