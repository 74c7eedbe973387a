//! Devices, their enrolment and renewal, as the doors speak of them.

use super::optional::present;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    device::DeviceKind,
    id::{DeviceId, OrganizationId, PatientId, PersonId, PlaceId, RoomId},
    problem::FieldProblem,
    text::DeviceLabel,
    time::Timestamp,
};
use utoipa::ToSchema;

/// A new device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// The owner.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// What its sticker says; never a person's name.
    #[schema(min_length = 1, max_length = 60)]
    pub label: String,
    /// `shared`, `personal`, `desktop`.
    #[schema(value_type = String)]
    pub kind: DeviceKind,
    /// Where it stands; a place of the owner.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
    /// Life of the one-time code in minutes; a day when absent.
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: Option<i64>,
}

/// Another one-time code.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    /// Life of the code in minutes; a day when absent.
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: Option<i64>,
}

/// A one-time code, shown once.
#[derive(Serialize, ToSchema)]
pub struct DeviceCode {
    /// The register row.
    #[schema(value_type = uuid::Uuid)]
    pub device: DeviceId,
    /// The code, in four groups of five.
    pub code: String,
    /// Until when it may be used (µs UTC).
    #[schema(value_type = i64)]
    pub expires_at: Timestamp,
}

/// What changes of a device; what is absent stays. `place: null` says that it moves about.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DevicePatch {
    /// What its sticker says.
    #[schema(min_length = 1, max_length = 60)]
    pub label: Option<String>,
    /// `shared`, `personal`, `desktop`.
    #[schema(value_type = Option<String>)]
    pub kind: Option<DeviceKind>,
    /// A place of the owner; null for none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<Option<PlaceId>>,
}

/// The label, bounded.
///
/// # Errors
/// `label`.
pub fn label(text: &str) -> Result<DeviceLabel, FieldProblem> {
    DeviceLabel::parse("label", text)
}

/// Where a device stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Has no certificate yet.
    Waiting,
    /// May be used.
    Live,
    /// Its certificate has ended without a renewal.
    Expired,
    /// Blocked.
    Revoked,
}

/// A certificate of a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceCertificate {
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// When it was signed (µs UTC).
    #[schema(value_type = i64)]
    pub issued_at: Timestamp,
    /// When it ends (µs UTC).
    #[schema(value_type = i64)]
    pub not_after: Timestamp,
    /// When it was revoked (µs UTC); absent while it counts.
    #[schema(value_type = Option<i64>)]
    pub revoked_at: Option<Timestamp>,
}

/// A line of the device register.
#[derive(Debug, Serialize, ToSchema)]
pub struct Device {
    /// The row.
    #[schema(value_type = uuid::Uuid)]
    pub device: DeviceId,
    /// What its sticker says.
    pub label: String,
    /// `shared`, `personal`, `desktop`.
    #[schema(value_type = String)]
    pub kind: DeviceKind,
    /// Where it stands.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
    /// Where it stands in its life.
    pub state: DeviceState,
    /// When it was registered (µs UTC).
    #[schema(value_type = i64)]
    pub registered_at: Timestamp,
    /// When it was blocked (µs UTC).
    #[schema(value_type = Option<i64>)]
    pub revoked_at: Option<Timestamp>,
    /// Until when an unused one-time code waits for it (µs UTC).
    #[schema(value_type = Option<i64>)]
    pub code_until: Option<Timestamp>,
    /// Its certificates, the newest first.
    pub certificates: Vec<DeviceCertificate>,
}

/// The device register of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceList {
    /// By label.
    pub devices: Vec<Device>,
}

/// One patient's or room's content that a person had on a blocked device.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownOnDevice {
    /// Who looked.
    #[schema(value_type = uuid::Uuid)]
    pub person: PersonId,
    /// The patient.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub patient: Option<PatientId>,
    /// The room.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub room: Option<RoomId>,
    /// First look (µs UTC).
    #[schema(value_type = i64)]
    pub first: Timestamp,
    /// Last look (µs UTC).
    #[schema(value_type = i64)]
    pub last: Timestamp,
    /// How many entries of the access log say so.
    pub looks: u64,
    /// A copy was lent to the device.
    pub lent: bool,
}

/// A device was blocked.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceRevoked {
    /// Connections that were ended.
    pub connections: usize,
    /// What it could have shown is listed from here on (µs UTC).
    #[schema(value_type = i64)]
    pub since: Timestamp,
    /// What it could have shown, the latest first.
    pub shown: Vec<ShownOnDevice>,
    /// Lists with patients' names that were shown besides.
    pub lists: u64,
}

/// A device asks for a new certificate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// A PKCS#10 request for a new key (P-256 or P-384), PEM.
    #[schema(max_length = 16384)]
    pub csr: String,
}

/// A renewed certificate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Renewed {
    /// The certificate and the authority's, PEM.
    pub chain: String,
    /// When the new certificate ends (µs UTC).
    #[schema(value_type = i64)]
    pub not_after: Timestamp,
    /// Until when the old certificate counts at most (µs UTC).
    #[schema(value_type = i64)]
    pub old_until: Timestamp,
}

/// The door for enrolment is to be opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenWindow {
    /// For how many minutes.
    #[schema(minimum = 1, maximum = 120)]
    pub minutes: i64,
}

/// The door for enrolment is open.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowOpened {
    /// Until when (µs UTC).
    #[schema(value_type = i64)]
    pub open_until: Timestamp,
}

/// A device fetches its certificate: with `csr`, or with `password` where the platform cannot make a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The one-time code as typed.
    #[schema(max_length = 100)]
    pub code: String,
    /// A PKCS#10 request (P-256 or P-384), PEM.
    #[schema(max_length = 16384)]
    pub csr: Option<String>,
    /// The password of the certificate file that is to be made.
    #[schema(min_length = 12, max_length = 128)]
    pub password: Option<String>,
}

/// A device has its certificate.
#[derive(Serialize, ToSchema)]
pub struct Enrolled {
    /// The register row.
    #[schema(value_type = uuid::Uuid)]
    pub device: DeviceId,
    /// The certificate and the authority's, PEM; for a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// The PKCS#12 file, base64; for a password. The key in it was made for this answer and is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pkcs12: Option<String>,
    /// When the certificate ends (µs UTC).
    #[schema(value_type = i64)]
    pub not_after: Timestamp,
}
