//! Store: one-time codes of devices. Only a digest is kept; the first group of the code finds the row that wrong tries
//! count against.

use crate::{Batch, StagedTable, StoreError, Value, WorkError};
use tasuki_domain::{id::DeviceId, time::Timestamp};
use uuid::Uuid;

const CODE: StagedTable = StagedTable {
    insert: "INSERT INTO device_code (device, digest, handle, failures, issued_at, expires_at, used_at) ",
    tail: " ON CONFLICT (device) DO UPDATE SET digest = excluded.digest, handle = excluded.handle, failures = 0, \
           issued_at = excluded.issued_at, expires_at = excluded.expires_at, used_at = excluded.used_at",
};
const FIND: &str = "SELECT device, failures, expires_at, used_at FROM device_code WHERE digest = $1";
const USE: &str = "UPDATE device_code SET used_at = $1 WHERE device = $2 AND used_at = 9223372036854775807";
const FAIL: &str = "UPDATE device_code SET failures = failures + 1 WHERE handle = $1";
const BY_HANDLE: &str = "SELECT device FROM device_code WHERE handle = $1 ORDER BY issued_at DESC";

/// Wrong tries that close a code.
const MOST_FAILURES: i64 = 5;

/// A code that was drawn for a device.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// Its digest.
    pub digest: [u8; 32],
    /// Its first group, of which only a blind index is kept.
    pub handle: String,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// A code that somebody typed.
#[derive(Clone, Debug)]
pub struct TriedCode {
    /// Its digest.
    pub digest: [u8; 32],
    /// Its first group.
    pub handle: String,
}

/// What a typed code is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeUse {
    /// It is the code of this device, and it is used up now.
    Good(DeviceId),
    /// Used before, too late, or closed by wrong tries.
    Spent(DeviceId),
    /// No such code.
    Unknown,
}

pub(super) fn stage(batch: &mut Batch, device: DeviceId, code: &NewCode) {
    let handle = handle(batch, &code.handle);
    let now = batch.now().0;
    batch.stage(
        &CODE,
        vec![
            Value::Id(device.as_uuid()),
            Value::Bytes(code.digest.to_vec()),
            Value::Bytes(handle),
            Value::Int(0),
            Value::Int(now),
            Value::Int(code.expires_at.0),
            Value::Int(i64::MAX),
        ],
    );
}

/// Looks a typed code up and uses it up when it is good.
///
/// # Errors
/// When the database fails.
pub async fn try_code(batch: &mut Batch, tried: &TriedCode) -> Result<CodeUse, WorkError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let row: Option<(Uuid, i64, i64, i64)> = on!(connection, c => sqlx::query_as(FIND)
        .bind(&tried.digest[..]).fetch_optional(&mut **c).await)?;
    let Some((device, failures, expires_at, used_at)) = row else { return Ok(CodeUse::Unknown) };
    let id = DeviceId::from_uuid(device);
    if failures >= MOST_FAILURES || expires_at <= now || used_at != i64::MAX {
        return Ok(CodeUse::Spent(id));
    }
    let used = on!(connection, c => sqlx::query(USE).bind(now).bind(device).execute(&mut **c).await
        .map(|done| done.rows_affected()))?;
    Ok(if used == 1 { CodeUse::Good(id) } else { CodeUse::Spent(id) })
}

/// Counts a wrong try against the code that begins alike; says whose it is.
///
/// # Errors
/// When the database fails.
pub async fn count_failure(batch: &mut Batch, tried: &TriedCode) -> Result<Option<DeviceId>, WorkError> {
    let handle = handle(batch, &tried.handle);
    let connection = batch.writing().await?;
    let device: Option<Uuid> = on!(connection, c => {
        sqlx::query(FAIL).bind(&handle[..]).execute(&mut **c).await?;
        sqlx::query_scalar(BY_HANDLE).bind(&handle[..]).fetch_optional(&mut **c).await
    })?;
    Ok(device.map(DeviceId::from_uuid))
}

/// Closes a device's code.
pub(super) async fn close(batch: &mut Batch, device: DeviceId) -> Result<(), StoreError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(USE).bind(now).bind(device.as_uuid()).execute(&mut **c).await.map(drop))?;
    Ok(())
}

fn handle(batch: &Batch, handle: &str) -> Vec<u8> {
    let index = batch.inner.keyring.blind_index("device_code", "handle").of(handle.as_bytes());
    index.as_bytes().to_vec()
}
