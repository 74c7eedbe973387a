//! Consents as the doors speak of them.

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    care_team::ConsentGiver,
    id::ConsentId,
    info_class::{ClassSet, InfoClassId},
    problem::{FieldProblem, FieldRule},
    text::Note,
    time::{Interval, Timestamp},
};
use utoipa::ToSchema;

/// A consent to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// `patient`, `family`, `guardian`.
    #[schema(value_type = String)]
    pub giver: ConsentGiver,
    /// The numbers of the information classes that it covers.
    #[schema(value_type = Vec<i16>, min_items = 1, max_items = 62)]
    pub classes: Vec<InfoClassId>,
    /// Start (µs UTC).
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// End (µs UTC); absent for one without end.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
    /// How it was given.
    #[serde(default)]
    #[schema(max_length = 400)]
    pub note: String,
}

impl NewConsent {
    /// Classes, period and note, bounded.
    ///
    /// # Errors
    /// The first field that breaks a rule.
    pub fn parse(&self) -> Result<(ClassSet, Interval, Note), FieldProblem> {
        if self.classes.len() > 62 {
            return Err(FieldProblem::new("classes", FieldRule::TooMany(62)));
        }
        if self.classes.iter().any(|class| !(1..=62).contains(&class.0)) {
            return Err(FieldProblem::new("classes", FieldRule::Choice));
        }
        let period = Interval { from: self.from, until: self.until.unwrap_or(Timestamp::OPEN_END) };
        Ok((self.classes.iter().copied().collect(), period, Note::parse("note", &self.note)?))
    }
}

/// A consent was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentRecorded {
    /// The row.
    #[schema(value_type = uuid::Uuid)]
    pub consent: ConsentId,
}

/// A recorded consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Consent {
    /// The row.
    #[schema(value_type = uuid::Uuid)]
    pub consent: ConsentId,
    /// `patient`, `family`, `guardian`.
    #[schema(value_type = String)]
    pub giver: ConsentGiver,
    /// The information classes that it covers.
    #[schema(value_type = Vec<i16>)]
    pub classes: Vec<InfoClassId>,
    /// Start (µs UTC).
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// End or withdrawal (µs UTC); absent without end.
    #[schema(value_type = Option<i64>)]
    pub until: Option<Timestamp>,
    /// Whether it holds now.
    pub live: bool,
    /// How it was given.
    pub note: String,
}

/// A patient's consents.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentList {
    /// The newest first.
    pub consents: Vec<Consent>,
}
