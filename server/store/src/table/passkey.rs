//! Table `passkey`: the second factor. Public key, credential id and the name that the person gave it are sealed under
//! the person; the counter is clear, because it is compared and moved on in one statement.

use crate::{
    batch::{Batch, EntryProof},
    error::{StoreError, WorkError},
    look::Revealed,
    store::Store,
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{DeviceId, PasskeyId, PersonId},
    passkey::{PasskeyFact, PasskeyKind},
    policy::ReadOwnPage,
    time::Timestamp,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO passkey (passkey, person, credential_index, kind, device, attested, backup_eligible, counter, \
     facts, created_at, used_at, flagged_at, ended_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 9223372036854775807, 9223372036854775807)";
const TAKEN: &str = "SELECT count(*) FROM passkey WHERE credential_index = $1";
const LIST: &str = "SELECT passkey, kind, device, attested, backup_eligible, counter, facts, created_at, used_at, flagged_at \
     FROM passkey WHERE person = $1 AND ended_at = 9223372036854775807 ORDER BY created_at";
const USED: &str = "UPDATE passkey SET counter = $2, used_at = $3 WHERE passkey = $1 AND ended_at = 9223372036854775807 \
     AND flagged_at = 9223372036854775807 AND (counter < $2 OR (counter = 0 AND $2 = 0))";
const FLAG: &str =
    "UPDATE passkey SET flagged_at = $2 WHERE passkey = $1 AND flagged_at = 9223372036854775807";
const END: &str =
    "UPDATE passkey SET ended_at = $3 WHERE passkey = $1 AND person = $2 AND ended_at = 9223372036854775807";
const END_ALL: &str = "UPDATE passkey SET ended_at = $2 WHERE person = $1 AND ended_at = 9223372036854775807";
const OTHERS: &str = "SELECT count(*) FROM passkey WHERE person = $1 AND passkey <> $2 AND ended_at = 9223372036854775807 \
     AND flagged_at = 9223372036854775807";

/// The most passkeys of one person: a spare and one for each device, and no way to fill the disk.
pub const MOST: usize = 20;

const fn slot(passkey: Uuid) -> Slot {
    Slot::new("passkey", "facts", passkey)
}

/// What is sealed of a passkey.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    label: String,
    credential: serde_json::Value,
}

/// A person's passkey.
pub struct Passkey {
    /// The row.
    pub passkey: PasskeyId,
    /// What decides where it counts.
    pub fact: PasskeyFact,
    /// The last signature counter.
    pub counter: u32,
    /// The name that the person gave it.
    pub label: String,
    /// What the WebAuthn library keeps of it; its counter is as of registration.
    pub credential: serde_json::Value,
    /// Registration.
    pub created_at: Timestamp,
    /// Last use.
    pub used_at: Timestamp,
}

/// A passkey that is being registered.
#[derive(Clone)]
pub struct NewPasskey {
    /// The row to be.
    pub passkey: PasskeyId,
    /// Whose.
    pub person: PersonId,
    /// The authenticator's own id of it; kept as a blind index, so that nobody registers it twice.
    pub credential_id: Vec<u8>,
    /// What decides where it counts.
    pub fact: PasskeyFact,
    /// The first signature counter.
    pub counter: u32,
    /// The name that the person gave it.
    pub label: String,
    /// What the WebAuthn library keeps of it.
    pub credential: serde_json::Value,
}

/// The passkeys of a person, to verify a sign-in with one of them.
///
/// # Errors
/// When the database fails, or a row does not open.
pub async fn of_person(store: &Store, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
    type Row = (Uuid, i64, Uuid, i64, i64, i64, Vec<u8>, i64, i64, i64);
    let mut connection = store.reading().await?;
    let rows: Vec<Row> = on!(&mut connection, c => sqlx::query_as(LIST).bind(person.as_uuid())
        .fetch_all(&mut **c).await)?;
    rows.into_iter()
        .map(|(passkey, kind, device, attested, backup_eligible, counter, facts, created, used, flagged)| {
            let damaged = || StoreError::Damaged("passkey");
            let facts: Facts =
                serde_json::from_slice(&store.open_value(slot(passkey), &facts)?).map_err(|_| damaged())?;
            let kind = i16::try_from(kind).ok().and_then(PasskeyKind::from_code).ok_or_else(damaged)?;
            Ok(Passkey {
                passkey: PasskeyId::from_uuid(passkey),
                fact: PasskeyFact {
                    kind,
                    device: (!device.is_nil()).then(|| DeviceId::from_uuid(device)),
                    attested: attested != 0,
                    backup_eligible: backup_eligible != 0,
                    flagged: flagged != i64::MAX,
                },
                counter: u32::try_from(counter).map_err(|_| damaged())?,
                label: facts.label,
                credential: facts.credential,
                created_at: Timestamp(created),
                used_at: Timestamp(used),
            })
        })
        .collect()
}

/// The passkeys of the person whose own page is shown.
///
/// # Errors
/// As [`of_person`].
pub async fn listed(store: &Store, look: &Revealed<ReadOwnPage>) -> Result<Vec<Passkey>, StoreError> {
    of_person(store, look.act().person).await
}

/// Stores a new passkey.
///
/// # Errors
/// [`WorkError::Conflict`] `passkey.taken` when somebody has registered it before.
pub async fn register(batch: &mut Batch, _entry: &EntryProof, new: &NewPasskey) -> Result<(), WorkError> {
    let index =
        *batch.inner.keyring.blind_index("passkey", "credential_index").of(&new.credential_id).as_bytes();
    batch.flush().await?;
    let taken: i64 =
        on!(batch.reading(), c => sqlx::query_scalar(TAKEN).bind(index.to_vec()).fetch_one(&mut **c).await)?;
    if taken != 0 {
        return Err(WorkError::Conflict("passkey.taken"));
    }
    let facts = Facts { label: new.label.clone(), credential: new.credential.clone() };
    let facts = serde_json::to_vec(&facts).map_err(|_| StoreError::Damaged("passkey"))?;
    let (id, person) = (new.passkey.as_uuid(), new.person.as_uuid());
    let sealed = batch.seal(Scope::Person(person), slot(id), &facts).await?;
    let now = batch.now().0;
    let fact = new.fact;
    on!(batch.writing().await?, c => sqlx::query(INSERT).bind(id).bind(person).bind(index.to_vec())
        .bind(i64::from(fact.kind.code())).bind(fact.device.map_or(Uuid::nil(), DeviceId::as_uuid))
        .bind(i64::from(fact.attested)).bind(i64::from(fact.backup_eligible)).bind(i64::from(new.counter))
        .bind(sealed).bind(now).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Moves a passkey's counter on. `false` when it has gone back (or stood still), was flagged or removed meanwhile:
/// then the passkey must not count.
///
/// # Errors
/// When the database fails.
pub async fn used(
    batch: &mut Batch,
    _entry: &EntryProof,
    passkey: PasskeyId,
    counter: u32,
) -> Result<bool, StoreError> {
    let now = batch.now().0;
    let changed = on!(batch.writing().await?, c => sqlx::query(USED).bind(passkey.as_uuid()).bind(i64::from(counter))
        .bind(now).execute(&mut **c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Flags a passkey whose counter went back: there may be a copy. It counts no more.
///
/// # Errors
/// When the database fails.
pub async fn flag(batch: &mut Batch, _entry: &EntryProof, passkey: PasskeyId) -> Result<(), StoreError> {
    let now = batch.now().0;
    on!(batch.writing().await?, c => sqlx::query(FLAG).bind(passkey.as_uuid()).bind(now).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Removes a passkey of a person; never the last that counts.
///
/// # Errors
/// [`WorkError::Conflict`] `passkey.last`, or [`WorkError::Missing`].
pub async fn end(
    batch: &mut Batch,
    _entry: &EntryProof,
    person: PersonId,
    passkey: PasskeyId,
) -> Result<(), WorkError> {
    let (id, person) = (passkey.as_uuid(), person.as_uuid());
    let now = batch.now().0;
    let others: i64 = on!(batch.reading(), c => sqlx::query_scalar(OTHERS).bind(person).bind(id).fetch_one(&mut **c).await)?;
    if others == 0 {
        return Err(WorkError::Conflict("passkey.last"));
    }
    let changed = on!(batch.writing().await?, c => sqlx::query(END).bind(id).bind(person).bind(now)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(WorkError::Missing) }
}

/// Makes every passkey of a person invalid: a reset.
///
/// # Errors
/// When the database fails.
pub async fn end_all(batch: &mut Batch, _entry: &EntryProof, person: PersonId) -> Result<(), StoreError> {
    let now = batch.now().0;
    on!(batch.writing().await?, c => sqlx::query(END_ALL).bind(person.as_uuid()).bind(now).execute(&mut **c).await.map(drop))?;
    Ok(())
}
