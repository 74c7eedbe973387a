//! Patients as the doors speak of them.

use serde::Serialize;
use tasuki_domain::{
    care_team::PatientState,
    id::{OrganizationId, PatientId, PlaceId, RoomId},
    patient::{CareLevel, Dnar, FallRisk, Sex},
    time::Timestamp,
};
use utoipa::ToSchema;

/// A patient was registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientCreated {
    /// The patient.
    #[schema(value_type = uuid::Uuid)]
    pub patient: PatientId,
    /// The patient's room.
    #[schema(value_type = uuid::Uuid)]
    pub room: RoomId,
}

/// A patient was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientChanged {
    /// The version that counts now.
    pub version: i64,
}

/// 安全情報, which every member of the team may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafetyFacts {
    /// アレルギー; empty means that nobody has asked yet.
    pub allergies: String,
    /// 感染症; empty means that nobody has asked yet.
    pub infections: String,
    /// 転倒リスク
    #[schema(value_type = String)]
    pub fall_risk: FallRisk,
    /// DNAR
    #[schema(value_type = String)]
    pub dnar: Dnar,
    /// 要介護度
    #[schema(value_type = String)]
    pub care_level: CareLevel,
    /// Other notes for safety.
    pub notes: String,
}

/// The state of the consent on which the reader's membership rests.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStanding {
    /// It holds.
    Valid,
    /// It ends within thirty days.
    EndsSoon,
    /// It has ended.
    Ended,
}

/// A patient in the list and at the head of every page about the patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientSummary {
    /// The patient.
    #[schema(value_type = uuid::Uuid)]
    pub patient: PatientId,
    /// The version of what is shown.
    pub version: i64,
    /// The patient's room.
    #[schema(value_type = uuid::Uuid)]
    pub room: RoomId,
    /// The responsible organization.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// Where the patient lives.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
    /// `in_care`, `discharged`, `deceased`.
    #[schema(value_type = String)]
    pub state: PatientState,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// `female`, `male`, `other`, `unknown`.
    #[schema(value_type = String)]
    pub sex: Sex,
    /// `yyyy-mm-dd`.
    #[schema(format = Date)]
    pub birth_date: String,
    /// The year of birth in the Japanese era, such as 昭和14年.
    pub birth_era: Option<String>,
    /// Completed years.
    pub age: u16,
    /// The number on the door.
    pub room_number: String,
    /// Bed, wing, or district.
    pub area: String,
    /// The patient's colour, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub colour: u8,
    /// 安全情報
    pub safety: SafetyFacts,
    /// The consent.
    pub consent: ConsentStanding,
    /// Until when it holds (µs UTC); absent when it has no end or has ended.
    #[schema(value_type = Option<i64>)]
    pub consent_until: Option<Timestamp>,
}

/// My patients, in round order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientList {
    /// In round order: place by place, then by room number.
    pub patients: Vec<PatientSummary>,
}

/// A number under which an organization knows the patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignedNumber {
    /// Who assigned it.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// The number.
    pub number: String,
}

/// Who was responsible, from when to when.
#[derive(Debug, Serialize, ToSchema)]
pub struct Responsible {
    /// The organization.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// Start (µs UTC).
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// End (µs UTC); absent while it lasts.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
}

/// A patient's card.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientCard {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: PatientSummary,
    /// Numbers of organizations.
    pub numbers: Vec<AssignedNumber>,
    /// Responsible organizations, the first one first.
    pub responsible: Vec<Responsible>,
    /// The other row of the same human.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub linked: Option<PatientId>,
    /// How many posts may see the patient now.
    pub team_size: usize,
}

/// A line of the register: identity, never content.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredPatient {
    /// The patient.
    #[schema(value_type = uuid::Uuid)]
    pub patient: PatientId,
    /// The version of what is shown.
    pub version: i64,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// `female`, `male`, `other`, `unknown`.
    #[schema(value_type = String)]
    pub sex: Sex,
    /// `yyyy-mm-dd`.
    #[schema(format = Date)]
    pub birth_date: String,
    /// The year of birth in the Japanese era.
    pub birth_era: Option<String>,
    /// The number on the door.
    pub room_number: String,
    /// Bed, wing, or district.
    pub area: String,
    /// Where the patient lives.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
    /// `in_care`, `discharged`, `deceased`.
    #[schema(value_type = String)]
    pub state: PatientState,
    /// The organization's own number.
    pub number: Option<String>,
    /// The other row of the same human.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub linked: Option<PatientId>,
}

/// The patients for whom an organization is responsible.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientRegister {
    /// By reading.
    pub patients: Vec<RegisteredPatient>,
}
