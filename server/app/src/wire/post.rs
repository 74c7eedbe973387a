//! wire: posts, 所属・職種.

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    person::NewPost,
    policy::PostFact,
    time::Timestamp,
};
use utoipa::ToSchema;

/// A post of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Post {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// At which employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// At which place; null for the whole employer.
    #[schema(value_type = Option<Uuid>)]
    pub place: Option<PlaceId>,
    /// As what: a number of the table of job types.
    pub job_type: i16,
    /// Waits for the employer's re-confirmation after a reset elsewhere.
    pub suspended: bool,
    /// Since when, µs UTC.
    pub from: i64,
    /// Until when, µs UTC; 9223372036854775807 without an end.
    pub until: i64,
}

impl From<PostFact> for Post {
    fn from(fact: PostFact) -> Self {
        Self {
            post: fact.post,
            organization: fact.organization,
            place: fact.place,
            job_type: fact.job_type.0,
            suspended: fact.suspended,
            from: fact.period.from.0,
            until: fact.period.until.0,
        }
    }
}

/// The post that a new person begins with.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPost {
    /// At which place; left out or null for the whole employer.
    #[schema(value_type = Option<Uuid>)]
    pub place: Option<PlaceId>,
    /// As what: a number of the table of job types.
    #[schema(minimum = 1, maximum = 62)]
    pub job_type: i16,
    /// From when, µs UTC; at once when left out.
    pub from: Option<i64>,
    /// Until when, µs UTC; without an end when left out.
    pub until: Option<i64>,
}

/// A further post of a person.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePost {
    /// Whose.
    #[schema(value_type = Uuid)]
    person: PersonId,
    /// At which employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// At which place; left out or null for the whole employer.
    #[schema(value_type = Option<Uuid>)]
    place: Option<PlaceId>,
    /// As what: a number of the table of job types.
    #[schema(minimum = 1, maximum = 62)]
    job_type: i16,
    /// From when, µs UTC; at once when left out.
    from: Option<i64>,
    /// Until when, µs UTC; without an end when left out.
    until: Option<i64>,
}

impl CreatePost {
    /// The command.
    #[must_use]
    pub fn parse(&self) -> NewPost {
        NewPost {
            person: self.person,
            place: self.place,
            job_type: JobTypeId(self.job_type),
            from: self.from.map(Timestamp),
            until: self.until.map(Timestamp),
        }
    }
}

/// When a post ends.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndPost {
    /// A time to come, µs UTC; at once when left out.
    until: Option<i64>,
}

impl EndPost {
    /// When.
    #[must_use]
    pub fn parse(&self) -> Option<Timestamp> {
        self.until.map(Timestamp)
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPost {
    /// The new post.
    #[schema(value_type = Uuid)]
    pub post: PostId,
}
