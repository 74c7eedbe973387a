//! Store: the device authority's certificate, its newest revocation list, and how long the enrolment door is open. All
//! of it is public; the private key follows from the root key and is never stored.

use crate::{Batch, StagedTable, Store, StoreError, Value, WorkError};
use tasuki_domain::{
    policy::{CloseEnrolment, Grant, Initialise, OpenEnrolment},
    time::Timestamp,
};

const AUTHORITY: StagedTable = StagedTable {
    insert: "INSERT INTO device_authority (generation, certificate, from_at, until_at) ",
    tail: "",
};
const FIRST_LIST: StagedTable = StagedTable {
    insert: "INSERT INTO revocation_list (generation, number, list, signed_at, next_update) ",
    tail: "",
};
const EXISTS: &str = "SELECT count(*) FROM device_authority";
const CURRENT: &str = "SELECT a.generation, a.certificate, l.number, l.list FROM device_authority a \
     JOIN revocation_list l ON l.generation = a.generation ORDER BY a.generation DESC";
const NEXT_NUMBER: &str = "UPDATE revocation_list SET number = number + 1 WHERE generation = $1";
const NUMBER: &str = "SELECT number FROM revocation_list WHERE generation = $1";
const PUT_LIST: &str =
    "UPDATE revocation_list SET list = $1, signed_at = $2, next_update = $3 WHERE generation = $4";
const SET_WINDOW: &str = "INSERT INTO enrolment_window (one, opened_at, open_until) VALUES (1, $1, $2) \
     ON CONFLICT (one) DO UPDATE SET opened_at = excluded.opened_at, open_until = excluded.open_until";
const WINDOW: &str = "SELECT open_until FROM enrolment_window WHERE one = 1";

/// The authority as stored.
#[derive(Clone, Debug)]
pub struct AuthorityRow {
    /// Names the branch of the root key that its private key follows from.
    pub generation: u32,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// The number of its newest revocation list.
    pub number: u64,
    /// The list, DER.
    pub list: Vec<u8>,
}

/// A revocation list that was signed in this transaction.
#[derive(Clone, Debug)]
pub struct SignedList {
    /// DER.
    pub list: Vec<u8>,
    /// From here on it is out of date.
    pub next_update: Timestamp,
}

/// The generation of the first authority.
pub const FIRST: u32 = 1;

/// Keeps the authority that `init` has founded, with its first, empty list (number 1).
///
/// # Errors
/// [`WorkError::Conflict`] `authority.exists`.
pub async fn found(
    batch: &mut Batch,
    _grant: &Grant<Initialise>,
    (certificate, until): (&[u8], Timestamp),
    list: &SignedList,
) -> Result<(), WorkError> {
    let connection = batch.writing().await?;
    let known: i64 = on!(connection, c => sqlx::query_scalar(EXISTS).fetch_one(&mut **c).await)?;
    if known != 0 {
        return Err(WorkError::Conflict("authority.exists"));
    }
    let now = batch.now().0;
    let generation = i64::from(FIRST);
    batch.stage(
        &AUTHORITY,
        vec![
            Value::Int(generation),
            Value::Bytes(certificate.to_vec()),
            Value::Int(now),
            Value::Int(until.0),
        ],
    );
    batch.stage(
        &FIRST_LIST,
        vec![
            Value::Int(generation),
            Value::Int(1),
            Value::Bytes(list.list.clone()),
            Value::Int(now),
            Value::Int(list.next_update.0),
        ],
    );
    Ok(())
}

/// The newest authority with its newest list; `None` before `init`.
///
/// # Errors
/// When the database does not answer.
pub async fn current(store: &Store) -> Result<Option<AuthorityRow>, StoreError> {
    let mut connection = store.reading().await?;
    let row: Option<(i64, Vec<u8>, i64, Vec<u8>)> =
        on!(&mut connection, c => sqlx::query_as(CURRENT).fetch_optional(&mut **c).await)?;
    let Some((generation, certificate, number, list)) = row else { return Ok(None) };
    let damaged = |_| StoreError::Damaged("device authority");
    Ok(Some(AuthorityRow {
        generation: u32::try_from(generation).map_err(damaged)?,
        certificate,
        number: u64::try_from(number).map_err(damaged)?,
        list,
    }))
}

/// The next list's number. Holds the row until the commit, so that two instances cannot leave out what the other one
/// revoked: read the revoked certificates after this.
///
/// # Errors
/// When the database fails.
pub async fn next_number(batch: &mut Batch, generation: u32) -> Result<u64, WorkError> {
    let generation = i64::from(generation);
    let connection = batch.writing().await?;
    let number: i64 = on!(connection, c => {
        sqlx::query(NEXT_NUMBER).bind(generation).execute(&mut **c).await?;
        sqlx::query_scalar(NUMBER).bind(generation).fetch_one(&mut **c).await
    })?;
    Ok(u64::try_from(number).map_err(|_| StoreError::Damaged("revocation list"))?)
}

/// Keeps a newly signed list.
///
/// # Errors
/// When the database fails.
pub async fn put_list(batch: &mut Batch, generation: u32, signed: &SignedList) -> Result<(), WorkError> {
    let (now, generation) = (batch.now().0, i64::from(generation));
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(PUT_LIST).bind(&signed.list[..]).bind(now).bind(signed.next_update.0)
        .bind(generation).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Opens the door for enrolment until `until`.
///
/// # Errors
/// When the database fails.
pub async fn open_window(
    batch: &mut Batch,
    _grant: &Grant<OpenEnrolment>,
    until: Timestamp,
) -> Result<(), WorkError> {
    set_window(batch, until).await
}

/// Closes the door for enrolment.
///
/// # Errors
/// When the database fails.
pub async fn close_window(batch: &mut Batch, _grant: &Grant<CloseEnrolment>) -> Result<(), WorkError> {
    let now = batch.now();
    set_window(batch, now).await
}

async fn set_window(batch: &mut Batch, until: Timestamp) -> Result<(), WorkError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(SET_WINDOW).bind(now).bind(until.0).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Until when the door for enrolment is open; in the past when it is closed.
///
/// # Errors
/// When the database does not answer.
pub async fn window(store: &Store) -> Result<Timestamp, StoreError> {
    let mut connection = store.reading().await?;
    let until: Option<i64> =
        on!(&mut connection, c => sqlx::query_scalar(WINDOW).fetch_optional(&mut **c).await)?;
    Ok(Timestamp(until.unwrap_or(0)))
}
