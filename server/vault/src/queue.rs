//! Vault: queued items. A device that is offline keeps what its user sent, sealed so that the device itself
//! cannot read it, and delivers it when it can, perhaps after the author went home (decision 15).
//!
//! Two keys with two meanings: the server's *public* key seals (anybody could), the key *lent* to the author's
//! session tags (only that session could). The browser does the same with WebCrypto: P-256 ECDH, HKDF-SHA-256,
//! AES-256-GCM, HMAC-SHA-256.
//!
//! ```text
//! header (102) = 0x01 ‖ generation u32 ‖ lent key id (16) ‖ item id (16) ‖ ephemeral public key (65, uncompressed)
//! item         = header ‖ ciphertext ‖ GCM tag (16) ‖ HMAC-SHA-256(lent key, header ‖ ciphertext ‖ GCM tag) (32)
//! key ‖ nonce  = HKDF-SHA-256(ikm  = ECDH shared x coordinate (32),
//!                             salt = ephemeral public key ‖ server public key,
//!                             info = "tasuki/v1/queue-item" ‖ 0x00 ‖ header), 32 + 12 bytes
//! associated data = header
//! lent key     = HKDF-SHA-256(queue branch, "tasuki/v1/queue-lent-key" ‖ 0x00 ‖ lent key id): nothing to store
//! ```
//!
//! The ephemeral key is drawn for every item, so key and nonce never repeat.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::authority::DerivedKeyRefused;
use crate::cipher::{OneMessage, TAG_BYTES};
use crate::cursor::Cursor;
use crate::derive::{Label, derive};
use crate::keyring::Keyring;
use crate::secret::Secret;

const FORMAT: u8 = 1;
/// Bytes of an uncompressed P-256 point.
pub const PUBLIC_BYTES: usize = 65;
/// Bytes of an item's header.
pub const HEADER_BYTES: usize = 1 + 4 + 16 + 16 + PUBLIC_BYTES;
/// Bytes of the lent key's tag.
const LENT_TAG_BYTES: usize = 32;
/// How many bytes an item is longer than its plaintext.
pub const OVERHEAD: usize = HEADER_BYTES + TAG_BYTES + LENT_TAG_BYTES;
/// Longest plaintext, in bytes.
pub const LONGEST: usize = 1024 * 1024;

/// Why an item was not sealed or not opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QueueError {
    /// Shorter or longer than any item.
    #[error("queued item has an impossible length")]
    Length,
    /// The first byte names no known format.
    #[error("queued item has unknown format {0}")]
    UnknownFormat(u8),
    /// Sealed to another generation of the server's key.
    #[error("queued item was sealed to key generation {0}")]
    OtherGeneration(u32),
    /// The tag is not that of the lent key: altered, or not written in that session.
    #[error("queued item was not tagged by the session that it names")]
    NotTagged,
    /// The server's public key is not a point of the curve.
    #[error("this is not a P-256 public key")]
    PublicKey,
    /// Tagged rightly, yet it does not open.
    #[error("queued item does not open")]
    Refused,
}

/// The key lent to one session, with which it tags what it queues. The client receives its bytes once, over the
/// session's own connection.
pub struct LentKey {
    id: Uuid,
    secret: Secret,
}

impl LentKey {
    /// A lent key as the client side holds it.
    pub fn from_bytes(id: Uuid, bytes: &Zeroizing<[u8; 32]>) -> Self {
        Self { id, secret: Secret::filled(|to| to.copy_from_slice(bytes.as_slice())) }
    }

    /// The id that items name.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The bytes for the client; nothing else should call it.
    pub fn expose(&self) -> &[u8; 32] {
        self.secret.bytes()
    }

    fn mac(&self, item: &[u8]) -> Hmac<Sha256> {
        Hmac::<Sha256>::new_from_slice(self.secret.bytes())
            .expect("HMAC takes keys of any length")
            .chain_update(item)
    }
}

/// The server's half: lends keys and opens items. One per generation of the key.
pub struct QueueOpener {
    generation: u32,
    branch: Secret,
    private: PrivateKey,
    public: [u8; PUBLIC_BYTES],
}

/// An item that was opened. Whether the author may still say it is for the policy to decide.
pub struct OpenedItem {
    /// The lent key that tagged it, and so the session that wrote it.
    pub lent_key: Uuid,
    /// The client's own id of the item; the same id again is the same item.
    pub item: Uuid,
    /// What was said.
    pub plaintext: Zeroizing<Vec<u8>>,
}

impl Keyring {
    /// The server's half for one generation of its key; the first is 1.
    ///
    /// # Errors
    /// [`DerivedKeyRefused`].
    pub fn queue_opener(&self, generation: u32) -> Result<QueueOpener, DerivedKeyRefused> {
        let private = self.p256_key(Label::QueueSealing, generation)?;
        let public = public_bytes(&private).ok_or(DerivedKeyRefused)?;
        Ok(QueueOpener { generation, branch: self.branch(Label::QueueSealing, &[]), private, public })
    }
}

impl QueueOpener {
    /// The public key that clients seal to, an uncompressed point.
    pub fn public_key(&self) -> &[u8; PUBLIC_BYTES] {
        &self.public
    }

    /// The generation that clients write into the header.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The key with this id, to be lent to one session. Draw the id at random and keep it with the session.
    pub fn lend(&self, id: Uuid) -> LentKey {
        LentKey { id, secret: derive(&self.branch, Label::QueueLentKey, id.as_bytes()) }
    }

    /// Checks the tag, then opens. The caller must have looked up that the lent key belongs to a session of the
    /// delivering device.
    ///
    /// # Errors
    /// [`QueueError`].
    pub fn open(&self, item: &[u8]) -> Result<OpenedItem, QueueError> {
        if item.len() < OVERHEAD || item.len() > LONGEST + OVERHEAD {
            return Err(QueueError::Length);
        }
        let (tagged, tag) = item.split_last_chunk::<LENT_TAG_BYTES>().ok_or(QueueError::Length)?;
        let (header, ciphertext) = tagged.split_at_checked(HEADER_BYTES).ok_or(QueueError::Length)?;
        let mut cursor = Cursor(header);
        let [format] = cursor.array().ok_or(QueueError::Length)?;
        if format != FORMAT {
            return Err(QueueError::UnknownFormat(format));
        }
        let generation = u32::from_be_bytes(cursor.array().ok_or(QueueError::Length)?);
        if generation != self.generation {
            return Err(QueueError::OtherGeneration(generation));
        }
        let lent_key = cursor.id().ok_or(QueueError::Length)?;
        let item = cursor.id().ok_or(QueueError::Length)?;
        let ephemeral: [u8; PUBLIC_BYTES] = cursor.array().ok_or(QueueError::Length)?;
        self.lend(lent_key).mac(tagged).verify_slice(tag).map_err(|_| QueueError::NotTagged)?;
        let plaintext = shared(&self.private, &ephemeral, &ephemeral, &self.public, header)
            .ok_or(QueueError::Refused)?
            .open(header, ciphertext)
            .map_err(|_| QueueError::Refused)?;
        Ok(OpenedItem { lent_key, item, plaintext })
    }
}

/// What the client side needs to seal: the server's public key and its generation.
pub struct QueueSealer {
    public: [u8; PUBLIC_BYTES],
    generation: u32,
}

impl QueueSealer {
    /// Takes the server's public key.
    pub fn new(public: [u8; PUBLIC_BYTES], generation: u32) -> Self {
        Self { public, generation }
    }

    /// Seals and tags one item, as the browser does.
    ///
    /// # Errors
    /// [`QueueError::Length`] above [`LONGEST`], [`QueueError::PublicKey`] for a point off the curve.
    pub fn seal(
        &self,
        lent: &LentKey,
        item: Uuid,
        plaintext: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, QueueError> {
        if plaintext.len() > LONGEST {
            return Err(QueueError::Length);
        }
        let private = loop {
            let scalar = Secret::generate(rng);
            if let Ok(private) = PrivateKey::from_private_key(&ECDH_P256, scalar.bytes()) {
                break private;
            }
        };
        let ephemeral = public_bytes(&private).ok_or(QueueError::PublicKey)?;
        let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
        out.push(FORMAT);
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.extend_from_slice(lent.id.as_bytes());
        out.extend_from_slice(item.as_bytes());
        out.extend_from_slice(&ephemeral);
        let header = out.clone();
        shared(&private, &self.public, &ephemeral, &self.public, &header)
            .ok_or(QueueError::PublicKey)?
            .seal(&header, plaintext, &mut out);
        let tag: [u8; LENT_TAG_BYTES] = lent.mac(&out).finalize().into_bytes().into();
        out.extend_from_slice(&tag);
        Ok(out)
    }
}

fn shared(
    own: &PrivateKey,
    peer: &[u8; PUBLIC_BYTES],
    ephemeral: &[u8; PUBLIC_BYTES],
    server: &[u8; PUBLIC_BYTES],
    header: &[u8],
) -> Option<OneMessage> {
    // Only the uncompressed form: the salt must be the same bytes on both sides.
    if peer.first() != Some(&4) {
        return None;
    }
    let salt = [ephemeral.as_slice(), server].concat();
    agree(own, UnparsedPublicKey::new(&ECDH_P256, peer), (), |secret| {
        Ok(OneMessage::new(secret, &salt, Label::QueueItem, header))
    })
    .ok()
}

fn public_bytes(private: &PrivateKey) -> Option<[u8; PUBLIC_BYTES]> {
    private.compute_public_key().ok()?.as_ref().try_into().ok()
}
