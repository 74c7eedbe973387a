//! A new person with a first post. Signing in comes later, with a one-time code that a second person confirms.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    person::{NewPerson, NewPost},
    policy::{Caller, CreatePerson, CreatePost, Grant},
    time::Timestamp,
};
use tasuki_store::{Batch, Done, Work, WorkError, table};
use uuid::Uuid;

/// The post that a new person begins with.
#[derive(Clone, Copy, Debug)]
pub struct FirstPost {
    /// At which place; `None` is the whole organization.
    pub place: Option<PlaceId>,
    /// As what.
    pub job_type: JobTypeId,
    /// From when; at once when not given.
    pub from: Option<Timestamp>,
    /// Until when; without an end when not given.
    pub until: Option<Timestamp>,
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CreatedPerson {
    /// The person.
    pub person: PersonId,
    /// The first post.
    pub post: PostId,
}

/// Registers a person at an employer.
///
/// # Errors
/// The refusal; `login` with `field.taken`; as for a post; conflict `organization.ended`.
pub async fn create_person(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    new: NewPerson,
    first: FirstPost,
) -> Result<CreatedPerson, UseCaseError> {
    let created = CreatedPerson {
        person: PersonId::from_uuid(Uuid::new_v4()),
        post: PostId::from_uuid(Uuid::new_v4()),
    };
    let CreatedPerson { person, post } = created;
    let work = Registering {
        person: services.store.decide(caller, CreatePerson { organization, person }).await?,
        post: services.store.decide(caller, CreatePost { organization, post }).await?,
        new,
        first: first.of(person),
    };
    services.store.write(work).await?;
    Ok(created)
}

impl FirstPost {
    pub(super) const fn of(self, person: PersonId) -> NewPost {
        let Self { place, job_type, from, until } = self;
        NewPost { person, place, job_type, from, until }
    }
}

struct Registering {
    person: Grant<CreatePerson>,
    post: Grant<CreatePost>,
    new: NewPerson,
    first: NewPost,
}

impl Work for Registering {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.person, Detail::default()).await?;
        batch.record(&self.post, post_detail(&self.first)).await?;
        table::person::create(batch, &self.person, &self.new).await?;
        table::post::create(batch, &self.post, &self.first).await?;
        Ok(Done::new((), proof))
    }
}

/// What the entry of a new post says.
pub(super) fn post_detail(new: &NewPost) -> Detail {
    let detail = Detail::default().with("person", new.person).with("as", new.job_type.0);
    match new.place {
        Some(place) => detail.with("place", place),
        None => detail,
    }
}
