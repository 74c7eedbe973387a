//! Whose a thing is, so that the rule can be asked. What does not exist belongs to nobody: then an organization's
//! administrator is refused just as for what is foreign, and learns nothing from the difference.

use super::Services;
use tasuki_domain::id::{DeviceId, OrganizationId, PatientId};
use uuid::Uuid;

/// The owner of a device.
pub(super) fn of_device(services: &Services, device: DeviceId) -> OrganizationId {
    services.store.facts().device(device).map_or(NOBODY, |fact| fact.organization)
}

/// The organization that is responsible for a patient.
pub(super) fn of_patient(services: &Services, patient: PatientId) -> OrganizationId {
    services.store.facts().patient(patient).map_or(NOBODY, |fact| fact.organization)
}

const NOBODY: OrganizationId = OrganizationId::from_uuid(Uuid::nil());
