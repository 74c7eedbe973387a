//! Store: counts about the house for whoever keeps it running. No name is opened here.

use crate::{Revealed, Store, StoreError};
use tasuki_domain::{policy::ReadSystemState, time::Timestamp};

const DEVICES: &str = "SELECT count(*) FROM device WHERE until_at > $1";
const ENDING: &str = "SELECT count(*) FROM device_key k JOIN device d ON d.device = k.device \
     WHERE d.until_at > $1 AND k.revoked_at > $1 AND k.superseded_until > $1 AND k.not_after > $1 AND k.not_after <= $2";
const ENDED: &str = "SELECT count(*) FROM device d WHERE d.until_at > $1 \
     AND EXISTS (SELECT 1 FROM device_key k WHERE k.device = d.device) \
     AND NOT EXISTS (SELECT 1 FROM device_key k WHERE k.device = d.device AND k.revoked_at > $1 AND k.not_after > $1)";

/// Devices and their certificates, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Certificates {
    /// Devices in the register.
    pub devices: i64,
    /// Certificates in use that end before the time asked for.
    pub ending: i64,
    /// Devices that had a certificate and have none that counts any more.
    pub ended: i64,
}

/// Counts devices and certificates that end before `before`.
///
/// # Errors
/// When the database does not answer.
pub async fn certificates(
    store: &Store,
    _look: &Revealed<ReadSystemState>,
    before: Timestamp,
) -> Result<Certificates, StoreError> {
    let now = store.now().0;
    let mut connection = store.reading().await?;
    let (devices, ending, ended) = on!(&mut connection, c => {
        let devices: i64 = sqlx::query_scalar(DEVICES).bind(now).fetch_one(&mut **c).await?;
        let ending: i64 = sqlx::query_scalar(ENDING).bind(now).bind(before.0).fetch_one(&mut **c).await?;
        let ended: i64 = sqlx::query_scalar(ENDED).bind(now).fetch_one(&mut **c).await?;
        Ok::<_, sqlx::Error>((devices, ending, ended))
    })?;
    Ok(Certificates { devices, ending, ended })
}
