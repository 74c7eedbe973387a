//! The begin of a session: row, entry, counters and the end of what it takes the place of, in one commit.

use super::{entries, passkeys::Proof, tools};
use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::{Action, ObjectKind, Target},
    device::DeviceFact,
    id::SessionId,
    policy::{Actor, Caller, PostFact, Refusal, RefusalReason},
    session::{LiveSession, SessionStart},
};
use tasuki_store::{
    Batch, Done, EntryProof, StoreError, Work, WorkError,
    table::{
        attempt::{self, Subject},
        passkey,
        session::{self, Ending},
    },
};
use tasuki_vault::token::{SessionToken, TokenKind};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A session that has begun or goes on under a new token.
pub struct BegunSession {
    /// The live object.
    pub session: Arc<LiveSession>,
    /// The token, for the cookie; shown once.
    pub token: Zeroizing<String>,
}

/// A full sign-in with both factors shown.
pub(super) struct FullSignIn {
    pub(super) device: DeviceFact,
    pub(super) post: PostFact,
    pub(super) proof: Proof,
    /// Blind index of the login name.
    pub(super) login: Uuid,
}

/// Begins the session of a full sign-in.
pub(super) async fn begin(
    services: &Services,
    caller: &Caller,
    sign_in: FullSignIn,
) -> Result<BegunSession, UseCaseError> {
    let now = services.now();
    let (device, post) = (sign_in.device, sign_in.post);
    let start = SessionStart {
        session: SessionId::from_uuid(Uuid::new_v4()),
        person: post.person,
        post: post.post,
        organization: device.organization,
        device: device.device,
        signed_in_at: now,
        expires_at: tools::end_of_shift(services, device.kind, now),
        idle: tools::idle(services, device.kind),
    };
    let session = Arc::new(LiveSession::new(start, now));
    let token = SessionToken::generate(&mut super::entropy());
    let digest = *token.digest(&services.sign_in.pepper, TokenKind::Session).as_bytes();
    let work = Begin {
        caller: Caller { actor: Actor::Person(session.clone()), ..caller.clone() },
        place: Place::of(services, &session),
        session: session.clone(),
        digest,
        sign_in,
    };
    let proof = work.sign_in.proof;
    match services.store.write(work).await {
        Ok(_) => Ok(BegunSession { session, token: token.text() }),
        Err(WorkError::Conflict(COUNTER)) => Err(counter_back(services, caller, Action::SignIn, proof).await),
        Err(error) => Err(error.into()),
    }
}

/// The conflict of a counter that another use has overtaken.
pub(super) const COUNTER: &str = "passkey.counter";

/// Records and flags a passkey whose counter went back; gives the answer of every failed step.
pub(super) async fn counter_back(
    services: &Services,
    caller: &Caller,
    action: Action,
    proof: Proof,
) -> UseCaseError {
    let refusal = entries::refusal(services, caller, (action, RefusalReason::Secret), Some(proof.person));
    match services.store.write(Flag { refusal, passkey: proof.passkey }).await {
        Ok(_) => UseCaseError::SignIn,
        Err(error) => error.into(),
    }
}

struct Flag {
    refusal: Box<Refusal>,
    passkey: tasuki_domain::id::PasskeyId,
}

impl Work for Flag {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let mut entry = self.refusal.entry();
        entry.detail = entry.detail.with("passkey", self.passkey).with("counter", "back");
        let proof = batch.append(entry);
        passkey::flag(batch, &proof, self.passkey).await?;
        Ok(Done::new((), proof))
    }
}

struct Begin {
    caller: Caller,
    session: Arc<LiveSession>,
    place: Place,
    digest: [u8; 32],
    sign_in: FullSignIn,
}

impl Work for Begin {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let (facts, now) = (batch.facts().await?, batch.now());
        let session = &self.session;
        let target = Target::object(ObjectKind::Session, session.session.as_uuid())
            .organization(Some(session.organization));
        let device = facts.device(session.device).is_some_and(|device| device.is_live(now));
        let person = facts.person(session.person).is_some_and(|person| person.period.contains(now));
        let post = facts.post(session.post).is_some_and(|post| post.is_live(now));
        let refused =
            [(device, RefusalReason::Device), (person, RefusalReason::Person), (post, RefusalReason::Post)];
        if let Some((_, reason)) = refused.into_iter().find(|(holds, _)| !holds) {
            let caller = self.caller.clone();
            return Err(WorkError::Refused(Box::new(Refusal {
                caller,
                action: Action::SignIn,
                target,
                reason,
            })));
        }
        let mut entry = entries::done(&facts, &self.caller, Action::SignIn, session.person);
        entry.target = target;
        entry.detail.job_type = Some(self.sign_in.post.job_type.0);
        entry.detail = entry.detail.with("passkey", self.sign_in.proof.passkey);
        let proof = batch.append(entry);
        use_passkey(batch, &proof, self.sign_in.proof).await?;
        attempt::clear(batch, &proof, Subject::Login(self.sign_in.login)).await?;
        attempt::clear(batch, &proof, Subject::Device(session.device)).await?;
        self.place.take(batch, &proof).await?;
        session::begin(batch, &proof, session, self.digest);
        Ok(Done::new((), proof))
    }
}

/// Moves the counter on; a passkey that another use has overtaken must not count.
pub(super) async fn use_passkey(
    batch: &mut Batch,
    entry: &EntryProof,
    proof: Proof,
) -> Result<(), WorkError> {
    if passkey::used(batch, entry, proof.passkey, proof.counter).await? {
        Ok(())
    } else {
        Err(WorkError::Conflict(COUNTER))
    }
}

/// What a person's coming does to the sessions on the device: an older one of the same person ends, those of others
/// lock, so that nobody goes on in another's name.
pub(super) struct Place {
    replaced: Vec<SessionId>,
    locked: Vec<SessionId>,
}

impl Place {
    pub(super) fn of(services: &Services, coming: &LiveSession) -> Self {
        let on_device = services
            .store
            .sessions()
            .select(|other| other.device == coming.device && other.session != coming.session);
        let (own, others): (Vec<_>, Vec<_>) =
            on_device.into_iter().partition(|other| other.person == coming.person);
        Self {
            replaced: own.iter().map(|other| other.session).collect(),
            locked: others.iter().filter(|other| !other.is_locked()).map(|other| other.session).collect(),
        }
    }

    pub(super) async fn take(&self, batch: &mut Batch, entry: &EntryProof) -> Result<(), StoreError> {
        for replaced in &self.replaced {
            session::end(batch, entry, *replaced, Ending::Replaced).await?;
        }
        for locked in &self.locked {
            session::lock(batch, entry, *locked).await?;
        }
        Ok(())
    }
}
