//! `/api/v1/devices`: the register, codes, blocking, a device's own renewal. `/api/v1/enrolment/window`: the second door.

mod answer;

use super::{
    Body, OnDevice, Problem, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        change_device::change_device,
        enrolment_window::{close_enrolment, open_enrolment},
        read_devices::read_devices,
        register_device::{LONGEST_CODE, NewDevice as Registered, issue_device_code, register_device},
        renew_device::renew_device,
        revoke_device::revoke_device,
    },
    wire::{
        device::{
            DeviceCode, DeviceList, DevicePatch, DeviceRevoked, NewCode, NewDevice, OpenWindow, Renewal,
            Renewed, WindowOpened, label,
        },
        problem::ProblemDocument,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use tasuki_domain::id::{DeviceId, OrganizationId};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this noun.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(change))
        .routes(routes!(issue_code))
        .routes(routes!(revoke))
        .routes(routes!(renew))
        .routes(routes!(open_window, close_window))
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

/// 端末台帳 / The device register of an organization.
#[utoipa::path(get, path = "/api/v1/devices", tag = "devices", params(OfOrganization), responses(
    (status = 200, body = DeviceList),
    (status = "4XX", description = "query.form, role.missing, session.step_up", body = ProblemDocument)))]
async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Asked(of): Asked<OfOrganization>,
) -> Result<Json<DeviceList>, Problem> {
    Ok(Json(answer::register(read_devices(&services, &caller, of.organization).await?)))
}

/// 端末の登録 / Takes a device into the register; the answer shows its one-time code, once.
#[utoipa::path(post, path = "/api/v1/devices", tag = "devices", request_body = NewDevice, responses(
    (status = 201, body = DeviceCode),
    (status = "4XX", description = "field.*, body.form, role.missing, session.step_up, missing", body = ProblemDocument)))]
async fn register(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Body(body): Body<NewDevice>,
) -> Result<(StatusCode, Json<DeviceCode>), Problem> {
    let new = Registered { label: label(&body.label)?, kind: body.kind, place: body.place };
    let minutes = body.minutes.unwrap_or(LONGEST_CODE);
    let issued = register_device(&services, &caller, body.organization, new, minutes).await?;
    Ok((StatusCode::CREATED, Json(answer::code(&issued))))
}

/// 端末の変更 / A device moves, changes its kind or its label.
#[utoipa::path(patch, path = "/api/v1/devices/{device}", tag = "devices", request_body = DevicePatch,
    params(("device" = uuid::Uuid, Path, description = "The device.")), responses(
    (status = 204),
    (status = "4XX", description = "field.*, body.form, role.missing, session.step_up, missing", body = ProblemDocument)))]
async fn change(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(device): Named<DeviceId>,
    Body(body): Body<DevicePatch>,
) -> Result<StatusCode, Problem> {
    change_device(&services, &caller, device, answer::change(&body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 端末コードの再発行 / Another one-time code, shown once; an earlier one is worth nothing from now on.
#[utoipa::path(post, path = "/api/v1/devices/{device}/code", tag = "devices", request_body = NewCode,
    params(("device" = uuid::Uuid, Path, description = "The device.")), responses(
    (status = 201, body = DeviceCode),
    (status = "4XX", description = "field.range, body.form, role.missing, session.step_up, missing", body = ProblemDocument)))]
async fn issue_code(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(device): Named<DeviceId>,
    Body(body): Body<NewCode>,
) -> Result<(StatusCode, Json<DeviceCode>), Problem> {
    let minutes = body.minutes.unwrap_or(LONGEST_CODE);
    let issued = issue_device_code(&services, &caller, device, minutes).await?;
    Ok((StatusCode::CREATED, Json(answer::code(&issued))))
}

/// 端末の失効 / Blocks a device, at once; says what it could have shown.
#[utoipa::path(post, path = "/api/v1/devices/{device}/revoke", tag = "devices",
    params(("device" = uuid::Uuid, Path, description = "The device.")), responses(
    (status = 200, body = DeviceRevoked),
    (status = "4XX", description = "role.missing, session.step_up, missing, device.revoked", body = ProblemDocument)))]
async fn revoke(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(device): Named<DeviceId>,
) -> Result<Json<DeviceRevoked>, Problem> {
    Ok(Json(answer::revoked(&revoke_device(&services, &caller, device).await?)))
}

/// 端末証明書の更新 / The calling device renews its own certificate; nobody need be signed in.
#[utoipa::path(post, path = "/api/v1/devices/renewal", tag = "devices", request_body = Renewal, responses(
    (status = 200, body = Renewed),
    (status = "4XX", description = "field.form, field.taken, body.form, device.refused, device.renewals", body = ProblemDocument)))]
async fn renew(
    State(services): State<Services>,
    OnDevice(caller, facts): OnDevice,
    Body(body): Body<Renewal>,
) -> Result<Json<Renewed>, Problem> {
    let renewed = renew_device(&services, &caller, facts.device.device, body.csr.as_bytes()).await?;
    Ok(Json(Renewed { chain: renewed.chain, not_after: renewed.not_after, old_until: renewed.old_until }))
}

/// 端末登録口の開放 / Opens the door for enrolment for a stated time.
#[utoipa::path(post, path = "/api/v1/enrolment/window", tag = "devices", request_body = OpenWindow, responses(
    (status = 200, body = WindowOpened),
    (status = "4XX", description = "field.range, body.form, role.missing, session.step_up", body = ProblemDocument)))]
async fn open_window(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Body(body): Body<OpenWindow>,
) -> Result<Json<WindowOpened>, Problem> {
    Ok(Json(WindowOpened { open_until: open_enrolment(&services, &caller, body.minutes).await? }))
}

/// 端末登録口の閉鎖 / Closes the door for enrolment.
#[utoipa::path(delete, path = "/api/v1/enrolment/window", tag = "devices", responses(
    (status = 204),
    (status = "4XX", description = "role.missing, session.step_up", body = ProblemDocument)))]
async fn close_window(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<StatusCode, Problem> {
    close_enrolment(&services, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
