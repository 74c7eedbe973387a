//! Care teams as the doors speak of them.

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    care_team::Subject,
    id::{ConsentId, MembershipId, OrganizationId, PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use utoipa::ToSchema;

/// Whom a membership lets in: one post, or all current posts of some job types at an organization's place.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "snake_case")]
pub enum MembershipSubject {
    /// One post.
    Post {
        /// The post.
        #[schema(value_type = uuid::Uuid)]
        post: PostId,
    },
    /// Staff; a home of thirty is one row.
    Staff {
        /// The employer.
        #[schema(value_type = uuid::Uuid)]
        organization: OrganizationId,
        /// The place and everything in it; absent for the whole organization.
        #[schema(value_type = Option<uuid::Uuid>)]
        place: Option<PlaceId>,
        /// The numbers of the job types.
        #[schema(value_type = Vec<i16>, min_items = 1, max_items = 62)]
        job_types: Vec<JobTypeId>,
    },
}

impl MembershipSubject {
    /// The subject, bounded.
    ///
    /// # Errors
    /// `subject.job_types` when there are none, too many, or numbers that cannot be.
    pub fn parse(&self) -> Result<Subject, FieldProblem> {
        match self {
            Self::Post { post } => Ok(Subject::Post(*post)),
            Self::Staff { organization, place, job_types } => {
                let refuse = |rule| Err(FieldProblem::new("subject.job_types", rule));
                match job_types.len() {
                    0 => refuse(FieldRule::Empty),
                    63.. => refuse(FieldRule::TooMany(62)),
                    _ if job_types.iter().any(|job| !(1..=62).contains(&job.0)) => refuse(FieldRule::Choice),
                    _ => Ok(Subject::Staff {
                        organization: *organization,
                        place: *place,
                        job_types: job_types.clone(),
                    }),
                }
            }
        }
    }

    /// The subject of a stored membership.
    #[must_use]
    pub fn of(subject: &Subject) -> Self {
        match subject {
            Subject::Post(post) => Self::Post { post: *post },
            Subject::Staff { organization, place, job_types } => {
                Self::Staff { organization: *organization, place: *place, job_types: job_types.clone() }
            }
        }
    }
}

/// A proposal for a care team.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMembership {
    /// Whom it lets in.
    pub subject: MembershipSubject,
    /// On which of the patient's live consents.
    #[schema(value_type = uuid::Uuid)]
    pub consent: ConsentId,
    /// Start (µs UTC); absent for now.
    #[schema(value_type = Option<i64>)]
    pub from: Option<Timestamp>,
    /// End (µs UTC); absent for as long as the consent holds.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
}

/// A membership was proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipProposed {
    /// The row.
    #[schema(value_type = uuid::Uuid)]
    pub membership: MembershipId,
}

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MembershipState {
    /// Waits for the second person.
    Proposed,
    /// Begins later.
    Later,
    /// Counts now, as far as the consent holds.
    Live,
    /// Over.
    Ended,
}

/// A stay in the care team.
#[derive(Debug, Serialize, ToSchema)]
pub struct Membership {
    /// The row.
    #[schema(value_type = uuid::Uuid)]
    pub membership: MembershipId,
    /// Whom it lets in.
    pub subject: MembershipSubject,
    /// Where it stands.
    pub state: MembershipState,
    /// On which consent.
    #[schema(value_type = uuid::Uuid)]
    pub consent: ConsentId,
    /// Start (µs UTC).
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// End (µs UTC); absent without end.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
    /// Who proposed it; absent at the console.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub proposer: Option<PersonId>,
    /// Who confirmed it.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub confirmer: Option<PersonId>,
    /// When it was confirmed (µs UTC).
    #[schema(value_type = Option<i64>)]
    pub confirmed_at: Option<Timestamp>,
}

/// A patient's care team: who is, was, or is proposed to be in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CareTeam {
    /// By start.
    pub memberships: Vec<Membership>,
}
