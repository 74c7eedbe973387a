//! http: places, 場所.

use super::{
    Body, Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        consortium::{self, PlaceView},
    },
    wire::place::{ChangePlace, CreatePlace, CreatedPlace, Place, Places, PlacesQuestion},
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::PlaceId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of places.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read, create)).routes(routes!(change)).routes(routes!(end))
}

/// The places of an employer in the order of the round.
#[utoipa::path(get, path = "/api/v1/places", tag = "consortium", params(PlacesQuestion), responses(
    (status = 200, body = Places),
    (status = "default", description = "`session.*`, `missing`, `query.form`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<PlacesQuestion>,
) -> Result<Json<Places>, Problem> {
    let found = consortium::read_places(&services, &caller, question.organization).await?;
    Ok(Json(Places { places: found.into_iter().map(shown).collect() }))
}

fn shown(PlaceView { fact, name }: PlaceView) -> Place {
    Place {
        place: fact.place,
        parent: fact.parent,
        kind: fact.kind,
        position: fact.position,
        version: fact.version,
        name: name.name.clone(),
    }
}

/// A new place; 職員管理 of the employer.
#[utoipa::path(post, path = "/api/v1/places", tag = "consortium", request_body = CreatePlace, responses(
    (status = 201, body = CreatedPlace),
    (status = "default", description = "`session.*`, `role.missing`, `organization.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreatePlace>,
) -> Result<(StatusCode, Json<CreatedPlace>), Problem> {
    let place = consortium::create_place(&services, &caller, body.organization, body.parse()?).await?;
    Ok((StatusCode::CREATED, Json(CreatedPlace { place })))
}

/// A place is renamed, moved or put elsewhere in the round.
#[utoipa::path(patch, path = "/api/v1/places/{place}", tag = "consortium",
    params(("place" = Uuid, Path, description = "The place.")), request_body = ChangePlace, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `place.changed`, `place.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn change(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(place): Named<Uuid>,
    Body(body): Body<ChangePlace>,
) -> Result<StatusCode, Problem> {
    consortium::change_place(&services, &caller, PlaceId::from_uuid(place), body.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A place is given up, when nobody and nothing is there any more.
#[utoipa::path(post, path = "/api/v1/places/{place}/end", tag = "consortium",
    params(("place" = Uuid, Path, description = "The place.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `place.ended`, `place.in_use`", body = ProblemDocument),
))]
async fn end(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(place): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    consortium::end_place(&services, &caller, PlaceId::from_uuid(place)).await?;
    Ok(StatusCode::NO_CONTENT)
}
