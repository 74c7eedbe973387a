//! Vault, log: C2SP signed notes with Ed25519. A note is text, an empty line, and signature lines
//! `— <name> <base64(key id (4) ‖ signature)>`; the signature covers the text with its last line feed.
//!
//! Key id = first 4 bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ public key (32)); kind 0x01 is a plain Ed25519 signature,
//! 0x04 a witness's cosignature.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::derive::Label;
use crate::keyring::Keyring;
use crate::secret::Secret;

/// Longest note, in bytes.
pub const LONGEST_NOTE: usize = 64 * 1024;
/// Most signature lines on a note.
pub const MOST_SIGNATURES: usize = 64;
const LONGEST_NAME: usize = 255;
const DASH: &str = "\u{2014} ";

/// What a signature says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureKind {
    /// Ed25519 over the note's text.
    Ed25519,
    /// Ed25519 over the time and the note's text (cosignature/v1).
    Cosignature,
}

impl SignatureKind {
    const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }
}

/// Why text is not a note, a key or a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`LONGEST_NOTE`], or more than [`MOST_SIGNATURES`] signatures.
    #[error("the note is too long")]
    TooLong,
    /// Not the form of a signed note.
    #[error("this is not a signed note")]
    Malformed,
    /// A key name is empty, too long, or holds a space, a plus sign or a control character.
    #[error("this is not a key name")]
    Name,
    /// Not the text of a verifier key of a known kind.
    #[error("this is not a verifier key")]
    Key,
    /// No signature by this key.
    #[error("the note is not signed by this key")]
    NotSigned,
    /// There is a signature by this key and it is wrong.
    #[error("the signature is wrong")]
    BadSignature,
}

/// The public half of a signer, with its name. Its text form is `<name>+<key id>+<base64(kind ‖ public key)>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifierKey {
    name: String,
    kind: SignatureKind,
    public: [u8; 32],
}

impl VerifierKey {
    /// Names a public key.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, kind: SignatureKind, public: [u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        Ok(Self { name: name.to_owned(), kind, public })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`NoteError::Key`], also when the key id does not fit.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        Self::read(text).ok_or(NoteError::Key)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let key: [u8; 33] = STANDARD.decode(key).ok()?.try_into().ok()?;
        let (kind, public) = key.split_first()?;
        let kind = [SignatureKind::Ed25519, SignatureKind::Cosignature]
            .into_iter()
            .find(|known| known.number() == *kind)?;
        let key = Self::new(name, kind, public.try_into().ok()?).ok()?;
        (key.key_id_text() == id).then_some(key)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The 32 bytes of the Ed25519 public key.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The four bytes by which its signatures are recognised.
    pub fn key_id(&self) -> [u8; 4] {
        let digest = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', self.kind.number()])
            .chain_update(self.public);
        let [a, b, c, d, ..]: [u8; 32] = digest.finalize().into();
        [a, b, c, d]
    }

    /// The key id as eight hexadecimal digits, short enough to compare by telephone.
    pub fn key_id_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.key_id()))
    }

    pub(super) fn verify_bytes(&self, message: &[u8], signature: &[u8]) -> Result<(), NoteError> {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message, signature)
            .map_err(|_| NoteError::BadSignature)
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key: Vec<u8> = [self.kind.number()].into_iter().chain(self.public).collect();
        write!(to, "{}+{}+{}", self.name, self.key_id_text(), STANDARD.encode(key))
    }
}

/// One signature line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteSignature {
    /// Name of the signer.
    pub name: String,
    /// Key id of the signer.
    pub key_id: [u8; 4],
    /// What follows the key id.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// The line, with its line feed.
    pub fn line(&self) -> String {
        let bytes: Vec<u8> = self.key_id.iter().chain(&self.bytes).copied().collect();
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    /// Reads one line, without its line feed.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        Self::read(line).ok_or(NoteError::Malformed)
    }

    fn read(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = STANDARD.decode(bytes).ok()?;
        let (key_id, signature) = bytes.split_first_chunk::<4>()?;
        (is_name(name) && !signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: *key_id,
            bytes: signature.to_vec(),
        })
    }
}

/// A note taken apart; nothing about it is proven yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The signed text, with its last line feed.
    pub text: String,
    /// The signature lines.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Takes a note apart.
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > LONGEST_NOTE {
            return Err(NoteError::TooLong);
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, rest) = note.split_at_checked(split + 1).ok_or(NoteError::Malformed)?;
        let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
        let lines: Vec<&str> = lines.ok_or(NoteError::Malformed)?.split('\n').collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(NoteError::TooLong);
        }
        let signatures = lines.into_iter().map(NoteSignature::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Puts the note together again.
    pub fn encode(&self) -> String {
        let lines: String = self.signatures.iter().map(NoteSignature::line).collect();
        format!("{}\n{lines}", self.text)
    }

    /// Whether `key`, a plain Ed25519 key, signed the text. The first line with its name and key id decides.
    ///
    /// # Errors
    /// [`NoteError::NotSigned`], [`NoteError::BadSignature`]; [`NoteError::Key`] for a witness's key.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        if key.kind != SignatureKind::Ed25519 {
            return Err(NoteError::Key);
        }
        key.verify_bytes(self.text.as_bytes(), &self.signature_by(key)?.bytes)
    }

    pub(super) fn signature_by(&self, key: &VerifierKey) -> Result<&NoteSignature, NoteError> {
        let id = key.key_id();
        self.signatures
            .iter()
            .find(|line| line.name == key.name && line.key_id == id)
            .ok_or(NoteError::NotSigned)
    }
}

/// A private Ed25519 key with its name; the key itself stays inside the cryptographic library.
pub struct NoteSigner {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl NoteSigner {
    pub(super) fn from_seed(name: &str, kind: SignatureKind, seed: &Secret) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.bytes()).map_err(|_| NoteError::Key)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::Key)?;
        Ok(Self { pair, key: VerifierKey::new(name, kind, public)? })
    }

    /// The public half.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    pub(super) fn line(&self, bytes: Vec<u8>) -> NoteSignature {
        NoteSignature { name: self.key.name.clone(), key_id: self.key.key_id(), bytes }
    }
}

impl Keyring {
    pub(super) fn note_signer(&self, name: &str, kind: SignatureKind) -> Result<NoteSigner, NoteError> {
        let label = match kind {
            SignatureKind::Ed25519 => Label::LogSigning,
            SignatureKind::Cosignature => Label::WitnessSigning,
        };
        NoteSigner::from_seed(name, kind, &self.branch(label, name.as_bytes()))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control())
}
