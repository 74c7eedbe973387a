//! Vault: how a secret lives in memory. It knows no format and no file.
//!
//! A secret is boxed, so that moving it leaves no copies on the stack, is overwritten when dropped, and has
//! neither `Debug` nor `Clone` nor any serialisation.

use rand::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of every symmetric key on this floor.
pub const KEY_BYTES: usize = 32;

/// A 256-bit secret of any purpose; the purpose is the type around it.
pub(crate) struct Secret(Box<[u8; KEY_BYTES]>);

impl Secret {
    /// Draws a new secret.
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::filled(|bytes| rng.fill_bytes(bytes))
    }

    /// Lets `fill` write straight into the place where the secret stays.
    pub(crate) fn filled(fill: impl FnOnce(&mut [u8; KEY_BYTES])) -> Self {
        let mut bytes = Box::new([0; KEY_BYTES]);
        fill(&mut bytes);
        Self(bytes)
    }

    /// The bytes, for the one call that needs them.
    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The consortium's root key: 256 random bits from which every other key follows.
///
/// Whoever holds it, together with the database, reads everything.
pub struct RootKey(Secret);

impl RootKey {
    /// Draws a new root key; done once in the life of an installation.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::generate(rng))
    }

    /// Takes over a root key that was kept elsewhere (a hardware module, a system credential).
    pub fn from_bytes(bytes: &Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(Secret::filled(|to| to.copy_from_slice(bytes.as_slice())))
    }

    /// The raw bytes. For writing key files and recovery sheets; nothing else should call it.
    pub fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.bytes()
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    /// A short public value by which two copies of the same root key are recognised. It says nothing about
    /// the key: it is derived under a label of its own.
    pub fn fingerprint(&self) -> KeyFingerprint {
        let mut bytes = [0; KeyFingerprint::BYTES];
        crate::derive::derive_into(&self.0, crate::derive::Label::RootFingerprint, &[], &mut bytes);
        KeyFingerprint(bytes)
    }
}

impl PartialEq for RootKey {
    /// Compares in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

/// The public check value of a root key, 64 bits, shown as `A1B2-C3D4-E5F6-0718`.
///
/// The store keeps it in clear: a wrong root key is named as such before anything is tried with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyFingerprint([u8; KeyFingerprint::BYTES]);

impl KeyFingerprint {
    /// Length in bytes.
    pub const BYTES: usize = 8;

    /// The fingerprint as the store keeps it.
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// A fingerprint read from the store.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads the form that [`Display`](std::fmt::Display) writes; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        if digits.len() != 2 * Self::BYTES || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u64::from_str_radix(&digits, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl std::fmt::Display for KeyFingerprint {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, pair) in self.0.chunks(2).enumerate() {
            if position > 0 {
                to.write_str("-")?;
            }
            for byte in pair {
                write!(to, "{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// A passphrase that seals a root key file; normalised (NFKC) so that every keyboard writes the same bytes.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Shortest passphrase for a new key file, in characters: this one may be tried offline, for ever.
    pub const SHORTEST: usize = 16;
    /// Longest passphrase, in bytes as typed.
    pub const LONGEST_BYTES: usize = 1024;

    /// A passphrase chosen for a new key file.
    ///
    /// # Errors
    /// [`PassphraseRule`] when shorter than [`Self::SHORTEST`] characters or too long.
    pub fn chosen(text: &str) -> Result<Self, PassphraseRule> {
        let passphrase = Self::presented(text)?;
        if passphrase.0.chars().count() < Self::SHORTEST {
            return Err(PassphraseRule::TooShort);
        }
        Ok(passphrase)
    }

    /// A passphrase typed to open an existing file.
    ///
    /// # Errors
    /// [`PassphraseRule::TooLong`] only.
    pub fn presented(text: &str) -> Result<Self, PassphraseRule> {
        if text.len() > Self::LONGEST_BYTES {
            return Err(PassphraseRule::TooLong);
        }
        Ok(Self(crate::password::normalised(text)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Why a passphrase was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PassphraseRule {
    /// Fewer than [`Passphrase::SHORTEST`] characters.
    #[error("a passphrase needs at least 16 characters")]
    TooShort,
    /// More than [`Passphrase::LONGEST_BYTES`] bytes.
    #[error("a passphrase has at most 1024 bytes")]
    TooLong,
}
