//! http: one's own page: sessions, passkeys, password.

use super::{Body, Problem, ProblemDocument, SignedIn, cookie, parameters::Named};
use crate::{
    usecase::{
        Services,
        sign_in::{self, Attestation, OwnPage},
    },
    wire::{
        me::{Me, NewPassword, OwnPasskey, PasskeyWish, RegisteredPasskey},
        session::OwnSession,
        sign_in::{PasskeyAnswer, PasskeyCreation},
        web_authn,
    },
};
use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde_json::Value;
use tasuki_domain::{id::PasskeyId, policy::Facts};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of one's own page.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(ask_passkey))
        .routes(routes!(register_passkey))
        .routes(routes!(remove_passkey))
        .routes(routes!(change_password))
}

/// One's own page; the look is recorded.
#[utoipa::path(get, path = "/api/v1/me", tag = "me", responses(
    (status = 200, body = Me),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn read(SignedIn(caller): SignedIn, State(services): State<Services>) -> Result<Json<Me>, Problem> {
    let page = sign_in::read_own_page(&services, &caller).await?;
    Ok(Json(shown(&services.store.facts(), page)))
}

fn shown(facts: &Facts, page: OwnPage) -> Me {
    let sessions = page.sessions.into_iter().map(|session| OwnSession {
        session: session.session,
        post: session.post,
        device: session.device,
        kind: facts.device(session.device).map(|device| device.kind.text()),
        label: page.labels.get(&session.device).cloned(),
        signed_in_at: session.signed_in_at.0,
        expires_at: session.expires_at.0,
        last_activity_at: session.last_activity_at.0,
    });
    let passkeys = page.passkeys.into_iter().map(|passkey| OwnPasskey {
        passkey: passkey.passkey,
        kind: passkey.fact.kind.text(),
        device: passkey.fact.device,
        device_label: passkey.fact.device.and_then(|device| page.labels.get(&device).cloned()),
        label: passkey.label,
        flagged: passkey.fact.flagged,
        created_at: passkey.created_at.0,
        used_at: passkey.used_at.0,
    });
    Me {
        person: page.person.fact.person,
        organization: page.person.fact.organization,
        version: page.person.name.version,
        login: page.person.login,
        name: page.person.name.name,
        reading: page.person.name.reading,
        romaji: page.person.name.romaji,
        sessions: sessions.collect(),
        passkeys: passkeys.collect(),
    }
}

/// Asks for another passkey; needs a fresh one.
#[utoipa::path(post, path = "/api/v1/me/passkeys/options", tag = "me", request_body = PasskeyWish, responses(
    (status = 200, body = PasskeyCreation),
    (status = "default", description = "`session.*`, `passkey.shared_device`, `passkey.too_many`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn ask_passkey(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<PasskeyWish>,
) -> Result<Json<PasskeyCreation>, Problem> {
    let (kind, label) = body.parse()?;
    let made = sign_in::ask_new_passkey(&services, &caller, sign_in::PasskeyWish { kind, label }).await?;
    Ok(Json(PasskeyCreation { flow: made.flow.to_string(), options: made.options }))
}

/// Registers another passkey.
#[utoipa::path(post, path = "/api/v1/me/passkeys", tag = "me", request_body = PasskeyAnswer, responses(
    (status = 201, body = RegisteredPasskey),
    (status = "default", description = "`session.*`, `passkey.*`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn register_passkey(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<PasskeyAnswer>,
) -> Result<(StatusCode, Json<RegisteredPasskey>), Problem> {
    let answer = attestation(body.credential)?;
    let passkey = sign_in::register_passkey(&services, &caller, &body.flow, &answer).await?;
    Ok((StatusCode::CREATED, Json(RegisteredPasskey { passkey })))
}

/// Removes a passkey, never the last; needs a fresh one.
#[utoipa::path(delete, path = "/api/v1/me/passkeys/{passkey}", tag = "me",
    params(("passkey" = Uuid, Path, description = "The passkey.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `passkey.last`, `missing`", body = ProblemDocument),
))]
async fn remove_passkey(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(passkey): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    sign_in::remove_passkey(&services, &caller, PasskeyId::from_uuid(passkey)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another password; needs the present one and a fresh passkey. Every session of the person ends, this one too.
#[utoipa::path(put, path = "/api/v1/me/password", tag = "me", request_body = NewPassword, responses(
    (status = 204, description = "Changed; takes the cookie away."),
    (status = "default", description = "`session.*`, `password.*`, `body.*`, `rate`, `busy`", body = ProblemDocument),
))]
async fn change_password(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<NewPassword>,
) -> Result<Response, Problem> {
    let change = sign_in::PasswordChange { current: body.current.into_inner(), new: body.new.into_inner() };
    sign_in::change_password(&services, &caller, change).await?;
    Ok(cookie::without_token())
}

/// A new passkey's answer from its JSON.
pub(super) fn attestation(json: Value) -> Result<Attestation, Problem> {
    let (credential, attachment) = web_authn::attestation(json)?;
    Ok(Attestation { credential, attachment })
}
