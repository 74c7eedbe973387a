//! Vault: passwords. Argon2id (RFC 9106) behind types that cannot be printed. It knows no person and no name.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rand::CryptoRng;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Longest stored hash that is read, in bytes.
const LONGEST_TEXT: usize = 256;

/// The cost of one guess. Stored beside each hash, so that it can be raised at any time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Default for Cost {
    /// 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: Self::LEAST_MEMORY_KIB, passes: Self::LEAST_PASSES, lanes: 1 }
    }
}

impl Cost {
    /// Least memory, in KiB.
    pub const LEAST_MEMORY_KIB: u32 = 19 * 1024;
    /// Most memory, in KiB: 1 GiB.
    pub const MOST_MEMORY_KIB: u32 = 1024 * 1024;
    /// Least number of passes.
    pub const LEAST_PASSES: u32 = 2;
    /// Most passes.
    pub const MOST_PASSES: u32 = 64;
    /// Most lanes.
    pub const MOST_LANES: u32 = 16;

    /// A cost of at least the default; `None` when a number is out of bounds.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let sound = (Self::LEAST_MEMORY_KIB..=Self::MOST_MEMORY_KIB).contains(&memory_kib)
            && (Self::LEAST_PASSES..=Self::MOST_PASSES).contains(&passes)
            && (1..=Self::MOST_LANES).contains(&lanes);
        sound.then_some(Self { memory_kib, passes, lanes })
    }

    /// Reads `m=19456,t=2,p=1`; `None` for anything else or out of bounds.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let mut number = |name: &str| parts.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let cost = Self::new(number("m=")?, number("t=")?, number("p=")?)?;
        (parts.next().is_none() && cost.to_string() == text).then_some(cost)
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }
}

/// A password as a person typed it, normalised (NFKC), overwritten when dropped.
pub struct Password(Zeroizing<String>);

/// Why a password was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordRule {
    /// Fewer than [`Password::SHORTEST`] characters after normalisation.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than [`Password::LONGEST`] characters after normalisation.
    #[error("a password has at most 128 characters")]
    TooLong,
}

impl Password {
    /// Shortest new password, in characters.
    pub const SHORTEST: usize = 8;
    /// Longest password, in characters.
    pub const LONGEST: usize = 128;

    /// A password that somebody chooses.
    ///
    /// # Errors
    /// [`PasswordRule`].
    pub fn chosen(text: &str) -> Result<Self, PasswordRule> {
        let password = Self::presented(text)?;
        if password.0.chars().count() < Self::SHORTEST {
            return Err(PasswordRule::TooShort);
        }
        Ok(password)
    }

    /// A password presented at sign-in: a short one is simply wrong, later, at equal cost.
    ///
    /// # Errors
    /// [`PasswordRule::TooLong`] only; that is what keeps the work bounded.
    pub fn presented(text: &str) -> Result<Self, PasswordRule> {
        // Bounds the work of normalising before it begins: sixteen bytes for one character is more than any
        // keyboard needs.
        if text.len() > Self::LONGEST * 16 {
            return Err(PasswordRule::TooLong);
        }
        let text = normalised(text);
        if text.chars().count() > Self::LONGEST {
            return Err(PasswordRule::TooLong);
        }
        Ok(Self(text))
    }

    /// The normalised text, for rules about content (common passwords, the own name). Nothing may keep it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A stored hash in the PHC text form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
///
/// Neither `Debug` nor `Clone`: it invites guessing. The store seals it like any content.
pub struct PasswordHash {
    text: String,
    cost: Cost,
    salt: Vec<u8>,
    hash: [u8; HASH_BYTES],
}

/// Why hashing or reading a hash failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    /// The memory of the cost cannot be had just now.
    #[error("not enough memory to hash a password")]
    OutOfMemory,
    /// A stored hash is not one that we wrote, or asks for work out of bounds.
    #[error("stored password hash is damaged")]
    Damaged,
}

impl PasswordHash {
    /// Reads a stored hash.
    ///
    /// # Errors
    /// [`PasswordError::Damaged`].
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        Self::read(text).ok_or(PasswordError::Damaged)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let (cost, rest) = text.strip_prefix("$argon2id$v=19$")?.split_once('$')?;
        let (salt, hash) = rest.split_once('$')?;
        let salt = STANDARD_NO_PAD.decode(salt).ok().filter(|salt| (8..=64).contains(&salt.len()))?;
        let hash = STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?;
        Some(Self { text: text.to_owned(), cost: Cost::parse(cost)?, salt, hash })
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the hash was made at a lower cost (or with other lanes) than `wanted`: after a good sign-in,
    /// hash again.
    pub fn needs_rehash(&self, wanted: Cost) -> bool {
        self.cost.memory_kib < wanted.memory_kib
            || self.cost.passes < wanted.passes
            || self.cost.lanes != wanted.lanes
    }
}

/// Hashes a password at `cost` with a fresh salt. Takes some 20 ms of one core and the cost's memory.
///
/// # Errors
/// [`PasswordError::OutOfMemory`].
pub fn hash(
    password: &Password,
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<PasswordHash, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let hash = *argon2id(password.0.as_bytes(), &salt, cost)?;
    Ok(written(cost, &salt, hash))
}

/// Whether the password is the one that was hashed; compares in constant time.
///
/// # Errors
/// [`PasswordError::OutOfMemory`].
pub fn verify(password: &Password, stored: &PasswordHash) -> Result<bool, PasswordError> {
    let found = argon2id(password.0.as_bytes(), &stored.salt, stored.cost)?;
    Ok(found.as_slice().ct_eq(&stored.hash).into())
}

/// A hash that no password matches, for names that do not exist: verifying against it is the same work.
///
/// Its 256 bits are drawn, not computed, so it costs nothing to make; make one per process and cost.
pub fn dummy_hash(cost: Cost, rng: &mut impl CryptoRng) -> PasswordHash {
    let (mut salt, mut hash) = ([0; SALT_BYTES], [0; HASH_BYTES]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut hash);
    written(cost, &salt, hash)
}

fn written(cost: Cost, salt: &[u8], hash: [u8; HASH_BYTES]) -> PasswordHash {
    let text =
        format!("$argon2id$v=19${cost}${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    PasswordHash { text, cost, salt: salt.to_vec(), hash }
}

/// Argon2id, version 19, 32 bytes out.
pub(crate) fn argon2id(
    secret: &[u8],
    salt: &[u8],
    cost: Cost,
) -> Result<Zeroizing<[u8; HASH_BYTES]>, PasswordError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(HASH_BYTES))
        .expect("Cost allows only what Argon2 allows");
    let mut out = Zeroizing::new([0; HASH_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret, salt, out.as_mut_slice())
        .map_err(|_| PasswordError::OutOfMemory)?;
    Ok(out)
}

/// NFKC without leaving copies behind: the length is counted first, so that the text never moves.
pub(crate) fn normalised(text: &str) -> Zeroizing<String> {
    let length = text.nfkc().map(char::len_utf8).sum();
    let mut out = Zeroizing::new(String::with_capacity(length));
    out.extend(text.nfkc());
    out
}
