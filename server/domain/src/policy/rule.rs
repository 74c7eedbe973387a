//! The rules: what an act demands. Each act names exactly one.

use crate::{
    access::{Action, ObjectKind, Target},
    id::{DeviceId, MembershipId, OrganizationId, PatientId, PersonId, RoomId, SessionId},
    info_class::InfoClassId,
    role::Role,
};

/// Something that can be asked for. The table of acts is `act.rs`.
pub trait Act: Clone + Send + Sync + std::fmt::Debug + 'static {
    /// What the log calls it.
    const ACTION: Action;

    /// What it demands.
    fn rule(&self) -> Rule;

    /// What kind of object it is done to, and which.
    fn object(&self) -> (ObjectKind, uuid::Uuid) {
        (ObjectKind::None, uuid::Uuid::nil())
    }

    /// The clear columns that name the object, before the rule fills in patient, room and organization.
    fn target(&self) -> Target {
        let (kind, object) = self.object();
        Target::object(kind, object)
    }
}

/// What an act demands of its caller, besides a live session, device, post and person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Any person signed in.
    SignedIn,
    /// Any person signed in, and the console: what holds the consortium together and names no person.
    Common,
    /// A person signed in or locked: what remains possible on a locked screen (sign out, return).
    Present,
    /// That very person.
    Own(PersonId),
    /// That very session, locked or not.
    OwnSession(SessionId),
    /// Membership and consent for a patient, without a class (card, team, list).
    Patient(PatientId),
    /// May read the class about the patient.
    ReadPatient(PatientId, InfoClassId),
    /// May write the class about the patient.
    WritePatient(PatientId, InfoClassId),
    /// May see the room at all.
    ReadRoom(RoomId),
    /// May read that class in the room.
    ReadClass(RoomId, InfoClassId),
    /// May write that class in the room, which must be open.
    WriteRoom(RoomId, InfoClassId),
    /// May write in the room and is the author of what is changed.
    OwnPost(RoomId, InfoClassId, PersonId),
    /// Owns the group room.
    OwnRoom(RoomId),
    /// Holds the role for the organization (`None`: for the consortium), with a fresh passkey.
    Administer(Role, Option<OrganizationId>),
    /// Holds one of two roles for the organization, with a fresh passkey.
    AdministerEither(Role, Role, Option<OrganizationId>),
    /// Administers, and is not the person who proposed it.
    Confirm(Role, Option<OrganizationId>, PersonId),
    /// Gives a role: administers staff, is not the receiver, and the receiver's roles do not exclude it.
    GrantRole(PersonId, Role, crate::role::Scope),
    /// Proposes a care-team membership: a team member, or 職員管理 of the patient's responsible organization.
    ProposeMembership(PatientId),
    /// Confirms it: as above, and not whoever proposed it.
    ConfirmMembership(PatientId, PersonId),
    /// Ends a stay in a care team: whoever may propose one, or 職員管理 of the subject's employer.
    EndMembership(PatientId, MembershipId),
    /// That very device, with or without a person.
    Device(DeviceId),
    /// Somebody at the console.
    Operator,
    /// The program itself.
    Job,
}
