//! Vault: one AES-256-GCM step, keyed by HKDF. Private: the formats around it are `seal`, `stream`, `queue`,
//! `keyring` and `key_file`.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, aead::inout::InOutBuf};
use zeroize::{Zeroize, Zeroizing};

use crate::derive::{Label, salted_into};

/// Bytes of the authentication tag.
pub(crate) const TAG_BYTES: usize = 16;
/// Bytes of a salt.
pub(crate) const SALT_BYTES: usize = 32;
/// Bytes of a GCM nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of key material for one use: key, then nonce.
const MATERIAL_BYTES: usize = 32 + NONCE_BYTES;

/// The tag did not match: altered, moved, or another key. Nothing more can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused;

/// A cipher for exactly one message: key and nonce both come from the derivation.
pub(crate) struct OneMessage {
    cipher: Cipher,
    nonce: [u8; NONCE_BYTES],
}

impl OneMessage {
    /// Derives key and nonce from `material`, `salt`, `label` and `context`.
    pub(crate) fn new(material: &[u8], salt: &[u8], label: Label, context: &[u8]) -> Self {
        let mut derived = Zeroizing::new([0; MATERIAL_BYTES]);
        salted_into(material, Some(salt), label, context, derived.as_mut_slice());
        let (key, nonce) = derived.split_at(32);
        let mut own = [0; NONCE_BYTES];
        own.copy_from_slice(nonce);
        Self { cipher: Cipher::new(key), nonce: own }
    }

    /// Appends ciphertext and tag to `out`.
    pub(crate) fn seal(self, associated: &[u8], plaintext: &[u8], out: &mut Vec<u8>) {
        self.cipher.seal(&self.nonce, associated, plaintext, out);
    }

    /// Opens ciphertext and tag.
    pub(crate) fn open(self, associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refused> {
        self.cipher.open(&self.nonce, associated, sealed)
    }
}

/// A cipher whose nonces the caller counts; used by `stream` only.
pub(crate) struct Cipher(Aes256Gcm);

impl Cipher {
    /// `key` must be 32 bytes long.
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Aes256Gcm::new_from_slice(key).expect("every caller passes 32 bytes"))
    }

    /// Appends ciphertext and tag to `out`.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        out.reserve(plaintext.len() + TAG_BYTES);
        out.extend_from_slice(plaintext);
        let buffer = out.get_mut(start..).expect("start was the length before");
        let tag = self
            .0
            .encrypt_inout_detached(&(*nonce).into(), associated, InOutBuf::from(buffer))
            .expect("every caller bounds its plaintext far below the limit of GCM");
        out.extend_from_slice(&tag);
    }

    /// Opens ciphertext and tag.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(Refused)?;
        let mut plaintext = Zeroizing::new(ciphertext.to_vec());
        let buffer = InOutBuf::from(plaintext.as_mut_slice());
        match self.0.decrypt_inout_detached(&(*nonce).into(), associated, buffer, &(*tag).into()) {
            Ok(()) => Ok(plaintext),
            Err(_) => {
                plaintext.zeroize();
                Err(Refused)
            }
        }
    }
}
