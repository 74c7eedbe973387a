//! Vault: sealing a file in chunks that are stored row by row. It knows no table; the caller names the slot.
//!
//! ```text
//! header (49) = 0x01 ‖ key id (16) ‖ salt (32)          one per file, stored in the file's row
//! file key = HKDF-SHA-256(data key, salt, "tasuki/v1/stream" ‖ 0x00), 32 bytes
//! chunk n  = AES-256-GCM(file key, nonce, associated data, 262144 bytes; the last one 1 to 262144,
//!                        or 0 when the file is empty) ‖ tag (16)
//! nonce    = 0x000000 ‖ n u64 ‖ last u8 (1 for the last chunk, else 0)
//! associated data = slot as in `seal` ‖ n u64 ‖ last u8
//! ```
//!
//! A sealer cannot be made from a header, so an interrupted upload starts again under a new salt and no nonce
//! is used twice. A file that lost its last chunks does not open: the chunk that now stands last was not sealed
//! as such.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, NONCE_BYTES, SALT_BYTES, TAG_BYTES};
use crate::cursor::Cursor;
use crate::derive::{Label, salted_into};
use crate::keyring::{KeyId, Keyring};
use crate::place::Slot;
use crate::seal::{FORMAT, OpenError, SealError};
use crate::secret::{KEY_BYTES, Secret};

/// Plaintext bytes of every chunk but the last.
pub const CHUNK: usize = 256 * 1024;
/// Bytes of a file's header.
pub const HEADER_BYTES: usize = 1 + 16 + SALT_BYTES;

/// Number of chunks that a file of `length` plaintext bytes has; an empty file has one, empty.
pub const fn chunk_count(length: u64) -> u64 {
    let chunks = length.div_ceil(CHUNK as u64);
    if chunks == 0 { 1 } else { chunks }
}

/// Seals one file, chunk after chunk.
pub struct StreamSealer {
    cipher: Cipher,
    header: [u8; HEADER_BYTES],
    place: Vec<u8>,
    next: u64,
}

/// Opens chunks of one file, in any order.
pub struct StreamOpener {
    cipher: Cipher,
    place: Vec<u8>,
    chunks: u64,
}

impl Keyring {
    /// Starts sealing a file under an open data key; the slot's row is the file's id.
    ///
    /// # Errors
    /// [`SealError::KeyNotOpen`].
    pub fn seal_stream(
        &self,
        key: KeyId,
        slot: &Slot,
        rng: &mut impl CryptoRng,
    ) -> Result<StreamSealer, SealError> {
        let secret = self.data_key(key).ok_or(SealError::KeyNotOpen(key))?;
        let mut header = [0; HEADER_BYTES];
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let parts = [FORMAT].into_iter().chain(*key.0.as_bytes()).chain(salt);
        header.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        let place = slot.associated(FORMAT, key);
        Ok(StreamSealer { cipher: file_cipher(&secret, &salt), header, place, next: 0 })
    }

    /// Prepares to open the chunks of a file that is said to have `chunks` of them. A wrong count is noticed
    /// when the last chunk is opened.
    ///
    /// # Errors
    /// [`OpenError::Truncated`], [`OpenError::UnknownFormat`], [`OpenError::KeyNotOpen`].
    pub fn open_stream(&self, slot: &Slot, header: &[u8], chunks: u64) -> Result<StreamOpener, OpenError> {
        let mut cursor = Cursor(header);
        match cursor.array::<1>() {
            Some([FORMAT]) => {}
            Some([other]) => return Err(OpenError::UnknownFormat(other)),
            None => return Err(OpenError::Truncated),
        }
        let key = cursor.id().map(KeyId).ok_or(OpenError::Truncated)?;
        let salt = cursor.array::<SALT_BYTES>().ok_or(OpenError::Truncated)?;
        if header.len() != HEADER_BYTES {
            return Err(OpenError::Refused);
        }
        let secret = self.data_key(key).ok_or(OpenError::KeyNotOpen(key))?;
        Ok(StreamOpener { cipher: file_cipher(&secret, &salt), place: slot.associated(FORMAT, key), chunks })
    }
}

impl StreamSealer {
    /// The header for the file's row.
    pub fn header(&self) -> &[u8; HEADER_BYTES] {
        &self.header
    }

    /// Number of chunks sealed so far.
    pub fn sealed_chunks(&self) -> u64 {
        self.next
    }

    /// Seals the next chunk, which is not the last.
    ///
    /// # Errors
    /// [`SealError::Length`] unless it has exactly [`CHUNK`] bytes.
    pub fn seal_chunk(&mut self, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        if plaintext.len() != CHUNK {
            return Err(SealError::Length(plaintext.len()));
        }
        Ok(self.seal_as(plaintext, false))
    }

    /// Seals the last chunk and ends the file.
    ///
    /// # Errors
    /// [`SealError::Length`] above [`CHUNK`] bytes, and for an empty chunk after others.
    pub fn seal_last(mut self, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        if plaintext.len() > CHUNK || (plaintext.is_empty() && self.next > 0) {
            return Err(SealError::Length(plaintext.len()));
        }
        Ok(self.seal_as(plaintext, true))
    }

    fn seal_as(&mut self, plaintext: &[u8], last: bool) -> Vec<u8> {
        let index = self.next;
        self.next += 1;
        let mut out = Vec::with_capacity(plaintext.len() + TAG_BYTES);
        self.cipher.seal(&nonce(index, last), &associated(&self.place, index, last), plaintext, &mut out);
        out
    }
}

impl StreamOpener {
    /// Opens chunk `index`, counted from 0.
    ///
    /// # Errors
    /// [`OpenError::Refused`] for a chunk that was altered, swapped, taken from another file, or made the last
    /// by cutting; and for an index at or beyond the count.
    pub fn open_chunk(&self, index: u64, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if index >= self.chunks {
            return Err(OpenError::Refused);
        }
        let last = index + 1 == self.chunks;
        let plaintext = self
            .cipher
            .open(&nonce(index, last), &associated(&self.place, index, last), sealed)
            .map_err(|_| OpenError::Refused)?;
        let proper = if last { plaintext.len() <= CHUNK } else { plaintext.len() == CHUNK };
        if proper { Ok(plaintext) } else { Err(OpenError::Refused) }
    }
}

fn file_cipher(secret: &Secret, salt: &[u8; SALT_BYTES]) -> Cipher {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    salted_into(secret.bytes(), Some(salt), Label::Stream, &[], key.as_mut_slice());
    Cipher::new(key.as_slice())
}

fn nonce(index: u64, last: bool) -> [u8; NONCE_BYTES] {
    let mut out = [0; NONCE_BYTES];
    let parts = [0; 3].into_iter().chain(index.to_be_bytes()).chain([u8::from(last)]);
    out.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
    out
}

fn associated(place: &[u8], index: u64, last: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(place.len() + 9);
    out.extend_from_slice(place);
    out.extend_from_slice(&index.to_be_bytes());
    out.push(u8::from(last));
    out
}
