//! Vault, log: signed tree heads (C2SP tlog-checkpoint): origin, size, root, signed by the log's Ed25519 key.
//!
//! ```text
//! tasuki.example.jp/log
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — tasuki.example.jp/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```

use super::note::{Note, NoteError, NoteSigner, SignatureKind, VerifierKey};
use super::proof::Head;
use super::tree::Hash;
use crate::keyring::Keyring;

/// Most extension lines that are read; we write none.
const MOST_EXTENSIONS: usize = 16;

/// A tree head. Signed only when it came out of [`Checkpoint::verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Name of the log; also the name of its key.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
}

/// Why text is not a checkpoint of this log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The signed note around it is at fault.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text inside is not a checkpoint.
    #[error("the note does not hold a checkpoint")]
    Malformed,
    /// A checkpoint of another log.
    #[error("the checkpoint belongs to another log")]
    OtherLog,
}

impl Checkpoint {
    /// The text that is signed, with its last line feed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Size and root, for proofs.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root }
    }

    /// Reads the signed text; extension lines are allowed and ignored, as the specification asks.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        Self::read(text).ok_or(CheckpointError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size)?;
        let extensions: Vec<&str> = lines.take(MOST_EXTENSIONS + 1).collect();
        if origin.is_empty() || extensions.len() > MOST_EXTENSIONS || extensions.contains(&"") {
            return None;
        }
        Some(Self { origin: origin.to_owned(), size: number, root: Hash::parse(root)? })
    }

    /// Reads a signed checkpoint and checks that `key` signed it. The key's name must be the origin.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse_text(&note.text)?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::OtherLog);
        }
        note.verify(key)?;
        Ok(checkpoint)
    }
}

/// Signs the heads of one log.
pub struct LogSigner(NoteSigner);

impl Keyring {
    /// The signer of the log with this origin (for example `tasuki.example.jp/log`; the demo's says `demo`).
    ///
    /// # Errors
    /// [`NoteError::Name`] when the origin cannot be a key name.
    pub fn log_signer(&self, origin: &str) -> Result<LogSigner, NoteError> {
        self.note_signer(origin, SignatureKind::Ed25519).map(LogSigner)
    }
}

impl LogSigner {
    /// The public key under which heads verify.
    pub fn verifier_key(&self) -> &VerifierKey {
        self.0.verifier_key()
    }

    /// Name of the log.
    pub fn origin(&self) -> &str {
        self.verifier_key().name()
    }

    /// Signs the head of a tree with `size` entries and `root`; the result is a complete signed note. Whoever
    /// calls has read the stored bytes back, and holds the lock that lets only one writer sign.
    pub fn sign(&self, size: u64, root: Hash) -> String {
        let text = Checkpoint { origin: self.origin().to_owned(), size, root }.text();
        let line = self.0.line(self.0.sign_bytes(text.as_bytes()));
        Note { text, signatures: vec![line] }.encode()
    }
}
