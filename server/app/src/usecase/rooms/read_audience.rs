//! Who will see a post of a class: asked before sending.

use super::read_receipts::by_name;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::RoomId,
    info_class::InfoClassId,
    message_view::Byline,
    policy::{Caller, ReadAudience},
};
use tasuki_store::table::{byline_of, naming};

/// Everybody who could read a post of that class, under each of their posts, in order of name.
///
/// # Errors
/// A refusal: one asks only where one may write.
pub async fn read_audience(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    class: InfoClassId,
) -> Result<Vec<Byline>, UseCaseError> {
    let grant = services.store.decide(caller, ReadAudience { room, class }).await?;
    let detail = Detail::default().with("class", class.0);
    let look = services.store.reveal_within_window(grant, detail).await?;
    let (facts, now) = (services.store.facts(), services.now());
    let readers = facts.audience(room, class, now);
    let mut readers: Vec<Byline> = readers
        .into_iter()
        .filter_map(|post| facts.post(post).map(|fact| byline_of(&facts, fact.person, post, now)))
        .collect();
    naming::name_bylines(&services.store, &look, readers.iter_mut().collect()).await?;
    readers.sort_by_cached_key(by_name);
    Ok(readers)
}
