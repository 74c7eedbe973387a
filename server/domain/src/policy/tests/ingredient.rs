//! A nurse who may do everything, and what is left when one thing is taken away: a refusal that names it.

use super::world::*;
use crate::{
    care_team::{ConsentFact, MembershipFact, PatientState, Subject},
    device::{DeviceFact, DeviceKind},
    id::*,
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    policy::*,
    room::{RoomFact, RoomKind},
    session::LiveSession,
    time::{DAY, HOUR, Interval, Timestamp},
};

const CLASS: InfoClassId = InfoClassId::MEDICAL;

fn always() -> Interval {
    Interval::open(Timestamp(0))
}

fn past() -> Interval {
    Interval { from: Timestamp(0), until: NOW }
}

/// One nurse in one care team, and a group room of hers.
fn full() -> World {
    let (patient, consent) = (id(PatientId::from_uuid, 0), id(ConsentId::from_uuid, 0));
    World {
        people: vec![PersonFact {
            person: person(0),
            organization: organization(0),
            version: 1,
            period: always(),
        }],
        posts: vec![PostFact {
            post: id(PostId::from_uuid, 0),
            person: person(0),
            organization: organization(0),
            place: None,
            job_type: JobTypeId::NURSE,
            period: always(),
            suspended: false,
        }],
        roles: Vec::new(),
        devices: vec![DeviceFact {
            device: id(DeviceId::from_uuid, 0),
            organization: organization(0),
            place: None,
            kind: DeviceKind::Shared,
            period: always(),
        }],
        places: Vec::new(),
        patients: vec![PatientFact {
            patient,
            organization: organization(0),
            place: None,
            state: PatientState::InCare,
            room: room(0),
        }],
        consents: vec![(patient, ConsentFact { consent, period: always(), classes: ClassSet::EVERY })],
        memberships: vec![(
            patient,
            MembershipFact {
                membership: id(MembershipId::from_uuid, 0),
                subject: Subject::Post(id(PostId::from_uuid, 0)),
                consent,
                period: always(),
                confirmed: true,
            },
        )],
        rooms: rooms(patient),
        matrix: vec![MatrixCell {
            organization: None,
            job_type: JobTypeId::NURSE,
            class: CLASS,
            read: true,
            write: true,
        }],
    }
}

fn rooms(patient: PatientId) -> Vec<RoomFact> {
    let group = RoomFact {
        room: room(1),
        kind: RoomKind::Group,
        patient: None,
        organization: organization(0),
        closed: false,
        members: vec![(person(0), always())],
        owner: Some(person(0)),
    };
    let kind = RoomKind::Patient;
    let first = RoomFact {
        room: room(0),
        kind,
        patient: Some(patient),
        members: Vec::new(),
        owner: None,
        ..group.clone()
    };
    vec![first, group]
}

fn nurse() -> Caller {
    signed_in(person(0), id(PostId::from_uuid, 0), organization(0), id(DeviceId::from_uuid, 0))
}

fn reads(world: &World, caller: &Caller, number: usize) -> Result<(), RefusalReason> {
    let act = ReadCorrections { room: room(number), class: CLASS, message: id(MessageId::from_uuid, 0) };
    decide(&world.facts(), caller, act, NOW).map(drop).map_err(|refusal| refusal.reason)
}

fn writes(world: &World, number: usize) -> Result<(), RefusalReason> {
    let act = PostMessage { room: room(number), class: CLASS, message: id(MessageId::from_uuid, 0) };
    decide(&world.facts(), &nurse(), act, NOW).map(drop).map_err(|refusal| refusal.reason)
}

/// Takes one thing away.
type Without = (&'static str, fn(&mut World), RefusalReason);

#[test]
fn with_everything_it_is_granted() {
    for number in 0..2 {
        assert_eq!(reads(&full(), &nurse(), number), Ok(()));
        assert_eq!(writes(&full(), number), Ok(()));
    }
}

#[test]
fn one_thing_less_and_the_refusal_names_it() {
    use RefusalReason as Reason;
    let withouts: [Without; 17] = [
        ("the device is blocked", |w| w.devices[0].period = past(), Reason::Device),
        ("the device is unknown", |w| w.devices.clear(), Reason::Device),
        ("the device changed hands", |w| w.devices[0].organization = organization(1), Reason::Device),
        ("the person is disabled", |w| w.people[0].period = past(), Reason::Person),
        ("the person is unknown", |w| w.people.clear(), Reason::Person),
        ("the post has ended", |w| w.posts[0].period = past(), Reason::Post),
        ("the post begins later", |w| w.posts[0].period = Interval::open(NOW.plus(1)), Reason::Post),
        ("the post is suspended", |w| w.posts[0].suspended = true, Reason::Post),
        ("the post is another's", |w| w.posts[0].person = person(1), Reason::Post),
        ("there is no membership", |w| w.memberships.clear(), Reason::Membership),
        ("the membership has ended", |w| w.memberships[0].1.period = past(), Reason::Membership),
        ("nobody has confirmed it", |w| w.memberships[0].1.confirmed = false, Reason::Membership),
        (
            "it lets another in",
            |w| w.memberships[0].1.subject = Subject::Post(id(PostId::from_uuid, 9)),
            Reason::Membership,
        ),
        ("the consent was withdrawn", |w| w.consents[0].1.period = past(), Reason::Consent),
        ("it is another consent", |w| w.consents[0].1.consent = id(ConsentId::from_uuid, 9), Reason::Consent),
        ("the consent leaves the class out", |w| w.consents[0].1.classes = ClassSet::NONE, Reason::Matrix),
        ("the matrix does not give it", |w| w.matrix.clear(), Reason::Matrix),
    ];
    for (what, without, reason) in withouts {
        let mut world = full();
        without(&mut world);
        assert_eq!(reads(&world, &nurse(), 0), Err(reason), "{what}");
        assert_eq!(writes(&world, 0), Err(reason), "{what}");
    }
}

#[test]
fn a_narrowing_takes_away_for_its_own_posts_only() {
    let mut world = full();
    let cell = |at| MatrixCell {
        organization: Some(organization(at)),
        read: false,
        write: false,
        ..full().matrix[0]
    };
    world.matrix.push(cell(1));
    assert_eq!(reads(&world, &nurse(), 0), Ok(()));
    world.matrix.push(cell(0));
    assert_eq!(reads(&world, &nurse(), 0), Err(RefusalReason::Matrix));
}

#[test]
fn staff_rooms_are_for_their_members() {
    use RefusalReason as Reason;
    let withouts: [Without; 4] = [
        ("nobody is a member", |w| w.rooms[1].members.clear(), Reason::Room),
        ("the stay has ended", |w| w.rooms[1].members[0].1 = past(), Reason::Room),
        ("another is a member", |w| w.rooms[1].members[0].0 = person(1), Reason::Room),
        ("there is no such room", |w| w.rooms.truncate(1), Reason::Missing),
    ];
    for kind in [RoomKind::Group, RoomKind::Direct] {
        for (what, without, reason) in withouts {
            let mut world = full();
            world.rooms[1].kind = kind;
            without(&mut world);
            assert_eq!(reads(&world, &nurse(), 1), Err(reason), "{what}");
            assert_eq!(writes(&world, 1), Err(reason), "{what}");
        }
    }
}

#[test]
fn a_closed_room_is_read_and_not_written() {
    for number in 0..2 {
        let mut world = full();
        world.rooms[number].closed = true;
        assert_eq!(reads(&world, &nurse(), number), Ok(()));
        assert_eq!(writes(&world, number), Err(RefusalReason::Closed));
    }
}

#[test]
fn only_the_author_corrects_and_only_the_owner_changes_members() {
    let corrects = |author: PersonId| {
        let act =
            CorrectMessage { room: room(0), class: CLASS, message: id(MessageId::from_uuid, 0), author };
        decide(&full().facts(), &nurse(), act, NOW).map(drop).map_err(|refusal| refusal.reason)
    };
    assert_eq!(corrects(person(0)), Ok(()));
    assert_eq!(corrects(person(1)), Err(RefusalReason::Own));
    let mut world = full();
    let changes = |world: &World| {
        let decision = decide(&world.facts(), &nurse(), ChangeRoomMembers { room: room(1) }, NOW);
        decision.map(drop).map_err(|refusal| refusal.reason)
    };
    assert_eq!(changes(&world), Ok(()));
    world.rooms[1].owner = Some(person(1));
    assert_eq!(changes(&world), Err(RefusalReason::Own));
}

#[test]
fn a_session_that_is_not_live_shows_nothing() {
    let (world, facts) = (full(), full().facts());
    let session = |change: fn(&LiveSession)| {
        let caller = nurse();
        change(caller.session().unwrap());
        caller
    };
    let locked = session(LiveSession::lock);
    assert_eq!(reads(&world, &locked, 0), Err(RefusalReason::Locked));
    assert_eq!(reads(&world, &session(LiveSession::end), 0), Err(RefusalReason::Session));
    let own = || SignOut { session: id(SessionId::from_uuid, 0) };
    assert!(decide(&facts, &locked, own(), NOW).is_ok(), "one may sign out of a locked screen");
    assert!(decide(&facts, &locked, ReadHome {}, NOW).is_err());
    for (later, reason) in [(HOUR, RefusalReason::Session), (DAY, RefusalReason::Session)] {
        let act = OpenRoom { room: room(0), look: id(LookId::from_uuid, 0) };
        let refusal = decide(&facts, &nurse(), act, NOW.plus(later)).unwrap_err();
        assert_eq!(refusal.reason, reason);
    }
    let idle = session(|session| session.touch(NOW));
    let act = OpenRoom { room: room(0), look: id(LookId::from_uuid, 0) };
    assert!(decide(&facts, &idle, act, NOW.plus(HOUR - 1)).is_ok());
}

#[test]
fn refusals_hide_what_may_not_be_known() {
    let mut world = full();
    world.memberships.clear();
    let act = ReadPatient { patient: id(PatientId::from_uuid, 0) };
    let there = decide(&world.facts(), &nurse(), act, NOW).unwrap_err();
    let act = ReadPatient { patient: id(PatientId::from_uuid, 5) };
    let nowhere = decide(&world.facts(), &nurse(), act, NOW).unwrap_err();
    assert_eq!((there.reason, nowhere.reason), (RefusalReason::Membership, RefusalReason::Missing));
    assert!(there.hides_existence() && nowhere.hides_existence());
}
