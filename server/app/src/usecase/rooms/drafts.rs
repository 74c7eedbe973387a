//! Drafts: kept for their author alone, one for each room.

use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    id::RoomId,
    policy::{Caller, DiscardDraft, ReadDraft, SaveDraft},
    post::Draft,
    time::Timestamp,
};
use tasuki_store::table::draft;
use uuid::Uuid;

/// Keeps a draft in place of the one before; gives when.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn save_draft(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    content: Draft,
) -> Result<Timestamp, UseCaseError> {
    let command = ((content, Uuid::new_v4()), Detail::default());
    let committed = perform(services, caller, SaveDraft { room }, command, |batch, grant, (content, row)| {
        Box::pin(draft::save(batch, grant, (*row, content)))
    })
    .await?;
    Ok(committed.into_value())
}

/// Takes one's draft away; there may be none.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn discard_draft(services: &Services, caller: &Caller, room: RoomId) -> Result<(), UseCaseError> {
    let command = ((), Detail::default());
    perform(services, caller, DiscardDraft { room }, command, |batch, grant, ()| {
        Box::pin(draft::discard(batch, grant))
    })
    .await?;
    Ok(())
}

/// One's own draft and when it was kept; nothing when there is none.
///
/// # Errors
/// A refusal.
pub async fn read_draft(
    services: &Services,
    caller: &Caller,
    room: RoomId,
) -> Result<Option<(Draft, Timestamp)>, UseCaseError> {
    let grant = services.store.decide(caller, ReadDraft { room }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    Ok(services.store.draft(&look).await?)
}
