//! What doors are asked to do with patients.

use super::optional::present;
use serde::Deserialize;
use tasuki_domain::{
    id::{OrganizationId, PatientId, PlaceId},
    patient::{CareLevel, Dnar, FallRisk, Identity, PatientChange, PatientFacts, Safety, Sex},
    problem::{FieldProblem, FieldRule},
    text::{Area, Fact, Name, Note, PatientNumber, Reading, RoomNumber},
    time::Timestamp,
};
use utoipa::ToSchema;

/// A new patient.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPatient {
    /// The responsible organization.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// Where the patient lives; a place of that organization.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
    /// As written.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// In kana.
    #[schema(min_length = 1, max_length = 80)]
    pub reading: String,
    /// `female`, `male`, `other`, `unknown`.
    #[schema(value_type = String)]
    pub sex: Sex,
    /// Date of birth, `yyyy-mm-dd`, from 1880 to today.
    #[schema(format = Date)]
    pub birth_date: String,
    /// The number on the door.
    #[serde(default)]
    #[schema(max_length = 20)]
    pub room_number: String,
    /// Bed, wing, or district of the address.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub area: String,
    /// アレルギー; empty means that nobody has asked yet.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub allergies: String,
    /// 感染症; empty means that nobody has asked yet.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub infections: String,
    /// `unknown`, `low`, `medium`, `high`.
    #[schema(value_type = Option<String>)]
    pub fall_risk: Option<FallRisk>,
    /// `unknown`, `resuscitate`, `dnar`.
    #[schema(value_type = Option<String>)]
    pub dnar: Option<Dnar>,
    /// 要介護度: `unknown`, `pending`, `independent`, `programme`, `support_1`–`2`, `care_1`–`5`, `disability_1`–`6`.
    #[schema(value_type = Option<String>)]
    pub care_level: Option<CareLevel>,
    /// Whatever else everybody must know before touching the patient.
    #[serde(default)]
    #[schema(max_length = 400)]
    pub notes: String,
    /// The organization's own number for the patient; unique within it.
    #[schema(min_length = 1, max_length = 40)]
    pub number: Option<String>,
}

impl NewPatient {
    /// The facts and the number, bounded.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn parse(&self, now: Timestamp) -> Result<(PatientFacts, Option<PatientNumber>), FieldProblem> {
        let identity = Identity {
            name: Name::parse("name", &self.name)?,
            reading: reading(&self.reading)?,
            sex: self.sex,
            birth_date: birth_date(&self.birth_date, now)?,
            room_number: RoomNumber::parse("room_number", &self.room_number)?,
            area: Area::parse("area", &self.area)?,
        };
        let safety = Safety {
            allergies: Fact::parse("allergies", &self.allergies)?,
            infections: Fact::parse("infections", &self.infections)?,
            fall_risk: self.fall_risk.unwrap_or(FallRisk::Unknown),
            dnar: self.dnar.unwrap_or(Dnar::Unknown),
            care_level: self.care_level.unwrap_or(CareLevel::Unknown),
            notes: Note::parse("notes", &self.notes)?,
        };
        Ok((PatientFacts { identity, safety }, number(self.number.as_deref())?))
    }
}

/// What changes of a patient; what is absent stays. `place: null` says that the place is unknown.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PatientPatch {
    /// As written.
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// In kana.
    #[schema(min_length = 1, max_length = 80)]
    pub reading: Option<String>,
    /// As in [`NewPatient`].
    #[schema(value_type = Option<String>)]
    pub sex: Option<Sex>,
    /// `yyyy-mm-dd`.
    #[schema(format = Date)]
    pub birth_date: Option<String>,
    /// The number on the door.
    #[schema(max_length = 20)]
    pub room_number: Option<String>,
    /// Bed, wing, or district.
    #[schema(max_length = 60)]
    pub area: Option<String>,
    /// アレルギー
    #[schema(max_length = 200)]
    pub allergies: Option<String>,
    /// 感染症
    #[schema(max_length = 200)]
    pub infections: Option<String>,
    /// As in [`NewPatient`].
    #[schema(value_type = Option<String>)]
    pub fall_risk: Option<FallRisk>,
    /// As in [`NewPatient`].
    #[schema(value_type = Option<String>)]
    pub dnar: Option<Dnar>,
    /// As in [`NewPatient`].
    #[schema(value_type = Option<String>)]
    pub care_level: Option<CareLevel>,
    /// Other notes for safety.
    #[schema(max_length = 400)]
    pub notes: Option<String>,
    /// A place of the responsible organization; null for unknown.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<Option<PlaceId>>,
    /// The responsible organization's own number.
    #[schema(min_length = 1, max_length = 40)]
    pub number: Option<String>,
}

impl PatientPatch {
    /// The change and the number, bounded.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn parse(&self, now: Timestamp) -> Result<(PatientChange, Option<PatientNumber>), FieldProblem> {
        let fact =
            |field, text: &Option<String>| text.as_deref().map(|text| Fact::parse(field, text)).transpose();
        let change = PatientChange {
            name: self.name.as_deref().map(|text| Name::parse("name", text)).transpose()?,
            reading: self.reading.as_deref().map(reading).transpose()?,
            sex: self.sex,
            birth_date: self.birth_date.as_deref().map(|text| birth_date(text, now)).transpose()?,
            room_number: self
                .room_number
                .as_deref()
                .map(|text| RoomNumber::parse("room_number", text))
                .transpose()?,
            area: self.area.as_deref().map(|text| Area::parse("area", text)).transpose()?,
            allergies: fact("allergies", &self.allergies)?,
            infections: fact("infections", &self.infections)?,
            fall_risk: self.fall_risk,
            dnar: self.dnar,
            care_level: self.care_level,
            notes: self.notes.as_deref().map(|text| Note::parse("notes", text)).transpose()?,
        };
        Ok((change, number(self.number.as_deref())?))
    }
}

fn reading(text: &str) -> Result<Reading, FieldProblem> {
    let reading = Reading::parse("reading", text)?;
    if reading.as_str().is_empty() {
        return Err(FieldProblem::new("reading", FieldRule::Empty));
    }
    Ok(reading)
}

fn birth_date(text: &str, now: Timestamp) -> Result<jiff::civil::Date, FieldProblem> {
    let wrong = FieldProblem::new("birth_date", FieldRule::Time);
    if text.len() != 10 {
        return Err(wrong);
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| wrong.clone())?;
    if date.year() < 1880 || date > now.tokyo_date() { Err(wrong) } else { Ok(date) }
}

fn number(text: Option<&str>) -> Result<Option<PatientNumber>, FieldProblem> {
    text.map(|text| PatientNumber::parse("number", text)).transpose()
}

/// How a patient's care ended.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// 退所・終了
    Discharged,
    /// 死亡
    Deceased,
}

/// The end of a patient's care.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientEnd {
    /// Discharged or deceased.
    pub state: EndKind,
}

/// A patient's return.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientReturn {
    /// Where the patient lives now; a place of the responsible organization.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
}

/// The other row of the same human.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientLink {
    /// Both must lie within the caller's administration.
    #[schema(value_type = uuid::Uuid)]
    pub other: PatientId,
}

/// Another organization becomes responsible.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientHandOver {
    /// Which one.
    #[schema(value_type = uuid::Uuid)]
    pub organization: OrganizationId,
    /// One of its places.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub place: Option<PlaceId>,
}
