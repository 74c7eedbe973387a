//! Vault: the unlocked root and the data keys under it. It stores nothing: wrapped keys come from and go to
//! the store.
//!
//! ```text
//! wrapped key = 0x01 ‖ salt (32) ‖ ciphertext (32) ‖ tag (16)
//! key ‖ nonce = HKDF-SHA-256(branch key, salt, "tasuki/v1/wrapped-key" ‖ 0x00)
//! associated data = 0x01 ‖ scope kind u8 ‖ scope id (16) ‖ epoch u32 ‖ key id (16)
//! ```

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use rand::CryptoRng;
use uuid::Uuid;

use crate::cipher::{OneMessage, SALT_BYTES};
use crate::cursor::Cursor;
use crate::derive::{Label, derive};
use crate::secret::{KEY_BYTES, KeyFingerprint, RootKey, Secret};

/// First byte of a wrapped key.
const FORMAT: u8 = 1;

/// The name of a data key: random, public, the primary key of its row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyId(pub Uuid);

impl std::fmt::Display for KeyId {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(to)
    }
}

/// What a data key protects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// What belongs to the consortium as a whole.
    Consortium,
    /// What is one organization's own.
    Organization(Uuid),
    /// The content of one room.
    Room(Uuid),
    /// The facts about one patient.
    Patient(Uuid),
    /// The facts about one person (a member of staff).
    Person(Uuid),
    /// The bodies of access-log entries of one month, as the number yyyymm.
    LogMonth(i32),
}

impl Scope {
    /// Number of the kind, as stored and as bound into the wrapping. Never changes its meaning.
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Consortium => 1,
            Self::Organization(_) => 2,
            Self::Room(_) => 3,
            Self::Patient(_) => 4,
            Self::Person(_) => 5,
            Self::LogMonth(_) => 6,
        }
    }

    /// The sixteen bytes beside the kind, as stored: the id, zero for the consortium, and the month in the last
    /// four bytes.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Consortium => Uuid::nil(),
            Self::Organization(id) | Self::Room(id) | Self::Patient(id) | Self::Person(id) => *id,
            Self::LogMonth(month) => Uuid::from_u128(u128::from(u32::from_be_bytes(month.to_be_bytes()))),
        }
    }

    /// Puts a stored scope together again; `None` when kind and id do not make one.
    pub fn from_parts(kind: u8, id: Uuid) -> Option<Self> {
        match kind {
            1 if id.is_nil() => Some(Self::Consortium),
            2 => Some(Self::Organization(id)),
            3 => Some(Self::Room(id)),
            4 => Some(Self::Patient(id)),
            5 => Some(Self::Person(id)),
            6 => u32::try_from(id.as_u128())
                .ok()
                .map(|month| Self::LogMonth(i32::from_be_bytes(month.to_be_bytes()))),
            _ => None,
        }
    }
}

/// A data key sealed under its branch: what the store keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrappedKey(pub Vec<u8>);

impl WrappedKey {
    /// Length in bytes.
    pub const BYTES: usize = 1 + SALT_BYTES + KEY_BYTES + crate::cipher::TAG_BYTES;
}

/// Why a wrapped key did not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WrappedKeyError {
    /// The bytes do not have the length of a wrapped key.
    #[error("wrapped key {0} is damaged")]
    Damaged(KeyId),
    /// The first byte names no known format.
    #[error("wrapped key {0} has unknown format {1}")]
    UnknownFormat(KeyId, u8),
    /// Altered, or wrapped for another scope, epoch or id, or under another root key.
    #[error("wrapped key {0} does not belong to this scope and epoch, or was altered")]
    Refused(KeyId),
}

/// The root key at hand is not the one that this installation was made with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this is another root key: the data needs key {expected}, the key given is {found}")]
pub struct WrongRootKey {
    /// Fingerprint that the data names.
    pub expected: KeyFingerprint,
    /// Fingerprint of the key at hand.
    pub found: KeyFingerprint,
}

/// The unlocked root key and the data keys opened so far. Shared between threads behind an `Arc`.
///
/// Sealing and opening of values are in [`crate::seal`], of files in [`crate::stream`].
pub struct Keyring {
    root: RootKey,
    consortium: Secret,
    open: RwLock<HashMap<KeyId, Arc<Secret>>>,
}

impl Keyring {
    /// Unlocks: takes the root key over, with no data key open yet.
    pub fn unlock(root: RootKey) -> Self {
        let consortium = derive(root.secret(), Label::Consortium, &[]);
        Self { root, consortium, open: RwLock::new(HashMap::new()) }
    }

    /// The root key's public check value.
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.root.fingerprint()
    }

    /// Compares the root key with the one that the data names, before anything is tried with it.
    ///
    /// # Errors
    /// [`WrongRootKey`], with both fingerprints.
    pub fn check(&self, expected: KeyFingerprint) -> Result<(), WrongRootKey> {
        let found = self.fingerprint();
        if found == expected { Ok(()) } else { Err(WrongRootKey { expected, found }) }
    }

    /// The root key, to write another key file or a recovery sheet.
    pub fn root(&self) -> &RootKey {
        &self.root
    }

    pub(crate) fn branch(&self, label: Label, context: &[u8]) -> Secret {
        derive(self.root.secret(), label, context)
    }

    /// Draws a new data key for a scope and epoch, opens it here, and returns it wrapped for the store.
    pub fn new_data_key(&self, scope: Scope, epoch: u32, rng: &mut impl CryptoRng) -> (KeyId, WrappedKey) {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let key = KeyId(uuid::Builder::from_random_bytes(id).into_uuid());
        let secret = Secret::generate(rng);
        let mut out = Vec::with_capacity(WrappedKey::BYTES);
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        out.push(FORMAT);
        out.extend_from_slice(&salt);
        self.wrapping(scope, &salt).seal(&associated(key, scope, epoch), secret.bytes(), &mut out);
        self.remember(key, secret);
        (key, WrappedKey(out))
    }

    /// Opens a wrapped key into the cache. Opening one that is open already changes nothing.
    ///
    /// # Errors
    /// [`WrappedKeyError`]; never says more than that the key does not fit.
    pub fn open_data_key(
        &self,
        key: KeyId,
        scope: Scope,
        epoch: u32,
        wrapped: &WrappedKey,
    ) -> Result<(), WrappedKeyError> {
        let mut cursor = Cursor(&wrapped.0);
        let [format] = cursor.array().ok_or(WrappedKeyError::Damaged(key))?;
        if format != FORMAT {
            return Err(WrappedKeyError::UnknownFormat(key, format));
        }
        let salt = cursor.array::<SALT_BYTES>().ok_or(WrappedKeyError::Damaged(key))?;
        if wrapped.0.len() != WrappedKey::BYTES {
            return Err(WrappedKeyError::Damaged(key));
        }
        let bytes = self
            .wrapping(scope, &salt)
            .open(&associated(key, scope, epoch), cursor.rest())
            .map_err(|_| WrappedKeyError::Refused(key))?;
        let bytes: &[u8; KEY_BYTES] = bytes.first_chunk().ok_or(WrappedKeyError::Damaged(key))?;
        self.remember(key, Secret::filled(|to| to.copy_from_slice(bytes)));
        Ok(())
    }

    /// Whether a data key is open.
    pub fn contains(&self, key: KeyId) -> bool {
        self.open.read().unwrap_or_else(PoisonError::into_inner).contains_key(&key)
    }

    /// Closes a data key; its bytes are overwritten when the last use in flight ends. True when it was open.
    pub fn forget(&self, key: KeyId) -> bool {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(&key).is_some()
    }

    /// How many data keys are open.
    pub fn open_count(&self) -> usize {
        self.open.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(crate) fn data_key(&self, key: KeyId) -> Option<Arc<Secret>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn remember(&self, key: KeyId, secret: Secret) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::new(secret));
    }

    fn wrapping(&self, scope: Scope, salt: &[u8; SALT_BYTES]) -> OneMessage {
        let own;
        let branch = match scope {
            Scope::Consortium | Scope::Room(_) | Scope::Patient(_) | Scope::Person(_) => &self.consortium,
            Scope::Organization(id) => {
                own = self.branch(Label::Organization, id.as_bytes());
                &own
            }
            Scope::LogMonth(month) => {
                own = self.branch(Label::LogMonth, &month.to_be_bytes());
                &own
            }
        };
        OneMessage::new(branch.bytes(), salt, Label::WrappedKey, &[])
    }
}

fn associated(key: KeyId, scope: Scope, epoch: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(38);
    out.push(FORMAT);
    out.push(scope.kind());
    out.extend_from_slice(scope.id().as_bytes());
    out.extend_from_slice(&epoch.to_be_bytes());
    out.extend_from_slice(key.0.as_bytes());
    out
}
