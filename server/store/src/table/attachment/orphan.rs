//! Attachments that no message has: taken away after a while; held ones scanned first.

use super::{HELD_BACK, WHOLE, content_slot};
use crate::{Batch, BlobReader, Revealed, Store, StoreError, WorkError, blob};
use tasuki_domain::{
    id::AttachmentId,
    policy::{Grant, RemoveOrphan, ScanAttachment},
    time::Timestamp,
};
use uuid::Uuid;

const ORPHANS: &str = "SELECT attachment FROM attachment WHERE position = 0 \
     AND (received_at < $1 OR (state = 1 AND received_at < $2)) ORDER BY received_at LIMIT $3";
const REMOVE: &str = "DELETE FROM attachment WHERE attachment = $1 AND position = 0";
const HELD: &str =
    "SELECT attachment FROM attachment WHERE position = 0 AND state = $1 ORDER BY received_at LIMIT $2";
const ROW: &str =
    "SELECT chunks, header FROM attachment WHERE attachment = $1 AND state = $2 AND position = 0";
const RELEASE: &str =
    "UPDATE attachment SET state = $1 WHERE attachment = $2 AND state = $3 AND position = 0";

/// Files that no message adopted: those that came in before `waiting_since`, and those that never became complete
/// and began before `incoming_since`. At most `most`, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn orphans(
    store: &Store,
    (waiting_since, incoming_since): (Timestamp, Timestamp),
    most: i64,
) -> Result<Vec<AttachmentId>, StoreError> {
    let mut connection = store.reading().await?;
    let rows: Vec<Uuid> = on!(&mut connection, c => sqlx::query_scalar(ORPHANS)
        .bind(waiting_since.0).bind(incoming_since.0).bind(most).fetch_all(&mut **c).await)?;
    Ok(rows.into_iter().map(AttachmentId::from_uuid).collect())
}

/// Takes a file away that no message has, every chunk of it.
///
/// # Errors
/// [`WorkError::Missing`] when a message has adopted it meanwhile, or it is gone; or the store failed.
pub async fn remove(batch: &mut Batch, grant: &Grant<RemoveOrphan>) -> Result<(), WorkError> {
    take_away(batch, grant.act().attachment).await
}

/// Held files, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn held(store: &Store, most: i64) -> Result<Vec<AttachmentId>, StoreError> {
    let mut connection = store.reading().await?;
    let rows: Vec<Uuid> = on!(&mut connection, c => sqlx::query_scalar(HELD)
        .bind(HELD_BACK).bind(most).fetch_all(&mut **c).await)?;
    Ok(rows.into_iter().map(AttachmentId::from_uuid).collect())
}

/// The bytes of a held file, for the scanner.
///
/// # Errors
/// [`StoreError::Damaged`] when it is held no more; [`StoreError::Open`] when it was altered.
pub async fn to_scan(store: &Store, look: &Revealed<ScanAttachment>) -> Result<BlobReader, StoreError> {
    let attachment = look.act().attachment.as_uuid();
    let mut connection = store.reading().await?;
    let row: Option<(i64, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(ROW)
        .bind(attachment).bind(HELD_BACK).fetch_optional(&mut **c).await)?;
    drop(connection);
    let (chunks, header) = row.ok_or(StoreError::Damaged("file"))?;
    let count = u64::try_from(chunks).map_err(|_| StoreError::Damaged("file"))?;
    let opener = store.keyring().open_stream(&content_slot(attachment), &header, count)?;
    Ok(BlobReader::new(store, opener, attachment, chunks))
}

/// Lets a message adopt a held file that the scanner found clean.
///
/// # Errors
/// [`WorkError::Missing`] when it is held no more; or the store failed.
pub async fn release(batch: &mut Batch, grant: &Grant<ScanAttachment>) -> Result<(), WorkError> {
    let changed = execute!(batch, RELEASE, WHOLE, grant.act().attachment.as_uuid(), HELD_BACK);
    if changed == 1 { Ok(()) } else { Err(WorkError::Missing) }
}

/// Takes a held file away in which the scanner found something.
///
/// # Errors
/// As [`remove`].
pub async fn discard(batch: &mut Batch, grant: &Grant<ScanAttachment>) -> Result<(), WorkError> {
    take_away(batch, grant.act().attachment).await
}

async fn take_away(batch: &mut Batch, attachment: AttachmentId) -> Result<(), WorkError> {
    let id = attachment.as_uuid();
    let removed = execute!(batch, REMOVE, id);
    if removed != 1 {
        return Err(WorkError::Missing);
    }
    blob::remove(batch.writing().await?, id).await?;
    Ok(())
}
