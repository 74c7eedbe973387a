//! http: the first sign-in: code, password, passkey. A full sign-in follows.

use super::{Body, OnDevice, Problem, ProblemDocument, me::attestation};
use crate::{
    usecase::{Services, sign_in},
    wire::sign_in::{
        ChosenPassword, CodeStep, FirstPasskeyWish, FirstSignInFlow, PasskeyAnswer, PasskeyCreation,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the first sign-in.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(code))
        .routes(routes!(password))
        .routes(routes!(ask_passkey))
        .routes(routes!(passkey))
}

/// The one-time code. It counts only after a second person has confirmed it.
#[utoipa::path(post, path = "/api/v1/first-sign-in/code", tag = "sign-in", request_body = CodeStep, responses(
    (status = 200, body = FirstSignInFlow),
    (status = 401, description = "`sign_in.failed`: unknown, wrong, unconfirmed, expired or used alike", body = ProblemDocument),
    (status = "default", description = "`code.typo`, `body.*`, `field.*`, `rate`", body = ProblemDocument),
))]
async fn code(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<CodeStep>,
) -> Result<Json<FirstSignInFlow>, Problem> {
    let (login, code) = body.parse()?;
    let typed = sign_in::FirstCode { login, code: code.into_inner() };
    let flow = sign_in::check_code(&services, &caller, typed).await?;
    Ok(Json(FirstSignInFlow { flow: flow.to_string() }))
}

/// Chooses the password. One that breaks a rule may be replaced by another under the same flow.
#[utoipa::path(post, path = "/api/v1/first-sign-in/password", tag = "sign-in", request_body = ChosenPassword, responses(
    (status = 204),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = "default", description = "`password.*`, `body.*`, `busy`", body = ProblemDocument),
))]
async fn password(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<ChosenPassword>,
) -> Result<StatusCode, Problem> {
    let password = body.password.into_inner();
    sign_in::choose_first_password(&services, &caller, &body.flow, &password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for the first passkey.
#[utoipa::path(post, path = "/api/v1/first-sign-in/passkey/options", tag = "sign-in", request_body = FirstPasskeyWish, responses(
    (status = 200, body = PasskeyCreation),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = "default", description = "`passkey.shared_device`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn ask_passkey(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<FirstPasskeyWish>,
) -> Result<Json<PasskeyCreation>, Problem> {
    let (kind, label) = body.parse()?;
    let wish = sign_in::PasskeyWish { kind, label };
    let options = sign_in::ask_first_passkey(&services, &caller, &body.flow, &wish).await?;
    Ok(Json(PasskeyCreation { flow: body.flow, options }))
}

/// Registers the first passkey; password and passkey are kept, the code is used up.
#[utoipa::path(post, path = "/api/v1/first-sign-in/passkey", tag = "sign-in", request_body = PasskeyAnswer, responses(
    (status = 204),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = "default", description = "`passkey.*`: ask for the options again; `body.*`, `field.*`", body = ProblemDocument),
))]
async fn passkey(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<PasskeyAnswer>,
) -> Result<StatusCode, Problem> {
    let answer = attestation(body.credential)?;
    sign_in::finish_first_sign_in(&services, &caller, &body.flow, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
