//! A locked or unsigned device is rung for すぐ at its place. It shows no content; that it rang is in the log first.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::DeviceId,
    policy::{Caller, RingDevice},
};

/// Records that a device rings, before it does.
///
/// # Errors
/// A refusal: the device is no longer in use; or the store failed.
pub async fn ring_device(services: &Services, caller: &Caller, device: DeviceId) -> Result<(), UseCaseError> {
    let grant = services.store.decide(caller, RingDevice { device }).await?;
    services.store.reveal_within_window(grant, Detail::default()).await?;
    Ok(())
}
