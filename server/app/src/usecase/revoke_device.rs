//! A lost device is blocked: register, sessions, connections and revocation list, at once.

use super::{
    Services, UseCaseError,
    device_authority::{self, Signing},
    owner::of_device,
};
use tasuki_domain::{
    access::Detail,
    device::DeviceKey,
    id::DeviceId,
    policy::{Caller, Grant, RevokeDevice},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{device, exposure},
};

pub use tasuki_store::table::exposure::{Exposure, Shown};

/// What blocking a device did.
pub struct Revoked {
    /// Connections that were ended here; other instances end theirs within seconds.
    pub connections: usize,
    /// What the device could have shown.
    pub exposure: Exposure,
}

/// Blocks a device. When this returns, the change is durable, this instance's connections of it are being ended and
/// its doors refuse its certificates.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Conflict`] `device.revoked`.
pub async fn revoke_device(
    services: &Services,
    caller: &Caller,
    device: DeviceId,
) -> Result<Revoked, UseCaseError> {
    let organization = of_device(services, device);
    let grant = services.store.decide(caller, RevokeDevice { organization, device }).await?;
    let signing = device_authority::open(services).await?;
    let done = services.store.write(Revoke { grant, signing }).await?.into_value();
    // The register refuses every request from here on; ending the connections does not wait for the list.
    let closed: usize = done.keys.iter().map(|key| services.doors.close(key)).sum();
    device_authority::refresh_doors(services).await?;
    Ok(Revoked { connections: closed, exposure: done.exposure })
}

struct Revoke {
    grant: Grant<RevokeDevice>,
    signing: Signing,
}

struct Ended {
    keys: Vec<DeviceKey>,
    exposure: Exposure,
}

impl Work for Revoke {
    type Output = Ended;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Ended>, WorkError> {
        let exposure = exposure::of_device(batch, &self.grant).await?;
        let detail = Detail::default().with("shown", exposure.shown.len()).with("lists", exposure.lists);
        let proof = batch.record(&self.grant, detail).await?;
        let keys = device::revoke(batch, &self.grant).await?;
        if !keys.is_empty() {
            self.signing.sign_list(batch).await?;
        }
        Ok(Done::new(Ended { keys, exposure }, proof))
    }
}
