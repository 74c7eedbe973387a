//! The names that stand in the log's rows: as they were when each entry was written. The log itself holds none.

use super::{device, log::LogRow, name::Witness, organization, patient, person};
use crate::{error::StoreError, look::Revealed, store::Store};
use sqlx::QueryBuilder;
use std::collections::{BTreeSet, HashMap};
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PatientId, PersonId},
    policy::ReadLogEntry,
    time::Timestamp,
};
use uuid::Uuid;

const PEOPLE: &str = "SELECT person, version, at FROM person_version WHERE person IN (";
const ORGANIZATIONS: &str =
    "SELECT organization, version, at FROM organization_version WHERE organization IN (";
const PATIENT: &str = "SELECT version, facts FROM patient_version WHERE patient = $1 AND (at <= $2 OR version = 1) \
     ORDER BY version DESC LIMIT 1";

/// Ids in one statement.
const AT_ONCE: usize = 5_000;

/// When each version of something began, oldest first.
#[derive(Default)]
struct Versions(HashMap<Uuid, Vec<(i64, i64)>>);

impl Versions {
    /// The version that held at an instant; the first one before it began.
    fn at(&self, id: Uuid, at: Timestamp) -> Option<i64> {
        let versions = self.0.get(&id)?;
        let held = versions.iter().rev().find(|(begun, _)| *begun <= at.0);
        held.or_else(|| versions.first()).map(|(_, version)| *version)
    }
}

/// Names for rows of the log.
pub struct LogNames {
    person_versions: Versions,
    organization_versions: Versions,
    people: person::PersonNames,
    organizations: organization::OrganizationNames,
    devices: HashMap<DeviceId, String>,
}

impl LogNames {
    /// A person's name at an instant.
    #[must_use]
    pub fn person(&self, person: PersonId, at: Timestamp) -> Option<&str> {
        let version = self.person_versions.at(person.as_uuid(), at);
        self.people.get(person, version).map(|name| name.name.as_str())
    }

    /// An organization's name at an instant.
    #[must_use]
    pub fn organization(&self, organization: OrganizationId, at: Timestamp) -> Option<&str> {
        let version = self.organization_versions.at(organization.as_uuid(), at);
        self.organizations.get(organization, version).map(|name| name.name.as_str())
    }

    /// What a device's sticker says.
    #[must_use]
    pub fn device(&self, device: DeviceId) -> Option<&str> {
        self.devices.get(&device).map(String::as_str)
    }
}

impl Store {
    /// The names of the people, organizations and devices in these rows, each as it was then. A row that names what is
    /// no longer there, or that was altered to name nothing, has no name.
    ///
    /// # Errors
    /// When a stored name was altered or the database fails.
    pub async fn log_names(&self, witness: &impl Witness, rows: &[&LogRow]) -> Result<LogNames, StoreError> {
        let people: BTreeSet<Uuid> =
            rows.iter().filter_map(|row| row.person()).map(PersonId::as_uuid).collect();
        let organizations: BTreeSet<Uuid> = rows
            .iter()
            .flat_map(|row| [row.organization, row.object_organization])
            .flatten()
            .map(OrganizationId::as_uuid)
            .collect();
        let person_versions = versions(self, PEOPLE, &people).await?;
        let organization_versions = versions(self, ORGANIZATIONS, &organizations).await?;
        let wanted: Vec<_> = rows
            .iter()
            .filter_map(|row| row.person().map(|id| (id, person_versions.at(id.as_uuid(), row.at))))
            .filter(|(_, version)| version.is_some())
            .collect();
        let people = person::names(self, witness, &wanted).await?;
        let wanted: Vec<_> = rows
            .iter()
            .flat_map(|row| [row.organization, row.object_organization].map(|id| (id, row.at)))
            .filter_map(|(id, at)| id.map(|id| (id, organization_versions.at(id.as_uuid(), at))))
            .filter(|(_, version)| version.is_some())
            .collect();
        let organizations = organization::names(self, witness, &wanted).await?;
        let devices = device::labels(self, witness, rows.iter().filter_map(|row| row.device)).await?;
        Ok(LogNames { person_versions, organization_versions, people, organizations, devices })
    }

    /// The name that the patient of an entry had then. Only the detail of one entry tells it.
    ///
    /// # Errors
    /// When the stored name was altered or the database fails.
    pub async fn log_patient_name(
        &self,
        _look: &Revealed<ReadLogEntry>,
        (patient, at): (PatientId, Timestamp),
    ) -> Result<Option<String>, StoreError> {
        let mut connection = self.reading().await?;
        let found: Option<(i64, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(PATIENT).bind(patient.as_uuid()).bind(at.0).fetch_optional(&mut **c).await)?;
        found.map(|(version, sealed)| patient::name_of(self, (patient, version), &sealed)).transpose()
    }
}

async fn versions(store: &Store, select: &'static str, ids: &BTreeSet<Uuid>) -> Result<Versions, StoreError> {
    let mut versions = Versions::default();
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let mut connection = store.reading().await?;
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(Uuid, i64, i64)> = on!(&mut connection, c => {
            let mut query = QueryBuilder::new(select);
            let mut list = query.separated(", ");
            for id in some {
                list.push_bind(*id);
            }
            query.push(") ORDER BY version");
            query.build_query_as().fetch_all(&mut **c).await
        })?;
        for (id, version, at) in rows {
            versions.0.entry(id).or_default().push((at, version));
        }
    }
    Ok(versions)
}
