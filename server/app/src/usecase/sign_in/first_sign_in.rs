//! The first sign-in: a one-time code that a second person has confirmed, then a password, then a passkey. Nothing is
//! kept before the last of them; the code is used up with it, in one commit.

use super::{
    Attestation, PasskeyWish, entries,
    flows::{Coded, Flow, FlowKey},
    passkeys::Wish,
    password_rules::OwnWords,
    present_passkey::unknown_flow,
    tools,
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Action,
    id::{DeviceId, PasskeyId, PersonId},
    policy::{Caller, Refusal, RefusalReason},
    problem::{FieldProblem, FieldRule},
    text::Login,
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{
        credential, enrolment_code,
        passkey::{self, NewPasskey},
    },
};
use tasuki_vault::{
    password::PasswordHash,
    token::{OneTimeCode, TokenDigest, TokenKind},
};
use uuid::Uuid;
use webauthn_rs_proto::CreationChallengeResponse;
use zeroize::Zeroizing;

/// What was typed from the paper.
pub struct FirstCode {
    /// The login name.
    pub login: Login,
    /// The one-time code as typed; case, width, blanks and hyphens are forgiven.
    pub code: Zeroizing<String>,
}

/// A passkey that is asked for.
pub struct PasskeyCreation {
    /// Name of the half-done step.
    pub flow: Zeroizing<String>,
    /// For `navigator.credentials.create`.
    pub options: CreationChallengeResponse,
}

/// Checks a one-time code; returns the name of the half-done step, in which a password is to be chosen.
///
/// # Errors
/// [`UseCaseError::SignIn`] for unknown, wrong, unconfirmed, expired, used and disabled alike; too many.
pub async fn check_code(
    services: &Services,
    caller: &Caller,
    typed: FirstCode,
) -> Result<Zeroizing<String>, UseCaseError> {
    let device = tools::device_of(services, caller)?.device;
    let (tools, now) = (&services.sign_in, services.now());
    services.limiter.sign_in(device, now)?;
    let login = typed.login.as_str();
    let index = credential::login_index(&services.store, login);
    let code = OneTimeCode::parse(&typed.code).map_err(|_| mistyped())?;
    let known = credential::find(&services.store, index, now).await?;
    let live = known.as_ref().is_some_and(|known| known.live);
    let person = known.map(|known| known.person);
    let asked = person.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()));
    let stored = enrolment_code::of_person(&services.store, asked).await?;
    let digest = code.digest(&tools.pepper, TokenKind::PersonEnrolment);
    let right = stored.is_some_and(|code| code.digest == digest && code.counts(now));
    let step = CodeStep { services: services.clone(), caller: caller.clone(), person, right: right && live };
    let step = services.store.write(step).await?;
    let Some(person) = *step.value() else { return Err(UseCaseError::SignIn) };
    let words = OwnWords::of(services, &step, person).await?;
    let coded = Coded { person, digest, login: Zeroizing::new(login.to_owned()), words };
    tools.flows.begin(&tools.pepper, device, Flow::ChoosePassword(coded), now)
}

/// A typing error, found by the check symbol: no try at a code.
fn mistyped() -> UseCaseError {
    let rule = FieldRule::Own {
        code: "code.typo",
        japanese: "コードの入力に間違いがあります。紙をもう一度見てください。",
        english: "The code has a typing error. Please look at the paper again.",
    };
    FieldProblem::new("code", rule).into()
}

struct CodeStep {
    services: Services,
    caller: Caller,
    person: Option<PersonId>,
    right: bool,
}

impl Work for CodeStep {
    type Output = Option<PersonId>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        if let (true, Some(person)) = (self.right, self.person) {
            let facts = batch.facts().await?;
            let mut entry = entries::done(&facts, &self.caller, Action::FirstSignIn, person);
            entry.detail = entry.detail.with("step", "code");
            let proof = batch.append(entry);
            return Ok(Done::new(Some(person), proof));
        }
        let refused = (Action::FirstSignIn, RefusalReason::Secret);
        let entry = entries::refusal(&self.services, &self.caller, refused, self.person).entry();
        let proof = batch.append(entry);
        let person = self.person.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()));
        enrolment_code::fail(batch, &proof, person).await?;
        Ok(Done::new(None, proof))
    }
}

/// Chooses the password. A password that breaks a rule leaves the step as it is, for another try.
///
/// # Errors
/// `password` with the rule that it breaks; [`UseCaseError::SignIn`] for an unknown step; busy.
pub async fn choose_first_password(
    services: &Services,
    caller: &Caller,
    flow: &str,
    password: &str,
) -> Result<(), UseCaseError> {
    let (device, tools) = (tools::device_of(services, caller)?.device, &services.sign_in);
    let taken = tools.flows.take(&tools.pepper, device, flow, services.now());
    let Some((key, Flow::ChoosePassword(coded))) = taken else {
        return Err(unknown_flow(services, caller, Action::FirstSignIn).await);
    };
    let hashed = match coded.words.judge(&coded.login, "password", password) {
        Ok(password) => tools.hasher.hash(password).await.map_err(UseCaseError::from),
        Err(problem) => Err(problem),
    };
    let (next, answer) = match hashed {
        Ok(hash) => (Flow::ChoosePasskey(coded, hash), Ok(())),
        Err(error) => (Flow::ChoosePassword(coded), Err(error)),
    };
    tools.flows.go_on(key, device, next, services.now());
    answer
}

/// Asks for the first passkey; once more, when the browser's window was closed without one.
///
/// # Errors
/// `passkey.shared_device`; [`UseCaseError::SignIn`] for an unknown step.
pub async fn ask_first_passkey(
    services: &Services,
    caller: &Caller,
    flow: &str,
    wish: &PasskeyWish,
) -> Result<CreationChallengeResponse, UseCaseError> {
    let (device, tools) = (tools::device_of(services, caller)?, &services.sign_in);
    let taken = tools.flows.take(&tools.pepper, device.device, flow, services.now());
    let Some((key, Flow::ChoosePasskey(coded, hash) | Flow::FirstPasskey(coded, hash, _))) = taken else {
        return Err(unknown_flow(services, caller, Action::FirstSignIn).await);
    };
    let wish = Wish {
        id: PasskeyId::from_uuid(Uuid::new_v4()),
        person: coded.person,
        login: &coded.login,
        name: &coded.words.name,
        kind: wish.kind,
        label: wish.label.as_str(),
    };
    let demand = tools::demand(services, device, coded.person);
    let (next, answer) = match tools.passkeys.ask_new(demand, &wish, &[]) {
        Ok((options, registering)) => {
            (Flow::FirstPasskey(coded.clone(), hash, Box::new(registering)), Ok(options))
        }
        Err(error) => (Flow::ChoosePasskey(coded.clone(), hash), Err(error)),
    };
    tools.flows.go_on(key, device.device, next, services.now());
    answer
}

/// Registers the first passkey and keeps password and passkey; the code is used up. A full sign-in follows. A passkey
/// that does not count leaves the password chosen: another one may be asked for.
///
/// # Errors
/// As for any new passkey; [`UseCaseError::SignIn`] when the code no longer counts.
pub async fn finish_first_sign_in(
    services: &Services,
    caller: &Caller,
    flow: &str,
    answer: &Attestation,
) -> Result<(), UseCaseError> {
    let (device, tools) = (tools::device_of(services, caller)?.device, &services.sign_in);
    let taken = tools.flows.take(&tools.pepper, device, flow, services.now());
    let Some((key, Flow::FirstPasskey(coded, hash, registering))) = taken else {
        return Err(unknown_flow(services, caller, Action::FirstSignIn).await);
    };
    match tools.passkeys.verify_new(&registering, answer) {
        Ok(new) => enrol(services, caller, (coded, hash), new).await,
        Err(error) => Err(again(services, caller, (key, device), (coded, hash), error).await),
    }
}

async fn again(
    services: &Services,
    caller: &Caller,
    (key, device): (FlowKey, DeviceId),
    (coded, hash): (Coded, PasswordHash),
    error: UseCaseError,
) -> UseCaseError {
    let refused = (Action::FirstSignIn, RefusalReason::Secret);
    let refusal = entries::refusal(services, caller, refused, Some(coded.person));
    services.sign_in.flows.go_on(key, device, Flow::ChoosePasskey(coded, hash), services.now());
    match services.store.refuse(refusal).await {
        WorkError::Refused(_) => error,
        other => other.into(),
    }
}

async fn enrol(
    services: &Services,
    caller: &Caller,
    (coded, hash): (Coded, PasswordHash),
    new: NewPasskey,
) -> Result<(), UseCaseError> {
    let refused = (Action::FirstSignIn, RefusalReason::Secret);
    let work = Enrol {
        refusal: entries::refusal(services, caller, refused, Some(coded.person)),
        digest: coded.digest,
        hash,
        new,
    };
    match services.store.write(work).await {
        Ok(_) => Ok(()),
        Err(WorkError::Refused(_)) => Err(UseCaseError::SignIn),
        Err(error) => Err(error.into()),
    }
}

struct Enrol {
    refusal: Box<Refusal>,
    digest: TokenDigest,
    hash: PasswordHash,
    new: NewPasskey,
}

impl Work for Enrol {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let (facts, now, person) = (batch.facts().await?, batch.now(), self.new.person);
        let live = facts.person(person).is_some_and(|fact| fact.period.contains(now));
        let mut entry = entries::done(&facts, &self.refusal.caller, Action::FirstSignIn, person);
        entry.detail = entry.detail.with("step", "passkey").with("passkey", self.new.passkey);
        let proof = batch.append(entry);
        if !live || !enrolment_code::use_up(batch, &proof, person, self.digest).await? {
            return Err(WorkError::Refused(self.refusal.clone()));
        }
        credential::store(batch, &proof, person, &self.hash).await?;
        passkey::register(batch, &proof, &self.new).await?;
        Ok(Done::new((), proof))
    }
}
