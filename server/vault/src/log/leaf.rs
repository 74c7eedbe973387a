//! Vault, log: the canonical bytes of an access-log entry, version 1. It knows widths and order, not meanings:
//! what an action or a kind stands for is the domain's, listed in `server/access-log.md`.

use uuid::Uuid;

use super::tree::{Hash, leaf_hash};
use crate::cursor::Cursor;

/// The first four bytes of every entry: "Tasuki access log".
pub const MAGIC: [u8; 4] = *b"TKAL";
/// The version after them.
pub const VERSION: u8 = 1;
/// Bytes of an entry without its sealed body.
pub const FIXED_BYTES: usize = 4 + 1 + 8 + 8 + 2 + 1 + 1 + 9 * 16 + 2 + 16 + 16 + 4;
/// Longest sealed body, in bytes; keeps an entry below 65536 bytes, as C2SP entry bundles need.
pub const LONGEST_BODY: usize = 32 * 1024;

/// One entry of the access log: its clear columns and its sealed body. Ids that do not apply are nil.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leaf<'a> {
    /// Position in the log, counted from 0 without gaps.
    pub index: u64,
    /// When, µs UTC; never before the entry above.
    pub at: i64,
    /// What was done.
    pub action: u16,
    /// How it ended: allowed, refused, failed.
    pub outcome: u8,
    /// Of what kind the actor is: person, device, operator, job, witness.
    pub actor_kind: u8,
    /// The person; or the device, operator or job.
    pub actor: Uuid,
    /// The post under which the person acted.
    pub post: Uuid,
    /// The organization of the actor.
    pub organization: Uuid,
    /// The device.
    pub device: Uuid,
    /// The session.
    pub session: Uuid,
    /// The patient concerned.
    pub patient: Uuid,
    /// The organization to which the object belongs.
    pub object_organization: Uuid,
    /// The room.
    pub room: Uuid,
    /// The object of the act itself.
    pub object: Uuid,
    /// Of what kind the object is.
    pub object_kind: u16,
    /// The request, shared with the server's own log lines.
    pub request: Uuid,
    /// The key of the log month that sealed the body; nil when the body is empty.
    pub key_id: Uuid,
    /// The sealed body, as stored.
    pub body: &'a [u8],
}

/// Why an entry cannot be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the sealed body of a log entry has {0} bytes, more than 32768")]
pub struct BodyTooLong(pub usize);

/// Why bytes are not an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LeafError {
    /// They do not begin with [`MAGIC`].
    #[error("these bytes are not an access-log entry")]
    NotAnEntry,
    /// A version that this program does not know.
    #[error("the entry has unknown version {0}")]
    UnknownVersion(u8),
    /// They end too early, go on too long, or announce too long a body.
    #[error("the entry has a wrong length")]
    Length,
}

impl<'a> Leaf<'a> {
    /// The canonical bytes: big-endian, in the order of the fields.
    ///
    /// # Errors
    /// [`BodyTooLong`] above [`LONGEST_BODY`].
    pub fn encode(&self) -> Result<Vec<u8>, BodyTooLong> {
        let length = u32::try_from(self.body.len())
            .ok()
            .filter(|_| self.body.len() <= LONGEST_BODY)
            .ok_or(BodyTooLong(self.body.len()))?;
        let mut out = Vec::with_capacity(FIXED_BYTES + self.body.len());
        out.extend_from_slice(&MAGIC);
        out.push(VERSION);
        out.extend_from_slice(&self.index.to_be_bytes());
        out.extend_from_slice(&self.at.to_be_bytes());
        out.extend_from_slice(&self.action.to_be_bytes());
        out.extend_from_slice(&[self.outcome, self.actor_kind]);
        for id in self.ids() {
            out.extend_from_slice(id.as_bytes());
        }
        out.extend_from_slice(&self.object_kind.to_be_bytes());
        out.extend_from_slice(self.request.as_bytes());
        out.extend_from_slice(self.key_id.as_bytes());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(self.body);
        Ok(out)
    }

    /// The leaf hash: SHA-256(0x00 ‖ canonical bytes).
    ///
    /// # Errors
    /// [`BodyTooLong`].
    pub fn hash(&self) -> Result<Hash, BodyTooLong> {
        self.encode().map(|bytes| leaf_hash(&bytes))
    }

    /// Reads canonical bytes back; exactly those that [`Self::encode`] writes.
    ///
    /// # Errors
    /// [`LeafError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LeafError> {
        let mut cursor = Cursor(bytes);
        if cursor.array() != Some(MAGIC) {
            return Err(LeafError::NotAnEntry);
        }
        match cursor.array() {
            Some([VERSION]) => Self::fields(&mut cursor).ok_or(LeafError::Length),
            Some([other]) => Err(LeafError::UnknownVersion(other)),
            None => Err(LeafError::Length),
        }
    }

    fn fields(cursor: &mut Cursor<'a>) -> Option<Self> {
        let leaf = Self {
            index: u64::from_be_bytes(cursor.array()?),
            at: i64::from_be_bytes(cursor.array()?),
            action: u16::from_be_bytes(cursor.array()?),
            outcome: u8::from_be_bytes(cursor.array()?),
            actor_kind: u8::from_be_bytes(cursor.array()?),
            actor: cursor.id()?,
            post: cursor.id()?,
            organization: cursor.id()?,
            device: cursor.id()?,
            session: cursor.id()?,
            patient: cursor.id()?,
            object_organization: cursor.id()?,
            room: cursor.id()?,
            object: cursor.id()?,
            object_kind: u16::from_be_bytes(cursor.array()?),
            request: cursor.id()?,
            key_id: cursor.id()?,
            body: {
                let length = usize::try_from(u32::from_be_bytes(cursor.array()?)).ok()?;
                cursor.slice(length).filter(|body| body.len() <= LONGEST_BODY)?
            },
        };
        cursor.rest().is_empty().then_some(leaf)
    }

    fn ids(&self) -> [&Uuid; 9] {
        [
            &self.actor,
            &self.post,
            &self.organization,
            &self.device,
            &self.session,
            &self.patient,
            &self.object_organization,
            &self.room,
            &self.object,
        ]
    }
}
