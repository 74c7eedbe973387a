//! Locking and ending sessions: by the person, everywhere, and when the shift is over.

use super::tools;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{RequestId, SessionId},
    policy::{
        Actor, Caller, EndSession, EndSessions, Grant, JobKind, Lock, RefusalReason, SessionExpired, SignOut,
    },
    session::{LiveSession, SessionState},
    time::{SECOND, Timestamp},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::session::{self, Ending},
};
use uuid::Uuid;

/// Activity is stored for sessions that were active within this; the job comes by once a minute.
const RECENT: i64 = 90 * SECOND;

/// ログアウト: ends one's session; its sockets close.
///
/// # Errors
/// A refusal, when the session has ended already.
pub async fn sign_out(services: &Services, caller: &Caller) -> Result<(), UseCaseError> {
    let session = tools::own_session(caller)?.session;
    let grant = services.store.decide(caller, SignOut { session }).await?;
    services.store.write(SigningOut(grant)).await?;
    Ok(())
}

struct SigningOut(Grant<SignOut>);

impl Work for SigningOut {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let entry = batch.record(&self.0, Detail::default()).await?;
        session::end(batch, &entry, self.0.act().session, Ending::SignedOut).await?;
        Ok(Done::new((), entry))
    }
}

/// Ends one of one's own sessions, wherever it is; its sockets close.
///
/// # Errors
/// A refusal: the same for another person's session, for an ended one and for one that never was.
pub async fn end_session(
    services: &Services,
    caller: &Caller,
    session: SessionId,
) -> Result<(), UseCaseError> {
    let person = tools::own_session(caller)?.person;
    let grant = services.store.decide(caller, EndSession { person, session }).await?;
    services.store.write(EndingOne(grant)).await?;
    Ok(())
}

struct EndingOne(Grant<EndSession>);

impl Work for EndingOne {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let device = session::device_of_own(batch, &self.0).await?;
        let device = device.ok_or_else(|| self.0.refused(RefusalReason::Missing))?;
        let entry = batch.record(&self.0, Detail::default().with("ended_on", device)).await?;
        session::end(batch, &entry, self.0.act().session, Ending::SignedOut).await?;
        Ok(Done::new((), entry))
    }
}

/// Ends one's sessions on every device.
///
/// # Errors
/// A refusal.
pub async fn end_sessions(services: &Services, caller: &Caller) -> Result<(), UseCaseError> {
    let person = tools::own_session(caller)?.person;
    let grant = services.store.decide(caller, EndSessions { person }).await?;
    services.store.write(Everywhere(grant)).await?;
    Ok(())
}

struct Everywhere(Grant<EndSessions>);

impl Work for Everywhere {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let entry = batch.record(&self.0, Detail::default()).await?;
        session::end_person(batch, &entry, self.0.act().person, Ending::Everywhere).await?;
        Ok(Done::new((), entry))
    }
}

/// 画面ロック: content goes, the session stays; the passkey returns.
///
/// # Errors
/// A refusal, when the session has ended already.
pub async fn lock_session(services: &Services, caller: &Caller) -> Result<(), UseCaseError> {
    let session = tools::own_session(caller)?.session;
    let grant = services.store.decide(caller, Lock { session }).await?;
    services.store.write(Locking(grant)).await?;
    Ok(())
}

struct Locking(Grant<Lock>);

impl Work for Locking {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let entry = batch.record(&self.0, Detail::default()).await?;
        session::lock(batch, &entry, self.0.act().session).await?;
        Ok(Done::new((), entry))
    }
}

/// Ends every session whose shift is over, or whose person, post or device no longer holds; says how many. For the
/// expiry job, every few seconds. (Whoever takes a right away ends sessions at once; this finds what ran out by the
/// clock alone.)
///
/// # Errors
/// When the store fails.
pub async fn expire_sessions(services: &Services) -> Result<usize, UseCaseError> {
    let (facts, now) = (services.store.facts(), services.now());
    let over = |session: &LiveSession| {
        let expired = session.state(now) == SessionState::Expired;
        let holds = facts.person(session.person).is_some_and(|person| person.period.contains(now))
            && facts.post(session.post).is_some_and(|post| post.is_live(now))
            && facts.device(session.device).is_some_and(|device| device.is_live(now));
        expired || !holds
    };
    let over = services.store.sessions().select(over);
    if over.is_empty() {
        return Ok(0);
    }
    let caller = Caller {
        actor: Actor::Job(JobKind::Expiry),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    };
    let mut ended = 0;
    for session in over {
        let grant = services.store.decide(&caller, SessionExpired { session: session.session }).await?;
        let ending = match session.state(now) {
            SessionState::Expired => Ending::Expired,
            _ => Ending::RightLost,
        };
        services.store.write(Expiring { grant, ending, person: session.person.as_uuid() }).await?;
        ended += 1;
    }
    Ok(ended)
}

struct Expiring {
    grant: Grant<SessionExpired>,
    ending: Ending,
    person: Uuid,
}

impl Work for Expiring {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let entry = batch.record(&self.grant, Detail::default().with("person", self.person)).await?;
        session::end(batch, &entry, self.grant.act().session, self.ending).await?;
        session::forget_old(batch, &entry).await?;
        Ok(Done::new((), entry))
    }
}

/// Stores when people were last active, so that a restart locks at the right time. For a job, once a minute.
///
/// # Errors
/// When the store fails.
pub async fn keep_activity(services: &Services) -> Result<(), UseCaseError> {
    let now = services.now();
    let active: Vec<(SessionId, Timestamp)> = services
        .store
        .sessions()
        .select(|session| now.since(session.last_activity()) < RECENT)
        .iter()
        .map(|session| (session.session, session.last_activity()))
        .collect();
    if !active.is_empty() {
        services.store.write(Activity(active)).await?;
    }
    Ok(())
}

struct Activity(Vec<(SessionId, Timestamp)>);

impl Work for Activity {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let covered = session::keep_activity(batch, &self.0).await?;
        Ok(Done::new((), covered))
    }
}
