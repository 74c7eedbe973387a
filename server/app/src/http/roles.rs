//! http: roles, 役割.

use super::{
    Body, Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        consortium::{self, RoleView},
    },
    wire::role::{GrantRole, GrantedRole, HeldRole, HeldRoles, RolesQuestion},
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::{id::RoleId, role::Scope};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of roles.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read, grant)).routes(routes!(end))
}

/// Who administers an employer: its own roles and those of the consortium; 職員管理 or システム管理 of the employer.
#[utoipa::path(get, path = "/api/v1/roles", tag = "consortium", params(RolesQuestion), responses(
    (status = 200, body = HeldRoles),
    (status = "default", description = "`session.*`, `role.missing`, `query.form`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Asked(question): Asked<RolesQuestion>,
) -> Result<Json<HeldRoles>, Problem> {
    let found = consortium::read_roles(&services, &caller, question.organization, question.person).await?;
    Ok(Json(HeldRoles { roles: found.into_iter().map(shown).collect() }))
}

fn shown(RoleView { row, name }: RoleView) -> HeldRole {
    HeldRole {
        held: row.held,
        person: row.person,
        name: name.name.clone(),
        role: row.role.role,
        organization: match row.role.scope {
            Scope::Consortium => None,
            Scope::Organization(organization) => Some(organization),
        },
        from: row.role.period.from.0,
    }
}

/// A role is given, never to oneself; 職員管理 of what it reaches.
#[utoipa::path(post, path = "/api/v1/roles", tag = "consortium", request_body = GrantRole, responses(
    (status = 201, body = GrantedRole),
    (status = "default", description = "`session.*`, `role.missing`, `role.excluded`, `second_person`, `missing`, `role.held`, `person.disabled`, `organization.ended`, `body.*`", body = ProblemDocument),
))]
async fn grant(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<GrantRole>,
) -> Result<(StatusCode, Json<GrantedRole>), Problem> {
    let held = consortium::grant_role(&services, &caller, body.person, body.parse()).await?;
    Ok((StatusCode::CREATED, Json(GrantedRole { held })))
}

/// A role is taken back.
#[utoipa::path(post, path = "/api/v1/roles/{held}/end", tag = "consortium",
    params(("held" = Uuid, Path, description = "The role as held.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `role.ended`", body = ProblemDocument),
))]
async fn end(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(held): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    consortium::end_role(&services, &caller, RoleId::from_uuid(held)).await?;
    Ok(StatusCode::NO_CONTENT)
}
