//! Unlocking: from a key file outside the data folder, a typed passphrase, or a systemd credential to the keyring.

use crate::config::{Config, ConfigProblem, UnlockMethod, read_secret_file};
use secrecy::{ExposeSecret, SecretSlice};
use std::{io, path::PathBuf};
use tasuki_vault::{
    Keyring, LockedKeyring, Passphrase,
    key_file::{KeyFileError, UnlockError},
    secret::PassphraseRule,
};

/// Name of the sealed key file in the data folder, for starts with a passphrase.
pub const SEALED_KEY: &str = "root.key.sealed";

/// Why the root key could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum UnlockProblem {
    /// The key file is missing, empty, too large or open to others.
    #[error("{0}")]
    File(ConfigProblem),
    /// The key file is not one.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// It does not open.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The passphrase cannot be one of ours.
    #[error("the passphrase has a wrong length or form")]
    Passphrase(PassphraseRule),
    /// The terminal could not be asked.
    #[error("the passphrase could not be asked for")]
    Prompt(#[source] io::Error),
    /// systemd handed nothing over.
    #[error(
        "systemd handed no credential over: start the server as its unit, or choose another way in [unlock]"
    )]
    Credential,
}

/// Where the root key lies, by the configured way.
///
/// # Errors
/// [`UnlockProblem::Credential`] when systemd handed nothing over.
pub fn key_path(config: &Config) -> Result<(&'static str, PathBuf), UnlockProblem> {
    match config.unlock.method {
        UnlockMethod::KeyFile => Ok(("unlock.key_file", config.unlock.key_file.clone())),
        UnlockMethod::Passphrase => Ok(("server.data_folder", config.server.data_folder.join(SEALED_KEY))),
        UnlockMethod::SystemdCredential => {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or(UnlockProblem::Credential)?;
            Ok(("unlock.credential", PathBuf::from(folder).join(&config.unlock.credential)))
        }
    }
}

/// Opens the root key. `ask` is called for the passphrase of a sealed key, three times at most.
///
/// # Errors
/// [`UnlockProblem`], in words for the operator.
pub fn unlock(
    config: &Config,
    mut ask: impl FnMut() -> io::Result<String>,
) -> Result<Keyring, UnlockProblem> {
    let (setting, path) = key_path(config)?;
    let secret: SecretSlice<u8> = read_secret_file(setting, &path).map_err(UnlockProblem::File)?;
    let text = std::str::from_utf8(secret.expose_secret()).map_err(|_| KeyFileError::UnknownVersion)?;
    let locked = LockedKeyring::parse(text)?;
    if !locked.needs_passphrase() {
        return Ok(locked.unlock(None)?);
    }
    let mut tries = 0;
    loop {
        let typed = zeroize::Zeroizing::new(ask().map_err(UnlockProblem::Prompt)?);
        let passphrase = Passphrase::presented(&typed).map_err(UnlockProblem::Passphrase)?;
        match locked.unlock(Some(&passphrase)) {
            Err(UnlockError::WrongPassphrase) if tries < 2 => tries += 1,
            outcome => return Ok(outcome?),
        }
    }
}
