//! A device is taken into the register and gets a one-time code for its certificate.

use super::{Services, UseCaseError, owner::of_device};
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use tasuki_domain::{
    access::Detail,
    id::{DeviceId, OrganizationId},
    policy::{Caller, Grant, IssueDeviceCode},
    problem::{FieldProblem, FieldRule},
    time::{HOUR, MINUTE, Timestamp},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::device::{self, NewCode},
};
use tasuki_vault::token::{OneTimeCode, TokenKind};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use tasuki_store::table::device::NewDevice;

/// The longest life of a code, in minutes.
pub const LONGEST_CODE: i64 = 24 * 60;

/// A code, to be shown once.
pub struct IssuedCode {
    /// The register row.
    pub device: DeviceId,
    /// The code, in four groups of five.
    pub code: Zeroizing<String>,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Takes a device into an organization's register; the code lives for `minutes` (1 to [`LONGEST_CODE`]).
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] (`minutes`, `place`), [`UseCaseError::Missing`].
pub async fn register_device(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    new: NewDevice,
    minutes: i64,
) -> Result<IssuedCode, UseCaseError> {
    let device = DeviceId::from_uuid(Uuid::new_v4());
    issue(services, caller, IssueDeviceCode { organization, device }, (Some(new), minutes)).await
}

/// Another code for a device in the register; an earlier one is worth nothing from now on. With it the device gets a
/// new certificate, and its old ones are revoked.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] (`minutes`), [`UseCaseError::Missing`].
pub async fn issue_device_code(
    services: &Services,
    caller: &Caller,
    device: DeviceId,
    minutes: i64,
) -> Result<IssuedCode, UseCaseError> {
    let organization = of_device(services, device);
    issue(services, caller, IssueDeviceCode { organization, device }, (None, minutes)).await
}

async fn issue(
    services: &Services,
    caller: &Caller,
    act: IssueDeviceCode,
    (new, minutes): (Option<NewDevice>, i64),
) -> Result<IssuedCode, UseCaseError> {
    let device = act.device;
    let grant = services.store.decide(caller, act).await?;
    if !(1..=LONGEST_CODE).contains(&minutes) {
        return Err(FieldProblem::new("minutes", FieldRule::Range(1, LONGEST_CODE)).into());
    }
    let expires_at = services.now().plus((minutes * MINUTE).min(24 * HOUR));
    let code = OneTimeCode::generate(&mut UnwrapErr(SysRng));
    let digest = code.digest(&services.store.keyring().token_pepper(), TokenKind::DeviceEnrolment);
    let text = code.text();
    let stored = NewCode { digest: *digest.as_bytes(), handle: handle(&text), expires_at };
    services.store.write(Issue { grant, new, code: stored }).await?;
    Ok(IssuedCode { device, code: text, expires_at })
}

/// The first group of a code: it finds the code that wrong tries count against, and is no secret by itself.
pub(super) fn handle(text: &str) -> String {
    text.chars().take(5).collect()
}

struct Issue {
    grant: Grant<IssueDeviceCode>,
    new: Option<NewDevice>,
    code: NewCode,
}

impl Work for Issue {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default()
            .with("registered", self.new.is_some())
            .with("expires_at", self.code.expires_at.0);
        let proof = batch.record(&self.grant, detail).await?;
        match &self.new {
            Some(new) => device::register(batch, &self.grant, new, &self.code).await?,
            None => device::issue_code(batch, &self.grant, &self.code).await?,
        }
        Ok(Done::new((), proof))
    }
}
