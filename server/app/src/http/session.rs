//! http: one's session: what it is, locking it, ending it, a fresh passkey.

use super::{
    Body, Present, Problem, ProblemDocument, SignedIn, cookie,
    parameters::Named,
    sign_in::{asked, assertion},
};
use crate::{
    usecase::{
        Services,
        sign_in::{self, SessionView},
    },
    wire::{
        session::{Session, SteppedUp},
        sign_in::{PasskeyAnswer, PasskeyAsked},
    },
};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use tasuki_domain::{id::SessionId, session::SessionState};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of one's session.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(read, sign_out))
        .routes(routes!(sign_out_everywhere))
        .routes(routes!(end_one))
        .routes(routes!(lock))
        .routes(routes!(activity))
        .routes(routes!(ask_step_up))
        .routes(routes!(step_up))
}

/// One's session, locked or not. Asking is no activity.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses(
    (status = 200, body = Session),
    (status = "default", description = "`session.ended`", body = ProblemDocument),
))]
async fn read(Present(caller): Present, State(services): State<Services>) -> Result<Json<Session>, Problem> {
    Ok(Json(shown(sign_in::describe_session(&services, &caller)?)))
}

/// A session as its own client sees it.
pub(super) fn shown(view: SessionView) -> Session {
    let session = &view.session;
    Session {
        session: session.session,
        person: session.person,
        post: session.post,
        job_type: view.job_type.map(|job_type| job_type.0),
        organization: session.organization,
        device: session.device,
        locked: view.state != SessionState::Live,
        signed_in_at: session.signed_in_at.0,
        expires_at: session.expires_at.0,
        idle: session.idle,
        last_activity_at: session.last_activity().0,
        stepped_up_until: session.stepped_up_until().0.max(0),
        roles: view.roles.into_iter().map(Into::into).collect(),
    }
}

/// ログアウト, from a locked screen too. Its sockets close.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204, description = "Signed out; takes the cookie away."),
    (status = "default", description = "`session.ended`", body = ProblemDocument),
))]
async fn sign_out(Present(caller): Present, State(services): State<Services>) -> Result<Response, Problem> {
    sign_in::sign_out(&services, &caller).await?;
    Ok(cookie::without_token())
}

/// Signs oneself out on every device.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "session", responses(
    (status = 204, description = "Signed out everywhere; takes the cookie away."),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn sign_out_everywhere(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Response, Problem> {
    sign_in::end_sessions(&services, &caller).await?;
    Ok(cookie::without_token())
}

/// Signs oneself out on one device, from another one. Somebody else's session is answered like one that never was.
#[utoipa::path(delete, path = "/api/v1/sessions/{session}", tag = "session", params(("session" = Uuid, Path)), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn end_one(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(session): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    sign_in::end_session(&services, &caller, SessionId::from_uuid(session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 画面ロック: content goes, the session stays; a return takes the passkey.
#[utoipa::path(post, path = "/api/v1/session/lock", tag = "session", responses(
    (status = 204),
    (status = "default", description = "`session.ended`", body = ProblemDocument),
))]
async fn lock(Present(caller): Present, State(services): State<Services>) -> Result<StatusCode, Problem> {
    sign_in::lock_session(&services, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person did something on the screen that asked nothing of the server. Not for heartbeats.
#[utoipa::path(post, path = "/api/v1/session/activity", tag = "session", responses(
    (status = 204),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn activity(SignedIn(_): SignedIn) -> StatusCode {
    // Being asked as a signed-in person is the activity: the guard has noted it.
    StatusCode::NO_CONTENT
}

/// Asks for a fresh passkey.
#[utoipa::path(post, path = "/api/v1/session/step-up/options", tag = "session", responses(
    (status = 200, body = PasskeyAsked),
    (status = "default", description = "`session.*`, `sign_in.no_passkey_here`, `rate`", body = ProblemDocument),
))]
async fn ask_step_up(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Json<PasskeyAsked>, Problem> {
    sign_in::ask_step_up(&services, &caller).await.map(asked).map_err(Problem::from)
}

/// A fresh passkey, good for ten minutes of administration.
#[utoipa::path(post, path = "/api/v1/session/step-up", tag = "session", request_body = PasskeyAnswer, responses(
    (status = 200, body = SteppedUp),
    (status = 401, description = "`sign_in.failed`, `session.*`", body = ProblemDocument),
    (status = "default", description = "`body.*`, `field.*`", body = ProblemDocument),
))]
async fn step_up(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<PasskeyAnswer>,
) -> Result<Json<SteppedUp>, Problem> {
    let answer = assertion(body.credential)?;
    let until = sign_in::finish_step_up(&services, &caller, &body.flow, &answer).await?;
    Ok(Json(SteppedUp { stepped_up_until: until.0 }))
}
