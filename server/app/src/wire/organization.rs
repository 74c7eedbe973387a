//! wire: organizations, 法人・事業所.

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::OrganizationId,
    organization::{NewOrganization, OrganizationChange, OrganizationKind},
    problem::FieldProblem,
    text::{Reading, Telephone, Title},
};
use utoipa::ToSchema;

/// An employer of the consortium.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organization {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// What it is: `nursing_home`, `group_home`, `disability_home`, `visiting_nursing`, `pharmacy`, `dental_clinic`,
    /// `clinic`, `hospital`, `care_management` or `consortium_office`.
    #[schema(value_type = String)]
    pub kind: OrganizationKind,
    /// The current version; a change names the version that it was made on.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its name in Latin letters; may be empty.
    pub romaji: String,
    /// Where it is called; may be empty.
    pub telephone: String,
    /// Since when, µs UTC.
    pub from: i64,
    /// Until when, µs UTC; 9223372036854775807 without an end.
    pub until: i64,
}

/// Every employer, past ones too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organizations {
    /// By the time of joining.
    pub organizations: Vec<Organization>,
}

/// A new employer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganization {
    /// What it is.
    #[schema(value_type = String)]
    kind: OrganizationKind,
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Its name in Latin letters.
    #[serde(default)]
    #[schema(max_length = 80)]
    romaji: String,
    /// Where it is called; empty for none.
    #[serde(default)]
    #[schema(max_length = 30)]
    telephone: String,
}

impl CreateOrganization {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<NewOrganization, FieldProblem> {
        Ok(NewOrganization {
            kind: self.kind,
            name: Title::parse("name", &self.name)?,
            romaji: Reading::parse("romaji", &self.romaji)?,
            telephone: telephone(&self.telephone)?,
        })
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOrganization {
    /// The version that was changed.
    version: i64,
    /// What it is.
    #[schema(value_type = Option<String>)]
    kind: Option<OrganizationKind>,
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// Its name in Latin letters.
    #[schema(max_length = 80)]
    romaji: Option<String>,
    /// Where it is called; empty takes the number away.
    #[schema(max_length = 30)]
    telephone: Option<String>,
}

impl ChangeOrganization {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<OrganizationChange, FieldProblem> {
        Ok(OrganizationChange {
            version: self.version,
            kind: self.kind,
            name: self.name.as_deref().map(|name| Title::parse("name", name)).transpose()?,
            romaji: self.romaji.as_deref().map(|romaji| Reading::parse("romaji", romaji)).transpose()?,
            telephone: self.telephone.as_deref().map(telephone).transpose()?,
        })
    }
}

fn telephone(text: &str) -> Result<Option<Telephone>, FieldProblem> {
    match text.trim() {
        "" => Ok(None),
        number => Telephone::parse("telephone", number).map(Some),
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedOrganization {
    /// The new employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
}

/// The version that now counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versioned {
    /// The version.
    pub version: i64,
}
