//! http: the people directory.

use super::{Problem, ProblemDocument, SignedIn, parameters::Asked};
use crate::{
    usecase::{
        Services,
        consortium::{self, DirectoryEntry},
    },
    wire::{
        page,
        person::{Colleague, Directory, DirectoryQuestion},
    },
};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the directory.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Colleagues of the whole consortium who are at work under a live post.
#[utoipa::path(get, path = "/api/v1/directory", tag = "consortium", params(DirectoryQuestion), responses(
    (status = 200, body = Directory),
    (status = "default", description = "`session.*`, `query.form`, `field.*`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<DirectoryQuestion>,
) -> Result<Json<Directory>, Problem> {
    let (query, after, limit) = question.parse()?;
    let question = consortium::DirectoryQuestion { query, after, limit };
    let page = consortium::read_directory(&services, &caller, question).await?;
    Ok(Json(Directory {
        colleagues: page.entries.iter().map(shown).collect(),
        next: page.next.map(|last| page::cursor(last.as_uuid())),
    }))
}

fn shown(DirectoryEntry { post, name, organization, present }: &DirectoryEntry) -> Colleague {
    Colleague {
        person: post.person,
        post: post.post,
        job_type: post.job_type.0,
        name: name.name.clone(),
        reading: name.reading.clone(),
        romaji: name.romaji.clone(),
        version: name.version,
        organization: post.organization,
        organization_name: organization.name.clone(),
        place: post.place,
        present: *present,
    }
}
