//! Queued items: a page seals what was written without network under a key lent to its session; the device delivers
//! it later, perhaps after the author went home. The author's rights are asked for as they are at arrival.

use crate::{
    hub::Delivery,
    usecase::{Services, UseCaseError, rooms::post_message::post_message},
};
use std::sync::Arc;
use tasuki_domain::{
    id::{ClientId, DeviceId, MessageId},
    policy::{Actor, Caller, DeliverQueued, LendQueueKey},
    post::NewPost,
    session::{LiveSession, SessionStart},
    time::{DAY, MINUTE},
};
use tasuki_store::table::queue::{LentKey, Settled, Tagged};
use uuid::Uuid;

/// Microseconds for which an author is told at each return what became of the items.
const TOLD_FOR: i64 = 7 * DAY;

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// The item, by the client's own id.
    pub item: Uuid,
    /// The message that it became; `None` when it was refused.
    pub message: Option<MessageId>,
}

/// Lends a key to the caller's session.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn lend_key(services: &Services, caller: &Caller) -> Result<LentKey, UseCaseError> {
    let session = caller.session().ok_or(UseCaseError::Missing)?.session;
    let grant = services.store.decide(caller, LendQueueKey { session }).await?;
    Ok(services.store.lend_queue_key(grant, Uuid::new_v4()).await?.into_value())
}

/// Takes an item in: opened, posted under its author if the author may still post it, and settled either way. The same
/// item again gives the first result.
///
/// # Errors
/// `Missing` for what no session on this device has tagged; or the server failed: the item waits for another try.
pub async fn deliver(
    services: &Services,
    (device_caller, device): (&Caller, DeviceId),
    item: &[u8],
    read: impl FnOnce(&[u8]) -> Option<NewPost>,
) -> Result<Delivered, UseCaseError> {
    let grant = services.store.decide(device_caller, DeliverQueued { device }).await?;
    let opened = services.store.open_queued(&grant, item).await?;
    let tagged = opened.tagged;
    if let Some(settled) = services.store.settled_item(&tagged).await? {
        return Ok(delivered(tagged.item, settled));
    }
    let post = read(&opened.plaintext).filter(|post| belongs(post, &tagged));
    let settled = match post {
        None => Settled::Refused,
        Some(post) => match post_message(services, &author(services, device_caller, &tagged), post).await {
            Ok(outcome) => Settled::Posted(outcome.first().message),
            Err(UseCaseError::Failed(cause)) => return Err(UseCaseError::Failed(cause)),
            Err(UseCaseError::Busy { retry_after }) => return Err(UseCaseError::Busy { retry_after }),
            Err(_) => Settled::Refused,
        },
    };
    services.store.settle_item(grant, tagged, settled).await?;
    let result = delivered(tagged.item, settled);
    services.hub.tell_person(tagged.person, &Delivery::Queued { item: result.item, message: result.message });
    Ok(result)
}

/// What became of the caller's items in the last days, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn recent(services: &Services, caller: &Caller) -> Result<Vec<Delivered>, UseCaseError> {
    let Some(session) = caller.session() else { return Ok(Vec::new()) };
    let since = services.now().plus(-TOLD_FOR);
    let settled = services.store.settled_items(session.person, since).await?;
    Ok(settled.into_iter().map(|(item, settled)| delivered(item, settled)).collect())
}

const fn delivered(item: Uuid, settled: Settled) -> Delivered {
    let message = match settled {
        Settled::Posted(message) => Some(message),
        Settled::Refused => None,
    };
    Delivered { item, message }
}

/// The item is the post of that id, written while the session could write.
fn belongs(post: &NewPost, tagged: &Tagged) -> bool {
    post.client == ClientId::from_uuid(tagged.item)
        && post.written_at >= tagged.lent_at.plus(-DAY)
        && post.written_at < tagged.until
        && post.on_behalf_of.is_none()
}

/// The author as caller, for the moment of the arrival: person, post, device and everything behind them are decided on
/// as they are now.
fn author(services: &Services, device: &Caller, tagged: &Tagged) -> Caller {
    let now = services.now();
    let start = SessionStart {
        session: tagged.session,
        person: tagged.person,
        post: tagged.post,
        organization: tagged.organization,
        device: tagged.device,
        signed_in_at: tagged.lent_at,
        expires_at: now.plus(MINUTE),
        idle: MINUTE,
    };
    Caller { actor: Actor::Person(Arc::new(LiveSession::new(start, now))), ..device.clone() }
}
