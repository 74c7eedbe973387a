//! http: people, 職員: the staff register.

use super::{
    Body, Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        consortium::{self, FirstPost, PersonView},
    },
    wire::{
        organization::Versioned,
        page,
        person::{ChangePerson, CreatePerson, CreatedPerson, People, PeopleQuestion, Person},
        post::Post,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::{id::PersonId, job_type::JobTypeId, time::Timestamp};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of people.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read, create)).routes(routes!(change)).routes(routes!(disable))
}

/// A page of an employer's staff register; 職員管理 or システム管理 of the employer.
#[utoipa::path(get, path = "/api/v1/people", tag = "consortium", params(PeopleQuestion), responses(
    (status = 200, body = People),
    (status = "default", description = "`session.*`, `role.missing`, `query.form`, `field.*`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<PeopleQuestion>,
) -> Result<Json<People>, Problem> {
    let (after, limit) = question.page()?;
    let question = consortium::PeopleQuestion { organization: question.organization, after, limit };
    let page = consortium::read_people(&services, &caller, question).await?;
    Ok(Json(People {
        people: page.people.into_iter().map(shown).collect(),
        next: page.next.map(|last| page::cursor(last.as_uuid())),
    }))
}

fn shown(PersonView { record, posts }: PersonView) -> Person {
    Person {
        person: record.fact.person,
        organization: record.fact.organization,
        version: record.name.version,
        login: record.login,
        name: record.name.name,
        reading: record.name.reading,
        romaji: record.name.romaji,
        from: record.fact.period.from.0,
        until: record.fact.period.until.0,
        posts: posts.into_iter().map(Post::from).collect(),
    }
}

/// A new person with a first post; 職員管理 of the employer.
#[utoipa::path(post, path = "/api/v1/people", tag = "consortium", request_body = CreatePerson, responses(
    (status = 201, body = CreatedPerson),
    (status = "default", description = "`session.*`, `role.missing`, `organization.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreatePerson>,
) -> Result<(StatusCode, Json<CreatedPerson>), Problem> {
    let first = FirstPost {
        place: body.post.place,
        job_type: JobTypeId(body.post.job_type),
        from: body.post.from.map(Timestamp),
        until: body.post.until.map(Timestamp),
    };
    let made = consortium::create_person(&services, &caller, body.organization, body.parse()?, first).await?;
    Ok((StatusCode::CREATED, Json(CreatedPerson { person: made.person, post: made.post })))
}

/// A person's facts change; the old version stays. 職員管理 of the employer that registered them.
#[utoipa::path(patch, path = "/api/v1/people/{person}", tag = "consortium",
    params(("person" = Uuid, Path, description = "The person.")), request_body = ChangePerson, responses(
    (status = 200, body = Versioned),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `person.changed`, `person.disabled`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn change(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(person): Named<Uuid>,
    Body(body): Body<ChangePerson>,
) -> Result<Json<Versioned>, Problem> {
    let person = PersonId::from_uuid(person);
    let version = consortium::change_person(&services, &caller, person, body.parse()?).await?;
    Ok(Json(Versioned { version }))
}

/// A person is cut off: posts, roles and every session end at once.
#[utoipa::path(post, path = "/api/v1/people/{person}/disable", tag = "consortium",
    params(("person" = Uuid, Path, description = "The person.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `person.disabled`, `person.posts_elsewhere`", body = ProblemDocument),
))]
async fn disable(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(person): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    consortium::disable_person(&services, &caller, PersonId::from_uuid(person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
pub(super) mod tests;
