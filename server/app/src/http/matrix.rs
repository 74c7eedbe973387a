//! http: the rights matrix, job types and information classes.

use super::{Body, Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        consortium::{self, MatrixCommand, MatrixView},
    },
    wire::{
        matrix::{ChangeWord, CreateWord, CreatedWord, Matrices, Matrix, ReplaceMatrix, Word, rows},
        organization::Versioned,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::{id::OrganizationId, info_class::InfoClassId, job_type::JobTypeId, policy::Caller};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of the matrix and its tables.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(read, replace))
        .routes(routes!(narrow))
        .routes(routes!(create_job_type))
        .routes(routes!(rename_job_type))
        .routes(routes!(create_info_class))
        .routes(routes!(rename_info_class))
}

/// The rights matrix with job types and information classes.
#[utoipa::path(get, path = "/api/v1/matrix", tag = "rights", responses(
    (status = 200, body = Matrices),
    (status = "default", description = "`session.*`, `post.ended`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Json<Matrices>, Problem> {
    let view = consortium::read_matrix(&services, &caller).await?;
    let word = |row: consortium::Word| Word { id: row.id, japanese: row.japanese, english: row.english };
    Ok(Json(Matrices {
        job_types: view.job_types.into_iter().map(word).collect(),
        info_classes: view.info_classes.into_iter().map(word).collect(),
        matrices: view.matrices.iter().map(shown).collect(),
    }))
}

fn shown(view: &MatrixView) -> Matrix {
    Matrix { organization: view.organization, version: view.version, at: view.at.0, rows: rows(&view.cells) }
}

/// The consortium's whole matrix is put into force; 職員管理 of the consortium.
#[utoipa::path(put, path = "/api/v1/matrix", tag = "rights", request_body = ReplaceMatrix, responses(
    (status = 200, body = Versioned),
    (status = "default", description = "`session.*`, `role.missing`, `matrix.changed`, `matrix.safety`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn replace(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<ReplaceMatrix>,
) -> Result<Json<Versioned>, Problem> {
    put(&services, &caller, None, &body).await
}

/// An employer narrows the matrix for its own posts; 職員管理 of the employer.
#[utoipa::path(put, path = "/api/v1/matrix/{organization}", tag = "rights",
    params(("organization" = Uuid, Path, description = "The employer.")), request_body = ReplaceMatrix, responses(
    (status = 200, body = Versioned),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `matrix.changed`, `matrix.safety`, `matrix.widens`, `organization.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn narrow(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(organization): Named<Uuid>,
    Body(body): Body<ReplaceMatrix>,
) -> Result<Json<Versioned>, Problem> {
    put(&services, &caller, Some(OrganizationId::from_uuid(organization)), &body).await
}

async fn put(
    services: &Services,
    caller: &Caller,
    organization: Option<OrganizationId>,
    body: &ReplaceMatrix,
) -> Result<Json<Versioned>, Problem> {
    let cells = body.cells(organization)?;
    let command = MatrixCommand { organization, version: body.version, cells };
    let version = consortium::change_matrix(services, caller, command).await?;
    Ok(Json(Versioned { version }))
}

/// A new job type; 職員管理 of the consortium.
#[utoipa::path(post, path = "/api/v1/job-types", tag = "rights", request_body = CreateWord, responses(
    (status = 201, body = CreatedWord),
    (status = "default", description = "`session.*`, `role.missing`, `job_type.full`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create_job_type(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreateWord>,
) -> Result<(StatusCode, Json<CreatedWord>), Problem> {
    let JobTypeId(id) = consortium::create_job_type(&services, &caller, body.parse()?).await?;
    Ok((StatusCode::CREATED, Json(CreatedWord { id })))
}

/// Other words for a job type; 職員管理 of the consortium.
#[utoipa::path(patch, path = "/api/v1/job-types/{job_type}", tag = "rights",
    params(("job_type" = i16, Path, description = "Its number.")), request_body = ChangeWord, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn rename_job_type(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(job_type): Named<i16>,
    Body(body): Body<ChangeWord>,
) -> Result<StatusCode, Problem> {
    consortium::rename_job_type(&services, &caller, JobTypeId(job_type), body.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new information class; 職員管理 of the consortium.
#[utoipa::path(post, path = "/api/v1/info-classes", tag = "rights", request_body = CreateWord, responses(
    (status = 201, body = CreatedWord),
    (status = "default", description = "`session.*`, `role.missing`, `info_class.full`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create_info_class(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreateWord>,
) -> Result<(StatusCode, Json<CreatedWord>), Problem> {
    let InfoClassId(id) = consortium::create_info_class(&services, &caller, body.parse()?).await?;
    Ok((StatusCode::CREATED, Json(CreatedWord { id })))
}

/// Other words for an information class, 安全情報 apart; 職員管理 of the consortium.
#[utoipa::path(patch, path = "/api/v1/info-classes/{info_class}", tag = "rights",
    params(("info_class" = i16, Path, description = "Its number.")), request_body = ChangeWord, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `info_class.safety`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn rename_info_class(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(info_class): Named<i16>,
    Body(body): Body<ChangeWord>,
) -> Result<StatusCode, Problem> {
    consortium::rename_info_class(&services, &caller, InfoClassId(info_class), body.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
