//! A consortium small enough to be random, and a plain telling of who may read what in it.

use crate::{
    care_team::{ConsentFact, MembershipFact, PatientState, Subject},
    device::{DeviceFact, DeviceKind},
    id::*,
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    organization::PlaceKind,
    policy::*,
    role::{HeldRole, Role, Scope},
    room::{RoomFact, RoomKind},
    session::{LiveSession, SessionStart},
    time::{DAY, HOUR, Interval, Timestamp},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::sync::Arc;
use uuid::Uuid;

pub(super) const NOW: Timestamp = Timestamp(1_790_000_000_000_000);
pub(super) const CLASSES: [InfoClassId; 4] =
    [InfoClassId::SAFETY, InfoClassId::GENERAL, InfoClassId::MEDICAL, InfoClassId::SENSITIVE];
const JOB_TYPES: [JobTypeId; 2] = [JobTypeId::NURSE, JobTypeId::CARE_WORKER];

/// The id of the `number`th thing of its kind.
pub(super) fn id<T>(from: impl FnOnce(Uuid) -> T, number: usize) -> T {
    from(Uuid::from_u128(number as u128 + 1))
}

pub(super) fn organization(number: usize) -> OrganizationId {
    id(OrganizationId::from_uuid, number)
}

pub(super) fn person(number: usize) -> PersonId {
    id(PersonId::from_uuid, number)
}

pub(super) fn room(number: usize) -> RoomId {
    id(RoomId::from_uuid, number)
}

/// When something holds, seen from now.
pub(super) fn period() -> impl Strategy<Value = Interval> + Clone {
    let now = NOW;
    prop_oneof![
        6 => Just(Interval::open(now.plus(-DAY))),
        2 => Just(Interval { from: now, until: now.plus(1) }),
        1 => Just(Interval { from: now.plus(-DAY), until: now }),
        1 => Just(Interval::open(now.plus(1))),
    ]
}

fn mask() -> impl Strategy<Value = ClassSet> + Clone {
    (0_u8..16).prop_map(|bits| {
        let wanted = CLASSES.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
        wanted.map(|(_, class)| *class).collect()
    })
}

fn mostly(yes: bool) -> impl Strategy<Value = bool> + Clone {
    prop_oneof![7 => Just(yes), 1 => Just(!yes)]
}

/// What rights depend on, in a form that the oracle can read.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub people: Vec<PersonFact>,
    pub posts: Vec<PostFact>,
    pub roles: Vec<(PersonId, HeldRole)>,
    pub devices: Vec<DeviceFact>,
    pub places: Vec<PlaceFact>,
    pub patients: Vec<PatientFact>,
    pub consents: Vec<(PatientId, ConsentFact)>,
    pub memberships: Vec<(PatientId, MembershipFact)>,
    pub rooms: Vec<RoomFact>,
    pub matrix: Vec<MatrixCell>,
}

/// Two employers, three places (the second lies in the first), two patients with a room each, and a staff room.
pub(super) fn world() -> impl Strategy<Value = World> {
    let people = vec(period(), 3);
    let post =
        (0_usize..3, 0_usize..2, option::of(0_usize..2), select(&JOB_TYPES[..]), period(), mostly(false));
    let consent = (0_usize..2, period(), mask());
    let subject = prop_oneof![
        (0_usize..4).prop_map(|post| Subject::Post(id(PostId::from_uuid, post))),
        (0_usize..2, option::of(0_usize..2), 1_usize..4).prop_map(|(at, inside, job_types)| {
            let among = JOB_TYPES.iter().enumerate().filter(|(bit, _)| job_types & (1 << bit) != 0);
            let place = inside.map(|inside| place_of(at, inside));
            Subject::Staff {
                organization: organization(at),
                place,
                job_types: among.map(|(_, job)| *job).collect(),
            }
        }),
    ];
    let membership = (0_usize..2, subject, 0_usize..4, period(), mostly(true));
    let held = (0_usize..3, select(Role::ALL), 0_usize..3, period());
    let member = (0_usize..3, period());
    let rights = vec((mask(), mask()), 2);
    let narrowing = vec(option::of((mask(), mask())), 4);
    (
        (people, vec(post, 4), vec(period(), 2)),
        (vec(consent, 4), vec(membership, 0..5)),
        (vec(held, 0..4), vec(member, 0..3), vec(mostly(false), 3)),
        (rights, narrowing),
    )
        .prop_map(build)
}

/// The `inside`th place of an employer; the second of the first employer lies in its first.
fn place_of(at: usize, inside: usize) -> PlaceId {
    id(PlaceId::from_uuid, if at == 0 { inside } else { 2 })
}

type Bare = (
    (Vec<Interval>, Vec<(usize, usize, Option<usize>, JobTypeId, Interval, bool)>, Vec<Interval>),
    (Vec<(usize, Interval, ClassSet)>, Vec<(usize, Subject, usize, Interval, bool)>),
    (Vec<(usize, Role, usize, Interval)>, Vec<(usize, Interval)>, Vec<bool>),
    (Vec<(ClassSet, ClassSet)>, Vec<Option<(ClassSet, ClassSet)>>),
);

fn build((staff, care, others, matrix): Bare) -> World {
    let ((people, posts, devices), (consents, memberships), (roles, members, closed)) = (staff, care, others);
    World {
        people: people
            .into_iter()
            .enumerate()
            .map(|(number, period)| PersonFact {
                person: person(number),
                organization: organization(0),
                version: 1,
                period,
            })
            .collect(),
        posts: posts
            .into_iter()
            .enumerate()
            .map(|(number, (who, at, inside, job_type, period, suspended))| PostFact {
                post: id(PostId::from_uuid, number),
                person: person(who),
                organization: organization(at),
                place: inside.map(|inside| place_of(at, inside)),
                job_type,
                period,
                suspended,
            })
            .collect(),
        roles: roles
            .into_iter()
            .map(|(who, role, reach, period)| (person(who), HeldRole { role, scope: scope(reach), period }))
            .collect(),
        devices: devices.into_iter().enumerate().map(|(at, period)| device(at, period)).collect(),
        places: places(),
        patients: (0..2).map(patient).collect(),
        consents: consents
            .into_iter()
            .enumerate()
            .map(|(number, (whose, period, classes))| {
                let consent = id(ConsentId::from_uuid, number);
                (id(PatientId::from_uuid, whose), ConsentFact { consent, period, classes })
            })
            .collect(),
        memberships: memberships
            .into_iter()
            .enumerate()
            .map(|(number, (whose, subject, consent, period, confirmed))| {
                let (membership, consent) =
                    (id(MembershipId::from_uuid, number), id(ConsentId::from_uuid, consent));
                (
                    id(PatientId::from_uuid, whose),
                    MembershipFact { membership, subject, consent, period, confirmed },
                )
            })
            .collect(),
        rooms: rooms(members, &closed),
        matrix: cells(matrix.0, matrix.1),
    }
}

pub(super) fn scope(reach: usize) -> Scope {
    if reach < 2 { Scope::Organization(organization(reach)) } else { Scope::Consortium }
}

fn device(at: usize, period: Interval) -> DeviceFact {
    DeviceFact {
        device: id(DeviceId::from_uuid, at),
        organization: organization(at),
        place: None,
        kind: DeviceKind::Shared,
        period,
    }
}

fn places() -> Vec<PlaceFact> {
    [(0, 0, None), (1, 0, Some(0)), (2, 1, None)]
        .map(|(number, at, parent)| PlaceFact {
            place: id(PlaceId::from_uuid, number),
            organization: organization(at),
            parent: parent.map(|parent| id(PlaceId::from_uuid, parent)),
            kind: PlaceKind::Floor,
            position: 0,
            version: 1,
            period: Interval::open(Timestamp(0)),
        })
        .to_vec()
}

fn patient(number: usize) -> PatientFact {
    PatientFact {
        patient: id(PatientId::from_uuid, number),
        organization: organization(number),
        place: None,
        state: PatientState::InCare,
        room: room(number),
    }
}

fn rooms(members: Vec<(usize, Interval)>, closed: &[bool]) -> Vec<RoomFact> {
    let bare = |number: usize, kind, patient| RoomFact {
        room: room(number),
        kind,
        patient,
        organization: organization(number.min(1)),
        closed: closed[number],
        members: Vec::new(),
        owner: None,
    };
    let mut staff = bare(2, RoomKind::Group, None);
    staff.members = members.into_iter().map(|(who, period)| (person(who), period)).collect();
    let of = |number| Some(id(PatientId::from_uuid, number));
    vec![bare(0, RoomKind::Patient, of(0)), bare(1, RoomKind::Patient, of(1)), staff]
}

fn cells(rights: Vec<(ClassSet, ClassSet)>, narrowing: Vec<Option<(ClassSet, ClassSet)>>) -> Vec<MatrixCell> {
    let consortium = JOB_TYPES.iter().zip(rights).map(|(job, rights)| (None, *job, rights));
    let owners = (0..2).flat_map(|at| JOB_TYPES.iter().map(move |job| (Some(organization(at)), *job)));
    let narrowed =
        owners.zip(narrowing).filter_map(|((at, job), rights)| rights.map(|rights| (at, job, rights)));
    consortium
        .chain(narrowed)
        .flat_map(|(organization, job_type, (read, write))| {
            CLASSES.map(|class| MatrixCell {
                organization,
                job_type,
                class,
                read: read.contains(class),
                write: write.contains(class),
            })
        })
        .collect()
}

impl World {
    pub fn facts(&self) -> Facts {
        FactsBuilder {
            version: 1,
            people: self.people.clone(),
            posts: self.posts.clone(),
            roles: self.roles.clone(),
            devices: self.devices.iter().map(|device| (*device, Vec::new())).collect(),
            places: self.places.clone(),
            patients: self.patients.clone(),
            consents: self.consents.clone(),
            memberships: self.memberships.clone(),
            rooms: self.rooms.clone(),
            matrix: self.matrix.clone(),
            ..FactsBuilder::default()
        }
        .build()
    }

    /// The person of a post, signed in on a device of its employer, with a fresh passkey.
    pub fn caller(&self, post: &PostFact) -> Caller {
        let device = self.devices.iter().find(|device| device.organization == post.organization).unwrap();
        signed_in(post.person, post.post, post.organization, device.device)
    }

    /// The promise in one sentence: a live post on a live device of its employer, in the care team by a confirmed,
    /// running membership, which rests on a running consent to the class, and the matrix gives it to the job type.
    pub fn may(&self, post: &PostFact, room: RoomId, class: InfoClassId, write: bool) -> bool {
        let room = self.rooms.iter().find(|fact| fact.room == room).unwrap();
        if !self.stands(post) || (write && room.closed) {
            return false;
        }
        let Some(patient) = room.patient else {
            return room.members.iter().any(|(who, period)| *who == post.person && period.contains(NOW));
        };
        self.memberships.iter().any(|(whose, membership)| {
            *whose == patient
                && membership.confirmed
                && membership.period.contains(NOW)
                && self.lets_in(&membership.subject, post)
                && self.consents.iter().any(|(of, consent)| {
                    *of == patient
                        && consent.consent == membership.consent
                        && consent.period.contains(NOW)
                        && (class == InfoClassId::SAFETY && !write
                            || consent.classes.contains(class) && self.gives(post, class, write))
                })
        })
    }

    /// Person, post and device hold.
    fn stands(&self, post: &PostFact) -> bool {
        let person = self.people.iter().find(|fact| fact.person == post.person).unwrap();
        let device = self.devices.iter().find(|device| device.organization == post.organization).unwrap();
        person.period.contains(NOW)
            && post.period.contains(NOW)
            && !post.suspended
            && device.period.contains(NOW)
    }

    fn lets_in(&self, subject: &Subject, post: &PostFact) -> bool {
        let (at, within, job_types) = match subject {
            Subject::Post(only) => return *only == post.post,
            Subject::Staff { organization, place, job_types } => (*organization, *place, job_types),
        };
        let top = id(PlaceId::from_uuid, 0);
        let below = id(PlaceId::from_uuid, 1);
        let lies_within = match (within, post.place) {
            (None, _) => true,
            (Some(place), Some(own)) => place == own || (place == top && own == below),
            (Some(_), None) => false,
        };
        at == post.organization && job_types.contains(&post.job_type) && lies_within
    }

    fn gives(&self, post: &PostFact, class: InfoClassId, write: bool) -> bool {
        let cell = |owner: Option<OrganizationId>| {
            self.matrix
                .iter()
                .find(|cell| (cell.organization, cell.job_type, cell.class) == (owner, post.job_type, class))
                .map(|cell| if write { cell.write } else { cell.read })
        };
        cell(None).unwrap_or(false) && cell(Some(post.organization)).unwrap_or(true)
    }
}

/// A person in a live session with a fresh passkey.
pub(super) fn signed_in(
    person: PersonId,
    post: PostId,
    organization: OrganizationId,
    device: DeviceId,
) -> Caller {
    let start = SessionStart {
        session: id(SessionId::from_uuid, 0),
        person,
        post,
        organization,
        device,
        signed_in_at: NOW.plus(-HOUR),
        expires_at: NOW.plus(HOUR),
        idle: HOUR,
    };
    let session = LiveSession::new(start, NOW);
    session.step_up(NOW.plus(HOUR));
    by(Actor::Person(Arc::new(session)))
}

pub(super) fn by(actor: Actor) -> Caller {
    Caller { actor, request: id(RequestId::from_uuid, 0), source: None, certificate: None }
}

pub(super) fn operator() -> Caller {
    by(Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }))
}
