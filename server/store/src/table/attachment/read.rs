//! Attachments, read: where one is, what it is called, its bytes. Nothing is opened but on a recorded look.

use super::{Stored, WHOLE, content_slot, facts_slot, thumbnail_slot};
use crate::{BlobReader, Connection, Revealed, Store, StoreError};
use std::collections::HashMap;
use tasuki_domain::{
    attachment::{AttachmentFacts, AttachmentView},
    id::{AttachmentId, MessageId, RoomId},
    info_class::InfoClassId,
    policy::ReadAttachment,
};
use uuid::Uuid;
use zeroize::Zeroizing;

// What was taken back is not handed out any more, files included.
const LOCATE: &str = "SELECT a.room, a.class, a.message FROM attachment a JOIN message m ON m.message = a.message \
     WHERE a.attachment = $1 AND a.state = $2 AND a.position > 0 AND m.withdrawn_at = 9223372036854775807";
const ROW: &str = "SELECT room, class, chunks, header, facts FROM attachment \
     WHERE attachment = $1 AND state = $2 AND position > 0";
const THUMBNAIL: &str = "SELECT room, class, facts, thumbnail FROM attachment \
     WHERE attachment = $1 AND state = $2 AND position > 0";
const OF_MESSAGES: &str = "SELECT attachment, message, room, class, facts FROM attachment \
     WHERE position > 0 AND message IN (";

/// Where an adopted file belongs: enough to decide on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Located {
    /// The room.
    pub room: RoomId,
    /// The class of its message.
    pub class: InfoClassId,
    /// The message that has it.
    pub message: MessageId,
}

/// Finds a file that a message has adopted. Before that it exists for nobody, nor once the message is taken back.
///
/// # Errors
/// When the database does not answer, or the row is damaged.
pub async fn locate(store: &Store, attachment: AttachmentId) -> Result<Option<Located>, StoreError> {
    let mut connection = store.reading().await?;
    let row: Option<(Uuid, i64, Uuid)> = on!(&mut connection, c => sqlx::query_as(LOCATE)
        .bind(attachment.as_uuid()).bind(WHOLE).fetch_optional(&mut **c).await)?;
    let Some((room, class, message)) = row else { return Ok(None) };
    Ok(Some(Located {
        room: RoomId::from_uuid(room),
        class: info_class(class)?,
        message: MessageId::from_uuid(message),
    }))
}

/// What is known of a file, and its bytes chunk by chunk.
///
/// # Errors
/// [`StoreError::Open`] or [`StoreError::Damaged`] when a stored value was altered, moved, or is gone.
pub async fn open(
    store: &Store,
    look: &Revealed<ReadAttachment>,
) -> Result<(AttachmentFacts, BlobReader), StoreError> {
    let attachment = look.act().attachment.as_uuid();
    let mut connection = store.reading().await?;
    let row: Option<(Uuid, i64, i64, Vec<u8>, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(ROW)
        .bind(attachment).bind(WHOLE).fetch_optional(&mut **c).await)?;
    drop(connection);
    let (room, class, chunks, header, facts) = row.ok_or(StoreError::Damaged("file"))?;
    seen(look, room, class)?;
    let facts = opened(store, (attachment, room, class), &facts)?;
    let count = u64::try_from(chunks).map_err(|_| StoreError::Damaged("file"))?;
    let opener = store.keyring().open_stream(&content_slot(attachment), &header, count)?;
    Ok((facts, BlobReader::new(store, opener, attachment, chunks)))
}

/// The small picture of a picture; `None` for any other file.
///
/// # Errors
/// As [`open`].
pub async fn thumbnail(
    store: &Store,
    look: &Revealed<ReadAttachment>,
) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let attachment = look.act().attachment.as_uuid();
    let mut connection = store.reading().await?;
    let row: Option<(Uuid, i64, Vec<u8>, Vec<u8>)> = on!(&mut connection, c => sqlx::query_as(THUMBNAIL)
        .bind(attachment).bind(WHOLE).fetch_optional(&mut **c).await)?;
    drop(connection);
    let (room, class, facts, sealed) = row.ok_or(StoreError::Damaged("file"))?;
    seen(look, room, class)?;
    opened(store, (attachment, room, class), &facts)?;
    let plain = store.open_value(thumbnail_slot(attachment), &sealed)?;
    Ok(Some(plain).filter(|plain| !plain.is_empty()))
}

/// The files of messages, in order. For whoever shows those messages on a recorded look of its own.
///
/// # Errors
/// As [`open`].
pub(crate) async fn of_messages(
    store: &Store,
    connection: &mut Connection,
    messages: &[Uuid],
) -> Result<HashMap<Uuid, Vec<AttachmentView>>, StoreError> {
    let mut files: HashMap<Uuid, Vec<AttachmentView>> = HashMap::new();
    if messages.is_empty() {
        return Ok(files);
    }
    let rows: Vec<(Uuid, Uuid, Uuid, i64, Vec<u8>)> = on!(connection, c => {
        let mut query = sqlx::QueryBuilder::new(OF_MESSAGES);
        let mut list = query.separated(", ");
        for message in messages {
            list.push_bind(*message);
        }
        query.push(") ORDER BY message, position");
        query.build_query_as().fetch_all(&mut **c).await
    })?;
    for (attachment, message, room, class, facts) in rows {
        let facts = opened(store, (attachment, room, class), &facts)?;
        let view = AttachmentView { attachment: AttachmentId::from_uuid(attachment), facts };
        files.entry(message).or_default().push(view);
    }
    Ok(files)
}

fn opened(
    store: &Store,
    (attachment, room, class): (Uuid, Uuid, i64),
    sealed: &[u8],
) -> Result<AttachmentFacts, StoreError> {
    let plain = store.open_value(facts_slot(attachment), sealed)?;
    Stored::read(&plain, room, class)
}

/// The row must still be where the look was decided.
fn seen(look: &Revealed<ReadAttachment>, room: Uuid, class: i64) -> Result<(), StoreError> {
    let act = look.act();
    match act.room.as_uuid() == room && i64::from(act.class.0) == class {
        true => Ok(()),
        false => Err(StoreError::Damaged("file")),
    }
}

fn info_class(number: i64) -> Result<InfoClassId, StoreError> {
    i16::try_from(number).map(InfoClassId).map_err(|_| StoreError::Damaged("information class"))
}
