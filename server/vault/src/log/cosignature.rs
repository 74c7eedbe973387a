//! Vault, log: what a witness adds to a checkpoint (C2SP tlog-cosignature, cosignature/v1). The witness says:
//! at this time I knew this head, and it continued every head of this log that I knew before.
//!
//! ```text
//! signed message = "cosignature/v1\ntime <seconds>\n" ‖ the checkpoint's text
//! signature line = — <witness name> base64(key id (4) ‖ seconds u64 ‖ Ed25519 signature (64))
//! ```

use super::note::{Note, NoteError, NoteSignature, NoteSigner, SignatureKind, VerifierKey};
use crate::cursor::Cursor;
use crate::keyring::Keyring;

/// Countersigns the heads of other logs.
pub struct WitnessSigner(NoteSigner);

impl Keyring {
    /// This installation's signer as a witness named `name`.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn witness_signer(&self, name: &str) -> Result<WitnessSigner, NoteError> {
        self.note_signer(name, SignatureKind::Cosignature).map(WitnessSigner)
    }
}

impl WitnessSigner {
    /// The public key under which its cosignatures verify.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.0.verifier_key()
    }

    /// The signature line for a checkpoint's text, at a time in whole seconds UTC. Whoever calls has verified
    /// the log's own signature and the consistency with the last head it knew.
    pub fn cosign(&self, checkpoint_text: &str, seconds: u64) -> NoteSignature {
        let signature = self.0.sign_bytes(message(checkpoint_text, seconds).as_bytes());
        self.0.line(seconds.to_be_bytes().into_iter().chain(signature).collect())
    }
}

/// Whether the witness with `key` cosigned `note`; gives the time, in seconds UTC, that it states.
///
/// # Errors
/// [`NoteError::NotSigned`], [`NoteError::BadSignature`]; [`NoteError::Key`] for a key that is not a witness's.
pub fn verify_cosignature(note: &Note, key: &VerifierKey) -> Result<u64, NoteError> {
    if key.kind() != SignatureKind::Cosignature {
        return Err(NoteError::Key);
    }
    let mut cursor = Cursor(&note.signature_by(key)?.bytes);
    let seconds = u64::from_be_bytes(cursor.array().ok_or(NoteError::BadSignature)?);
    key.verify_bytes(message(&note.text, seconds).as_bytes(), cursor.rest())?;
    Ok(seconds)
}

fn message(checkpoint_text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{checkpoint_text}")
}
