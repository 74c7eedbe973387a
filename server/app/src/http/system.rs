//! http: the system's state.

use super::{Problem, ProblemDocument, SignedIn};
use crate::{
    usecase::{
        Services,
        check_system::{Check, check_system},
    },
    wire::system::{CheckView, SystemStateView},
};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the system.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(state))
}

/// The system's state in plain words, as `tasuki check` tells it; システム管理 of the consortium. Nothing about a person.
#[utoipa::path(get, path = "/api/v1/system", tag = "system", responses(
    (status = 200, body = SystemStateView),
    (status = "default", description = "`session.*`, `role.missing`, `step_up`", body = ProblemDocument),
))]
async fn state(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Json<SystemStateView>, Problem> {
    let state = check_system(&services, &caller).await?;
    Ok(Json(SystemStateView {
        at: state.at.0,
        worst: state.worst().text(),
        program: state.program,
        checks: state.checks.into_iter().map(shown).collect(),
    }))
}

fn shown(check: Check) -> CheckView {
    let Check { subject, verdict, japanese, english, advice_japanese, advice_english } = check;
    CheckView {
        subject: subject.text(),
        verdict: verdict.text(),
        japanese,
        english,
        advice_japanese,
        advice_english,
    }
}
