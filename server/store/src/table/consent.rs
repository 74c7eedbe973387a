//! Store: consents (本人同意). What rights depend on is clear, the rest is sealed under the patient's key.

use crate::{Batch, Revealed, StagedTable, Store, StoreError, Value, WorkError, table::live};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    care_team::ConsentGiver,
    id::{ConsentId, OrganizationId, PatientId},
    info_class::{ClassSet, InfoClassId},
    policy::{Grant, ReadCareTeam, RecordConsent, WithdrawConsent},
    problem::{FieldProblem, FieldRule},
    text::Note,
    time::{Interval, Timestamp},
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;
use zeroize::Zeroizing;

const CONSENT: StagedTable = StagedTable {
    insert: "INSERT INTO consent (consent, patient, giver, classes, facts, from_at, until_at) ",
    tail: "",
};
const WITHDRAW: &str = "UPDATE consent SET until_at = CASE WHEN from_at > $1 THEN from_at ELSE $1 END \
     WHERE consent = $2 AND patient = $3 AND until_at > $1";
const EXISTS: &str = "SELECT count(*) FROM consent WHERE consent = $1 AND patient = $2";
const OF_PATIENT: &str = "SELECT consent, giver, classes, facts, from_at, until_at FROM consent \
     WHERE patient = $1 ORDER BY from_at DESC, consent";

/// What a consent says.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// Who gave it.
    pub giver: ConsentGiver,
    /// What it covers.
    pub classes: ClassSet,
    /// From when to when (µs UTC); the end may be open.
    pub period: Interval,
    /// How it was given.
    pub note: Note,
}

/// A recorded consent.
#[derive(Clone, Debug)]
pub struct ConsentRow {
    /// The row.
    pub consent: ConsentId,
    /// What it says; the period ends with the withdrawal.
    pub said: NewConsent,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    note: String,
}

/// Records a consent.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `patient.moved`, [`WorkError::Field`] for an unknown class.
pub async fn record(
    batch: &mut Batch,
    grant: &Grant<RecordConsent>,
    new: &NewConsent,
) -> Result<(), WorkError> {
    let (patient, consent) = (grant.act().patient, grant.act().consent);
    responsible(batch, patient, grant.act().organization).await?;
    let classes = live::info_classes(batch, new.classes).await?;
    let classes = classes.ok_or(FieldProblem::new("classes", FieldRule::Choice))?;
    let stored = Stored { note: new.note.as_str().to_owned() };
    let plain = Zeroizing::new(serde_json::to_vec(&stored).map_err(|_| StoreError::Damaged("consent"))?);
    let facts = batch.seal(Scope::Patient(patient.as_uuid()), slot(consent), &plain).await?;
    batch.stage(
        &CONSENT,
        vec![
            Value::Id(consent.as_uuid()),
            Value::Id(patient.as_uuid()),
            Value::Int(i64::from(new.giver.code())),
            Value::Int(classes),
            Value::Bytes(facts),
            Value::Int(new.period.from.0),
            Value::Int(new.period.until.0),
        ],
    );
    batch.policy_changed();
    Ok(())
}

/// Withdraws a consent, at once.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `consent.ended` or `patient.moved`.
pub async fn withdraw(batch: &mut Batch, grant: &Grant<WithdrawConsent>) -> Result<(), WorkError> {
    let (patient, consent) = (grant.act().patient, grant.act().consent);
    responsible(batch, patient, grant.act().organization).await?;
    let now = batch.now().0;
    let (id, of) = (consent.as_uuid(), patient.as_uuid());
    let connection = batch.writing().await?;
    let ended = on!(connection, c => sqlx::query(WITHDRAW).bind(now).bind(id).bind(of)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if ended == 0 {
        let known: i64 =
            on!(connection, c => sqlx::query_scalar(EXISTS).bind(id).bind(of).fetch_one(&mut **c).await)?;
        return Err(if known == 0 { WorkError::Missing } else { WorkError::Conflict("consent.ended") });
    }
    batch.policy_changed();
    batch.revoked();
    Ok(())
}

/// The consents of a patient, the newest first.
///
/// # Errors
/// [`StoreError::Open`] when a stored value was altered or moved.
pub async fn of_patient(store: &Store, look: &Revealed<ReadCareTeam>) -> Result<Vec<ConsentRow>, StoreError> {
    let mut connection = store.reading().await?;
    let rows: Vec<(Uuid, i64, i64, Vec<u8>, i64, i64)> = on!(&mut connection, c => sqlx::query_as(OF_PATIENT)
        .bind(look.act().patient.as_uuid()).fetch_all(&mut **c).await)?;
    rows.into_iter().map(|row| opened(store, row)).collect()
}

fn opened(
    store: &Store,
    (consent, giver, classes, sealed, from, until): (Uuid, i64, i64, Vec<u8>, i64, i64),
) -> Result<ConsentRow, StoreError> {
    let damaged = || StoreError::Damaged("consent");
    let consent = ConsentId::from_uuid(consent);
    let plain = store.open_value(slot(consent), &sealed)?;
    let stored: Stored = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    let giver = i16::try_from(giver).ok().and_then(ConsentGiver::from_code).ok_or_else(damaged)?;
    let said = NewConsent {
        giver,
        classes: live::members(classes).map(InfoClassId).collect(),
        period: Interval { from: Timestamp(from), until: Timestamp(until) },
        note: Note::from_stored(stored.note),
    };
    Ok(ConsentRow { consent, said })
}

async fn responsible(
    batch: &mut Batch,
    patient: PatientId,
    organization: OrganizationId,
) -> Result<(), WorkError> {
    let facts = batch.facts().await?;
    match facts.patient(patient) {
        None => Err(WorkError::Missing),
        Some(fact) if fact.organization != organization => Err(WorkError::Conflict("patient.moved")),
        Some(_) => Ok(()),
    }
}

const fn slot(consent: ConsentId) -> Slot {
    Slot::new("consent", "facts", consent.as_uuid())
}
