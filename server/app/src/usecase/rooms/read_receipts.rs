//! Who has read and acknowledged a message, by name.

use super::{InRoom, found::found};
use crate::usecase::{Services, UseCaseError};
use std::collections::HashMap;
use tasuki_domain::{
    access::Detail,
    id::{PersonId, PostId},
    message_view::Byline,
    policy::{Caller, ReadReceipts},
    time::Timestamp,
};
use tasuki_store::table::{byline_of, naming};

/// A reader of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Who; `at` is now.
    pub reader: Byline,
    /// Whether the reader was shown it. Not an acknowledgement.
    pub read: bool,
    /// When the reader said 了解.
    pub acknowledged_at: Option<Timestamp>,
}

/// Everybody who may see the message now, but its author, with what they did; and whoever acknowledged it before
/// their right ended. In order of name.
///
/// # Errors
/// A refusal.
pub async fn read_receipts(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
) -> Result<Vec<Receipt>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| ReadReceipts {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let grant = services.store.decide(caller, act).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let (store, facts, now) = (&services.store, services.store.facts(), services.now());
    let Some(message) = store.message(&look).await? else { return Err(UseCaseError::Missing) };
    let marks = store.marks_of(&look).await?;
    let mut readers: HashMap<PersonId, PostId> = HashMap::new();
    for post in facts.audience(wanted.room, located.class, now) {
        if let Some(fact) = facts.post(post) {
            readers.entry(fact.person).or_insert(post);
        }
    }
    readers.remove(&message.author.person);
    let mut receipts: HashMap<PersonId, Receipt> = HashMap::new();
    for (person, post) in readers {
        let read = marks.iter().any(|mark| mark.person == person && mark.sequence >= located.sequence);
        let reader = byline_of(&facts, person, post, now);
        receipts.insert(person, Receipt { reader, read, acknowledged_at: None });
    }
    for by in message.acknowledged {
        let at = by.at;
        let receipt =
            receipts.entry(by.person).or_insert(Receipt { reader: by, read: true, acknowledged_at: None });
        receipt.acknowledged_at = Some(at);
        receipt.read = true;
    }
    let mut receipts: Vec<Receipt> = receipts.into_values().collect();
    let readers = receipts.iter_mut().map(|receipt| &mut receipt.reader).collect();
    naming::name_bylines(store, &look, readers).await?;
    receipts.sort_by_cached_key(|receipt| by_name(&receipt.reader));
    Ok(receipts)
}

pub(super) fn by_name(by: &Byline) -> (Option<String>, PersonId) {
    (by.name.as_ref().map(|name| name.as_str().to_owned()), by.person)
}
