//! `/api/v1/patients/{patient}/consents`

use super::{Body, Problem, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        change_consent::{self, record_consent, withdraw_consent},
        read_care_team::{ConsentRow, read_consents},
    },
    wire::{
        consent::{Consent, ConsentList, ConsentRecorded, NewConsent},
        problem::ProblemDocument,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::{
    id::{ConsentId, PatientId},
    time::Timestamp,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this noun.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list, record)).routes(routes!(withdraw))
}

/// 同意の一覧 / The patient's consents.
#[utoipa::path(get, path = "/api/v1/patients/{patient}/consents", tag = "consents",
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 200, body = ConsentList),
    (status = "4XX", description = "missing, session.step_up", body = ProblemDocument)))]
async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
) -> Result<Json<ConsentList>, Problem> {
    let listed = read_consents(&services, &caller, patient).await?;
    Ok(Json(ConsentList { consents: listed.rows.iter().map(|row| consent(row, listed.at)).collect() }))
}

/// 同意の登録 / Records a consent.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/consents", tag = "consents", request_body = NewConsent,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 201, body = ConsentRecorded),
    (status = "4XX", description = "field.*, body.form, role.missing, session.step_up, missing, patient.moved", body = ProblemDocument)))]
async fn record(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<NewConsent>,
) -> Result<(StatusCode, Json<ConsentRecorded>), Problem> {
    let (classes, period, note) = body.parse()?;
    let new = change_consent::NewConsent { giver: body.giver, classes, period, note };
    let consent = record_consent(&services, &caller, patient, new).await?;
    Ok((StatusCode::CREATED, Json(ConsentRecorded { consent })))
}

/// 同意の撤回 / Withdraws a consent, at once.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/consents/{consent}/withdraw", tag = "consents",
    params(("patient" = uuid::Uuid, Path, description = "The patient."),
        ("consent" = uuid::Uuid, Path, description = "The consent.")), responses(
    (status = 204),
    (status = "4XX", description = "role.missing, session.step_up, missing, consent.ended, patient.moved", body = ProblemDocument)))]
async fn withdraw(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named((patient, consent)): Named<(PatientId, ConsentId)>,
) -> Result<StatusCode, Problem> {
    withdraw_consent(&services, &caller, patient, consent).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn consent(row: &ConsentRow, at: Timestamp) -> Consent {
    let said = &row.said;
    Consent {
        consent: row.consent,
        giver: said.giver,
        classes: said.classes.iter().collect(),
        from: said.period.from,
        until: (said.period.until != Timestamp::OPEN_END).then_some(said.period.until),
        live: said.period.contains(at),
        note: said.note.as_str().to_owned(),
    }
}
