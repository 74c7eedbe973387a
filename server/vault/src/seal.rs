//! Vault: sealing one value, format 1. It knows slots and keys, not what the value means.
//!
//! ```text
//! 0x01 ‖ key id (16) ‖ salt (32) ‖ ciphertext ‖ tag (16)
//! key ‖ nonce = HKDF-SHA-256(data key, salt, "tasuki/v1/value" ‖ 0x00), 32 + 12 bytes
//! associated data = 0x01 ‖ len(table) u16 ‖ table ‖ len(column) u16 ‖ column ‖ row id (16) ‖ key id (16)
//! ```
//!
//! The salt is drawn for every value. So no (key, nonce) pair depends on a counter that a crash, a restore
//! or a cloned machine could set back.

use rand::CryptoRng;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{OneMessage, SALT_BYTES, TAG_BYTES};
use crate::cursor::Cursor;
use crate::derive::Label;
use crate::keyring::{KeyId, Keyring};
use crate::place::Slot;

/// The format's first byte.
pub const FORMAT: u8 = 1;
/// How many bytes a sealed value is longer than its plaintext.
pub const OVERHEAD: usize = 1 + 16 + SALT_BYTES + TAG_BYTES;
/// Longest plaintext of one value, in bytes; files go through [`crate::stream`].
pub const LONGEST: usize = 16 * 1024 * 1024;

/// A sealed value on its way to its slot. Only [`Keyring::seal`] makes one, so clear text cannot reach a
/// function that demands it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// The bytes for the database.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes for the database, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Why a value could not be sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// The data key has not been opened, or was forgotten.
    #[error("data key {0} is not open")]
    KeyNotOpen(KeyId),
    /// The plaintext (or the chunk of a file) has a length that is not allowed, in bytes.
    #[error("{0} bytes cannot be sealed at once")]
    Length(usize),
}

/// Why stored bytes did not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpenError {
    /// The bytes end before the format does.
    #[error("sealed value is cut short")]
    Truncated,
    /// The first byte names no format that this version knows.
    #[error("sealed value has unknown format {0}")]
    UnknownFormat(u8),
    /// The data key has not been opened, or was destroyed.
    #[error("data key {0} is not open")]
    KeyNotOpen(KeyId),
    /// Altered, moved from another place, or sealed under another key.
    #[error("sealed value does not belong here or was altered")]
    Refused,
}

/// The key id that stored bytes name, without opening them: lets the store load missing keys first.
///
/// # Errors
/// [`OpenError::Truncated`] or [`OpenError::UnknownFormat`].
pub fn key_of(sealed: &[u8]) -> Result<KeyId, OpenError> {
    let mut cursor = Cursor(sealed);
    match cursor.array::<1>() {
        Some([FORMAT]) => cursor.id().map(KeyId).ok_or(OpenError::Truncated),
        Some([other]) => Err(OpenError::UnknownFormat(other)),
        None => Err(OpenError::Truncated),
    }
}

impl Keyring {
    /// Seals `plaintext` for `slot` under an open data key.
    ///
    /// # Errors
    /// [`SealError::KeyNotOpen`], or [`SealError::Length`] above [`LONGEST`].
    pub fn seal(
        &self,
        key: KeyId,
        slot: &Slot,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SealError> {
        if plaintext.len() > LONGEST {
            return Err(SealError::Length(plaintext.len()));
        }
        let secret = self.data_key(key).ok_or(SealError::KeyNotOpen(key))?;
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
        out.push(FORMAT);
        out.extend_from_slice(key.0.as_bytes());
        out.extend_from_slice(&salt);
        OneMessage::new(secret.bytes(), &salt, Label::Value, &[]).seal(
            &slot.associated(FORMAT, key),
            plaintext,
            &mut out,
        );
        Ok(Sealed(out))
    }

    /// Opens what is stored in `slot`.
    ///
    /// # Errors
    /// [`OpenError`]; a value that was altered or moved is [`OpenError::Refused`].
    pub fn open(&self, slot: &Slot, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let key = key_of(sealed)?;
        let mut cursor = Cursor(sealed);
        let (_format, _key) = (cursor.array::<1>(), cursor.array::<{ size_of::<Uuid>() }>());
        let salt = cursor.array::<SALT_BYTES>().ok_or(OpenError::Truncated)?;
        let rest = cursor.rest();
        if rest.len() < TAG_BYTES {
            return Err(OpenError::Truncated);
        }
        let secret = self.data_key(key).ok_or(OpenError::KeyNotOpen(key))?;
        OneMessage::new(secret.bytes(), &salt, Label::Value, &[])
            .open(&slot.associated(FORMAT, key), rest)
            .map_err(|_| OpenError::Refused)
    }
}
