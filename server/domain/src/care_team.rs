//! Care teams: who may see a patient, from when to when, on which consent (FHIR CareTeam).

use crate::{
    coded::coded,
    id::{ConsentId, MembershipId, OrganizationId, PlaceId, PostId},
    info_class::ClassSet,
    job_type::JobTypeId,
    time::{Interval, Timestamp},
};

/// Whom a membership lets in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// One post.
    Post(PostId),
    /// All current posts of these job types at an organization's place and below; a home of 30 staff is one row.
    Staff {
        /// The employer.
        organization: OrganizationId,
        /// The place; `None` is the whole organization.
        place: Option<PlaceId>,
        /// The job types.
        job_types: Vec<JobTypeId>,
    },
}

/// A stay in a patient's care team.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MembershipFact {
    /// The row.
    pub membership: MembershipId,
    /// Whom it lets in.
    pub subject: Subject,
    /// The consent it rests on.
    pub consent: ConsentId,
    /// From when to when.
    pub period: Interval,
    /// Counts only once a second person has confirmed it.
    pub confirmed: bool,
}

/// A patient's consent (本人同意).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConsentFact {
    /// The row.
    pub consent: ConsentId,
    /// From when to when; a withdrawal ends it.
    pub period: Interval,
    /// The classes it covers.
    pub classes: ClassSet,
}

impl ConsentFact {
    /// Whether it holds at `now`.
    #[must_use]
    pub const fn is_live(&self, now: Timestamp) -> bool {
        self.period.contains(now)
    }
}

coded! {
    /// Who gave the consent.
    ConsentGiver {
        /// 本人
        Patient = 1, "patient", "本人";
        /// 家族
        Family = 2, "family", "家族";
        /// 成年後見人
        Guardian = 3, "guardian", "成年後見人";
    }
}

coded! {
    /// Where a patient is in care.
    PatientState {
        /// In care.
        InCare = 1, "in_care", "利用中";
        /// Discharged or moved away; may return.
        Discharged = 2, "discharged", "退所・終了";
        /// Died.
        Deceased = 3, "deceased", "死亡";
    }
}
