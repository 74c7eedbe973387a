//! `/api/v1/patients`: the list, the card, the register, and what is done to a patient's row.

mod answer;

use super::{
    Body, Problem, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        change_patient::{Change, change_patient, hand_over_patient},
        end_patient::{Ending, end_patient, return_patient},
        link_patients::link_patients,
        read_patients::{read_patient, read_patient_register, read_patients},
        register_patient::{Registration, register_patient},
    },
    wire::{
        patient::{PatientCard, PatientChanged, PatientCreated, PatientList, PatientRegister},
        patient_change::{
            EndKind, NewPatient, PatientEnd, PatientHandOver, PatientLink, PatientPatch, PatientReturn,
        },
        problem::ProblemDocument,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use tasuki_domain::id::{OrganizationId, PatientId};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this noun; each demands a person who is signed in, the use case the rest.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(register))
        .routes(routes!(card, change))
        .routes(routes!(end))
        .routes(routes!(bring_back))
        .routes(routes!(link))
        .routes(routes!(hand_over))
}

/// Whose register.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfOrganization {
    /// The organization.
    #[param(value_type = uuid::Uuid)]
    organization: OrganizationId,
}

/// 自分の担当の利用者(巡回順) / My patients, in round order.
#[utoipa::path(get, path = "/api/v1/patients", tag = "patients", responses(
    (status = 200, body = PatientList),
    (status = "4XX", description = "session.ended, session.locked, post.ended, device.refused", body = ProblemDocument)))]
async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<PatientList>, Problem> {
    let lines = read_patients(&services, &caller).await?;
    Ok(Json(PatientList { patients: lines.iter().map(answer::summary).collect() }))
}

/// 利用者の登録 / Registers a patient, with the room.
#[utoipa::path(post, path = "/api/v1/patients", tag = "patients", request_body = NewPatient, responses(
    (status = 201, body = PatientCreated),
    (status = "4XX", description = "field.*, body.form, role.missing, session.step_up, missing", body = ProblemDocument)))]
async fn create(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Body(body): Body<NewPatient>,
) -> Result<(StatusCode, Json<PatientCreated>), Problem> {
    let (facts, number) = body.parse(services.now())?;
    let registration = Registration { organization: body.organization, place: body.place, facts, number };
    let (patient, room) = register_patient(&services, &caller, registration).await?;
    Ok((StatusCode::CREATED, Json(PatientCreated { patient, room })))
}

/// 利用者台帳 / The register of an organization: identity, never content.
#[utoipa::path(get, path = "/api/v1/patients/register", tag = "patients", params(OfOrganization), responses(
    (status = 200, body = PatientRegister),
    (status = "4XX", description = "query.form, role.missing, session.step_up", body = ProblemDocument)))]
async fn register(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Asked(of): Asked<OfOrganization>,
) -> Result<Json<PatientRegister>, Problem> {
    let rows = read_patient_register(&services, &caller, of.organization).await?;
    Ok(Json(PatientRegister { patients: rows.iter().map(answer::registered).collect() }))
}

/// 利用者カード / A patient's card.
#[utoipa::path(get, path = "/api/v1/patients/{patient}", tag = "patients",
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 200, body = PatientCard),
    (status = "4XX", description = "missing", body = ProblemDocument)))]
async fn card(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
) -> Result<Json<PatientCard>, Problem> {
    Ok(Json(answer::card(&read_patient(&services, &caller, patient).await?)))
}

/// 利用者の変更 / Changes a patient: a new version, the past stays.
#[utoipa::path(patch, path = "/api/v1/patients/{patient}", tag = "patients", request_body = PatientPatch,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 200, body = PatientChanged),
    (status = "4XX", description = "field.*, body.form, role.missing, session.step_up, missing, patient.moved, patient.changed", body = ProblemDocument)))]
async fn change(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<PatientPatch>,
) -> Result<Json<PatientChanged>, Problem> {
    let (facts, number) = body.parse(services.now())?;
    let change = Change { facts, place: body.place, number };
    let version = change_patient(&services, &caller, patient, change).await?;
    Ok(Json(PatientChanged { version }))
}

/// 利用の終了 / Discharge or death: the room closes.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/end", tag = "patients", request_body = PatientEnd,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 204),
    (status = "4XX", description = "body.form, role.missing, session.step_up, missing, patient.ended, patient.moved", body = ProblemDocument)))]
async fn end(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<PatientEnd>,
) -> Result<StatusCode, Problem> {
    let ending = match body.state {
        EndKind::Discharged => Ending::Discharged,
        EndKind::Deceased => Ending::Deceased,
    };
    end_patient(&services, &caller, patient, ending).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 利用の再開 / Return: the room opens again.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/return", tag = "patients", request_body = PatientReturn,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 204),
    (status = "4XX", description = "field.choice, body.form, role.missing, session.step_up, missing, patient.in_care, patient.moved", body = ProblemDocument)))]
async fn bring_back(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<PatientReturn>,
) -> Result<StatusCode, Problem> {
    return_patient(&services, &caller, patient, body.place).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 名寄せ / Two rows are one human.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/link", tag = "patients", request_body = PatientLink,
    params(("patient" = uuid::Uuid, Path, description = "The duplicate.")), responses(
    (status = 204),
    (status = "4XX", description = "field.choice, body.form, role.missing, session.step_up, missing, patient.linked, patient.moved", body = ProblemDocument)))]
async fn link(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<PatientLink>,
) -> Result<StatusCode, Problem> {
    link_patients(&services, &caller, patient, body.other).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 担当法人の変更 / Another organization becomes responsible, from now on.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/organization", tag = "patients", request_body = PatientHandOver,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 204),
    (status = "4XX", description = "field.choice, body.form, role.missing, session.step_up, missing, patient.same_organization, patient.moved", body = ProblemDocument)))]
async fn hand_over(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<PatientHandOver>,
) -> Result<StatusCode, Problem> {
    hand_over_patient(&services, &caller, patient, body.organization, body.place).await?;
    Ok(StatusCode::NO_CONTENT)
}
