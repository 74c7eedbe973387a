//! http: the two steps of a full sign-in, and the return within a shift.

use super::{Body, OnDevice, Present, Problem, ProblemDocument, cookie, session};
use crate::{
    usecase::{
        Services, UseCaseError,
        sign_in::{self, Assertion, PasskeyOutcome, PresentedPasskey},
    },
    wire::{
        session::Session,
        sign_in::{
            ChoosePost, PasskeyAnswer, PasskeyAsked, PasskeyStep, PasswordStep, PostChoice, ReturnWish,
        },
        web_authn,
    },
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tasuki_domain::policy::{Actor, Caller};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of signing in and returning.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(password))
        .routes(routes!(passkey))
        .routes(routes!(ask_return))
        .routes(routes!(finish_return))
}

/// The password step. Unknown, wrong, locked and disabled are answered alike, after the same work.
#[utoipa::path(post, path = "/api/v1/sign-in/password", tag = "sign-in", request_body = PasswordStep, responses(
    (status = 200, body = PasskeyAsked),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = "default", description = "`sign_in.no_passkey_here`, `body.*`, `field.*`, `rate`, `busy`", body = ProblemDocument),
))]
async fn password(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<PasswordStep>,
) -> Result<Json<PasskeyAsked>, Problem> {
    let (who, password) = body.parse()?;
    let presented = sign_in::Presented { who, password: password.into_inner() };
    sign_in::check_password(&services, &caller, presented).await.map(asked).map_err(Problem::from)
}

/// The passkey step: begins the session and sets the cookie.
#[utoipa::path(post, path = "/api/v1/sign-in/passkey", tag = "sign-in", request_body = PasskeyStep, responses(
    (status = 200, description = "Signed in; sets the cookie `__Host-tasuki`.", body = Session),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = 409, description = "`sign_in.choose_post`: the same flow counts once more", body = ChoosePost),
    (status = "default", description = "`post.ended`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn passkey(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<PasskeyStep>,
) -> Result<Response, Problem> {
    let answer = body.credential.map(assertion).transpose()?;
    let presented = PresentedPasskey { flow: body.flow, answer, post: body.post };
    match sign_in::present_passkey(&services, &caller, presented).await? {
        PasskeyOutcome::Begun(begun) => begin(&services, &caller, &begun),
        PasskeyOutcome::ChoosePost(posts) => Ok(choose(posts)),
    }
}

/// Asks for the passkey of whoever returns within the shift. Everybody gets options of the same form.
#[utoipa::path(post, path = "/api/v1/return/options", tag = "sign-in", request_body = ReturnWish, responses(
    (status = 200, body = PasskeyAsked),
    (status = "default", description = "`return.switched_off`, `session.ended`, `body.*`, `rate`", body = ProblemDocument),
))]
async fn ask_return(
    OnDevice(caller, _): OnDevice,
    present: Result<Present, Problem>,
    State(services): State<Services>,
    Body(body): Body<ReturnWish>,
) -> Result<Json<PasskeyAsked>, Problem> {
    let person = match (body.person, present) {
        (Some(person), _) => person,
        (None, present) => {
            let Present(present) = present?;
            present.session().ok_or_else(Problem::failed)?.person
        }
    };
    sign_in::ask_return(&services, &caller, person).await.map(asked).map_err(Problem::from)
}

/// Returns to the session of this shift, under a new cookie.
#[utoipa::path(post, path = "/api/v1/return", tag = "sign-in", request_body = PasskeyAnswer, responses(
    (status = 200, description = "Back in the session; sets the cookie `__Host-tasuki`.", body = Session),
    (status = 401, description = "`sign_in.failed`", body = ProblemDocument),
    (status = "default", description = "After a right passkey: `return.full_sign_in`, `sign_in.locked`, `sign_in.disabled`, `post.ended`", body = ProblemDocument),
))]
async fn finish_return(
    OnDevice(caller, _): OnDevice,
    State(services): State<Services>,
    Body(body): Body<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let answer = assertion(body.credential)?;
    let begun = sign_in::finish_return(&services, &caller, &body.flow, &answer).await?;
    begin(&services, &caller, &begun)
}

/// The answer with the session and its cookie.
fn begin(services: &Services, caller: &Caller, begun: &sign_in::BegunSession) -> Result<Response, Problem> {
    let person = Caller { actor: Actor::Person(begun.session.clone()), ..caller.clone() };
    let view = sign_in::describe_session(services, &person)?;
    cookie::with_token(&begun.token, Json(session::shown(view)))
}

fn choose(posts: Vec<sign_in::PostChoice>) -> Response {
    let problem = Problem::from(UseCaseError::conflict("sign_in.choose_post")).document().clone();
    let shown = |post: sign_in::PostChoice| PostChoice {
        post: post.post,
        job_type: post.job_type.0,
        place: post.place,
    };
    let posts = posts.into_iter().map(shown).collect();
    (StatusCode::CONFLICT, Json(ChoosePost { problem, posts })).into_response()
}

/// A passkey's answer from its JSON.
pub(super) fn assertion(json: Value) -> Result<Assertion, Problem> {
    let (credential, attachment) = web_authn::assertion(json)?;
    Ok(Assertion { credential, attachment })
}

/// The answer that asks for a passkey.
pub(super) fn asked(request: sign_in::PasskeyRequest) -> Json<PasskeyAsked> {
    Json(PasskeyAsked { flow: request.flow.to_string(), options: request.options })
}

#[cfg(test)]
mod tests;
