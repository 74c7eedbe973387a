//! Devices, their one-time codes and the enrolment door from the console.

use super::{
    consortium,
    told::{Told, time},
};
use crate::usecase::{
    Services, UseCaseError,
    consortium::read_organizations,
    device_authority::authority_fingerprint,
    enrolment_window::{close_enrolment, open_enrolment},
    read_devices::{DeviceRow, read_devices},
    register_device::{IssuedCode, NewDevice, issue_device_code, register_device},
    revoke_device::revoke_device,
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    device::DeviceKind,
    id::{DeviceId, PlaceId},
    policy::Caller,
    text::DeviceLabel,
    time::Timestamp,
};

/// What can be asked about devices. An organization is named by its name or its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeviceCommand {
    /// The register.
    List {
        /// Whose; every employer's when not given.
        organization: Option<String>,
    },
    /// A new device with a one-time code.
    Create {
        /// Whose.
        organization: String,
        /// What its sticker says.
        label: String,
        /// What it is.
        kind: DeviceKind,
        /// Where it stands.
        place: Option<PlaceId>,
        /// How long the code lives.
        minutes: i64,
    },
    /// Another code for a device.
    Code {
        /// Which.
        device: DeviceId,
        /// How long the code lives.
        minutes: i64,
    },
    /// A device is blocked.
    Revoke {
        /// Which.
        device: DeviceId,
    },
    /// The enrolment door opens.
    OpenEnrolment {
        /// For how long.
        minutes: i64,
    },
    /// The enrolment door closes.
    CloseEnrolment {},
}

pub(super) async fn execute(
    services: &Services,
    caller: &Caller,
    command: DeviceCommand,
) -> Result<Told, UseCaseError> {
    match command {
        DeviceCommand::List { organization } => list(services, caller, organization).await,
        DeviceCommand::Create { organization, label, kind, place, minutes } => {
            let organization = consortium::find(services, caller, &organization).await?;
            let new = NewDevice { label: DeviceLabel::parse("label", &label)?, kind, place };
            let issued = register_device(services, caller, organization, new, minutes).await?;
            code(services, &issued).await
        }
        DeviceCommand::Code { device, minutes } => {
            code(services, &issue_device_code(services, caller, device, minutes).await?).await
        }
        DeviceCommand::Revoke { device } => {
            let revoked = revoke_device(services, caller, device).await?;
            Ok(Told::line(
                format!("失効させました。接続を {} 本切りました。", revoked.connections),
                format!("Revoked; {} connections were ended.", revoked.connections),
            )
            .and(format!(
                "この端末に表示された可能性のあるもの: {} 件(内訳は監査者がアクセスログで確認できます)。",
                revoked.exposure.shown.len()
            )))
        }
        DeviceCommand::OpenEnrolment { minutes } => {
            let until = open_enrolment(services, caller, minutes).await?;
            Ok(Told::line(
                format!("端末登録の受付を {} まで開きました。", time(until)),
                "The enrolment door is open.",
            ))
        }
        DeviceCommand::CloseEnrolment {} => {
            close_enrolment(services, caller).await?;
            Ok(Told::line("端末登録の受付を閉じました。", "The enrolment door is closed."))
        }
    }
}

/// A code as shown once, where it is used, and whether the door there is open.
async fn code(services: &Services, issued: &IssuedCode) -> Result<Told, UseCaseError> {
    let server = &services.config.server;
    let door = format!("https://{}:{}/", server.name.as_str(), server.enrolment_listen.port());
    let told = Told::line(
        format!("端末コード: {}({} まで。一度だけ表示します)", *issued.code, time(issued.expires_at)),
        "One-time code of the device; it is not shown again.",
    )
    .and(format!("端末で開く画面: {door}#code={}", *issued.code))
    .and(format!("認証局の指紋(SHA-256): {}", authority_fingerprint(services).await?))
    .and(format!("端末のID: {}", issued.device));
    if services.doors.enrols(services.now()) {
        return Ok(told);
    }
    Ok(told.and("▲ 受付が閉じています。tasuki enrolment open --minutes 60 で開いてください。 / The enrolment door is closed."))
}

async fn list(
    services: &Services,
    caller: &Caller,
    organization: Option<String>,
) -> Result<Told, UseCaseError> {
    let only = match organization {
        Some(named) => Some(consortium::find(services, caller, &named).await?),
        None => None,
    };
    let mut rows = Vec::new();
    for view in read_organizations(services, caller).await? {
        if only.is_some_and(|only| only != view.fact.organization) {
            continue;
        }
        let register = read_devices(services, caller, view.fact.organization).await?;
        rows.extend(register.devices.iter().map(|device| row(device, &view.name.name, register.at)));
    }
    Ok(Told::table(&["法人・事業所", "端末", "種別", "状態", "証明書の期限", "ID"], rows))
}

fn row(device: &DeviceRow, organization: &str, now: Timestamp) -> Vec<String> {
    let key = device.keys.iter().find(|key| key.revoked_at > now);
    let state = match key {
        _ if !device.period.contains(now) => "失効",
        Some(key) if key.not_after > now => "有効",
        Some(_) => "期限切れ",
        None if device.code_until.is_some_and(|until| until > now) => "コード発行済み",
        None => "未登録",
    };
    vec![
        organization.to_owned(),
        device.label.as_str().to_owned(),
        device.kind.japanese().to_owned(),
        state.to_owned(),
        key.map_or_else(|| "-".to_owned(), |key| time(key.not_after)),
        device.device.to_string(),
    ]
}
