//! Store: the public keys of devices, and which certificates are revoked.

use super::SignsDevice;
use crate::{Batch, StagedTable, Store, StoreError, Value, WorkError};
use tasuki_domain::{
    device::DeviceKey,
    id::DeviceId,
    policy::{Grant, SignRevocationList},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};

const KEY: StagedTable = StagedTable {
    insert: "INSERT INTO device_key (key_digest, device, serial, issued_at, not_after, superseded_until, revoked_at) ",
    tail: "",
};
const KNOWN: &str = "SELECT count(*) FROM device_key WHERE key_digest = $1";
const LIVE: &str = "SELECT key_digest FROM device_key WHERE device = $1 AND revoked_at = 9223372036854775807";
const REVOKE_ALL: &str =
    "UPDATE device_key SET revoked_at = $1 WHERE device = $2 AND revoked_at = 9223372036854775807";
const SUPERSEDE: &str = "UPDATE device_key SET superseded_until = $1 \
     WHERE device = $2 AND revoked_at = 9223372036854775807 AND superseded_until > $1";
const SUPERSEDED: &str =
    "SELECT key_digest FROM device_key WHERE superseded_until <= $1 AND revoked_at = 9223372036854775807";
const ANY_SUPERSEDED: &str =
    "SELECT count(*) FROM device_key WHERE superseded_until <= $1 AND revoked_at = 9223372036854775807";
const RETIRE: &str =
    "UPDATE device_key SET revoked_at = $1 WHERE superseded_until <= $1 AND revoked_at = 9223372036854775807";
const REVOKED: &str = "SELECT serial, revoked_at FROM device_key WHERE revoked_at < 9223372036854775807 AND not_after > $1 \
     ORDER BY serial";

/// A key whose certificate has just been signed.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Digest of the public key.
    pub key: DeviceKey,
    /// The certificate's serial number, hexadecimal.
    pub serial: String,
    /// End of the certificate.
    pub not_after: Timestamp,
}

/// A certificate for the revocation list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevokedKey {
    /// The certificate's serial number, hexadecimal.
    pub serial: String,
    /// When it was revoked.
    pub at: Timestamp,
}

/// Takes a device's new key into the register.
///
/// # Errors
/// [`WorkError::Field`] `csr` when the key was in the register before, whosever it was.
pub async fn add_key<A: SignsDevice>(
    batch: &mut Batch,
    grant: &Grant<A>,
    new: &NewKey,
) -> Result<(), WorkError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let known: i64 = on!(connection, c => sqlx::query_scalar(KNOWN).bind(&new.key.0[..])
        .fetch_one(&mut **c).await)?;
    if known != 0 {
        return Err(FieldProblem::new("csr", FieldRule::Taken).into());
    }
    batch.stage(
        &KEY,
        vec![
            Value::Bytes(new.key.0.to_vec()),
            Value::Id(grant.act().device().as_uuid()),
            Value::Text(new.serial.clone()),
            Value::Int(now),
            Value::Int(new.not_after.0),
            Value::Int(i64::MAX),
            Value::Int(i64::MAX),
        ],
    );
    batch.policy_changed();
    Ok(())
}

/// The keys of a device that count.
///
/// # Errors
/// When the database fails.
pub async fn live_keys(batch: &mut Batch, device: DeviceId) -> Result<Vec<DeviceKey>, WorkError> {
    let connection = batch.writing().await?;
    let rows: Vec<Vec<u8>> = on!(connection, c => sqlx::query_scalar(LIVE).bind(device.as_uuid())
        .fetch_all(&mut **c).await)?;
    Ok(digests(rows)?)
}

/// Lets the device's keys of now count until `until` only; with `until` = now they are revoked at once, and returned.
///
/// # Errors
/// When the database fails.
pub async fn supersede<A: SignsDevice>(
    batch: &mut Batch,
    grant: &Grant<A>,
    until: Timestamp,
) -> Result<Vec<DeviceKey>, WorkError> {
    let device = grant.act().device();
    if until <= batch.now() {
        return revoke_all(batch, device).await;
    }
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(SUPERSEDE).bind(until.0).bind(device.as_uuid())
        .execute(&mut **c).await.map(drop))?;
    Ok(Vec::new())
}

/// Revokes every key of a device.
pub(super) async fn revoke_all(batch: &mut Batch, device: DeviceId) -> Result<Vec<DeviceKey>, WorkError> {
    let keys = live_keys(batch, device).await?;
    if !keys.is_empty() {
        let now = batch.now().0;
        let connection = batch.writing().await?;
        on!(connection, c => sqlx::query(REVOKE_ALL).bind(now).bind(device.as_uuid())
            .execute(&mut **c).await.map(drop))?;
        batch.policy_changed();
        batch.revoked();
    }
    Ok(keys)
}

/// Whether a key's time after a renewal is over.
///
/// # Errors
/// When the database does not answer.
pub async fn any_superseded(store: &Store) -> Result<bool, StoreError> {
    let now = store.now().0;
    let mut connection = store.reading().await?;
    let count: i64 =
        on!(&mut connection, c => sqlx::query_scalar(ANY_SUPERSEDED).bind(now).fetch_one(&mut **c).await)?;
    Ok(count > 0)
}

/// Revokes the keys whose time after a renewal is over; returns them.
///
/// # Errors
/// When the database fails.
pub async fn retire_superseded(
    batch: &mut Batch,
    _grant: &Grant<SignRevocationList>,
) -> Result<Vec<DeviceKey>, WorkError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let rows: Vec<Vec<u8>> =
        on!(connection, c => sqlx::query_scalar(SUPERSEDED).bind(now).fetch_all(&mut **c).await)?;
    if !rows.is_empty() {
        on!(connection, c => sqlx::query(RETIRE).bind(now).execute(&mut **c).await.map(drop))?;
        batch.policy_changed();
        batch.revoked();
    }
    Ok(digests(rows)?)
}

/// Every revoked certificate that has not expired yet.
///
/// # Errors
/// When the database fails.
pub async fn revoked(batch: &mut Batch) -> Result<Vec<RevokedKey>, WorkError> {
    batch.flush().await?;
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let rows: Vec<(String, i64)> =
        on!(connection, c => sqlx::query_as(REVOKED).bind(now).fetch_all(&mut **c).await)?;
    Ok(rows.into_iter().map(|(serial, at)| RevokedKey { serial, at: Timestamp(at) }).collect())
}

pub(super) fn digests(rows: Vec<Vec<u8>>) -> Result<Vec<DeviceKey>, StoreError> {
    rows.into_iter().map(|row| digest(&row)).collect()
}

pub(super) fn digest(row: &[u8]) -> Result<DeviceKey, StoreError> {
    row.try_into().map(DeviceKey).map_err(|_| StoreError::Damaged("device key"))
}
