//! Organizations: 法人・事業所. Name, romaji and telephone are sealed under the organization's own branch.

use super::{
    name::{self, NameBook, Named, Names, Witness},
    sealed::{self, Versioned},
    session,
};
use crate::{
    batch::Batch,
    error::{StoreError, WorkError},
    store::Store,
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tasuki_domain::{
    care_team::PatientState,
    id::OrganizationId,
    organization::{NewOrganization, OrganizationChange},
    policy::{ChangeOrganization, CreateOrganization, EndOrganization, Facts, Grant},
    text::Telephone,
    time::Timestamp,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const INSERT: &str =
    "INSERT INTO organization (organization, kind, version, from_at, until_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_VERSION: &str =
    "INSERT INTO organization_version (organization, version, facts, at) VALUES ($1, $2, $3, $4)";
const CURRENT: &str = "SELECT o.version, o.kind, v.facts FROM organization o \
     JOIN organization_version v ON v.organization = o.organization AND v.version = o.version \
     WHERE o.organization = $1";
const MOVE_ON: &str =
    "UPDATE organization SET version = $1, kind = $2 WHERE organization = $3 AND version = $4";
const END: &str = "UPDATE organization SET until_at = $1 WHERE organization = $2 AND until_at > $1";
const END_POSTS: &str = "UPDATE post SET until_at = $1 WHERE organization = $2 AND until_at > $1";
const END_ROLES: &str = "UPDATE role SET until_at = $1 WHERE organization = $2 AND until_at > $1";
const END_DEVICES: &str = "UPDATE device SET until_at = $1 WHERE organization = $2 AND until_at > $1";
const END_PLACES: &str = "UPDATE place SET until_at = $1 WHERE organization = $2 AND until_at > $1";

/// What is known of an organization in one version.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationName {
    /// The version.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its name in Latin letters; may be empty.
    pub romaji: String,
    /// Where it is called; may be empty.
    pub telephone: String,
}

impl std::fmt::Debug for OrganizationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OrganizationName(version {})", self.version)
    }
}

impl Versioned for OrganizationName {
    const WHAT: &'static str = "organization's name";

    fn version(&self) -> i64 {
        self.version
    }
}

impl Named for OrganizationName {
    type Id = OrganizationId;
    const SELECT: &'static str =
        "SELECT organization, version, facts FROM organization_version WHERE (organization, version) IN (";
    const TABLE: &'static str = "organization_version";

    fn uuid(id: OrganizationId) -> Uuid {
        id.as_uuid()
    }

    fn current(facts: &Facts, id: OrganizationId) -> Option<i64> {
        facts.organization(id).map(|fact| fact.version)
    }

    fn cache(book: &NameBook) -> &Cache<(Uuid, i64), Arc<Self>> {
        &book.organizations
    }
}

/// The names of organizations, in a version or currently.
pub type OrganizationNames = Names<OrganizationId, OrganizationName>;

/// The names of organizations, in the version given or currently.
///
/// # Errors
/// When a row was altered or the database does not answer.
pub async fn names(
    store: &Store,
    _witness: &impl Witness,
    wanted: &[(OrganizationId, Option<i64>)],
) -> Result<OrganizationNames, StoreError> {
    name::open(store, wanted).await
}

/// Writes a new organization.
///
/// # Errors
/// When the database refuses it.
pub async fn create(
    batch: &mut Batch,
    grant: &Grant<CreateOrganization>,
    new: &NewOrganization,
) -> Result<(), WorkError> {
    let id = grant.act().organization;
    let name = OrganizationName {
        version: 1,
        name: new.name.as_str().to_owned(),
        romaji: new.romaji.as_str().to_owned(),
        telephone: new.telephone.as_ref().map(Telephone::as_str).unwrap_or_default().to_owned(),
    };
    let (now, kind) = (batch.now().0, i64::from(new.kind.code()));
    execute!(batch, INSERT, id.as_uuid(), kind, 1_i64, now, Timestamp::OPEN_END.0);
    write_version(batch, id, &name).await?;
    batch.policy_changed();
    Ok(())
}

/// Writes the next version of an organization; says which it is.
///
/// # Errors
/// Conflicts `organization.ended` and `organization.changed` (somebody else was quicker).
pub async fn change(
    batch: &mut Batch,
    grant: &Grant<ChangeOrganization>,
    change: &OrganizationChange,
) -> Result<i64, WorkError> {
    let id = grant.act().organization;
    demand_live(batch, id).await?;
    let row: Option<(i64, i64, Vec<u8>)> = fetch_optional!(batch, CURRENT, id.as_uuid());
    let (version, kind, sealed) = row.ok_or(WorkError::Missing)?;
    if version != change.version {
        return Err(WorkError::Conflict("organization.changed"));
    }
    let plain = batch.open(slot(id), &sealed)?;
    let mut name: OrganizationName = sealed::read(&plain, version)?;
    name.version = version + 1;
    change.name.iter().for_each(|new| new.as_str().clone_into(&mut name.name));
    change.romaji.iter().for_each(|new| new.as_str().clone_into(&mut name.romaji));
    if let Some(telephone) = &change.telephone {
        name.telephone = telephone.as_ref().map(Telephone::as_str).unwrap_or_default().to_owned();
    }
    let kind = change.kind.map_or(kind, |kind| i64::from(kind.code()));
    if execute!(batch, MOVE_ON, name.version, kind, id.as_uuid(), version) == 0 {
        return Err(WorkError::Conflict("organization.changed"));
    }
    write_version(batch, id, &name).await?;
    batch.policy_changed();
    Ok(name.version)
}

/// Ends an organization with its posts, roles, devices and places, and every session of it, at once.
///
/// # Errors
/// Conflicts `organization.ended`, and `organization.has_patients` while it is responsible for somebody in care.
pub async fn end(batch: &mut Batch, grant: &Grant<EndOrganization>) -> Result<(), WorkError> {
    let organization = grant.act().organization;
    demand_live(batch, organization).await?;
    let facts = batch.facts().await?;
    if facts.patients().any(|fact| fact.organization == organization && fact.state == PatientState::InCare) {
        return Err(WorkError::Conflict("organization.has_patients"));
    }
    let (now, id) = (batch.now().0, organization.as_uuid());
    if execute!(batch, END, now, id) == 0 {
        return Err(WorkError::Conflict("organization.ended"));
    }
    for sql in [END_POSTS, END_ROLES, END_DEVICES, END_PLACES] {
        execute!(batch, sql, now, id);
    }
    batch.policy_changed();
    session::end_with(batch, session::Owner::Organization(organization)).await?;
    Ok(())
}

/// Refuses what concerns an organization that is not there or has left.
pub(crate) async fn demand_live(batch: &mut Batch, organization: OrganizationId) -> Result<(), WorkError> {
    let now = batch.now();
    let facts = batch.facts().await?;
    match facts.organization(organization) {
        None => Err(WorkError::Missing),
        Some(fact) if fact.period.contains(now) => Ok(()),
        Some(_) => Err(WorkError::Conflict("organization.ended")),
    }
}

async fn write_version(
    batch: &mut Batch,
    id: OrganizationId,
    name: &OrganizationName,
) -> Result<(), WorkError> {
    let sealed = sealed::seal(batch, Scope::Organization(id.as_uuid()), slot(id), name).await?;
    let now = batch.now().0;
    execute!(batch, INSERT_VERSION, id.as_uuid(), name.version, sealed, now);
    Ok(())
}

const fn slot(id: OrganizationId) -> Slot {
    Slot::new("organization_version", "facts", id.as_uuid())
}
