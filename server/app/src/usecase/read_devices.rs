//! The device register of an organization.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, ReadDevices},
    time::Timestamp,
};
use tasuki_store::table::device;

pub use tasuki_store::table::device::{DeviceRow, KeyRow};

/// The register as it was at a time.
pub struct Register {
    /// The devices, by label.
    pub devices: Vec<DeviceRow>,
    /// When it was read.
    pub at: Timestamp,
}

/// The devices of an organization, by label, with their certificates.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn read_devices(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Register, UseCaseError> {
    let grant = services.store.decide(caller, ReadDevices { organization }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let at = services.now();
    Ok(Register { devices: device::of_organization(&services.store, &look).await?, at })
}
