//! A message's earlier versions, and a message copied for the official care record.

use super::{InRoom, found::found};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    message_view::{MessageVersion, MessageView},
    policy::{Caller, CopyForRecord, ReadCorrections},
};
use tasuki_store::table::naming;

/// Every version of a message, oldest first; of a withdrawn one too.
///
/// # Errors
/// A refusal.
pub async fn read_versions(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
) -> Result<Vec<MessageVersion>, UseCaseError> {
    let (_, act) = found(services, caller, wanted, |class, _| ReadCorrections {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let grant = services.store.decide(caller, act).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let mut versions = services.store.versions(&look).await?;
    let authors = versions.iter_mut().map(|version| &mut version.by).collect();
    naming::name_bylines(&services.store, &look, authors).await?;
    Ok(versions)
}

/// A message for the official care record, with author and time. The copying is in the log.
///
/// # Errors
/// A refusal; `message.withdrawn`: what was taken back is not carried on.
pub async fn copy_for_record(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
) -> Result<MessageView, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| CopyForRecord {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let grant = services.store.decide(caller, act).await?;
    if located.is_withdrawn() {
        return Err(UseCaseError::conflict("message.withdrawn"));
    }
    let detail = Detail::default().with("version", located.version);
    let look = services.store.reveal(grant, detail).await?;
    services.store.message(&look).await?.ok_or(UseCaseError::Missing)
}
