//! Either side ends a stay in a care team: the patient's team and organization, or the employer of whom it lets in.

use super::*;
use crate::{
    access::Action,
    care_team::{MembershipFact, PatientState, Subject},
    device::{DeviceFact, DeviceKind},
    id::*,
    job_type::JobTypeId,
    role::{HeldRole, Role, Scope},
    session::{LiveSession, SessionStart},
    time::{HOUR, Interval, Timestamp},
};
use std::sync::Arc;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_790_000_000_000_000);
const HOME: u128 = 0x10;
const NURSES: u128 = 0x20;
const PHARMACY: u128 = 0x30;

macro_rules! id {
    ($name:ident, $number:expr) => {
        $name::from_uuid(Uuid::from_u128($number))
    };
}

/// A home with a patient, whose team has one post of the visiting nurses and the staff of the pharmacy.
fn facts() -> Facts {
    let mut builder = FactsBuilder::default();
    let period = Interval::open(Timestamp(0));
    for organization in [HOME, NURSES, PHARMACY] {
        let (person, at) = (id!(PersonId, organization + 1), id!(OrganizationId, organization));
        builder.people.push(PersonFact { person, organization: at, version: 1, period });
        builder.posts.push(PostFact {
            post: id!(PostId, organization + 2),
            person,
            organization: at,
            place: None,
            job_type: JobTypeId::CLERK,
            period,
            suspended: false,
        });
        builder.devices.push((
            DeviceFact {
                device: id!(DeviceId, organization + 3),
                organization: at,
                place: None,
                kind: DeviceKind::Desktop,
                period,
            },
            Vec::new(),
        ));
        builder.roles.push((
            person,
            HeldRole { role: Role::StaffAdministration, scope: Scope::Organization(at), period },
        ));
    }
    let patient = id!(PatientId, 1);
    builder.patients.push(PatientFact {
        patient,
        organization: id!(OrganizationId, HOME),
        place: None,
        state: PatientState::InCare,
        room: id!(RoomId, 2),
    });
    let subjects = [
        Subject::Post(id!(PostId, NURSES + 2)),
        Subject::Staff {
            organization: id!(OrganizationId, PHARMACY),
            place: None,
            job_types: vec![JobTypeId::PHARMACIST],
        },
    ];
    for (number, subject) in (1..).zip(subjects) {
        let fact = MembershipFact {
            membership: id!(MembershipId, number),
            subject,
            consent: id!(ConsentId, 1),
            period,
            confirmed: true,
        };
        builder.memberships.push((patient, fact));
    }
    builder.build()
}

fn caller(organization: u128, stepped_up: bool) -> Caller {
    let start = SessionStart {
        session: id!(SessionId, organization + 4),
        person: id!(PersonId, organization + 1),
        post: id!(PostId, organization + 2),
        organization: id!(OrganizationId, organization),
        device: id!(DeviceId, organization + 3),
        signed_in_at: NOW,
        expires_at: NOW.plus(HOUR),
        idle: HOUR,
    };
    let session = LiveSession::new(start, NOW);
    if stepped_up {
        session.step_up(NOW.plus(HOUR));
    }
    let request = id!(RequestId, 1);
    Caller { actor: Actor::Person(Arc::new(session)), request, source: None, certificate: None }
}

fn ends(organization: u128, membership: u128, stepped_up: bool) -> Result<(), RefusalReason> {
    let act = EndMembership { patient: id!(PatientId, 1), membership: id!(MembershipId, membership) };
    let decision = decide(&facts(), &caller(organization, stepped_up), act, NOW);
    if let Ok(grant) = &decision {
        let entry = grant.entry(crate::access::Detail::default());
        assert_eq!((entry.action, entry.target.patient), (Action::EndMembership, Some(id!(PatientId, 1))));
    }
    decision.map(drop).map_err(|refusal| refusal.reason)
}

#[test]
fn a_third_organization_ends_nothing() {
    assert_eq!(ends(PHARMACY, 1, true), Err(RefusalReason::Membership));
    assert_eq!(ends(NURSES, 2, true), Err(RefusalReason::Membership));
    assert_eq!(ends(NURSES, 99, true), Err(RefusalReason::Membership));
}

#[test]
fn both_sides_need_a_fresh_passkey() {
    assert_eq!(ends(HOME, 1, false), Err(RefusalReason::StepUp));
    assert_eq!(ends(NURSES, 1, false), Err(RefusalReason::StepUp));
}

#[test]
fn either_side_ends_it() {
    assert_eq!(ends(HOME, 1, true), Ok(()));
    assert_eq!(ends(HOME, 2, true), Ok(()));
    assert_eq!(ends(NURSES, 1, true), Ok(()));
    assert_eq!(ends(PHARMACY, 2, true), Ok(()));
}

#[test]
fn an_employer_may_end_but_neither_propose_nor_confirm() {
    let (patient, membership) = (id!(PatientId, 1), id!(MembershipId, 1));
    let refused = |decision: Result<(), Box<Refusal>>| decision.unwrap_err().reason;
    let propose = decide(&facts(), &caller(NURSES, true), ProposeMembership { patient, membership }, NOW);
    assert_eq!(refused(propose.map(drop)), RefusalReason::Membership);
    let act = ConfirmMembership { patient, membership, proposer: id!(PersonId, HOME + 1) };
    let confirm = decide(&facts(), &caller(NURSES, true), act, NOW);
    assert_eq!(refused(confirm.map(drop)), RefusalReason::Membership);
    let act = ConfirmMembership { patient, membership, proposer: id!(PersonId, HOME + 1) };
    let own = decide(&facts(), &caller(HOME, true), act, NOW);
    assert_eq!(refused(own.map(drop)), RefusalReason::SecondPerson);
}
