//! 復帰: within a shift the passkey with user verification alone, since possession plus PIN or biometrics are two
//! kinds. It stays possible while the password step is locked, so that nobody can lock a ward out (decision 18).

use super::{
    Assertion, BegunSession, PasskeyRequest,
    begin_session::{self, COUNTER, Place},
    entries,
    flows::Flow,
    passkeys::Proof,
    present_passkey::{refuse, unknown_flow},
    tools,
};
use crate::usecase::{Services, UseCaseError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use tasuki_domain::{
    access::{Action, Detail},
    device::DeviceFact,
    id::{PersonId, SessionId},
    policy::{Actor, Caller, Grant, RefusalReason, Return},
    session::{LiveSession, SessionStart, SessionState},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{
        attempt::{self, Subject},
        credential, passkey, session,
    },
};
use tasuki_vault::token::{SessionToken, TokenKind};
use uuid::Uuid;
use webauthn_rs_proto::RequestChallengeResponse;

/// Asks for the passkey of whoever returns. An unknown person gets options of the same form.
///
/// # Errors
/// `return.switched_off`; too many; busy.
pub async fn ask_return(
    services: &Services,
    caller: &Caller,
    person: PersonId,
) -> Result<PasskeyRequest, UseCaseError> {
    if !services.config.sign_in.return_by_passkey {
        return Err(UseCaseError::conflict("return.switched_off"));
    }
    let device = tools::device_of(services, caller)?;
    let now = services.now();
    services.limiter.sign_in(device.device, now)?;
    let demand = tools::demand(services, device, person);
    let passkeys = passkey::of_person(&services.store, person).await?;
    let (options, asked) = match services.sign_in.passkeys.ask(person, demand, &passkeys)? {
        Some((options, asked)) => (options, Some(asked)),
        None => (decoy(services, person), None),
    };
    let tools = &services.sign_in;
    let flow = tools.flows.begin(&tools.pepper, device.device, Flow::Return { person, asked }, now)?;
    Ok(PasskeyRequest { flow, options })
}

/// Options with a credential id that depends on the person's id alone and that nobody else can compute.
fn decoy(services: &Services, person: PersonId) -> RequestChallengeResponse {
    let text = URL_SAFE_NO_PAD.encode([*person.as_uuid().as_bytes(); 2].concat());
    let id = SessionToken::parse(&text)
        .map(|token| token.digest(&services.sign_in.pepper, TokenKind::Ticket))
        .expect("32 bytes are a token");
    services.sign_in.passkeys.decoy(services.store.rp_id(), id.as_bytes())
}

/// Returns to one's session of this shift, under a new token: on its own device it goes on, on another device of the
/// same organization one begins here for the rest of the shift.
///
/// # Errors
/// [`UseCaseError::SignIn`] for a wrong passkey; after a right one the reason: disabled, locked, or that a full sign-in
/// is needed.
pub async fn finish_return(
    services: &Services,
    caller: &Caller,
    flow: &str,
    answer: &Assertion,
) -> Result<BegunSession, UseCaseError> {
    let device = tools::device_of(services, caller)?;
    let tools = &services.sign_in;
    let taken = tools.flows.take(&tools.pepper, device.device, flow, services.now());
    let Some((_, Flow::Return { person, asked })) = taken else {
        return Err(unknown_flow(services, caller, Action::Return).await);
    };
    let Some(asked) = asked else {
        let known = services.store.facts().person(person).map(|fact| fact.person);
        let refusal = entries::refusal(services, caller, (Action::Return, RefusalReason::Secret), known);
        let recorded = services.store.refuse(refusal).await;
        return Err(match recorded {
            WorkError::Refused(_) => UseCaseError::SignIn,
            other => other.into(),
        });
    };
    let proof = match tools.passkeys.verify(&asked, answer) {
        Ok(proof) => proof,
        Err(wrong) => return Err(refuse(services, caller, Action::Return, (person, wrong)).await),
    };
    match origin(services, device, person) {
        Some(origin) => go_on(services, caller, device, (origin, proof)).await,
        None => Err(why_not(services, caller, proof).await),
    }
}

/// The person's session of this shift at the device's organization: the one on this device, or the latest.
fn origin(services: &Services, device: DeviceFact, person: PersonId) -> Option<Arc<LiveSession>> {
    let now = services.now();
    let mut live = services.store.sessions().select(|session| {
        session.person == person
            && session.organization == device.organization
            && matches!(session.state(now), SessionState::Live | SessionState::Locked)
            && tools::end_of_shift(services, device.kind, session.signed_in_at) > now
    });
    live.sort_by_key(|session| (session.device == device.device, session.signed_in_at));
    live.pop()
}

async fn go_on(
    services: &Services,
    caller: &Caller,
    device: DeviceFact,
    (origin, proof): (Arc<LiveSession>, Proof),
) -> Result<BegunSession, UseCaseError> {
    let here = origin.device == device.device;
    let session = if here { origin } else { elsewhere(services, device, &origin) };
    let token = SessionToken::generate(&mut super::entropy());
    let digest = *token.digest(&services.sign_in.pepper, TokenKind::Session).as_bytes();
    let person = Caller { actor: Actor::Person(session.clone()), ..caller.clone() };
    let grant = services.store.decide(&person, Return { session: session.session }).await?;
    let place = Place::of(services, &session);
    let work = GoOn { grant, session: session.clone(), digest, proof, here, place };
    match services.store.write(work).await {
        Ok(_) => Ok(BegunSession { session, token: token.text() }),
        Err(WorkError::Conflict(COUNTER)) => {
            Err(begin_session::counter_back(services, caller, Action::Return, proof).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// The same shift and post on this device.
fn elsewhere(services: &Services, device: DeviceFact, origin: &LiveSession) -> Arc<LiveSession> {
    let end = tools::end_of_shift(services, device.kind, origin.signed_in_at);
    let start = SessionStart {
        session: SessionId::from_uuid(Uuid::new_v4()),
        person: origin.person,
        post: origin.post,
        organization: origin.organization,
        device: device.device,
        signed_in_at: origin.signed_in_at,
        expires_at: end.min(origin.expires_at),
        idle: tools::idle(services, device.kind),
    };
    Arc::new(LiveSession::new(start, services.now()))
}

struct GoOn {
    grant: Grant<Return>,
    session: Arc<LiveSession>,
    digest: [u8; 32],
    proof: Proof,
    here: bool,
    place: Place,
}

impl Work for GoOn {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default().with("passkey", self.proof.passkey);
        let entry = batch.record(&self.grant, detail).await?;
        begin_session::use_passkey(batch, &entry, self.proof).await?;
        self.place.take(batch, &entry).await?;
        if !self.here {
            session::begin(batch, &entry, &self.session, self.digest);
        } else if !session::renew_token(batch, &entry, self.session.session, self.digest).await? {
            return Err(WorkError::Conflict("return.full_sign_in"));
        }
        Ok(Done::new((), entry))
    }
}

/// Why a right passkey finds nothing to return to: told, because it was right.
async fn why_not(services: &Services, caller: &Caller, proof: Proof) -> UseCaseError {
    let (facts, now, person) = (services.store.facts(), services.now(), proof.person);
    let disabled = !facts.person(person).is_some_and(|fact| fact.period.contains(now));
    let reason = if disabled { RefusalReason::Person } else { RefusalReason::Session };
    let refusal = entries::refusal(services, caller, (Action::Return, reason), Some(person));
    let locked = async {
        let Some(login) = credential::login_index_of(&services.store, person).await? else {
            return Ok(false);
        };
        let failures = attempt::read_now(&services.store, Subject::Login(login)).await?;
        Ok::<bool, tasuki_store::StoreError>(now < failures.closed_until)
    };
    match services.store.write(Used { refusal, proof }).await {
        Err(WorkError::Conflict(COUNTER)) => {
            return begin_session::counter_back(services, caller, Action::Return, proof).await;
        }
        Err(error) => return error.into(),
        Ok(_) => {}
    }
    match locked.await {
        Err(error) => error.into(),
        Ok(_) if disabled => UseCaseError::conflict("sign_in.disabled"),
        Ok(true) => UseCaseError::conflict("sign_in.locked"),
        Ok(false) => UseCaseError::conflict("return.full_sign_in"),
    }
}

/// A right passkey without effect: its counter moves on all the same.
struct Used {
    refusal: Box<tasuki_domain::policy::Refusal>,
    proof: Proof,
}

impl Work for Used {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let entry = batch.append(self.refusal.entry());
        begin_session::use_passkey(batch, &entry, self.proof).await?;
        Ok(Done::new((), entry))
    }
}
