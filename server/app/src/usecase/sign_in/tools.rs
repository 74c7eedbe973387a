//! What the sign-in use cases share: hashing threads, half-done steps, passkeys, and who is asked for what.

use super::{flows::Flows, passkeys::Passkeys};
use crate::{
    config::Config,
    hasher::Hasher,
    usecase::{Services, UseCaseError},
};
use std::path::Path;
use tasuki_domain::{
    device::{DeviceFact, DeviceKind},
    id::PersonId,
    passkey::PasskeyDemand,
    policy::{Actor, Caller, RefusalReason},
    session::LiveSession,
    time::{HOUR, MINUTE, Timestamp},
};
use tasuki_vault::token::TokenPepper;
use webauthn_rs::prelude::AttestationCaList;

/// The list of attestation authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AttestationProblem {
    /// The file cannot be read.
    #[error("the file of attestation authorities cannot be read")]
    Read(#[from] std::io::Error),
    /// The file holds no certificate, or a broken one.
    #[error("the file of attestation authorities holds no certificate, or a broken one")]
    Content,
}

/// The tools of signing in.
pub struct SignInTools {
    pub(super) hasher: Hasher,
    pub(super) flows: Flows,
    pub(super) passkeys: Passkeys,
    pub(super) pepper: TokenPepper,
}

impl SignInTools {
    /// The tools as configured, for passkeys bound to `rp_id`, the name that `init` has settled. Where a list of
    /// attestation authorities is configured, it is empty until [`SignInTools::attesting`] has read it.
    #[must_use]
    pub fn new(config: &Config, rp_id: &str, pepper: TokenPepper) -> Self {
        let list = config.sign_in.attestation_ca_file.as_ref().map(|_| AttestationCaList::default());
        Self {
            hasher: Hasher::new(&config.limits.hashing, &config.sign_in.argon2),
            flows: Flows::default(),
            passkeys: Passkeys::new(rp_id, config.server.listen.port(), list)
                .expect("init settles a DNS name, which is a relying party of its own origin"),
            pepper,
        }
    }

    /// With the attestation authorities of this file (PEM, one or more certificates).
    ///
    /// # Errors
    /// [`AttestationProblem`].
    pub fn attesting(mut self, file: &Path) -> Result<Self, AttestationProblem> {
        self.passkeys.trust(read_list(file)?);
        Ok(self)
    }

    /// The hashing threads.
    #[must_use]
    pub const fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Whether the makers of security keys are checked (`tasuki check` says so when they are not).
    #[must_use]
    pub const fn attests(&self) -> bool {
        self.passkeys.attests()
    }
}

/// Reads the operator's list: one or more certificates in PEM.
fn read_list(file: &Path) -> Result<AttestationCaList, AttestationProblem> {
    const END: &str = "-----END CERTIFICATE-----";
    let text = std::fs::read_to_string(file)?;
    let mut list = AttestationCaList::default();
    for certificate in text.split_inclusive(END).filter(|part| part.contains(END)) {
        let start = certificate.find("-----BEGIN CERTIFICATE-----").ok_or(AttestationProblem::Content)?;
        let certificate = certificate.get(start..).ok_or(AttestationProblem::Content)?;
        let one =
            AttestationCaList::try_from(certificate.as_bytes()).map_err(|_| AttestationProblem::Content)?;
        list.union(&one);
    }
    if list.is_empty() { Err(AttestationProblem::Content) } else { Ok(list) }
}

/// The register row of the device that asks.
pub(super) fn device_of(services: &Services, caller: &Caller) -> Result<DeviceFact, UseCaseError> {
    let device = match &caller.actor {
        Actor::Device { device, .. } => Some(*device),
        Actor::Person(session) => Some(session.device),
        Actor::Operator(_) | Actor::Job(_) => None,
    };
    device.and_then(|device| services.store.facts().device(device).copied()).ok_or(UseCaseError::Missing)
}

/// What a passkey of this person must be on this device.
pub(super) fn demand(services: &Services, device: DeviceFact, person: PersonId) -> PasskeyDemand {
    let administers = services.store.facts().roles_of(person, services.now()).next().is_some();
    PasskeyDemand { device, administers, attestation: services.sign_in.attests() }
}

/// The session of the person who asks.
pub(super) fn own_session(caller: &Caller) -> Result<&std::sync::Arc<LiveSession>, UseCaseError> {
    caller.session().ok_or(UseCaseError::Missing)
}

/// Demands a fresh passkey; records the refusal.
pub(super) async fn demand_step_up(
    services: &Services,
    caller: &Caller,
    refusal: impl FnOnce(RefusalReason) -> Box<tasuki_domain::policy::Refusal>,
) -> Result<(), UseCaseError> {
    if services.now() < own_session(caller)?.stepped_up_until() {
        return Ok(());
    }
    Err(services.store.refuse(refusal(RefusalReason::StepUp)).await.into())
}

/// Microseconds without activity after which a session on such a device locks.
pub(super) fn idle(services: &Services, kind: DeviceKind) -> i64 {
    let sign_in = &services.config.sign_in;
    let minutes = match kind {
        DeviceKind::Shared => sign_in.idle_minutes_shared.get(),
        DeviceKind::Personal => sign_in.idle_minutes_phone.get(),
        DeviceKind::Desktop => sign_in.idle_minutes_pc.get(),
    };
    times(minutes, MINUTE)
}

/// When a sign-in of `signed_in_at` ends on such a device.
pub(super) fn end_of_shift(services: &Services, kind: DeviceKind, signed_in_at: Timestamp) -> Timestamp {
    let sign_in = &services.config.sign_in;
    let hours = if kind.is_care_device() {
        sign_in.longest_hours_care.get()
    } else {
        sign_in.longest_hours_other.get()
    };
    signed_in_at.plus(times(hours, HOUR))
}

/// So many of a unit, in microseconds.
pub(super) fn times(count: u64, unit: i64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(unit)
}
