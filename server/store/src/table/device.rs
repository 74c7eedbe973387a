//! Store: the device register, its keys and its one-time codes. The label is sealed under the owner's key.

mod code;
mod key;
mod read;

pub use code::{CodeUse, NewCode, TriedCode, count_failure, try_code};
pub use key::{
    NewKey, RevokedKey, add_key, any_superseded, live_keys, retire_superseded, revoked, supersede,
};
pub use read::{DeviceRow, KeyRow, labels, of_organization};

use super::session;
use crate::{Batch, StagedTable, StoreError, Value, WorkError};
use tasuki_domain::{
    device::{DeviceKey, DeviceKind},
    id::{DeviceId, OrganizationId, PlaceId},
    policy::{Act, ChangeDevice, EnrolDevice, Grant, IssueDeviceCode, RenewDevice, RevokeDevice},
    problem::{FieldProblem, FieldRule},
    text::DeviceLabel,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const DEVICE: StagedTable = StagedTable {
    insert: "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) ",
    tail: "",
};
const CHANGE: &str = "UPDATE device SET place = $1, kind = $2 WHERE device = $3";
const RELABEL: &str = "UPDATE device SET label = $1 WHERE device = $2";
const REVOKE: &str = "UPDATE device SET until_at = $1 WHERE device = $2 AND until_at > $1";
const LABEL: &str = "SELECT label FROM device WHERE device = $1";

/// What a device is registered with.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// What its sticker says.
    pub label: DeviceLabel,
    /// What it is.
    pub kind: DeviceKind,
    /// Where it stands.
    pub place: Option<PlaceId>,
}

/// What changes of a device; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct DeviceChange {
    /// What its sticker says.
    pub label: Option<DeviceLabel>,
    /// What it is.
    pub kind: Option<DeviceKind>,
    /// Where it stands; `Some(None)`: it moves about.
    pub place: Option<Option<PlaceId>>,
}

/// Acts that may open a device's label inside the transaction, to write it into the certificate.
pub trait SignsDevice: Act {
    /// Which device.
    fn device(&self) -> DeviceId;
}

impl SignsDevice for EnrolDevice {
    fn device(&self) -> DeviceId {
        self.device
    }
}

impl SignsDevice for RenewDevice {
    fn device(&self) -> DeviceId {
        self.device
    }
}

/// Takes a device into the register, with a one-time code for its certificate.
///
/// # Errors
/// [`WorkError::Missing`] for an organization that is not there, [`WorkError::Field`] for a foreign place.
pub async fn register(
    batch: &mut Batch,
    grant: &Grant<IssueDeviceCode>,
    new: &NewDevice,
    code: &NewCode,
) -> Result<(), WorkError> {
    let (device, organization) = (grant.act().device, grant.act().organization);
    if !super::live::organization(batch, organization).await? {
        return Err(WorkError::Missing);
    }
    own_place(batch, organization, new.place).await?;
    let label = seal_label(batch, (organization, device), &new.label).await?;
    let now = batch.now().0;
    batch.stage(
        &DEVICE,
        vec![
            Value::Id(device.as_uuid()),
            Value::Id(organization.as_uuid()),
            Value::Id(new.place.map_or(Uuid::nil(), PlaceId::as_uuid)),
            Value::Int(i64::from(new.kind.code())),
            Value::Bytes(label),
            Value::Int(now),
            Value::Int(i64::MAX),
        ],
    );
    code::stage(batch, device, code);
    batch.policy_changed();
    Ok(())
}

/// Another one-time code for a device that is in the register; an earlier one is worth nothing from now on.
///
/// # Errors
/// [`WorkError::Missing`], also for a revoked device.
pub async fn issue_code(
    batch: &mut Batch,
    grant: &Grant<IssueDeviceCode>,
    code: &NewCode,
) -> Result<(), WorkError> {
    owned(batch, grant.act().device, grant.act().organization).await?;
    code::stage(batch, grant.act().device, code);
    Ok(())
}

/// A device moves, changes its kind or its label.
///
/// # Errors
/// [`WorkError::Missing`], also for a revoked device; [`WorkError::Field`] for a foreign place.
pub async fn change(
    batch: &mut Batch,
    grant: &Grant<ChangeDevice>,
    change: &DeviceChange,
) -> Result<(), WorkError> {
    let (device, organization) = (grant.act().device, grant.act().organization);
    let (place, kind) = owned(batch, device, organization).await?;
    own_place(batch, organization, change.place.flatten()).await?;
    let place = change.place.unwrap_or(place).map_or(Uuid::nil(), PlaceId::as_uuid);
    let kind = i64::from(change.kind.unwrap_or(kind).code());
    let label = match &change.label {
        Some(label) => Some(seal_label(batch, (organization, device), label).await?),
        None => None,
    };
    let id = device.as_uuid();
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(CHANGE).bind(place).bind(kind).bind(id).execute(&mut **c).await.map(drop))?;
    if let Some(label) = label {
        on!(connection, c => sqlx::query(RELABEL).bind(&label[..]).bind(id).execute(&mut **c).await.map(drop))?;
    }
    batch.policy_changed();
    Ok(())
}

/// Blocks a device, at once: its row ends, its keys are revoked, its code is closed, its sessions end with the
/// commit. Returns the keys that counted until now.
///
/// # Errors
/// [`WorkError::Missing`]; [`WorkError::Conflict`] `device.revoked`.
pub async fn revoke(batch: &mut Batch, grant: &Grant<RevokeDevice>) -> Result<Vec<DeviceKey>, WorkError> {
    let (device, organization) = (grant.act().device, grant.act().organization);
    let facts = batch.facts().await?;
    if facts.device(device).is_none_or(|fact| fact.organization != organization) {
        return Err(WorkError::Missing);
    }
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let ended = on!(connection, c => sqlx::query(REVOKE).bind(now).bind(device.as_uuid())
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if ended == 0 {
        return Err(WorkError::Conflict("device.revoked"));
    }
    let keys = key::revoke_all(batch, device).await?;
    code::close(batch, device).await?;
    batch.policy_changed();
    session::end_with(batch, session::Owner::Device(device)).await?;
    Ok(keys)
}

/// The label, for the certificate that is being signed in this transaction.
///
/// # Errors
/// [`WorkError::Missing`]; [`StoreError::Open`] when it was altered or moved.
pub async fn label<A: SignsDevice>(batch: &mut Batch, grant: &Grant<A>) -> Result<DeviceLabel, WorkError> {
    let device = grant.act().device();
    let connection = batch.writing().await?;
    let sealed: Option<Vec<u8>> = on!(connection, c => sqlx::query_scalar(LABEL).bind(device.as_uuid())
        .fetch_optional(&mut **c).await)?;
    let plain = batch.open(slot(device), &sealed.ok_or(WorkError::Missing)?)?;
    Ok(label_of(&plain)?)
}

async fn owned(
    batch: &mut Batch,
    device: DeviceId,
    organization: OrganizationId,
) -> Result<(Option<PlaceId>, DeviceKind), WorkError> {
    let facts = batch.facts().await?;
    let fact = facts.device(device).filter(|fact| fact.organization == organization);
    let live = fact.filter(|fact| fact.is_live(batch.now())).ok_or(WorkError::Missing)?;
    Ok((live.place, live.kind))
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

async fn seal_label(
    batch: &mut Batch,
    (organization, device): (OrganizationId, DeviceId),
    label: &DeviceLabel,
) -> Result<Vec<u8>, StoreError> {
    batch.seal(Scope::Organization(organization.as_uuid()), slot(device), label.as_str().as_bytes()).await
}

pub(super) const fn slot(device: DeviceId) -> Slot {
    Slot::new("device", "label", device.as_uuid())
}

pub(super) fn label_of(plain: &[u8]) -> Result<DeviceLabel, StoreError> {
    let text = std::str::from_utf8(plain).map_err(|_| StoreError::Damaged("device label"))?;
    Ok(DeviceLabel::from_stored(text.to_owned()))
}
