//! The decision: live actor first, then the act's rule. Deny by default.

use super::{Act, Actor, Caller, Facts, Grant, PostFact, ReaderScope, Refusal, RefusalReason, Rule};
use crate::{
    access::Target,
    id::{MembershipId, OrganizationId, PatientId, PersonId, RoomId},
    info_class::{ClassSet, InfoClassId},
    role::{Role, Scope, exclude_each_other},
    session::{LiveSession, SessionState},
    time::Timestamp,
};

/// Decides whether the caller may do the act now.
///
/// # Errors
/// The refusal with its reason, ready to be recorded.
pub fn decide<A: Act>(
    facts: &Facts,
    caller: &Caller,
    act: A,
    now: Timestamp,
) -> Result<Grant<A>, Box<Refusal>> {
    let rule = act.rule();
    let target = complete(facts, rule, act.target());
    let decision = Decision { facts, caller, now };
    match decision.check(rule) {
        Ok(job_type) => Ok(Grant::new(act, caller.clone(), (target, job_type), facts.version(), now)),
        Err(reason) => Err(Box::new(Refusal { caller: caller.clone(), action: A::ACTION, target, reason })),
    }
}

/// The log's clear columns, as far as the rule and the facts know them.
fn complete(facts: &Facts, rule: Rule, target: Target) -> Target {
    let of_patient = |patient: PatientId, target: Target| {
        target.patient(Some(patient)).organization(facts.patient(patient).map(|fact| fact.organization))
    };
    let of_room = |room: RoomId, target: Target| match facts.room(room) {
        None => target,
        Some(fact) => target.patient(fact.patient).organization(Some(fact.organization)).room(Some(room)),
    };
    match rule {
        Rule::Patient(patient)
        | Rule::ReadPatient(patient, _)
        | Rule::WritePatient(patient, _)
        | Rule::ProposeMembership(patient)
        | Rule::ConfirmMembership(patient, _)
        | Rule::EndMembership(patient, _) => of_patient(patient, target),
        Rule::ReadRoom(room)
        | Rule::ReadClass(room, _)
        | Rule::WriteRoom(room, _)
        | Rule::OwnPost(room, ..)
        | Rule::OwnRoom(room) => of_room(room, target),
        Rule::Administer(_, organization)
        | Rule::AdministerEither(_, _, organization)
        | Rule::Confirm(_, organization, _) => target.organization(target.organization.or(organization)),
        Rule::GrantRole(_, _, Scope::Organization(organization)) => target.organization(Some(organization)),
        _ => target,
    }
}

struct Decision<'a> {
    facts: &'a Facts,
    caller: &'a Caller,
    now: Timestamp,
}

type Checked<T = ()> = Result<T, RefusalReason>;

impl Decision<'_> {
    /// The job type that the caller acts as, when a person passes the rule.
    fn check(&self, rule: Rule) -> Checked<Option<i16>> {
        match &self.caller.actor {
            Actor::Person(session) => self.person(session, rule).map(Some),
            Actor::Device { device, .. } => {
                let live = self.facts.device(*device).is_some_and(|fact| fact.is_live(self.now));
                demand(live, RefusalReason::Device)?;
                demand(matches!(rule, Rule::Device(own) if own == *device), RefusalReason::Actor)
                    .map(|()| None)
            }
            Actor::Operator(_) => {
                demand(operator_may(rule), RefusalReason::Actor)?;
                match rule {
                    Rule::GrantRole(receiver, role, scope) => {
                        self.fits(receiver, (role, scope)).map(|()| None)
                    }
                    _ => Ok(None),
                }
            }
            Actor::Job(_) => demand(rule == Rule::Job, RefusalReason::Actor).map(|()| None),
        }
    }

    fn person(&self, session: &LiveSession, rule: Rule) -> Checked<i16> {
        match session.state(self.now) {
            SessionState::Live => {}
            SessionState::Locked if matches!(rule, Rule::Present | Rule::OwnSession(_)) => {}
            SessionState::Locked => return Err(RefusalReason::Locked),
            SessionState::Expired | SessionState::Ended => return Err(RefusalReason::Session),
        }
        let device = self.facts.device(session.device);
        let device_live =
            device.is_some_and(|fact| fact.is_live(self.now) && fact.organization == session.organization);
        demand(device_live, RefusalReason::Device)?;
        let person = self.facts.person(session.person);
        demand(person.is_some_and(|fact| fact.period.contains(self.now)), RefusalReason::Person)?;
        let post = self.facts.post(session.post).filter(|fact| {
            fact.is_live(self.now)
                && fact.person == session.person
                && fact.organization == session.organization
        });
        let post = post.ok_or(RefusalReason::Post)?;
        self.rule(session, post, rule)?;
        Ok(post.job_type.0)
    }

    fn rule(&self, session: &LiveSession, post: &PostFact, rule: Rule) -> Checked {
        let person = session.person;
        match rule {
            Rule::SignedIn | Rule::Common | Rule::Present => Ok(()),
            Rule::Own(own) => demand(own == person, RefusalReason::Own),
            Rule::OwnSession(own) => demand(own == session.session, RefusalReason::Own),
            Rule::Patient(patient) => self.about(post, patient).map(drop),
            Rule::ReadPatient(patient, class) => matrix(self.about(post, patient)?.read, class),
            Rule::WritePatient(patient, class) => matrix(self.about(post, patient)?.write, class),
            Rule::ReadRoom(room) => self.within(post, room).map(drop),
            Rule::ReadClass(room, class) => matrix(self.within(post, room)?.read, class),
            Rule::WriteRoom(room, class) => self.write(post, room, class),
            Rule::OwnPost(room, class, author) => {
                self.write(post, room, class)?;
                demand(author == person, RefusalReason::Own)
            }
            Rule::OwnRoom(room) => {
                self.within(post, room)?;
                let owner = self.facts.room(room).and_then(|fact| fact.owner);
                demand(owner == Some(person), RefusalReason::Own)
            }
            Rule::Administer(role, organization) => self.administers(session, &[role], organization),
            Rule::AdministerEither(one, two, organization) => {
                self.administers(session, &[one, two], organization)
            }
            Rule::Confirm(role, organization, proposer) => {
                self.administers(session, &[role], organization)?;
                demand(proposer != person, RefusalReason::SecondPerson)
            }
            Rule::GrantRole(receiver, role, scope) => self.grants(session, receiver, (role, scope)),
            Rule::ProposeMembership(patient) => self.proposes(session, post, patient),
            Rule::ConfirmMembership(patient, proposer) => {
                self.proposes(session, post, patient)?;
                demand(proposer != person, RefusalReason::SecondPerson)
            }
            Rule::EndMembership(patient, membership) => {
                self.ends_membership(session, post, (patient, membership))
            }
            Rule::Device(own) => demand(own == session.device, RefusalReason::Device),
            Rule::Operator | Rule::Job => Err(RefusalReason::Actor),
        }
    }

    fn about(&self, post: &PostFact, patient: PatientId) -> Checked<ReaderScope> {
        demand(self.facts.patient(patient).is_some(), RefusalReason::Missing)?;
        let scope = self.facts.about(post, patient, self.now);
        demand(scope.member, RefusalReason::Membership)?;
        demand(scope.consented, RefusalReason::Consent)?;
        Ok(scope)
    }

    fn within(&self, post: &PostFact, room: RoomId) -> Checked<ReaderScope> {
        let fact = self.facts.room(room).ok_or(RefusalReason::Missing)?;
        match fact.patient {
            Some(patient) => self.about(post, patient),
            None => {
                let scope = self.facts.within(post, fact, self.now);
                demand(scope.member, RefusalReason::Room).map(|()| scope)
            }
        }
    }

    fn write(&self, post: &PostFact, room: RoomId, class: InfoClassId) -> Checked {
        let scope = self.within(post, room)?;
        matrix(scope.write, class)?;
        let open = self.facts.room(room).is_some_and(|fact| !fact.closed);
        demand(open, RefusalReason::Closed)
    }

    fn administers(
        &self,
        session: &LiveSession,
        roles: &[Role],
        organization: Option<OrganizationId>,
    ) -> Checked {
        let holds = roles.iter().any(|role| self.facts.holds(session.person, *role, organization, self.now));
        demand(holds, RefusalReason::Role)?;
        demand(self.now < session.stepped_up_until(), RefusalReason::StepUp)
    }

    fn grants(&self, session: &LiveSession, receiver: PersonId, wanted: (Role, Scope)) -> Checked {
        let organization = match wanted.1 {
            Scope::Organization(organization) => Some(organization),
            Scope::Consortium => None,
        };
        self.administers(session, &[Role::StaffAdministration], organization)?;
        demand(receiver != session.person, RefusalReason::SecondPerson)?;
        self.fits(receiver, wanted)
    }

    /// 職員管理 and 監査 exclude each other, whoever gives them: the console is no way around it.
    fn fits(&self, receiver: PersonId, wanted: (Role, Scope)) -> Checked {
        let excluded = self
            .facts
            .roles_of(receiver, self.now)
            .any(|held| exclude_each_other((held.role, held.scope), wanted));
        demand(!excluded, RefusalReason::RolesExclude)
    }

    fn proposes(&self, session: &LiveSession, post: &PostFact, patient: PatientId) -> Checked {
        let fact = self.facts.patient(patient).ok_or(RefusalReason::Missing)?;
        if self.about(post, patient).is_ok() {
            return Ok(());
        }
        let manages =
            self.facts.holds(session.person, Role::StaffAdministration, Some(fact.organization), self.now);
        demand(manages, RefusalReason::Membership)?;
        demand(self.now < session.stepped_up_until(), RefusalReason::StepUp)
    }

    /// Either side ends it: the patient's, or the employer of whom the membership lets in.
    fn ends_membership(
        &self,
        session: &LiveSession,
        post: &PostFact,
        (patient, membership): (PatientId, MembershipId),
    ) -> Checked {
        let team = self.facts.team(patient);
        let found = team.iter().find(|fact| fact.membership == membership);
        let employer = found.and_then(|fact| self.facts.employer(&fact.subject));
        let employs = employer.is_some_and(|employer| {
            self.facts.holds(session.person, Role::StaffAdministration, Some(employer), self.now)
        });
        match self.proposes(session, post, patient) {
            Err(RefusalReason::Membership) if employs => {
                demand(self.now < session.stepped_up_until(), RefusalReason::StepUp)
            }
            checked => checked,
        }
    }
}

/// The console administers (with its own entry and reason) but never reads content or reviews the log.
const fn operator_may(rule: Rule) -> bool {
    match rule {
        Rule::Operator | Rule::Common | Rule::GrantRole(..) => true,
        Rule::Administer(role, _) | Rule::Confirm(role, ..) => !matches!(role, Role::Audit),
        Rule::AdministerEither(one, two, _) => !matches!((one, two), (Role::Audit, Role::Audit)),
        _ => false,
    }
}

fn matrix(classes: ClassSet, class: InfoClassId) -> Checked {
    demand(classes.contains(class), RefusalReason::Matrix)
}

const fn demand(condition: bool, reason: RefusalReason) -> Checked {
    if condition { Ok(()) } else { Err(reason) }
}
