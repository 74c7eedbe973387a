//! Config room: where the key that opens the root key comes from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[unlock]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Unlock {
    /// Which of the ways below is used.
    pub method: UnlockMethod,
    /// For `key_file`: a file outside the data folder, readable by the server's user only.
    pub key_file: PathBuf,
    /// For `systemd_credential`: the name given to `LoadCredential` or `LoadCredentialEncrypted`.
    pub credential: String,
}

/// The ways to open the root key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlockMethod {
    /// A file outside the data folder.
    KeyFile,
    /// Typed by a person at each start.
    Passphrase,
    /// Handed over by systemd, sealed by the machine's TPM2 where there is one.
    SystemdCredential,
}

impl Default for Unlock {
    fn default() -> Self {
        Self {
            method: UnlockMethod::KeyFile,
            key_file: "/etc/tasuki/root.key".into(),
            credential: "tasuki-root".into(),
        }
    }
}
