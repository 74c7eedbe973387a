//! Rooms: ルーム.

use crate::{
    coded::coded,
    id::{OrganizationId, PatientId, PersonId, RoomId},
    time::Interval,
};

coded! {
    /// What a room is.
    RoomKind {
        /// One patient's room.
        Patient = 1, "patient", "患者ルーム";
        /// A staff group.
        Group = 2, "group", "グループ";
        /// Two people.
        Direct = 3, "direct", "個別";
    }
}

/// A room, as far as policy needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomFact {
    /// The row.
    pub room: RoomId,
    /// What it is.
    pub kind: RoomKind,
    /// The patient of a patient room.
    pub patient: Option<PatientId>,
    /// The organization that made it; the responsible one of a patient room.
    pub organization: OrganizationId,
    /// Closed rooms stay readable for the record and take no posts.
    pub closed: bool,
    /// Members of a group room or direct conversation.
    pub members: Vec<(PersonId, Interval)>,
    /// Whoever may change a group's members.
    pub owner: Option<PersonId>,
}
