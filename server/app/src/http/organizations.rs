//! http: organizations, 法人・事業所.

use super::{Body, Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        consortium::{self, OrganizationView},
    },
    wire::organization::{
        ChangeOrganization, CreateOrganization, CreatedOrganization, Organization, Organizations, Versioned,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::OrganizationId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of organizations.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read, create)).routes(routes!(change)).routes(routes!(end))
}

/// Every employer of the consortium.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "consortium", responses(
    (status = 200, body = Organizations),
    (status = "default", description = "`session.*`, `post.ended`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Json<Organizations>, Problem> {
    let found = consortium::read_organizations(&services, &caller).await?;
    Ok(Json(Organizations { organizations: found.into_iter().map(shown).collect() }))
}

fn shown(OrganizationView { fact, name }: OrganizationView) -> Organization {
    Organization {
        organization: fact.organization,
        kind: fact.kind,
        version: name.version,
        name: name.name.clone(),
        romaji: name.romaji.clone(),
        telephone: name.telephone.clone(),
        from: fact.period.from.0,
        until: fact.period.until.0,
    }
}

/// A new employer joins; 職員管理 of the consortium.
#[utoipa::path(post, path = "/api/v1/organizations", tag = "consortium", request_body = CreateOrganization, responses(
    (status = 201, body = CreatedOrganization),
    (status = "default", description = "`session.*`, `role.missing`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreateOrganization>,
) -> Result<(StatusCode, Json<CreatedOrganization>), Problem> {
    let organization = consortium::create_organization(&services, &caller, body.parse()?).await?;
    Ok((StatusCode::CREATED, Json(CreatedOrganization { organization })))
}

/// An employer's facts change; the old version stays.
#[utoipa::path(patch, path = "/api/v1/organizations/{organization}", tag = "consortium",
    params(("organization" = Uuid, Path, description = "The employer.")),
    request_body = ChangeOrganization, responses(
    (status = 200, body = Versioned),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `organization.changed`, `organization.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn change(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(organization): Named<Uuid>,
    Body(body): Body<ChangeOrganization>,
) -> Result<Json<Versioned>, Problem> {
    let organization = OrganizationId::from_uuid(organization);
    let version = consortium::change_organization(&services, &caller, organization, body.parse()?).await?;
    Ok(Json(Versioned { version }))
}

/// An employer leaves with its posts, roles, devices and places; every session of it ends at once.
#[utoipa::path(post, path = "/api/v1/organizations/{organization}/end", tag = "consortium",
    params(("organization" = Uuid, Path, description = "The employer.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `organization.ended`, `organization.has_patients`", body = ProblemDocument),
))]
async fn end(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(organization): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    consortium::end_organization(&services, &caller, OrganizationId::from_uuid(organization)).await?;
    Ok(StatusCode::NO_CONTENT)
}
