//! The facts that rights are decided on: ids and intervals only, one version for all of them.

use crate::{
    care_team::{ConsentFact, MembershipFact, PatientState, Subject},
    device::{DeviceFact, DeviceKey},
    id::{DeviceId, OrganizationId, PatientId, PersonId, PlaceId, PostId, RoomId},
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    organization::{OrganizationKind, PlaceKind},
    role::{HeldRole, Role, Scope},
    room::{RoomFact, RoomKind},
    time::{Interval, Timestamp},
};
use std::collections::HashMap;

/// An employer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrganizationFact {
    /// The row.
    pub organization: OrganizationId,
    /// What it is.
    pub kind: OrganizationKind,
    /// The current version of its name; messages and entries refer to it (decision 8).
    pub version: i64,
    /// From joining until it left.
    pub period: Interval,
}

/// A person, as far as policy needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PersonFact {
    /// The row.
    pub person: PersonId,
    /// The employer that registered the person.
    pub organization: OrganizationId,
    /// The current version of the name; messages and entries refer to it (decision 8).
    pub version: i64,
    /// From registration until disabled.
    pub period: Interval,
}

/// A post.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PostFact {
    /// The row.
    pub post: PostId,
    /// Whose.
    pub person: PersonId,
    /// At which employer.
    pub organization: OrganizationId,
    /// At which place; `None` is the whole organization.
    pub place: Option<PlaceId>,
    /// As what.
    pub job_type: JobTypeId,
    /// From when to when.
    pub period: Interval,
    /// Waits for the employer's re-confirmation after a reset elsewhere.
    pub suspended: bool,
}

impl PostFact {
    /// Whether one may act under it at `now`.
    #[must_use]
    pub const fn is_live(&self, now: Timestamp) -> bool {
        self.period.contains(now) && !self.suspended
    }
}

/// A place and what it lies in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceFact {
    /// The row.
    pub place: PlaceId,
    /// Whose.
    pub organization: OrganizationId,
    /// What it lies in.
    pub parent: Option<PlaceId>,
    /// What it is.
    pub kind: PlaceKind,
    /// Where it stands in the round, among its siblings.
    pub position: i32,
    /// The current version of its name.
    pub version: i64,
    /// From when to when.
    pub period: Interval,
}

/// A patient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatientFact {
    /// The row.
    pub patient: PatientId,
    /// The responsible organization.
    pub organization: OrganizationId,
    /// Where the patient lives, for the round.
    pub place: Option<PlaceId>,
    /// In care, discharged or deceased.
    pub state: PatientState,
    /// The patient's room.
    pub room: RoomId,
}

/// One cell of the rights matrix, for the consortium or narrowed by an organization.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatrixCell {
    /// `None`: the consortium's; otherwise that organization's narrowing.
    pub organization: Option<OrganizationId>,
    /// The job type.
    pub job_type: JobTypeId,
    /// The information class.
    pub class: InfoClassId,
    /// May read.
    pub read: bool,
    /// May write.
    pub write: bool,
}

/// What a post may read and write about one patient or in one room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReaderScope {
    /// In the care team (or among the members) at all.
    pub member: bool,
    /// A consent holds.
    pub consented: bool,
    /// Classes to read.
    pub read: ClassSet,
    /// Classes to write.
    pub write: ClassSet,
}

type Rights = (ClassSet, ClassSet);

/// An immutable snapshot of everything that rights depend on.
#[derive(Debug, Default)]
pub struct Facts {
    version: u64,
    organizations: HashMap<OrganizationId, OrganizationFact>,
    people: HashMap<PersonId, PersonFact>,
    posts: HashMap<PostId, PostFact>,
    roles: HashMap<PersonId, Vec<HeldRole>>,
    devices: HashMap<DeviceId, DeviceFact>,
    device_keys: HashMap<DeviceKey, DeviceId>,
    places: HashMap<PlaceId, PlaceFact>,
    patients: HashMap<PatientId, PatientFact>,
    consents: HashMap<PatientId, Vec<ConsentFact>>,
    teams: HashMap<PatientId, Vec<MembershipFact>>,
    rooms: HashMap<RoomId, RoomFact>,
    matrix: HashMap<JobTypeId, Rights>,
    narrowed: HashMap<(OrganizationId, JobTypeId), Rights>,
}

/// What a snapshot is built from: the rows of the policy tables.
#[derive(Debug, Default)]
pub struct FactsBuilder {
    /// The version that a commit which changes any of these raises.
    pub version: u64,
    /// Employers.
    pub organizations: Vec<OrganizationFact>,
    /// People.
    pub people: Vec<PersonFact>,
    /// Posts.
    pub posts: Vec<PostFact>,
    /// Roles, by person.
    pub roles: Vec<(PersonId, HeldRole)>,
    /// Devices with their keys; several keys during a renewal.
    pub devices: Vec<(DeviceFact, Vec<DeviceKey>)>,
    /// Places.
    pub places: Vec<PlaceFact>,
    /// Patients.
    pub patients: Vec<PatientFact>,
    /// Consents, by patient.
    pub consents: Vec<(PatientId, ConsentFact)>,
    /// Memberships, by patient.
    pub memberships: Vec<(PatientId, MembershipFact)>,
    /// Rooms.
    pub rooms: Vec<RoomFact>,
    /// The rights matrix.
    pub matrix: Vec<MatrixCell>,
}

impl FactsBuilder {
    /// The snapshot.
    #[must_use]
    pub fn build(self) -> Facts {
        let mut facts = Facts { version: self.version, ..Facts::default() };
        facts.organizations = self.organizations.into_iter().map(|fact| (fact.organization, fact)).collect();
        facts.people = self.people.into_iter().map(|fact| (fact.person, fact)).collect();
        facts.posts = self.posts.into_iter().map(|fact| (fact.post, fact)).collect();
        facts.places = self.places.into_iter().map(|fact| (fact.place, fact)).collect();
        facts.patients = self.patients.into_iter().map(|fact| (fact.patient, fact)).collect();
        facts.rooms = self.rooms.into_iter().map(|fact| (fact.room, fact)).collect();
        for (person, role) in self.roles {
            facts.roles.entry(person).or_default().push(role);
        }
        for (patient, consent) in self.consents {
            facts.consents.entry(patient).or_default().push(consent);
        }
        for (patient, membership) in self.memberships {
            facts.teams.entry(patient).or_default().push(membership);
        }
        for (device, keys) in self.devices {
            facts.device_keys.extend(keys.into_iter().map(|key| (key, device.device)));
            facts.devices.insert(device.device, device);
        }
        for cell in self.matrix {
            facts.add_cell(cell);
        }
        facts
    }
}

impl Facts {
    /// The version of this snapshot.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// An employer.
    #[must_use]
    pub fn organization(&self, organization: OrganizationId) -> Option<&OrganizationFact> {
        self.organizations.get(&organization)
    }

    /// Every employer, past ones too, in no order.
    pub fn organizations(&self) -> impl Iterator<Item = &OrganizationFact> {
        self.organizations.values()
    }

    /// Every person, disabled ones too, in no order.
    pub fn people(&self) -> impl Iterator<Item = &PersonFact> {
        self.people.values()
    }

    /// Every post, ended and suspended ones too, in no order.
    pub fn posts(&self) -> impl Iterator<Item = &PostFact> {
        self.posts.values()
    }

    /// Every place, given-up ones too, in no order.
    pub fn places(&self) -> impl Iterator<Item = &PlaceFact> {
        self.places.values()
    }

    /// A person.
    #[must_use]
    pub fn person(&self, person: PersonId) -> Option<&PersonFact> {
        self.people.get(&person)
    }

    /// A post.
    #[must_use]
    pub fn post(&self, post: PostId) -> Option<&PostFact> {
        self.posts.get(&post)
    }

    /// The live posts of a person.
    pub fn posts_of(&self, person: PersonId, now: Timestamp) -> impl Iterator<Item = &PostFact> {
        self.posts.values().filter(move |post| post.person == person && post.is_live(now))
    }

    /// Every live post, in no order.
    pub fn live_posts(&self, now: Timestamp) -> impl Iterator<Item = &PostFact> {
        self.posts.values().filter(move |post| {
            post.is_live(now)
                && self.people.get(&post.person).is_some_and(|person| person.period.contains(now))
        })
    }

    /// A device.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> Option<&DeviceFact> {
        self.devices.get(&device)
    }

    /// The device whose register row holds this exact public key.
    #[must_use]
    pub fn device_with_key(&self, key: &DeviceKey) -> Option<&DeviceFact> {
        self.device_keys.get(key).and_then(|device| self.devices.get(device))
    }

    /// A place.
    #[must_use]
    pub fn place(&self, place: PlaceId) -> Option<&PlaceFact> {
        self.places.get(&place)
    }

    /// A patient.
    #[must_use]
    pub fn patient(&self, patient: PatientId) -> Option<&PatientFact> {
        self.patients.get(&patient)
    }

    /// Every patient, in no order.
    pub fn patients(&self) -> impl Iterator<Item = &PatientFact> {
        self.patients.values()
    }

    /// A room.
    #[must_use]
    pub fn room(&self, room: RoomId) -> Option<&RoomFact> {
        self.rooms.get(&room)
    }

    /// Every room, in no order.
    pub fn rooms(&self) -> impl Iterator<Item = &RoomFact> {
        self.rooms.values()
    }

    /// The memberships of a patient's care team, past, present and proposed.
    #[must_use]
    pub fn team(&self, patient: PatientId) -> &[MembershipFact] {
        self.teams.get(&patient).map_or(&[], Vec::as_slice)
    }

    /// The consents of a patient.
    #[must_use]
    pub fn consents(&self, patient: PatientId) -> &[ConsentFact] {
        self.consents.get(&patient).map_or(&[], Vec::as_slice)
    }

    /// The roles that a person holds at `now`.
    pub fn roles_of(&self, person: PersonId, now: Timestamp) -> impl Iterator<Item = &HeldRole> {
        self.roles.get(&person).into_iter().flatten().filter(move |role| role.period.contains(now))
    }

    /// Whether the person holds the role for the organization (`None`: for the consortium itself).
    #[must_use]
    pub fn holds(
        &self,
        person: PersonId,
        role: Role,
        organization: Option<OrganizationId>,
        now: Timestamp,
    ) -> bool {
        self.roles_of(person, now).any(|held| {
            held.role == role && held.scope.covers(organization) && self.counts(person, held, now)
        })
    }

    /// A reset elsewhere suspends what the person does for other employers (decision 7): a role that reaches there
    /// waits for the re-confirmation of the post, on whichever device the person has signed in.
    fn counts(&self, person: PersonId, held: &HeldRole, now: Timestamp) -> bool {
        !self.posts.values().any(|post| {
            post.person == person
                && post.suspended
                && post.period.contains(now)
                && held.scope.covers(Some(post.organization))
        })
    }

    /// The scopes in which the person holds the role.
    pub fn scopes(&self, person: PersonId, role: Role, now: Timestamp) -> impl Iterator<Item = Scope> {
        self.roles_of(person, now)
            .filter(move |held| held.role == role && self.counts(person, held, now))
            .map(|held| held.scope)
    }

    /// What a post may read and write about a patient.
    #[must_use]
    pub fn about(&self, post: &PostFact, patient: PatientId, now: Timestamp) -> ReaderScope {
        let mut scope = ReaderScope::default();
        let (read, write) = self.rights(post.organization, post.job_type);
        for membership in self.team(patient) {
            let live = membership.confirmed && membership.period.contains(now);
            if !live || !self.lets_in(&membership.subject, post) {
                continue;
            }
            scope.member = true;
            let consent = self
                .consents(patient)
                .iter()
                .find(|consent| consent.consent == membership.consent && consent.is_live(now));
            if let Some(consent) = consent {
                scope.consented = true;
                scope.read = union(scope.read, read.intersection(consent.classes));
                scope.write = union(scope.write, write.intersection(consent.classes));
            }
        }
        if scope.consented {
            // 安全情報 is for every team member (decision 4), whatever the matrix says.
            scope.read = scope.read.with(InfoClassId::SAFETY);
        }
        scope
    }

    /// What a post may read and write in a room.
    #[must_use]
    pub fn within(&self, post: &PostFact, room: &RoomFact, now: Timestamp) -> ReaderScope {
        match (room.kind, room.patient) {
            (RoomKind::Patient, Some(patient)) => self.about(post, patient, now),
            (RoomKind::Patient, None) => ReaderScope::default(),
            (RoomKind::Group | RoomKind::Direct, _) => {
                let member = room
                    .members
                    .iter()
                    .any(|(person, period)| *person == post.person && period.contains(now));
                let classes = if member { ClassSet::EVERY } else { ClassSet::NONE };
                ReaderScope { member, consented: member, read: classes, write: classes }
            }
        }
    }

    /// Every live post that may read the class in the room: the audience that is shown before sending.
    #[must_use]
    pub fn audience(&self, room: RoomId, class: InfoClassId, now: Timestamp) -> Vec<PostId> {
        let Some(room) = self.room(room) else { return Vec::new() };
        let mut posts: Vec<_> = self
            .live_posts(now)
            .filter(|post| self.within(post, room, now).read.contains(class))
            .map(|post| post.post)
            .collect();
        posts.sort_unstable();
        posts
    }

    /// Whether `place` is `ancestor` or lies in it.
    #[must_use]
    pub fn lies_in(&self, place: PlaceId, ancestor: PlaceId) -> bool {
        let mut current = Some(place);
        // A tree of places is shallow; the bound keeps a damaged one from looping.
        for _ in 0..16 {
            match current {
                Some(here) if here == ancestor => return true,
                Some(here) => current = self.places.get(&here).and_then(|fact| fact.parent),
                None => return false,
            }
        }
        false
    }

    /// Whether a membership's subject lets the post in.
    #[must_use]
    pub fn lets_in(&self, subject: &Subject, post: &PostFact) -> bool {
        match subject {
            Subject::Post(only) => *only == post.post,
            Subject::Staff { organization, place, job_types } => {
                *organization == post.organization
                    && job_types.contains(&post.job_type)
                    && match (place, post.place) {
                        (None, _) => true,
                        (Some(place), Some(own)) => self.lies_in(own, *place),
                        (Some(_), None) => false,
                    }
            }
        }
    }

    /// Whose staff a membership's subject is; `None` for a post that does not exist.
    #[must_use]
    pub fn employer(&self, subject: &Subject) -> Option<OrganizationId> {
        match subject {
            Subject::Post(post) => self.post(*post).map(|fact| fact.organization),
            Subject::Staff { organization, .. } => Some(*organization),
        }
    }

    /// Whether the post is in the care team now, on a live consent.
    #[must_use]
    pub fn cares_for(&self, post: &PostFact, patient: PatientId, now: Timestamp) -> bool {
        let scope = self.about(post, patient, now);
        scope.member && scope.consented
    }

    /// Where a place stands in the round: the positions from the top of its building down, ids as tie-breaks.
    #[must_use]
    pub fn round_path(&self, place: Option<PlaceId>) -> Vec<(i32, PlaceId)> {
        let mut path = Vec::new();
        let mut current = place.and_then(|place| self.place(place));
        // A tree of places is shallow; the bound keeps a damaged one from looping.
        while let Some(here) = current.filter(|_| path.len() < 16) {
            path.push((here.position, here.place));
            current = here.parent.and_then(|parent| self.place(parent));
        }
        path.reverse();
        path
    }

    /// Classes that the matrix lets a job type of an organization read and write.
    #[must_use]
    pub fn rights(&self, organization: OrganizationId, job_type: JobTypeId) -> (ClassSet, ClassSet) {
        let (read, write) = self.matrix.get(&job_type).copied().unwrap_or_default();
        match self.narrowed.get(&(organization, job_type)) {
            None => (read, write),
            Some((narrow_read, narrow_write)) => {
                (read.intersection(*narrow_read), write.intersection(*narrow_write))
            }
        }
    }

    fn add_cell(&mut self, cell: MatrixCell) {
        let rights = match cell.organization {
            None => self.matrix.entry(cell.job_type).or_default(),
            Some(organization) => self.narrowed.entry((organization, cell.job_type)).or_default(),
        };
        if cell.read {
            rights.0 = rights.0.with(cell.class);
        }
        if cell.write {
            rights.1 = rights.1.with(cell.class);
        }
    }
}

fn union(one: ClassSet, two: ClassSet) -> ClassSet {
    two.iter().fold(one, ClassSet::with)
}
