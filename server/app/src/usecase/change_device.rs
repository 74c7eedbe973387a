//! A device moves, changes its kind or its label.

use super::{Services, UseCaseError, owner::of_device};
use tasuki_domain::{
    access::Detail,
    id::DeviceId,
    policy::{Caller, ChangeDevice, Grant},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::device};

pub use tasuki_store::table::device::DeviceChange;

/// Changes a device in the register.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`] also for a revoked device, [`UseCaseError::Field`] (`place`).
pub async fn change_device(
    services: &Services,
    caller: &Caller,
    device: DeviceId,
    change: DeviceChange,
) -> Result<(), UseCaseError> {
    let organization = of_device(services, device);
    let grant = services.store.decide(caller, ChangeDevice { organization, device }).await?;
    services.store.write(Change { grant, change }).await?;
    Ok(())
}

struct Change {
    grant: Grant<ChangeDevice>,
    change: DeviceChange,
}

impl Work for Change {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let mut detail = Detail::default().with("label_changed", self.change.label.is_some());
        if let Some(kind) = self.change.kind {
            detail = detail.with("kind", kind.text());
        }
        if let Some(place) = self.change.place {
            detail = detail.with("place", place.map_or_else(|| "none".to_owned(), |place| place.to_string()));
        }
        let proof = batch.record(&self.grant, detail).await?;
        device::change(batch, &self.grant, &self.change).await?;
        Ok(Done::new((), proof))
    }
}
