//! 添付の閲覧: the look is recorded first; then the file is opened chunk by chunk, and only as long as the right lasts.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::{Action, Detail, ObjectKind, Target},
    attachment::AttachmentFacts,
    id::AttachmentId,
    policy::{Caller, ReadAttachment, Refusal, RefusalReason},
};
use tasuki_store::{BlobReader, Revealed, table::attachment};
use zeroize::Zeroizing;

/// A file on its way to a reader.
pub struct FileBody {
    services: Services,
    look: Revealed<ReadAttachment>,
    reader: BlobReader,
}

impl FileBody {
    /// The next piece; `None` after the last. The right is looked at again before every piece, so that a session or
    /// membership that ends also ends a download.
    ///
    /// # Errors
    /// [`UseCaseError::Refused`] when the right has ended; or a stored piece does not open. Nothing more comes then.
    pub async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, UseCaseError> {
        let store = &self.services.store;
        if let Err(refusal) = self.look.grant().renew(&store.facts(), store.now()) {
            return Err(store.refuse(refusal).await.into());
        }
        Ok(self.reader.next().await?)
    }
}

/// Opens a file.
///
/// # Errors
/// [`UseCaseError::Refused`]: also for a file that does not exist or that no message has adopted.
pub async fn read_attachment(
    services: &Services,
    caller: &Caller,
    attachment: AttachmentId,
) -> Result<(AttachmentFacts, FileBody), UseCaseError> {
    let look = look(services, caller, attachment).await?;
    let (facts, reader) = attachment::open(&services.store, &look).await?;
    Ok((facts, FileBody { services: services.clone(), look, reader }))
}

/// The small picture of a picture, a JPEG.
///
/// # Errors
/// As [`read_attachment`]; [`UseCaseError::Missing`] for a file that is no picture.
pub async fn read_thumbnail(
    services: &Services,
    caller: &Caller,
    attachment: AttachmentId,
) -> Result<Zeroizing<Vec<u8>>, UseCaseError> {
    let look = look(services, caller, attachment).await?;
    attachment::thumbnail(&services.store, &look).await?.ok_or(UseCaseError::Missing)
}

/// Records the look. File and small picture share an entry within the window: whoever saw one may see the other.
async fn look(
    services: &Services,
    caller: &Caller,
    attachment: AttachmentId,
) -> Result<Revealed<ReadAttachment>, UseCaseError> {
    let store = &services.store;
    let Some(found) = attachment::locate(store, attachment).await? else {
        let target = Target::object(ObjectKind::Attachment, attachment.as_uuid());
        let reason = RefusalReason::Missing;
        let refusal = Refusal { caller: caller.clone(), action: Action::ReadAttachment, target, reason };
        return Err(store.refuse(Box::new(refusal)).await.into());
    };
    let act = ReadAttachment { room: found.room, class: found.class, attachment };
    let grant = store.decide(caller, act).await?;
    let detail = Detail::default().with("message", found.message);
    Ok(store.reveal_within_window(grant, detail).await?)
}
