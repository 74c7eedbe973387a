//! The second door: a one-time code against a certificate, with a page to type it into, and nothing else. TLS without
//! client certificate; it answers only while an administrator has opened it.

mod page;

use super::{Body, Problem, headers};
use crate::{
    tls::RemoteAddress,
    usecase::{
        Services,
        device_authority::authority_pem,
        enrol_device::{self, EnrolmentError, Visitor, Wanted, enrol_device},
    },
    wire::{
        device::{Enrolled, Enrolment},
        problem::ProblemDocument,
    },
};
use axum::{
    Extension, Json, Router,
    extract::{Request, State},
    http::{HeaderName, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use tasuki_domain::{
    id::RequestId,
    policy::RefusalReason,
    problem::{FieldProblem, FieldRule},
};
use tracing::Instrument;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of the door for enrolment, with their description.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(enrol)).routes(routes!(authority))
}

/// The door for enrolment.
pub fn router(services: Services) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .merge(page::routes(&services.config.server))
        .fallback(|| std::future::ready(Problem::missing()))
        .layer(middleware::from_fn(headers::dress))
        .layer(middleware::from_fn_with_state(services.clone(), only_while_open))
        .with_state(services)
}

/// Nothing is answered once the time is over, even on a connection that is still open.
async fn only_while_open(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    if !services.doors.enrols(services.now()) {
        return closed().into_response();
    }
    let id = RequestId::from_uuid(Uuid::new_v4());
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("enrolment", request.id = %id, method = %request.method());
    next.run(request).instrument(span).await
}

/// 端末の登録 / A device fetches its certificate with its one-time code.
#[utoipa::path(post, path = "/enrolment", tag = "enrolment", request_body = Enrolment, responses(
    (status = 200, body = Enrolled),
    (status = "4XX", description = "enrolment.closed, enrolment.typo, enrolment.refused, field.*, body.form, rate", body = ProblemDocument)))]
async fn enrol(
    State(services): State<Services>,
    Extension(RemoteAddress(source)): Extension<RemoteAddress>,
    Extension(request): Extension<RequestId>,
    Body(body): Body<Enrolment>,
) -> Result<Json<Enrolled>, Problem> {
    let wanted = match (body.csr, body.password) {
        (Some(csr), None) => Wanted::Request(csr.into_bytes()),
        (None, Some(password)) => Wanted::Package(SecretString::from(password)),
        (None, None) => return Err(FieldProblem::new("csr", FieldRule::Missing).into()),
        (Some(_), Some(_)) => return Err(FieldProblem::new("password", FieldRule::Unexpected).into()),
    };
    let visitor = Visitor { request, source: source.ip() };
    let code = SecretString::from(body.code);
    let enrolled = enrol_device(&services, visitor, code.expose_secret(), wanted).await;
    enrolled.map(|enrolled| Json(answer(enrolled))).map_err(problem)
}

/// 認証局の証明書 / The authority's certificate, which the device is told to trust.
#[utoipa::path(get, path = "/enrolment/authority.pem", tag = "enrolment", responses(
    (status = 200, description = "PEM", content_type = "application/x-pem-file", body = String),
    (status = "4XX", description = "enrolment.closed", body = ProblemDocument)))]
async fn authority(
    State(services): State<Services>,
) -> Result<([(HeaderName, &'static str); 2], String), Problem> {
    let pem = authority_pem(&services).await?;
    let file = "attachment; filename=\"tasuki-authority.pem\"";
    Ok(([(header::CONTENT_TYPE, "application/x-pem-file"), (header::CONTENT_DISPOSITION, file)], pem))
}

fn answer(enrolled: enrol_device::Enrolled) -> Enrolled {
    match enrolled {
        enrol_device::Enrolled::Chain { device, chain, not_after } => {
            Enrolled { device, chain: Some(chain), pkcs12: None, not_after }
        }
        enrol_device::Enrolled::Package { device, file, not_after } => {
            Enrolled { device, chain: None, pkcs12: Some(STANDARD.encode(file.expose_secret())), not_after }
        }
    }
}

fn problem(error: EnrolmentError) -> Problem {
    match error {
        EnrolmentError::Closed => closed(),
        EnrolmentError::Typo => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "enrolment.typo",
            "コードに打ち間違いがあります。もう一度確かめてください。",
            "There is a typing error in the code.",
        )
        .field("code"),
        EnrolmentError::Refused => Problem::new(
            StatusCode::FORBIDDEN,
            "enrolment.refused",
            "このコードは使えません。管理者に新しいコードを頼んでください。",
            "This code cannot be used. Please ask your administrator for another one.",
        ),
        EnrolmentError::TooMany { retry_after } => {
            Problem::refused(RefusalReason::Rate).retry_after(retry_after)
        }
        EnrolmentError::Other(error) => error.into(),
    }
}

fn closed() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "enrolment.closed",
        "端末の登録口は閉じています。管理者に開けてもらってください。",
        "The door for enrolment is closed. Please ask your administrator to open it.",
    )
}
