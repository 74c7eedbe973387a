//! http: posts, 所属・職種.

use super::{Body, Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{Services, consortium},
    wire::post::{CreatePost, CreatedPost, EndPost},
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::PostId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of posts.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(end)).routes(routes!(reconfirm))
}

/// A further post of a person, at this employer or another one; 職員管理 of the employer.
#[utoipa::path(post, path = "/api/v1/posts", tag = "consortium", request_body = CreatePost, responses(
    (status = 201, body = CreatedPost),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `organization.ended`, `person.disabled`, `post.exists`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreatePost>,
) -> Result<(StatusCode, Json<CreatedPost>), Problem> {
    let post = consortium::create_post(&services, &caller, body.organization, body.parse()).await?;
    Ok((StatusCode::CREATED, Json(CreatedPost { post })))
}

/// A leaver: the post ends, and at once every session under it.
#[utoipa::path(post, path = "/api/v1/posts/{post}/end", tag = "consortium",
    params(("post" = Uuid, Path, description = "The post.")), request_body = EndPost, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `post.ended`, `body.*`, `field.past`", body = ProblemDocument),
))]
async fn end(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(post): Named<Uuid>,
    Body(body): Body<EndPost>,
) -> Result<StatusCode, Problem> {
    consortium::end_post(&services, &caller, PostId::from_uuid(post), body.parse()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The employer's yes to a post that a reset elsewhere has suspended.
#[utoipa::path(post, path = "/api/v1/posts/{post}/reconfirmation", tag = "consortium",
    params(("post" = Uuid, Path, description = "The post.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `post.ended`, `post.not_suspended`", body = ProblemDocument),
))]
async fn reconfirm(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(post): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    consortium::reconfirm_post(&services, &caller, PostId::from_uuid(post)).await?;
    Ok(StatusCode::NO_CONTENT)
}
