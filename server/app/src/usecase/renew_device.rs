//! A device renews its own certificate; the old key counts until its own end, at most a day.

use super::{
    Services, UseCaseError,
    device_authority::{self, Signing, new_key, unfit},
};
use crate::tls::{DevicePublicKey, LONGEST_DEVICE_DAYS};
use tasuki_domain::{
    access::Detail,
    id::DeviceId,
    policy::{Caller, Grant, RenewDevice},
    problem::{FieldProblem, FieldRule},
    time::{DAY, Timestamp},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::device};

/// Keys of one device that may count at the same time: its own, and answers that were lost on the way.
const MOST_KEYS: usize = 4;

/// A renewed certificate.
pub struct Renewed {
    /// The new certificate and the authority's, PEM.
    pub chain: String,
    /// When the new certificate ends.
    pub not_after: Timestamp,
    /// Until when the old one counts at most.
    pub old_until: Timestamp,
}

/// Signs a new key for the calling device's row.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] `csr`, [`UseCaseError::Conflict`] `device.renewals` when several
/// renewals are under way.
pub async fn renew_device(
    services: &Services,
    caller: &Caller,
    device: DeviceId,
    request: &[u8],
) -> Result<Renewed, UseCaseError> {
    let grant = services.store.decide(caller, RenewDevice { device }).await?;
    let key =
        DevicePublicKey::from_request(request).map_err(|_| FieldProblem::new("csr", FieldRule::Form))?;
    let signing = device_authority::open(services).await?;
    Ok(services.store.write(Renew { grant, key, signing }).await?.into_value())
}

struct Renew {
    grant: Grant<RenewDevice>,
    key: DevicePublicKey,
    signing: Signing,
}

impl Work for Renew {
    type Output = Renewed;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Renewed>, WorkError> {
        let label = device::label(batch, &self.grant).await?;
        let signed =
            self.signing.authority.issue_device(label.as_str(), &self.key, LONGEST_DEVICE_DAYS, batch.now());
        let signed = signed.map_err(unfit)?;
        let detail = Detail::default().with("new_certificate", signed.facts.serial.hexadecimal());
        let proof = batch.record(&self.grant, detail).await?;
        if device::live_keys(batch, self.grant.act().device).await?.len() >= MOST_KEYS {
            return Err(WorkError::Conflict("device.renewals"));
        }
        let old_until = batch.now().plus(DAY);
        device::supersede(batch, &self.grant, old_until).await?;
        device::add_key(batch, &self.grant, &new_key(&signed.facts)).await?;
        let chain = self.signing.chain_pem(&signed.der);
        Ok(Done::new(Renewed { chain, not_after: signed.facts.not_after, old_until }, proof))
    }
}
