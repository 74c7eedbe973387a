//! Queued items: a page seals what was written without network under a key lent to its session; the device delivers
//! it later, perhaps after the author went home. The author's rights are asked for as they are at arrival.

use crate::{
    hub::Delivery,
    usecase::{Conflict, Services, UseCaseError, rooms::post_message::post_message},
};
use std::sync::Arc;
use tasuki_domain::{
    id::{ClientId, DeviceId},
    policy::{Actor, Caller, DeliverQueued, LendQueueKey, RefusalReason},
    post::NewPost,
    queued::{LateRefusal, Settled},
    session::{LiveSession, SessionStart},
    time::{DAY, MINUTE},
};
use tasuki_store::table::queue::{LentKey, Tagged};
use uuid::Uuid;

/// Microseconds for which an author is told at each return what became of the items.
const TOLD_FOR: i64 = 7 * DAY;

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delivered {
    /// The item, by the client's own id.
    pub item: Uuid,
    /// What became of it.
    pub outcome: Settled,
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
        return Ok(Delivered { item: tagged.item, outcome: settled });
    }
    let outcome =
        match read(&opened.plaintext).ok_or(LateRefusal::Other).and_then(|post| belongs(post, &tagged)) {
            Err(reason) => Settled::Refused(reason),
            Ok(post) => match post_message(services, &author(services, device_caller, &tagged), post).await {
                Ok(outcome) => Settled::Posted(outcome.first().message),
                Err(error) => Settled::Refused(reason(error)?),
            },
        };
    services.store.settle_item(grant, tagged, outcome).await?;
    services.hub.tell_person(tagged.person, &Delivery::Queued { item: tagged.item, outcome });
    Ok(Delivered { item: tagged.item, outcome })
}

/// Why a post is refused for good; what may pass is given back, and the item waits for another try.
fn reason(error: UseCaseError) -> Result<LateRefusal, UseCaseError> {
    match error {
        UseCaseError::Failed(_) | UseCaseError::Busy { .. } | UseCaseError::TooMany { .. } => Err(error),
        UseCaseError::Conflict(Conflict("attachment.held")) => Err(error),
        UseCaseError::Conflict(_) | UseCaseError::SignIn => Ok(LateRefusal::Other),
        UseCaseError::Refused(refusal) if refusal.reason == RefusalReason::Closed => Ok(LateRefusal::Closed),
        UseCaseError::Refused(_) | UseCaseError::Missing => Ok(LateRefusal::Right),
        UseCaseError::Upload(_) => Ok(LateRefusal::Attachments),
        UseCaseError::Field(problem) => Ok(match problem.field {
            "owner" => LateRefusal::Owner,
            "first" | "fallback" => LateRefusal::Called,
            "mentions" => LateRefusal::Mentions,
            "due" => LateRefusal::Due,
            "attachments" => LateRefusal::Attachments,
            "reply_to" => LateRefusal::ReplyTo,
            "written_at" => LateRefusal::WrittenAt,
            _ => LateRefusal::Other,
        }),
    }
}

/// What became of the caller's items in the last days, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn recent(services: &Services, caller: &Caller) -> Result<Vec<Delivered>, UseCaseError> {
    let Some(session) = caller.session() else { return Ok(Vec::new()) };
    let since = services.now().plus(-TOLD_FOR);
    let settled = services.store.settled_items(session.person, since).await?;
    Ok(settled.into_iter().map(|(item, outcome)| Delivered { item, outcome }).collect())
}

/// The item is the post of that id, written while the session could write.
fn belongs(post: NewPost, tagged: &Tagged) -> Result<NewPost, LateRefusal> {
    if post.client != ClientId::from_uuid(tagged.item) || post.on_behalf_of.is_some() {
        return Err(LateRefusal::Other);
    }
    if post.written_at < tagged.lent_at.plus(-DAY) || post.written_at >= tagged.until {
        return Err(LateRefusal::WrittenAt);
    }
    Ok(post)
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
