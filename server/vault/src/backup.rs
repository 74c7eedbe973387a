//! Vault: the tag on a backup's manifest. The backup itself is encrypted to keys that the server does not own;
//! the tag lets a restore see that the manifest was written by this installation.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::derive::Label;
use crate::keyring::Keyring;
use crate::secret::Secret;

/// Tags and checks backup manifests.
pub struct BackupKey(Secret);

impl Keyring {
    /// The backup branch of this installation.
    pub fn backup_key(&self) -> BackupKey {
        BackupKey(self.branch(Label::Backup, &[]))
    }
}

impl BackupKey {
    /// HMAC-SHA-256 over the manifest's bytes.
    pub fn tag(&self, manifest: &[u8]) -> [u8; 32] {
        self.mac(manifest).finalize().into_bytes().into()
    }

    /// Whether a manifest carries our tag; compares in constant time.
    pub fn verify(&self, manifest: &[u8], tag: &[u8]) -> bool {
        self.mac(manifest).verify_slice(tag).is_ok()
    }

    fn mac(&self, manifest: &[u8]) -> Hmac<Sha256> {
        Hmac::<Sha256>::new_from_slice(self.0.bytes())
            .expect("HMAC takes keys of any length")
            .chain_update(manifest)
    }
}
