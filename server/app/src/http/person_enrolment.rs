//! http: one-time codes for people, their confirmation by a second person, and resets.

use super::{Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        sign_in::{self, IssuedCode},
    },
    wire::sign_in::EnrolmentCode,
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::PersonId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of one-time codes and resets.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(issue)).routes(routes!(confirm)).routes(routes!(reset))
}

/// Issues a one-time code for somebody who has never signed in; shown once. 職員管理 of the employer.
#[utoipa::path(post, path = "/api/v1/people/{person}/enrolment-code", tag = "consortium",
    params(("person" = Uuid, Path, description = "The person.")), responses(
    (status = 201, body = EnrolmentCode),
    (status = "default", description = "`session.*`, `role.missing`, `missing`, `enrolment.signed_in_before`, `person.disabled`", body = ProblemDocument),
))]
async fn issue(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(person): Named<Uuid>,
) -> Result<(StatusCode, Json<EnrolmentCode>), Problem> {
    let code = sign_in::issue_enrolment_code(&services, &caller, PersonId::from_uuid(person)).await?;
    Ok((StatusCode::CREATED, Json(shown(code))))
}

/// The second person's yes. 職員管理 of the employer or of the consortium, and not whoever issued the code.
#[utoipa::path(post, path = "/api/v1/people/{person}/enrolment-code/confirmation", tag = "consortium",
    params(("person" = Uuid, Path, description = "The person.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `role.missing`, `second_person`, `missing`, `enrolment.moved_on`", body = ProblemDocument),
))]
async fn confirm(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(person): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    sign_in::confirm_enrolment(&services, &caller, PersonId::from_uuid(person)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A lost passkey or password: everything of the person ends, a new code is issued and waits for a second person.
#[utoipa::path(post, path = "/api/v1/people/{person}/reset", tag = "consortium",
    params(("person" = Uuid, Path, description = "The person.")), responses(
    (status = 201, body = EnrolmentCode),
    (status = "default", description = "`session.*`, `role.missing`, `second_person`, `missing`, `person.disabled`", body = ProblemDocument),
))]
async fn reset(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(person): Named<Uuid>,
) -> Result<(StatusCode, Json<EnrolmentCode>), Problem> {
    let code = sign_in::reset_person(&services, &caller, PersonId::from_uuid(person)).await?;
    Ok((StatusCode::CREATED, Json(shown(code))))
}

fn shown(issued: IssuedCode) -> EnrolmentCode {
    EnrolmentCode { code: issued.code.to_string(), expires_at: issued.expires_at.0, waits: issued.waits }
}
