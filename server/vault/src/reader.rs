//! Vault: positions in a room as one reader may hold them: opaque, without order, forgeable by nobody. It knows no
//! room and no message.
//!
//! ```text
//! cursor = AES-256(reader key, position i64, big-endian ‖ zero (8)), shown as base64url without padding (22 characters)
//! reader key = HKDF-SHA-256(root key, "tasuki/v1/reader-cursor" ‖ 0x00 ‖ person (16) ‖ room (16))
//! ```
//!
//! One block under a key of its own for every reader and room: equal positions look alike to that reader and to
//! nobody else, a guess opens with probability 2⁻⁶⁴, and a cursor costs one block, since every delivery may carry one.

use aes_gcm::KeyInit;
use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::derive::Label;
use crate::keyring::Keyring;

/// Characters of a cursor.
pub const CURSOR_CHARACTERS: usize = 22;

/// Makes and opens the cursors of one reader in one room.
#[derive(Clone)]
pub struct ReaderKey(Aes256);

impl Keyring {
    /// The key of one reader's cursors in one room.
    pub fn reader_key(&self, person: Uuid, room: Uuid) -> ReaderKey {
        let mut context = [0; 32];
        let (one, two) = context.split_at_mut(16);
        one.copy_from_slice(person.as_bytes());
        two.copy_from_slice(room.as_bytes());
        let secret = self.branch(Label::ReaderCursor, &context);
        ReaderKey(Aes256::new_from_slice(secret.bytes()).expect("a secret has 32 bytes"))
    }
}

impl ReaderKey {
    /// The cursor of a position.
    pub fn cursor(&self, position: i64) -> String {
        let mut block = [0; 16];
        block.split_at_mut(8).0.copy_from_slice(&position.to_be_bytes());
        let mut block = Array::from(block);
        self.0.encrypt_block(&mut block);
        URL_SAFE_NO_PAD.encode(block)
    }

    /// The position of a cursor; `None` when it was made for another reader or room, or by nobody.
    pub fn position(&self, cursor: &str) -> Option<i64> {
        if cursor.len() != CURSOR_CHARACTERS {
            return None;
        }
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(cursor).ok()?.try_into().ok()?;
        let mut block = Array::from(bytes);
        self.0.decrypt_block(&mut block);
        let (position, rest) = block.split_first_chunk::<8>()?;
        rest.iter().all(|byte| *byte == 0).then(|| i64::from_be_bytes(*position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::RootKey;

    fn keyring() -> Keyring {
        Keyring::unlock(RootKey::generate(&mut rand::rand_core::UnwrapErr(rand::rngs::SysRng)))
    }

    #[test]
    fn opens_only_for_its_reader_and_room() {
        let keyring = keyring();
        let (person, room) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let key = keyring.reader_key(person, room);
        let cursor = key.cursor(41);
        assert_eq!(cursor.len(), CURSOR_CHARACTERS);
        assert_eq!(key.position(&cursor), Some(41));
        assert_eq!(keyring.reader_key(room, person).position(&cursor), None);
        assert_eq!(keyring.reader_key(person, person).position(&cursor), None);
    }

    #[test]
    fn a_changed_or_made_up_cursor_opens_for_nobody() {
        let key = keyring().reader_key(Uuid::nil(), Uuid::nil());
        let cursor = key.cursor(7);
        for position in 0..CURSOR_CHARACTERS {
            let mut forged: Vec<char> = cursor.chars().collect();
            forged[position] = if forged[position] == 'A' { 'B' } else { 'A' };
            assert_eq!(key.position(&forged.into_iter().collect::<String>()), None);
        }
        for made_up in ["", "7", "AAAAAAAAAAAAAAAAAAAAAA", "あああああああ", &"A".repeat(4000)] {
            assert_eq!(key.position(made_up), None);
        }
    }

    #[test]
    fn neighbours_show_no_order() {
        let key = keyring().reader_key(Uuid::nil(), Uuid::nil());
        let cursors: Vec<String> = (0..64).map(|position| key.cursor(position)).collect();
        assert!(!cursors.is_sorted());
        assert!(!cursors.iter().rev().is_sorted());
    }
}
