//! Table `sign_in_attempt`: wrong passwords in a row, per login name and per device. Nothing in it is sealed: a login
//! name is here as its blind index, whether somebody has it or not, so that both behave alike.

use crate::{
    batch::{Batch, EntryProof},
    error::StoreError,
    stage::{StagedTable, Value},
    store::Store,
};
use tasuki_domain::{
    id::DeviceId,
    time::{DAY, Timestamp},
};
use uuid::Uuid;

const UPSERT: StagedTable = StagedTable {
    insert: "INSERT INTO sign_in_attempt (kind, subject, failures, failed_at, closed_until) ",
    tail: " ON CONFLICT (kind, subject) DO UPDATE SET failures = excluded.failures, failed_at = excluded.failed_at, \
           closed_until = excluded.closed_until",
};
const READ: &str =
    "SELECT failures, failed_at, closed_until FROM sign_in_attempt WHERE kind = $1 AND subject = $2";
const CLEAR: &str = "DELETE FROM sign_in_attempt WHERE (kind = $1 AND subject = $2) OR failed_at < $3";

/// Failures are forgotten when none has followed for this long.
const REMEMBERED: i64 = DAY;

/// Whose wrong passwords are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// A login name, by its blind index ([`crate::table::credential::login_index`]).
    Login(Uuid),
    /// The device on which it was typed.
    Device(DeviceId),
}

impl Subject {
    const fn row(self) -> (i64, Uuid) {
        match self {
            Self::Login(index) => (1, index),
            Self::Device(device) => (2, device.as_uuid()),
        }
    }
}

/// What is known of a subject's wrong passwords.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Failures {
    /// In a row, without a full sign-in between.
    pub count: u32,
    /// The password step is closed for the subject until then.
    pub closed_until: Timestamp,
}

/// What is known now, inside the transaction.
///
/// # Errors
/// When the database fails.
pub async fn read(batch: &mut Batch, subject: Subject) -> Result<Failures, StoreError> {
    batch.flush().await?;
    let (kind, id) = subject.row();
    let now = batch.now();
    let row: Option<(i64, i64, i64)> = on!(batch.reading(), c => sqlx::query_as(READ).bind(kind).bind(id)
        .fetch_optional(&mut **c).await)?;
    Ok(failures(row, now))
}

/// What an administrator may be told: until when the password step is closed for a login name or device.
///
/// # Errors
/// When the database fails.
pub async fn read_now(store: &Store, subject: Subject) -> Result<Failures, StoreError> {
    let (kind, id) = subject.row();
    let mut connection = store.reading().await?;
    let row: Option<(i64, i64, i64)> = on!(&mut connection, c => sqlx::query_as(READ).bind(kind).bind(id)
        .fetch_optional(&mut **c).await)?;
    Ok(failures(row, store.now()))
}

fn failures(row: Option<(i64, i64, i64)>, now: Timestamp) -> Failures {
    match row {
        Some((count, failed_at, closed_until)) if now.since(Timestamp(failed_at)) < REMEMBERED => Failures {
            count: u32::try_from(count).unwrap_or(u32::MAX),
            closed_until: Timestamp(closed_until),
        },
        _ => Failures::default(),
    }
}

/// Stores one failure more.
pub fn write(batch: &mut Batch, _entry: &EntryProof, subject: Subject, failures: Failures) {
    let (kind, id) = subject.row();
    let now = batch.now().0;
    batch.stage(
        &UPSERT,
        vec![
            Value::Int(kind),
            Value::Id(id),
            Value::Int(i64::from(failures.count)),
            Value::Int(now),
            Value::Int(failures.closed_until.0),
        ],
    );
}

/// Forgets a subject's failures after a full sign-in, and everybody's that are old.
///
/// # Errors
/// When the database fails.
pub async fn clear(batch: &mut Batch, _entry: &EntryProof, subject: Subject) -> Result<(), StoreError> {
    let (kind, id) = subject.row();
    let before = batch.now().plus(-REMEMBERED).0;
    batch.flush().await?;
    on!(batch.writing().await?, c => sqlx::query(CLEAR).bind(kind).bind(id).bind(before).execute(&mut **c).await.map(drop))?;
    Ok(())
}
