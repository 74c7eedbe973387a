//! Store: a patient's facts as they are sealed. The JSON has a version of its own, so that fields can be added.

use super::damaged;
use crate::{Batch, StoreError};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PatientId},
    patient::{CareLevel, Dnar, FallRisk, Identity, PatientFacts, Safety, Sex},
    text::{Area, Fact, Name, Note, Reading, RoomNumber},
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    reading: String,
    sex: i16,
    birth_date: String,
    room_number: String,
    area: String,
    allergies: String,
    infections: String,
    fall_risk: i16,
    dnar: i16,
    care_level: i16,
    notes: String,
}

/// The slot of one version: the version is mixed into the row's id, so that versions cannot be exchanged unnoticed.
pub(super) fn slot(patient: PatientId, version: i64) -> Slot {
    let version = u128::from(version.unsigned_abs());
    Slot::new("patient_version", "facts", Uuid::from_u128(patient.as_uuid().as_u128() ^ version))
}

/// The slot of an organization's own number for the patient.
pub(super) fn number_slot(patient: PatientId, organization: OrganizationId) -> Slot {
    let row = patient.as_uuid().as_u128() ^ organization.as_uuid().as_u128();
    Slot::new("patient_identifier", "value", Uuid::from_u128(row))
}

/// Seals one version under the patient's key.
pub(super) async fn seal(
    batch: &mut Batch,
    (patient, version): (PatientId, i64),
    facts: &PatientFacts,
) -> Result<Vec<u8>, StoreError> {
    let (identity, safety) = (&facts.identity, &facts.safety);
    let stored = Stored {
        name: identity.name.as_str().to_owned(),
        reading: identity.reading.as_str().to_owned(),
        sex: identity.sex.code(),
        birth_date: identity.birth_date.to_string(),
        room_number: identity.room_number.as_str().to_owned(),
        area: identity.area.as_str().to_owned(),
        allergies: safety.allergies.as_str().to_owned(),
        infections: safety.infections.as_str().to_owned(),
        fall_risk: safety.fall_risk.code(),
        dnar: safety.dnar.code(),
        care_level: safety.care_level.code(),
        notes: safety.notes.as_str().to_owned(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&stored).map_err(|_| damaged())?);
    batch.seal(Scope::Patient(patient.as_uuid()), slot(patient, version), &plain).await
}

/// Reads an opened version.
pub(super) fn stored(plain: &[u8]) -> Result<PatientFacts, StoreError> {
    let stored: Stored = serde_json::from_slice(plain).map_err(|_| damaged())?;
    Ok(PatientFacts {
        identity: Identity {
            name: Name::from_stored(stored.name),
            reading: Reading::from_stored(stored.reading),
            sex: Sex::from_code(stored.sex).ok_or_else(damaged)?,
            birth_date: stored.birth_date.parse().map_err(|_| damaged())?,
            room_number: RoomNumber::from_stored(stored.room_number),
            area: Area::from_stored(stored.area),
        },
        safety: Safety {
            allergies: Fact::from_stored(stored.allergies),
            infections: Fact::from_stored(stored.infections),
            fall_risk: FallRisk::from_code(stored.fall_risk).ok_or_else(damaged)?,
            dnar: Dnar::from_code(stored.dnar).ok_or_else(damaged)?,
            care_level: CareLevel::from_code(stored.care_level).ok_or_else(damaged)?,
            notes: Note::from_stored(stored.notes),
        },
    })
}
