//! Vault: the root key as a text file, plain or sealed by a passphrase; and the keyring before it is unlocked.
//! It reads and writes text, not files.
//!
//! Plain (for a folder that only root reads, or a systemd credential):
//! ```text
//! tasuki-root-key-v1
//! key <32 bytes, base64url without padding>
//! fingerprint A1B2-C3D4-E5F6-0718
//! ```
//! Sealed:
//! ```text
//! tasuki-root-key-sealed-v1
//! fingerprint A1B2-C3D4-E5F6-0718
//! argon2id m=65536,t=3,p=1
//! salt <32 bytes, base64url>
//! sealed <ciphertext and tag, 48 bytes, base64url>
//! check <first 4 bytes of SHA-256 over the lines above, each with its line feed, in hexadecimal>
//! ```
//! Key and nonce are HKDF-SHA-256(Argon2id(passphrase, salt), salt, "tasuki/v1/key-file" ‖ 0x00); the
//! associated data is the first four lines, each with its line feed. The check line tells a damaged file from a
//! wrong passphrase.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::cipher::{OneMessage, SALT_BYTES};
use crate::derive::Label;
use crate::keyring::Keyring;
use crate::password::{Cost, argon2id};
use crate::secret::{KEY_BYTES, KeyFingerprint, Passphrase, RootKey};

const PLAIN: &str = "tasuki-root-key-v1";
const SEALED: &str = "tasuki-root-key-sealed-v1";
/// Longest key file, in bytes.
const LONGEST: usize = 4096;

/// The cost of a passphrase guess for a sealed key file: 64 MiB, three passes.
pub fn key_file_cost() -> Cost {
    Cost::new(64 * 1024, 3, 1).expect("within the bounds of Cost")
}

/// Why a key file could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Longer than any key file.
    #[error("this is too long to be a root key file")]
    TooLong,
    /// The first line is not one of the two that we write.
    #[error("this is not a root key file of a known version")]
    UnknownVersion,
    /// A line is missing, doubled or unreadable; the number counts from 1.
    #[error("line {0} of the root key file is missing or unreadable")]
    Line(usize),
    /// The check value does not fit: the file was damaged or edited.
    #[error("the root key file is damaged: its check value does not fit")]
    Damaged,
}

/// Why a locked keyring did not unlock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UnlockError {
    /// The file is sealed and no passphrase was given.
    #[error("the root key file is sealed: a passphrase is needed")]
    PassphraseNeeded,
    /// The passphrase does not open the file.
    #[error("the passphrase does not open this root key file")]
    WrongPassphrase,
    /// The opened key is not the one that the file names: somebody edited the file.
    #[error("the root key file names another key than it holds")]
    Damaged,
    /// Not enough memory for the passphrase derivation.
    #[error("not enough memory to open the root key file")]
    OutOfMemory,
}

enum Source {
    Plain(RootKey),
    Sealed { cost: Cost, salt: [u8; SALT_BYTES], sealed: Vec<u8>, associated: String },
}

/// The root key as it was found, not yet usable: nothing can be sealed or opened with it.
pub struct LockedKeyring {
    source: Source,
    fingerprint: KeyFingerprint,
}

impl LockedKeyring {
    /// Reads a key file's text, plain or sealed.
    ///
    /// # Errors
    /// [`KeyFileError`], with the line at fault.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > LONGEST {
            return Err(KeyFileError::TooLong);
        }
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        match lines.first() {
            Some(&PLAIN) => Self::parse_plain(&lines),
            Some(&SEALED) => Self::parse_sealed(&lines),
            _ => Err(KeyFileError::UnknownVersion),
        }
    }

    /// A root key from elsewhere (hardware module, system credential), on its way to be unlocked.
    pub fn from_root(root: RootKey) -> Self {
        let fingerprint = root.fingerprint();
        Self { source: Source::Plain(root), fingerprint }
    }

    /// The check value of the key inside; for a sealed file it is only a claim until it is unlocked.
    pub fn fingerprint(&self) -> KeyFingerprint {
        self.fingerprint
    }

    /// Whether [`Self::unlock`] needs a passphrase.
    pub fn needs_passphrase(&self) -> bool {
        matches!(self.source, Source::Sealed { .. })
    }

    /// Unlocks. Takes `&self`, so that a prompt can ask again after a typing error. For a sealed file this
    /// takes a noticeable fraction of a second, on purpose.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn unlock(&self, passphrase: Option<&Passphrase>) -> Result<Keyring, UnlockError> {
        let root = match &self.source {
            Source::Plain(root) => RootKey::from_bytes(&Zeroizing::new(*root.expose())),
            Source::Sealed { cost, salt, sealed, associated } => {
                let passphrase = passphrase.ok_or(UnlockError::PassphraseNeeded)?;
                let stretched =
                    argon2id(passphrase.bytes(), salt, *cost).map_err(|_| UnlockError::OutOfMemory)?;
                let bytes = OneMessage::new(stretched.as_slice(), salt, Label::KeyFile, &[])
                    .open(associated.as_bytes(), sealed)
                    .map_err(|_| UnlockError::WrongPassphrase)?;
                root_from(&bytes).ok_or(UnlockError::Damaged)?
            }
        };
        if root.fingerprint() != self.fingerprint {
            return Err(UnlockError::Damaged);
        }
        Ok(Keyring::unlock(root))
    }

    fn parse_plain(lines: &[&str]) -> Result<Self, KeyFileError> {
        let bytes = Zeroizing::new(decoded(field(lines, 1, "key")?).ok_or(KeyFileError::Line(2))?);
        let root = root_from(&bytes).ok_or(KeyFileError::Line(2))?;
        let fingerprint =
            KeyFingerprint::parse(field(lines, 2, "fingerprint")?).ok_or(KeyFileError::Line(3))?;
        no_more(lines, 3)?;
        if root.fingerprint() != fingerprint {
            return Err(KeyFileError::Damaged);
        }
        Ok(Self { source: Source::Plain(root), fingerprint })
    }

    fn parse_sealed(lines: &[&str]) -> Result<Self, KeyFileError> {
        let check = field(lines, 5, "check")?;
        no_more(lines, 6)?;
        let above = lines.get(..5).ok_or(KeyFileError::Line(5))?;
        if check_of(&joined(above)) != check {
            return Err(KeyFileError::Damaged);
        }
        let fingerprint =
            KeyFingerprint::parse(field(lines, 1, "fingerprint")?).ok_or(KeyFileError::Line(2))?;
        let cost = Cost::parse(field(lines, 2, "argon2id")?).ok_or(KeyFileError::Line(3))?;
        let salt = decoded(field(lines, 3, "salt")?)
            .and_then(|bytes| <[u8; SALT_BYTES]>::try_from(bytes).ok())
            .ok_or(KeyFileError::Line(4))?;
        let sealed = decoded(field(lines, 4, "sealed")?).ok_or(KeyFileError::Line(5))?;
        let associated = joined(lines.get(..4).ok_or(KeyFileError::Line(4))?);
        Ok(Self { source: Source::Sealed { cost, salt, sealed, associated }, fingerprint })
    }
}

/// Writes the plain key file. Whoever reads it has the root key.
pub fn plain_text(root: &RootKey) -> Zeroizing<String> {
    let key = Zeroizing::new(URL_SAFE_NO_PAD.encode(root.expose()));
    let mut text = Zeroizing::new(String::with_capacity(160));
    for part in [PLAIN, "\nkey ", &key, "\nfingerprint ", &root.fingerprint().to_string(), "\n"] {
        text.push_str(part);
    }
    text
}

/// Writes the key file sealed by a passphrase.
///
/// # Errors
/// [`UnlockError::OutOfMemory`] when the derivation's memory cannot be had.
pub fn sealed_text(
    root: &RootKey,
    passphrase: &Passphrase,
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<String, UnlockError> {
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let mut text = format!(
        "{SEALED}\nfingerprint {}\nargon2id {cost}\nsalt {}\n",
        root.fingerprint(),
        URL_SAFE_NO_PAD.encode(salt)
    );
    let stretched = argon2id(passphrase.bytes(), &salt, cost).map_err(|_| UnlockError::OutOfMemory)?;
    let mut sealed = Vec::new();
    OneMessage::new(stretched.as_slice(), &salt, Label::KeyFile, &[]).seal(
        text.as_bytes(),
        root.expose(),
        &mut sealed,
    );
    text.push_str(&format!("sealed {}\n", URL_SAFE_NO_PAD.encode(sealed)));
    let check = check_of(&text);
    text.push_str(&format!("check {check}\n"));
    Ok(text)
}

fn root_from(bytes: &[u8]) -> Option<RootKey> {
    let bytes = Zeroizing::new(<[u8; KEY_BYTES]>::try_from(bytes).ok()?);
    Some(RootKey::from_bytes(&bytes))
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn joined(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

fn check_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn field<'a>(lines: &[&'a str], position: usize, name: &str) -> Result<&'a str, KeyFileError> {
    lines
        .get(position)
        .and_then(|line| line.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix(' '))
        .ok_or(KeyFileError::Line(position + 1))
}

fn no_more(lines: &[&str], count: usize) -> Result<(), KeyFileError> {
    if lines.len() > count { Err(KeyFileError::Line(count + 1)) } else { Ok(()) }
}
