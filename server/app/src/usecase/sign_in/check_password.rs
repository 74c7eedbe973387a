//! The password step. Unknown, wrong, locked and disabled cost the same: one look-up, one hash, one commit; and they
//! are answered alike.

use super::{
    entries,
    flows::{self, Flow},
    tools,
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Action,
    id::{DeviceId, PersonId},
    policy::{Caller, RefusalReason},
    problem::{FieldProblem, FieldRule},
    session::Claimed,
    time::{MINUTE, Timestamp},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{
        attempt::{self, Failures, Subject},
        credential, passkey,
    },
};
use tasuki_vault::password::{Password, PasswordHash};
use uuid::Uuid;
use webauthn_rs_proto::RequestChallengeResponse;
use zeroize::Zeroizing;

/// The lock grows with each further failure, up to so many times its first length.
const MOST_GROWTH: u32 = 3;

/// What was typed.
pub struct Presented {
    /// Who says to be there.
    pub who: Claimed,
    /// The password as typed.
    pub password: Zeroizing<String>,
}

/// The passkey that is asked for next.
pub struct PasskeyRequest {
    /// Name of the half-done step; single use, five minutes, this device only.
    pub flow: Zeroizing<String>,
    /// For `navigator.credentials.get`.
    pub options: RequestChallengeResponse,
}

/// Checks a password; when it is right, asks for a passkey.
///
/// # Errors
/// [`UseCaseError::SignIn`] for unknown, wrong, locked and disabled alike; `sign_in.no_passkey_here` when the password
/// is right and no passkey of the person counts on this device; too many; busy.
pub async fn check_password(
    services: &Services,
    caller: &Caller,
    presented: Presented,
) -> Result<PasskeyRequest, UseCaseError> {
    let device = tools::device_of(services, caller)?;
    let now = services.now();
    services.limiter.sign_in(device.device, now)?;
    let login = login_index(services, &presented.who).await?;
    let password = typed("password", &presented.password)?;
    let known = credential::find(&services.store, login, now).await?;
    let (person, live, hash) = match known {
        Some(known) => (Some(known.person), known.live, known.hash),
        None => (None, false, None),
    };
    let verified = services.sign_in.hasher.verify(password, hash).await?;
    let step = Step {
        services: services.clone(),
        caller: caller.clone(),
        login,
        device: device.device,
        person,
        live,
        right: verified.right,
        renewed: verified.renewed,
    };
    let person = services.store.write(step).await?.into_value().ok_or(UseCaseError::SignIn)?;
    let demand = tools::demand(services, device, person);
    let passkeys = passkey::of_person(&services.store, person).await?;
    let (options, asked) = services
        .sign_in
        .passkeys
        .ask(person, demand, &passkeys)?
        .ok_or_else(|| UseCaseError::conflict("sign_in.no_passkey_here"))?;
    let flow = Flow::Passkey(flows::Passkey { person, login, asked });
    let flow = services.sign_in.flows.begin(&services.sign_in.pepper, device.device, flow, now)?;
    Ok(PasskeyRequest { flow, options })
}

/// The index of the login name; for somebody without one an index that nobody has, so that the work is the same.
async fn login_index(services: &Services, who: &Claimed) -> Result<Uuid, UseCaseError> {
    match who {
        Claimed::Login(login) => Ok(credential::login_index(&services.store, login.as_str())),
        Claimed::Person(person) => {
            Ok(credential::login_index_of(&services.store, *person).await?.unwrap_or(person.as_uuid()))
        }
    }
}

/// A password as typed; only its length is judged, which bounds the work.
pub(super) fn typed(field: &'static str, text: &str) -> Result<Password, UseCaseError> {
    let too_long = |_| FieldProblem::new(field, FieldRule::TooLong(Password::LONGEST)).into();
    Password::presented(text).map_err(too_long)
}

/// The step's entry with its counters, decided inside the transaction: of many guesses at the same time, the first
/// that fails closes the step for the others, right or wrong.
struct Step {
    services: Services,
    caller: Caller,
    login: Uuid,
    device: DeviceId,
    person: Option<PersonId>,
    live: bool,
    right: bool,
    renewed: Option<PasswordHash>,
}

impl Work for Step {
    type Output = Option<PersonId>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let now = batch.now();
        let subjects = [Subject::Login(self.login), Subject::Device(self.device)];
        let mut known = [Failures::default(); 2];
        for (subject, failures) in subjects.iter().zip(&mut known) {
            *failures = attempt::read(batch, *subject).await?;
        }
        let closed = known.iter().any(|failures| now < failures.closed_until);
        let reason = match (closed, self.right, self.live) {
            (true, ..) => RefusalReason::TooManyFailures,
            (false, false, _) => RefusalReason::Secret,
            (false, true, false) => RefusalReason::Person,
            (false, true, true) => return self.pass(batch).await,
        };
        let refusal =
            entries::refusal(&self.services, &self.caller, (Action::PasswordStep, reason), self.person);
        let proof = batch.append(refusal.entry());
        if !closed {
            for (subject, failures) in subjects.into_iter().zip(known) {
                attempt::write(batch, &proof, subject, self.one_more(failures, now));
            }
        }
        Ok(Done::new(None, proof))
    }
}

impl Step {
    async fn pass(&self, batch: &mut Batch) -> Result<Done<Option<PersonId>>, WorkError> {
        let Some(person) = self.person else { return Err(WorkError::Missing) };
        let facts = batch.facts().await?;
        let proof = batch.append(entries::done(&facts, &self.caller, Action::PasswordStep, person));
        if let Some(hash) = &self.renewed {
            credential::store(batch, &proof, person, hash).await?;
        }
        Ok(Done::new(Some(person), proof))
    }

    fn one_more(&self, before: Failures, now: Timestamp) -> Failures {
        let sign_in = &self.services.config.sign_in;
        let count = before.count.saturating_add(1);
        let lock = sign_in.lock_after_failures.small();
        let closed_for = if count >= lock {
            let growth = 1_i64 << (count - lock).min(MOST_GROWTH);
            tools::times(sign_in.lock_minutes.get(), MINUTE).saturating_mul(growth)
        } else {
            let delay = sign_in.delay_base_ms.get().saturating_mul(1 << (count - 1).min(20));
            tools::times(delay.min(sign_in.delay_max_ms.get()), 1_000)
        };
        Failures { count, closed_until: now.plus(closed_for) }
    }
}
