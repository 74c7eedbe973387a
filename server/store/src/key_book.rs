//! Which data key is current for what; every stored key is opened at start.

use crate::{backend::Connection, error::StoreError};
use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};
use tasuki_vault::{KeyId, Keyring, Scope, WrappedKey};
use uuid::Uuid;

const LOAD: &str = "SELECT key, scope_kind, scope, epoch, wrapped FROM data_key ORDER BY epoch";

/// The current key of each scope.
#[derive(Default)]
pub(crate) struct KeyBook {
    current: RwLock<HashMap<Scope, KeyId>>,
}

impl KeyBook {
    /// Opens every stored key; the highest epoch of a scope becomes its current key.
    pub(crate) async fn load(
        &self,
        connection: &mut Connection,
        keyring: &Keyring,
    ) -> Result<(), StoreError> {
        let rows: Vec<(Uuid, i64, Uuid, i64, Vec<u8>)> =
            on!(connection, c => sqlx::query_as(LOAD).fetch_all(&mut **c).await)?;
        for (key, kind, id, epoch, wrapped) in rows {
            let damaged = || StoreError::Damaged("data key");
            let kind = u8::try_from(kind).map_err(|_| damaged())?;
            let scope = Scope::from_parts(kind, id).ok_or_else(damaged)?;
            let epoch = u32::try_from(epoch).map_err(|_| damaged())?;
            let key = KeyId(key);
            if !keyring.contains(key) {
                keyring.open_data_key(key, scope, epoch, &WrappedKey(wrapped))?;
            }
            self.set(scope, key);
        }
        Ok(())
    }

    pub(crate) fn current(&self, scope: Scope) -> Option<KeyId> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).get(&scope).copied()
    }

    pub(crate) fn set(&self, scope: Scope, key: KeyId) {
        self.current.write().unwrap_or_else(PoisonError::into_inner).insert(scope, key);
    }
}
