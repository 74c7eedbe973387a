//! Store floor: versioned facts as sealed JSON. The version stands inside the seal too, so that a row's older facts,
//! copied over its newer ones, are noticed although they belong to the same slot.

use crate::{batch::Batch, error::StoreError};
use serde::{Serialize, de::DeserializeOwned};
use tasuki_vault::{Scope, Slot};
use zeroize::Zeroizing;

/// Facts of a `*_version` table.
pub(crate) trait Versioned: Serialize + DeserializeOwned {
    /// What it is called when it is damaged.
    const WHAT: &'static str;

    /// The version that these facts are.
    fn version(&self) -> i64;
}

/// Seals facts for their slot.
pub(crate) async fn seal<T: Versioned + Sync>(
    batch: &mut Batch,
    scope: Scope,
    slot: Slot,
    facts: &T,
) -> Result<Vec<u8>, StoreError> {
    let plain = Zeroizing::new(serde_json::to_vec(facts).expect("texts and numbers serialise"));
    batch.seal(scope, slot, &plain).await
}

/// Reads opened facts, which must be those of the version that their row says.
pub(crate) fn read<T: Versioned>(plain: &[u8], version: i64) -> Result<T, StoreError> {
    serde_json::from_slice::<T>(plain)
        .ok()
        .filter(|facts| facts.version() == version)
        .ok_or(StoreError::Damaged(T::WHAT))
}
