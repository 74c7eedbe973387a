//! Roles, second persons, and what the console may do.

use super::world::*;
use crate::{
    id::*,
    policy::*,
    role::{HeldRole, Role, Scope, exclude_each_other},
    time::{Interval, Timestamp},
};
use proptest::prelude::*;

fn reason<T>(decision: Result<T, Box<Refusal>>) -> Result<(), RefusalReason> {
    decision.map(drop).map_err(|refusal| refusal.reason)
}

/// Whether the person holds the role for the employer now (`None`: for the consortium), as told in one sentence: given,
/// running, reaching, and no post that it reaches waits for its re-confirmation.
fn holds(world: &World, who: PersonId, role: Role, at: Option<OrganizationId>) -> bool {
    world.roles.iter().any(|(holder, held)| {
        let reaches = |employer: Option<OrganizationId>| match held.scope {
            Scope::Consortium => true,
            Scope::Organization(own) => employer == Some(own),
        };
        let waits = world.posts.iter().any(|post| {
            post.person == who
                && post.suspended
                && post.period.contains(NOW)
                && reaches(Some(post.organization))
        });
        *holder == who && held.role == role && held.period.contains(NOW) && reaches(at) && !waits
    })
}

/// The world with every person, post and device in force, so that only roles decide.
fn in_force(mut world: World) -> World {
    let always = Interval::open(Timestamp(0));
    world.people.iter_mut().for_each(|fact| fact.period = always);
    world.devices.iter_mut().for_each(|fact| fact.period = always);
    world
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn administering_reaches_as_far_as_the_role(world in world(), at in 0_usize..3) {
        let world = in_force(world);
        let facts = world.facts();
        let employer = (at < 2).then(|| organization(at));
        for post in world.posts.iter().filter(|post| post.is_live(NOW)) {
            let caller = world.caller(post);
            let role = |role| holds(&world, post.person, role, employer);
            let told = |allowed: bool| if allowed { Ok(()) } else { Err(RefusalReason::Role) };
            let staff = told(role(Role::StaffAdministration));
            prop_assert_eq!(reason(decide(&facts, &caller, ChangeMatrix { organization: employer }, NOW)), staff);
            let audit = told(role(Role::Audit));
            prop_assert_eq!(reason(decide(&facts, &caller, ReadLog { organization: employer }, NOW)), audit);
            if let Some(organization) = employer {
                let either = told(role(Role::StaffAdministration) || role(Role::SystemAdministration));
                prop_assert_eq!(reason(decide(&facts, &caller, ReadPeople { organization }, NOW)), either);
                let device = id(DeviceId::from_uuid, 9);
                let system = told(role(Role::SystemAdministration));
                prop_assert_eq!(reason(decide(&facts, &caller, ChangeDevice { organization, device }, NOW)), system);
            }
            // Without a fresh passkey a role counts for nothing.
            caller.session().unwrap().step_up(NOW);
            let stale = if staff.is_ok() { Err(RefusalReason::StepUp) } else { staff };
            prop_assert_eq!(reason(decide(&facts, &caller, ChangeMatrix { organization: employer }, NOW)), stale);
        }
    }

    #[test]
    fn roles_exclude_each_other_whoever_gives_them(world in world(), to in 0_usize..3, reach in 0_usize..3) {
        let world = in_force(world);
        let facts = world.facts();
        let held = id(RoleId::from_uuid, 9);
        let employer = (reach < 2).then(|| organization(reach));
        for role in Role::ALL {
            let act = GrantRole { person: person(to), role: *role, scope: scope(reach), held };
            let pair = |one: Role| matches!((one, *role), (Role::Audit, Role::StaffAdministration) | (Role::StaffAdministration, Role::Audit));
            let excluded = world.roles.iter().any(|(who, old)| {
                let meets = old.scope == Scope::Consortium || reach == 2 || old.scope == scope(reach);
                *who == person(to) && old.period.contains(NOW) && pair(old.role) && meets
            });
            let by_console = reason(decide(&facts, &operator(), act.clone(), NOW));
            prop_assert_eq!(by_console, if excluded { Err(RefusalReason::RolesExclude) } else { Ok(()) });
            for post in world.posts.iter().filter(|post| post.is_live(NOW)) {
                let expected = if !holds(&world, post.person, Role::StaffAdministration, employer) {
                    Err(RefusalReason::Role)
                } else if post.person == person(to) {
                    Err(RefusalReason::SecondPerson)
                } else {
                    by_console
                };
                prop_assert_eq!(reason(decide(&facts, &world.caller(post), act.clone(), NOW)), expected);
            }
        }
    }

    #[test]
    fn nobody_confirms_what_they_proposed(world in world(), proposer in 0_usize..3) {
        let world = in_force(world);
        let facts = world.facts();
        let (proposer, issued) = (person(proposer), person(2));
        for post in world.posts.iter().filter(|post| post.is_live(NOW)) {
            let caller = world.caller(post);
            let second = |allowed: Result<(), RefusalReason>| match allowed {
                Ok(()) if post.person == proposer => Err(RefusalReason::SecondPerson),
                other => other,
            };
            let organization = organization(0);
            let alone = reason(decide(&facts, &caller, IssueEnrolmentCode { organization, person: issued }, NOW));
            let confirm = ConfirmEnrolment { organization, person: issued, issuer: proposer };
            prop_assert_eq!(reason(decide(&facts, &caller, confirm, NOW)), second(alone));
            let (patient, membership) = (id(PatientId::from_uuid, 0), id(MembershipId::from_uuid, 9));
            let alone = reason(decide(&facts, &caller, ProposeMembership { patient, membership }, NOW));
            let confirm = ConfirmMembership { patient, membership, proposer };
            prop_assert_eq!(reason(decide(&facts, &caller, confirm, NOW)), second(alone));
        }
    }

    #[test]
    fn scopes_exclude_by_overlap_and_both_ways(one in 0_usize..3, two in 0_usize..3) {
        for (first, second) in Role::ALL.iter().flat_map(|first| Role::ALL.iter().map(move |second| (*first, *second))) {
            let excluded = exclude_each_other((first, scope(one)), (second, scope(two)));
            prop_assert_eq!(excluded, exclude_each_other((second, scope(two)), (first, scope(one))));
            let apart = one != two && one < 2 && two < 2;
            let opposed = first != second && [first, second].iter().all(|role| matches!(role, Role::Audit | Role::StaffAdministration));
            prop_assert_eq!(excluded, opposed && !apart);
        }
    }
}

#[test]
fn the_console_administers_and_neither_reviews_nor_signs_in() {
    let facts = Facts::default();
    let organization = organization(0);
    assert!(decide(&facts, &operator(), CreateOrganization { organization }, NOW).is_ok());
    assert!(decide(&facts, &operator(), Backup {}, NOW).is_ok());
    assert!(decide(&facts, &operator(), ReadConsortium {}, NOW).is_ok());
    for refused in [
        reason(decide(&facts, &operator(), ReadLog { organization: None }, NOW)),
        reason(decide(&facts, &operator(), ExportLog { organization: None }, NOW)),
        reason(decide(&facts, &operator(), ReadHome {}, NOW)),
        reason(decide(&facts, &operator(), ReadDirectory {}, NOW)),
        reason(decide(
            &facts,
            &operator(),
            ProposeMembership {
                patient: id(PatientId::from_uuid, 0),
                membership: id(MembershipId::from_uuid, 0),
            },
            NOW,
        )),
        reason(decide(
            &facts,
            &operator(),
            RegisterPasskey { person: person(0), passkey: id(PasskeyId::from_uuid, 0) },
            NOW,
        )),
        reason(decide(&facts, &operator(), Start {}, NOW)),
    ] {
        assert_eq!(refused, Err(RefusalReason::Actor));
    }
}

#[test]
fn nobody_is_the_console_by_any_role() {
    let mut world = in_force(proptest::strategy::ValueTree::current(
        &world().new_tree(&mut proptest::test_runner::TestRunner::deterministic()).unwrap(),
    ));
    let period = Interval::open(Timestamp(0));
    world.posts[0].period = period;
    world.posts[0].suspended = false;
    let who = world.posts[0].person;
    world.posts.retain(|post| post.person != who || !post.suspended);
    world.roles = Role::ALL
        .iter()
        .map(|role| (who, HeldRole { role: *role, scope: Scope::Consortium, period }))
        .collect();
    let (facts, caller) = (world.facts(), world.caller(&world.posts[0]));
    assert!(decide(&facts, &caller, ChangeJobTypes {}, NOW).is_ok());
    assert_eq!(reason(decide(&facts, &caller, Backup {}, NOW)), Err(RefusalReason::Actor));
    assert_eq!(reason(decide(&facts, &caller, Initialise {}, NOW)), Err(RefusalReason::Actor));
    assert_eq!(reason(decide(&facts, &caller, Start {}, NOW)), Err(RefusalReason::Actor));
}
