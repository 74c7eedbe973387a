//! Appending to the access log, right before the commit: the head is taken last, so that the serial part is short.

use crate::{
    backend::Connection,
    batch::Batch,
    error::StoreError,
    stage::{StagedTable, Value},
};
use tasuki_domain::{access::NewEntry, time::Timestamp};
use tasuki_vault::{KeyId, Scope, Slot, log::Leaf};
use uuid::Uuid;

pub(crate) const DATA_KEY: StagedTable = StagedTable {
    insert: "INSERT INTO data_key (key, scope_kind, scope, epoch, wrapped, created_at) ",
    tail: "",
};

const ENTRY: StagedTable = StagedTable {
    insert: "INSERT INTO access_entry (idx, at, action, outcome, actor_kind, actor, post, organization, device, session, \
             patient, object_organization, room, object_kind, object, request, key, body, leaf_hash) ",
    tail: "",
};
const HEAD: StagedTable = StagedTable {
    insert: "INSERT INTO log_head (one, size, last_at) ",
    tail: " ON CONFLICT (one) DO UPDATE SET size = excluded.size, last_at = excluded.last_at",
};
const READ_HEAD: &str = "SELECT size, last_at FROM log_head WHERE one = 1";
const LOCK_HEAD: &str = "SELECT size, last_at FROM log_head WHERE one = 1 FOR UPDATE";

/// The slot of an entry's sealed body.
pub(crate) const fn body_slot(index: u64) -> Slot {
    Slot::new("access_entry", "body", Uuid::from_u128(index as u128))
}

/// Where the log stands: its size and the time of its last entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogHead {
    pub(crate) size: u64,
    pub(crate) last_at: Timestamp,
}

/// Reads where the log stands; locks it against other instances when `lock` is set.
pub(crate) async fn read_head(connection: &mut Connection, lock: bool) -> Result<LogHead, StoreError> {
    let sql = if lock { LOCK_HEAD } else { READ_HEAD };
    let row: Option<(i64, i64)> = on!(connection, c => sqlx::query_as(sql).fetch_optional(&mut **c).await)?;
    let (size, last_at) = row.ok_or(StoreError::Empty)?;
    let size = u64::try_from(size).map_err(|_| StoreError::Damaged("log head"))?;
    Ok(LogHead { size, last_at: Timestamp(last_at) })
}

/// Stages every entry of the batch behind `head`; returns the new head.
pub(crate) async fn append(batch: &mut Batch, head: LogHead) -> Result<LogHead, StoreError> {
    let at = batch.now().max(head.last_at);
    let entries = std::mem::take(&mut batch.entries);
    if entries.is_empty() {
        return Ok(head);
    }
    let key = batch.key(Scope::LogMonth(at.tokyo_month())).await?;
    let mut index = head.size;
    for entry in entries {
        let row = row(batch, &entry, (index, at), key)?;
        batch.stage(&ENTRY, row);
        index += 1;
    }
    batch.stage(&HEAD, vec![Value::Int(1), number(index)?, Value::Int(at.0)]);
    Ok(LogHead { size: index, last_at: at })
}

fn row(
    batch: &Batch,
    entry: &NewEntry,
    (index, at): (u64, Timestamp),
    key: KeyId,
) -> Result<Vec<Value>, StoreError> {
    let plain = serde_json::to_vec(&entry.detail).map_err(|_| StoreError::Damaged("log detail"))?;
    let body =
        batch.inner.keyring.seal(key, &body_slot(index), &plain, &mut crate::store::entropy())?.into_bytes();
    let id = |id: Option<Uuid>| id.unwrap_or_default();
    let (actor, target) = (&entry.actor, &entry.target);
    let leaf = Leaf {
        index,
        at: at.0,
        action: entry.action.code(),
        outcome: entry.outcome.code(),
        actor_kind: actor.kind.code(),
        actor: actor.actor,
        post: id(actor.post.map(|id| id.as_uuid())),
        organization: id(actor.organization.map(|id| id.as_uuid())),
        device: id(actor.device.map(|id| id.as_uuid())),
        session: id(actor.session.map(|id| id.as_uuid())),
        patient: id(target.patient.map(|id| id.as_uuid())),
        object_organization: id(target.organization.map(|id| id.as_uuid())),
        room: id(target.room.map(|id| id.as_uuid())),
        object: target.object,
        object_kind: target.kind.code(),
        request: entry.request.as_uuid(),
        key_id: key.0,
        body: &body,
    };
    let hash = leaf.hash().map_err(|_| StoreError::Damaged("log detail"))?;
    Ok(vec![
        number(index)?,
        Value::Int(leaf.at),
        Value::Int(i64::from(leaf.action)),
        Value::Int(i64::from(leaf.outcome)),
        Value::Int(i64::from(leaf.actor_kind)),
        Value::Id(leaf.actor),
        Value::Id(leaf.post),
        Value::Id(leaf.organization),
        Value::Id(leaf.device),
        Value::Id(leaf.session),
        Value::Id(leaf.patient),
        Value::Id(leaf.object_organization),
        Value::Id(leaf.room),
        Value::Int(i64::from(leaf.object_kind)),
        Value::Id(leaf.object),
        Value::Id(leaf.request),
        Value::Id(leaf.key_id),
        Value::Bytes(body.clone()),
        Value::Bytes(hash.0.to_vec()),
    ])
}

fn number(index: u64) -> Result<Value, StoreError> {
    i64::try_from(index).map(Value::Int).map_err(|_| StoreError::Damaged("log head"))
}
