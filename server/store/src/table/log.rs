//! Entries of the access log as stored: read back as bytes, hashed again, and told as rows with their proof state.

use crate::{
    backend::Connection,
    error::StoreError,
    log_append::{self, LogHead},
    store::Store,
};
use tasuki_domain::{
    access::{Action, Detail, ObjectKind, Outcome},
    id::{DeviceId, OrganizationId, PatientId, PersonId, PostId, RequestId, RoomId, SessionId},
    time::Timestamp,
};
use tasuki_vault::{
    OpenError,
    log::{Hash, Leaf},
};
use uuid::Uuid;

/// The columns of an entry, as [`StoredEntry`] reads them.
pub(crate) const COLUMNS: &str = "idx, at, action, outcome, actor_kind, actor, post, organization, device, session, patient, \
     object_organization, room, object_kind, object, request, key, body, leaf_hash";
const RANGE: &str = "SELECT idx, at, action, outcome, actor_kind, actor, post, organization, device, session, patient, \
     object_organization, room, object_kind, object, request, key, body, leaf_hash \
     FROM access_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT $3";
const FIRST_SINCE: &str = "SELECT idx FROM access_entry WHERE at >= $1 ORDER BY at, idx LIMIT 1";
const LAST: &str = "SELECT idx FROM access_entry ORDER BY idx DESC LIMIT 1";

/// One row of `access_entry`, untrusted until its hash is proven.
#[derive(sqlx::FromRow)]
pub(crate) struct StoredEntry {
    pub(crate) idx: i64,
    pub(crate) at: i64,
    action: i64,
    outcome: i64,
    actor_kind: i64,
    actor: Uuid,
    post: Uuid,
    pub(crate) organization: Uuid,
    device: Uuid,
    session: Uuid,
    patient: Uuid,
    pub(crate) object_organization: Uuid,
    room: Uuid,
    object_kind: i64,
    object: Uuid,
    request: Uuid,
    key: Uuid,
    body: Vec<u8>,
    leaf_hash: Vec<u8>,
}

impl StoredEntry {
    /// The entry's number as its row says; `None` when it is not one.
    pub(crate) fn index(&self) -> Option<u64> {
        u64::try_from(self.idx).ok()
    }

    /// The canonical bytes, as if the entry bore this number; `None` when a column holds what no entry has.
    pub(crate) fn canonical(&self, index: u64) -> Option<Vec<u8>> {
        let leaf = Leaf {
            index,
            at: self.at,
            action: u16::try_from(self.action).ok()?,
            outcome: u8::try_from(self.outcome).ok()?,
            actor_kind: u8::try_from(self.actor_kind).ok()?,
            actor: self.actor,
            post: self.post,
            organization: self.organization,
            device: self.device,
            session: self.session,
            patient: self.patient,
            object_organization: self.object_organization,
            room: self.room,
            object: self.object,
            object_kind: u16::try_from(self.object_kind).ok()?,
            request: self.request,
            key_id: self.key,
            body: &self.body,
        };
        leaf.encode().ok()
    }

    /// The leaf hash, computed again from the stored bytes.
    pub(crate) fn hash(&self) -> Option<Hash> {
        Some(tasuki_vault::log::tree::leaf_hash(&self.canonical(self.index()?)?))
    }

    /// The leaf hash that stands in the row; zeros when it has not 32 bytes.
    pub(crate) fn noted(&self) -> Hash {
        Hash(self.leaf_hash.as_slice().try_into().unwrap_or([0; 32]))
    }

    /// The computed hash, where it is the one that stands in the row.
    pub(crate) fn sound(&self) -> Option<Hash> {
        self.hash().filter(|hash| *hash == self.noted())
    }

    /// The row as told to an auditor.
    pub(crate) fn told(&self, state: ProofState) -> LogRow {
        LogRow {
            index: self.index().unwrap_or_default(),
            at: Timestamp(self.at),
            action: u16::try_from(self.action).unwrap_or_default(),
            outcome: u8::try_from(self.outcome).unwrap_or_default(),
            actor_kind: u8::try_from(self.actor_kind).unwrap_or_default(),
            actor: self.actor,
            post: some(self.post).map(PostId::from_uuid),
            organization: some(self.organization).map(OrganizationId::from_uuid),
            device: some(self.device).map(DeviceId::from_uuid),
            session: some(self.session).map(SessionId::from_uuid),
            patient: some(self.patient).map(PatientId::from_uuid),
            object_organization: some(self.object_organization).map(OrganizationId::from_uuid),
            room: some(self.room).map(RoomId::from_uuid),
            object_kind: u16::try_from(self.object_kind).unwrap_or_default(),
            object: self.object,
            request: RequestId::from_uuid(self.request),
            hash: self.noted(),
            state,
        }
    }

    /// Opens the sealed body.
    pub(crate) fn open(&self, store: &Store) -> LogBody {
        if self.body.is_empty() {
            return LogBody::Open(Box::default());
        }
        let slot = log_append::body_slot(self.index().unwrap_or_default());
        match store.open_value(slot, &self.body) {
            Ok(plain) => serde_json::from_slice(&plain).map_or(LogBody::Damaged, LogBody::Open),
            Err(StoreError::Open(OpenError::KeyNotOpen(_))) => LogBody::Erased,
            Err(_) => LogBody::Damaged,
        }
    }
}

/// What is known about a row's truth, computed on this very read from the stored bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofState {
    /// It is in the tree under the newest signed head.
    Proven,
    /// It is newer than the newest signed head; its bytes agree with their hash.
    Pending,
    /// Its bytes are not those that were logged.
    Damaged,
}

/// One entry's clear columns. Codes stay codes: a damaged row may hold one that means nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    /// Position in the log, from 0.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// Code of the action.
    pub action: u16,
    /// Code of the outcome.
    pub outcome: u8,
    /// Code of the actor's kind.
    pub actor_kind: u8,
    /// The person or device; nil otherwise.
    pub actor: Uuid,
    /// The post acted under.
    pub post: Option<PostId>,
    /// The actor's organization.
    pub organization: Option<OrganizationId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The patient concerned.
    pub patient: Option<PatientId>,
    /// The organization that the object belongs to.
    pub object_organization: Option<OrganizationId>,
    /// The room.
    pub room: Option<RoomId>,
    /// Code of the object's kind.
    pub object_kind: u16,
    /// The object; nil without one.
    pub object: Uuid,
    /// The request.
    pub request: RequestId,
    /// The leaf hash that stands in the row.
    pub hash: Hash,
    /// Whether it is proven.
    pub state: ProofState,
}

impl LogRow {
    /// What was done.
    #[must_use]
    pub const fn known_action(&self) -> Option<Action> {
        Action::from_code(self.action)
    }

    /// How it ended.
    #[must_use]
    pub const fn known_outcome(&self) -> Option<Outcome> {
        Outcome::from_code(self.outcome)
    }

    /// What the object is.
    #[must_use]
    pub const fn known_object(&self) -> Option<ObjectKind> {
        ObjectKind::from_code(self.object_kind)
    }

    /// The person who acted, if a person did.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        (self.actor_kind == 1).then(|| PersonId::from_uuid(self.actor))
    }
}

/// The sealed part of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LogBody {
    /// Opened.
    Open(Box<Detail>),
    /// The key of its month was destroyed.
    Erased,
    /// It does not open: altered or moved.
    Damaged,
}

/// Nil stands for none.
const fn some(id: Uuid) -> Option<Uuid> {
    if id.is_nil() { None } else { Some(id) }
}

/// Entries `from` to before `until`, at most so many, in order.
pub(crate) async fn range(
    connection: &mut Connection,
    (from, until): (u64, u64),
    most: i64,
) -> Result<Vec<StoredEntry>, StoreError> {
    let (from, until) = (number(from), number(until));
    Ok(
        on!(connection, c => sqlx::query_as(RANGE).bind(from).bind(until).bind(most).fetch_all(&mut **c).await)?,
    )
}

/// Number of the first entry not before `at`; `size` when there is none. Times never go back in the log.
pub(crate) async fn first_since(
    connection: &mut Connection,
    at: Timestamp,
    size: u64,
) -> Result<u64, StoreError> {
    let found: Option<i64> =
        on!(connection, c => sqlx::query_scalar(FIRST_SINCE).bind(at.0).fetch_optional(&mut **c).await)?;
    Ok(found.and_then(|index| u64::try_from(index).ok()).unwrap_or(size))
}

/// How many entries there are by the number of the last row.
async fn rows(connection: &mut Connection) -> Result<u64, StoreError> {
    let last: Option<i64> = on!(connection, c => sqlx::query_scalar(LAST).fetch_optional(&mut **c).await)?;
    Ok(last.and_then(|last| u64::try_from(last).ok()).map_or(0, |last| last.saturating_add(1)))
}

/// How many entries there are by the last row, and how many the log's head notes: the same, unless one of them was
/// changed. Others may be writing meanwhile.
pub(crate) async fn rows_and_noted(connection: &mut Connection) -> Result<(u64, u64), StoreError> {
    let before = size(connection).await?;
    let rows = rows(connection).await?;
    let after = size(connection).await?;
    Ok((rows, if (before..=after).contains(&rows) { rows } else { after }))
}

/// How many entries the log's head says there are.
pub(crate) async fn size(connection: &mut Connection) -> Result<u64, StoreError> {
    let LogHead { size, .. } = log_append::read_head(connection, false).await?;
    Ok(size)
}

/// A number for a column; the log never grows to where it would not fit.
pub(crate) fn number(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
