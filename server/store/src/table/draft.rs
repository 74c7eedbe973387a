//! Drafts: sealed under their author's own key, one for each room.

use super::column::{opened_json, sealed_json};
use crate::{
    Batch, Revealed, Store,
    error::{StoreError, WorkError},
};
use tasuki_domain::{
    policy::{DiscardDraft, Grant, ReadDraft, SaveDraft},
    post::Draft,
    time::Timestamp,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const SAVE: &str = "INSERT INTO draft (room, person, draft, saved_at, content) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (room, person) DO UPDATE SET draft = excluded.draft, saved_at = excluded.saved_at, \
     content = excluded.content";
const DISCARD: &str = "DELETE FROM draft WHERE room = $1 AND person = $2";
const READ: &str = "SELECT draft, saved_at, content FROM draft WHERE room = $1 AND person = $2";

/// Keeps a draft in place of the one before.
///
/// # Errors
/// When the database refuses it.
pub async fn save(
    batch: &mut Batch,
    grant: &Grant<SaveDraft>,
    (row, draft): (Uuid, &Draft),
) -> Result<Timestamp, WorkError> {
    let person = grant.caller().session().ok_or(WorkError::Missing)?.person.as_uuid();
    let slot = Slot::new("draft", "content", row);
    let content = batch.seal(Scope::Person(person), slot, &sealed_json(draft)?).await?;
    let (room, now) = (grant.act().room.as_uuid(), batch.now());
    execute!(batch, SAVE, room, person, row, now.0, &content);
    Ok(now)
}

/// Takes a draft away; there may be none.
///
/// # Errors
/// When the database refuses it.
pub async fn discard(batch: &mut Batch, grant: &Grant<DiscardDraft>) -> Result<(), WorkError> {
    let person = grant.caller().session().ok_or(WorkError::Missing)?.person.as_uuid();
    execute!(batch, DISCARD, grant.act().room.as_uuid(), person);
    Ok(())
}

impl Store {
    /// The reader's own draft for a room, and when it was kept.
    ///
    /// # Errors
    /// When the store fails or it does not open.
    pub async fn draft(&self, look: &Revealed<ReadDraft>) -> Result<Option<(Draft, Timestamp)>, StoreError> {
        let Some(session) = look.grant().caller().session() else { return Ok(None) };
        let (room, person) = (look.act().room.as_uuid(), session.person.as_uuid());
        let mut connection = self.reading().await?;
        let row: Option<(Uuid, i64, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(READ).bind(room).bind(person)
            .fetch_optional(&mut **c).await)?;
        let Some((row, saved_at, content)) = row else { return Ok(None) };
        let plain = self.open_value(Slot::new("draft", "content", row), &content)?;
        Ok(Some((opened_json(&plain)?, Timestamp(saved_at))))
    }
}
