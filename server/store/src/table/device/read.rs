//! Store: the device register, opened for an administrator on a recorded look; and the stickers of single devices.

use super::{key::digest, label_of, slot};
use crate::{Revealed, Store, StoreError, table::name::Witness};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use tasuki_domain::{
    device::{DeviceKey, DeviceKind},
    id::{DeviceId, PlaceId},
    policy::ReadDevices,
    text::DeviceLabel,
    time::{Interval, Timestamp},
};
use uuid::Uuid;

const DEVICES: &str =
    "SELECT device, place, kind, label, from_at, until_at FROM device WHERE organization = $1";
const KEYS: &str = "SELECT k.device, k.key_digest, k.serial, k.issued_at, k.not_after, k.revoked_at FROM device_key k \
     JOIN device d ON d.device = k.device WHERE d.organization = $1 ORDER BY k.issued_at DESC";
const CODES: &str = "SELECT c.device, c.expires_at FROM device_code c JOIN device d ON d.device = c.device \
     WHERE d.organization = $1 AND c.used_at = 9223372036854775807 AND c.failures < 5";

const LABELS: &str = "SELECT device, label FROM device WHERE device IN (";

/// Ids in one statement.
const AT_ONCE: usize = 5_000;

/// A line of the device register.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// The row.
    pub device: DeviceId,
    /// What its sticker says.
    pub label: DeviceLabel,
    /// What it is.
    pub kind: DeviceKind,
    /// Where it stands.
    pub place: Option<PlaceId>,
    /// From registration until revocation.
    pub period: Interval,
    /// Its certificates, the newest first.
    pub keys: Vec<KeyRow>,
    /// Until when an unused code waits for it.
    pub code_until: Option<Timestamp>,
}

/// A certificate of a device.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Digest of its public key.
    pub key: DeviceKey,
    /// The certificate's serial number, hexadecimal.
    pub serial: String,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// When it ends.
    pub not_after: Timestamp,
    /// When it was revoked; an open end while it counts.
    pub revoked_at: Timestamp,
}

/// The devices of an organization, by label.
///
/// # Errors
/// [`StoreError::Open`] when a label was altered or moved.
pub async fn of_organization(
    store: &Store,
    look: &Revealed<ReadDevices>,
) -> Result<Vec<DeviceRow>, StoreError> {
    let organization = look.act().organization.as_uuid();
    let mut connection = store.reading().await?;
    let keys: Vec<(Uuid, Vec<u8>, String, i64, i64, i64)> =
        on!(&mut connection, c => sqlx::query_as(KEYS).bind(organization).fetch_all(&mut **c).await)?;
    let codes: Vec<(Uuid, i64)> =
        on!(&mut connection, c => sqlx::query_as(CODES).bind(organization).fetch_all(&mut **c).await)?;
    let codes: HashMap<Uuid, i64> = codes.into_iter().collect();
    let mut by_device: HashMap<Uuid, Vec<KeyRow>> = HashMap::new();
    for (device, key, serial, issued_at, not_after, revoked_at) in keys {
        by_device.entry(device).or_default().push(KeyRow {
            key: digest(&key)?,
            serial,
            issued_at: Timestamp(issued_at),
            not_after: Timestamp(not_after),
            revoked_at: Timestamp(revoked_at),
        });
    }
    let rows: Vec<(Uuid, Uuid, i64, Vec<u8>, i64, i64)> =
        on!(&mut connection, c => sqlx::query_as(DEVICES).bind(organization).fetch_all(&mut **c).await)?;
    let now = look.at();
    let mut register = rows
        .into_iter()
        .map(|(id, place, kind, label, from, until)| {
            let device = DeviceId::from_uuid(id);
            let plain = store.open_value(slot(device), &label)?;
            let kind = i16::try_from(kind).ok().and_then(DeviceKind::from_code);
            Ok(DeviceRow {
                device,
                label: label_of(&plain)?,
                kind: kind.ok_or(StoreError::Damaged("device kind"))?,
                place: (!place.is_nil()).then(|| PlaceId::from_uuid(place)),
                period: Interval { from: Timestamp(from), until: Timestamp(until) },
                keys: by_device.remove(&id).unwrap_or_default(),
                code_until: codes.get(&id).map(|until| Timestamp(*until)).filter(|until| *until > now),
            })
        })
        .collect::<Result<Vec<DeviceRow>, StoreError>>()?;
    register.sort_by(|one, two| (one.label.as_str(), one.device).cmp(&(two.label.as_str(), two.device)));
    Ok(register)
}

/// What the stickers of these devices say, to stand beside what the witness allows to show. A sticker that cannot be
/// read is left out: it must keep nobody from the rest.
///
/// # Errors
/// When the database fails.
pub async fn labels(
    store: &Store,
    _witness: &impl Witness,
    devices: impl IntoIterator<Item = DeviceId>,
) -> Result<HashMap<DeviceId, String>, StoreError> {
    let ids: BTreeSet<Uuid> = devices.into_iter().map(DeviceId::as_uuid).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut labels = HashMap::new();
    let mut connection = store.reading().await?;
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(Uuid, Vec<u8>)> = on!(&mut connection, c => {
            let mut query = QueryBuilder::new(LABELS);
            let mut list = query.separated(", ");
            for id in some {
                list.push_bind(*id);
            }
            query.push(")");
            query.build_query_as().fetch_all(&mut **c).await
        })?;
        for (id, sealed) in rows {
            let device = DeviceId::from_uuid(id);
            let plain = store.open_value(slot(device), &sealed).ok();
            let label = plain.and_then(|plain| label_of(&plain).ok());
            labels.extend(label.map(|label| (device, label.as_str().to_owned())));
        }
    }
    Ok(labels)
}
