//! Backup room: the recovery key. Its public half seals; the private half stands on line 6 of the recovery sheet and is
//! never kept by the server.

use super::BackupProblem;
use age::{secrecy::ExposeSecret, x25519};
use std::{path::Path, str::FromStr};
use zeroize::Zeroizing;

/// Those who can open a backup.
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// Reads a file of public keys, one a line; empty lines and lines beginning with `#` are skipped.
    ///
    /// # Errors
    /// [`BackupProblem::NoRecipients`] when it is missing, holds none, or one that is not a public key.
    pub fn read(path: &Path) -> Result<Self, BackupProblem> {
        let text = std::fs::read_to_string(path)
            .map_err(|_| BackupProblem::NoRecipients("the file of public keys cannot be read"))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Result<Vec<_>, _> = lines.map(x25519::Recipient::from_str).collect();
        match keys {
            Ok(keys) if !keys.is_empty() => Ok(Self(keys)),
            Ok(_) => Err(BackupProblem::NoRecipients("the file of public keys is empty")),
            Err(_) => Err(BackupProblem::NoRecipients("a line of the file is not an age public key (age1…)")),
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn encryptor(&self) -> Result<age::Encryptor, BackupProblem> {
        age::Encryptor::with_recipients(self.0.iter().map(|key| key as &dyn age::Recipient))
            .map_err(|_| BackupProblem::NoRecipients("the public keys do not go together"))
    }
}

/// The private half: opens backups.
pub struct RecoveryIdentity(x25519::Identity);

impl RecoveryIdentity {
    /// Draws a new one; done by `init`.
    #[must_use]
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads line 6 as typed: case, spaces and a leading line number are forgiven.
    ///
    /// # Errors
    /// [`BackupProblem::Identity`]: the key has a check of its own, so a typing error is found.
    pub fn parse(typed: &str) -> Result<Self, BackupProblem> {
        let folded: Zeroizing<String> = Zeroizing::new(
            typed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase(),
        );
        let key = folded.rsplit(':').next().unwrap_or_default();
        x25519::Identity::from_str(key).map(Self).map_err(|_| BackupProblem::Identity)
    }

    /// The text for the sheet.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The public half, for the file of recipients.
    #[must_use]
    pub fn public(&self) -> String {
        self.0.to_public().to_string()
    }

    pub(super) const fn key(&self) -> &x25519::Identity {
        &self.0
    }
}
