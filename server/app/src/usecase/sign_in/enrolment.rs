//! One-time codes and resets: what administration does for somebody's first sign-in. An administrator can start a
//! reset, but never sees or chooses a secret; one person alone enrols nobody (decision 7).

use super::tools;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId},
    policy::{
        Act, Actor, Caller, ConfirmEnrolment, Grant, IssueEnrolmentCode, Refusal, RefusalReason, ResetPerson,
    },
    time::{HOUR, Timestamp},
};
use tasuki_store::{
    Batch, Done, EntryProof, Work, WorkError,
    table::{
        credential,
        enrolment_code::{self, Issue},
        passkey, post,
        session::{self, Ending},
    },
};
use tasuki_vault::token::{OneTimeCode, TokenKind};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A code is good for at most this long, whatever is configured: 72 hours.
const LONGEST: i64 = 72 * HOUR;

/// A code, shown once.
pub struct IssuedCode {
    /// Four groups of five.
    pub code: Zeroizing<String>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether a second person has to confirm it before it counts.
    pub waits: bool,
}

/// The employer that registered the person; nil, which nobody but the consortium administers, when there is no such
/// person, so that a missing person and a foreign one are refused alike.
fn employer(services: &Services, person: PersonId) -> OrganizationId {
    let fact = services.store.facts().person(person).map(|fact| fact.organization);
    fact.unwrap_or_else(|| OrganizationId::from_uuid(Uuid::nil()))
}

/// Issues a one-time code for somebody who has never signed in.
///
/// # Errors
/// A refusal; `enrolment.signed_in_before` (use the reset); missing.
pub async fn issue_enrolment_code(
    services: &Services,
    caller: &Caller,
    person: PersonId,
) -> Result<IssuedCode, UseCaseError> {
    let act = IssueEnrolmentCode { organization: employer(services, person), person };
    let grant = services.store.decide(caller, act).await?;
    let (code, issue) = new_code(services, caller, person);
    let waits = services.store.write(Issuing { grant, issue }).await?.into_value();
    Ok(IssuedCode { code: code.text(), expires_at: issue.expires_at, waits })
}

fn new_code(services: &Services, caller: &Caller, person: PersonId) -> (OneTimeCode, Issue) {
    let code = OneTimeCode::generate(&mut super::entropy());
    let lasts = tools::times(services.config.sign_in.enrolment_code_hours.get(), HOUR).min(LONGEST);
    let issue = Issue {
        person,
        digest: code.digest(&services.sign_in.pepper, TokenKind::PersonEnrolment),
        issuer: caller.session().map(|session| session.person),
        confirmed: false,
        expires_at: services.now().plus(lasts),
    };
    (code, issue)
}

struct Issuing {
    grant: Grant<IssueEnrolmentCode>,
    issue: Issue,
}

impl Work for Issuing {
    type Output = bool;

    async fn run(&self, batch: &mut Batch) -> Result<Done<bool>, WorkError> {
        let entry = batch.record(&self.grant, Detail::default()).await?;
        demand_person(batch, self.issue.person).await?;
        if credential::exists(batch, self.issue.person).await? {
            return Err(WorkError::Conflict("enrolment.signed_in_before"));
        }
        let waits = issue(batch, &entry, &self.issue).await?;
        Ok(Done::new(waits, entry))
    }
}

/// Stores the code; whether it waits. Before anybody has ever signed in there is no second person: then, and only
/// then, the console's code counts at once.
async fn issue(batch: &mut Batch, entry: &EntryProof, issue: &Issue) -> Result<bool, WorkError> {
    let first = issue.issuer.is_none() && !credential::any(batch).await?;
    enrolment_code::issue(batch, entry, &Issue { confirmed: first, ..*issue }).await?;
    Ok(!first)
}

async fn demand_person(batch: &mut Batch, person: PersonId) -> Result<(), WorkError> {
    let (facts, now) = (batch.facts().await?, batch.now());
    match facts.person(person) {
        None => Err(WorkError::Missing),
        Some(fact) if fact.period.contains(now) => Ok(()),
        Some(_) => Err(WorkError::Conflict("person.disabled")),
    }
}

/// The second person's yes to a code: not whoever issued it, and not the console to its own.
///
/// # Errors
/// A refusal; `enrolment.moved_on`; missing when no code waits.
pub async fn confirm_enrolment(
    services: &Services,
    caller: &Caller,
    person: PersonId,
) -> Result<(), UseCaseError> {
    let code = enrolment_code::of_person(&services.store, person).await?;
    let waiting = code.filter(|code| code.waits(services.now()));
    let issuer = waiting.and_then(|code| code.issuer);
    let act = ConfirmEnrolment {
        organization: employer(services, person),
        person,
        issuer: issuer.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil())),
    };
    let target = act.target();
    let grant = services.store.decide(caller, act).await?;
    let code = waiting.ok_or(UseCaseError::Missing)?;
    let Some(confirmer) = caller.session().map(|session| session.person) else {
        let (action, reason) = (ConfirmEnrolment::ACTION, RefusalReason::SecondPerson);
        let refusal = Refusal { caller: caller.clone(), action, target, reason };
        return Err(services.store.refuse(Box::new(refusal)).await.into());
    };
    services.store.write(Confirming { grant, confirmer, issued_at: code.issued_at }).await?;
    Ok(())
}

struct Confirming {
    grant: Grant<ConfirmEnrolment>,
    confirmer: PersonId,
    issued_at: Timestamp,
}

impl Work for Confirming {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let person = self.grant.act().person;
        let entry = batch.record(&self.grant, Detail::default()).await?;
        demand_person(batch, person).await?;
        enrolment_code::confirm(batch, &entry, person, self.confirmer, self.issued_at).await?;
        Ok(Done::new((), entry))
    }
}

/// A lost passkey or password: every session ends, passkeys and password are void, posts at other employers wait for
/// their re-confirmation, and a new code is issued, which waits for a second person.
///
/// # Errors
/// A refusal; missing; `person.disabled`.
pub async fn reset_person(
    services: &Services,
    caller: &Caller,
    person: PersonId,
) -> Result<IssuedCode, UseCaseError> {
    let act = ResetPerson { organization: employer(services, person), person };
    let grant = services.store.decide(caller, act).await?;
    if matches!(&caller.actor, Actor::Person(session) if session.person == person) {
        let reason = RefusalReason::SecondPerson;
        let refusal =
            Refusal { caller: caller.clone(), action: ResetPerson::ACTION, target: grant.target(), reason };
        return Err(services.store.refuse(Box::new(refusal)).await.into());
    }
    let (code, issue) = new_code(services, caller, person);
    let waits = services.store.write(Resetting { grant, issue }).await?.into_value();
    Ok(IssuedCode { code: code.text(), expires_at: issue.expires_at, waits })
}

struct Resetting {
    grant: Grant<ResetPerson>,
    issue: Issue,
}

impl Work for Resetting {
    type Output = bool;

    async fn run(&self, batch: &mut Batch) -> Result<Done<bool>, WorkError> {
        let person = self.issue.person;
        let entry = batch.record(&self.grant, Detail::default()).await?;
        demand_person(batch, person).await?;
        let waits = issue(batch, &entry, &self.issue).await?;
        session::end_person(batch, &entry, person, Ending::Reset).await?;
        passkey::end_all(batch, &entry, person).await?;
        credential::end(batch, &entry, person).await?;
        post::suspend_elsewhere(batch, &self.grant).await?;
        Ok(Done::new(waits, entry))
    }
}
