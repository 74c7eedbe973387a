//! My rooms with their heads, and one room with its members. No messages.

use super::read_receipts::by_name;
use crate::usecase::{Services, UseCaseError};
use std::collections::HashSet;
use tasuki_domain::{
    access::Detail,
    id::{PatientId, PersonId, PostId, RoomId},
    message_view::Byline,
    policy::{Caller, Facts, ReadRoom, ReadRooms},
    room::{RoomFact, RoomKind},
    text::Title,
    time::Timestamp,
};
use tasuki_store::{
    Revealed,
    table::{
        byline_of,
        home::Reader,
        naming,
        patient::{self, PatientHeader},
    },
};

/// A room, as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomHead {
    /// The room.
    pub room: RoomId,
    /// What it is.
    pub kind: RoomKind,
    /// The patient of a patient room.
    pub patient: Option<PatientId>,
    /// The title of a group room.
    pub title: Option<Title>,
    /// The other one of a direct conversation.
    pub other: Option<Byline>,
    /// Closed rooms can only be read.
    pub closed: bool,
    /// Whether there is something unread that the reader may see.
    pub unread: bool,
    /// Whether an urgent call that concerns the reader is not settled.
    pub urgent: bool,
}

/// A room with who is in it.
#[derive(Clone, Debug)]
pub struct RoomDetail {
    /// The room.
    pub head: RoomHead,
    /// The patient's header.
    pub patient: Option<PatientHeader>,
    /// Whoever may change a group's members.
    pub owner: Option<PersonId>,
    /// The members of a group room or conversation. A patient's room shows its audience by class instead.
    pub members: Vec<Byline>,
}

/// The rooms that I may see.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn read_rooms(services: &Services, caller: &Caller) -> Result<Vec<RoomHead>, UseCaseError> {
    let grant = services.store.decide(caller, ReadRooms {}).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let store = &services.store;
    let reader = Reader::of(store, caller).ok_or(UseCaseError::Missing)?;
    let unread: HashSet<RoomId> = store.unread(&reader).await?.into_iter().map(|room| room.room).collect();
    let urgent: HashSet<RoomId> = store.own_calls(&reader).await?.into_iter().map(|call| call.room).collect();
    let mut rooms: Vec<RoomId> = reader.rooms.keys().copied().collect();
    rooms.sort_unstable();
    let mut titles = store.room_titles(&look, &rooms).await?;
    let (facts, now) = (store.facts(), services.now());
    let mut heads = Vec::with_capacity(rooms.len());
    for fact in rooms.iter().filter_map(|room| facts.room(*room)) {
        let title = titles.remove(&fact.room);
        let mut head = head((&facts, now), fact, reader.person, title);
        head.unread = unread.contains(&fact.room);
        head.urgent = urgent.contains(&fact.room);
        heads.push(head);
    }
    let others = heads.iter_mut().filter_map(|head| head.other.as_mut()).collect();
    naming::name_bylines(store, &look, others).await?;
    Ok(heads)
}

/// One room.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn read_room(
    services: &Services,
    caller: &Caller,
    room: RoomId,
) -> Result<RoomDetail, UseCaseError> {
    let grant = services.store.decide(caller, ReadRoom { room }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let store = &services.store;
    let (facts, now) = (store.facts(), services.now());
    let fact = facts.room(room).ok_or(UseCaseError::Missing)?;
    let mut reader = Reader::of(store, caller).ok_or(UseCaseError::Missing)?;
    reader.rooms.retain(|own, _| *own == room);
    let title = store.room_titles(&look, &[room]).await?.remove(&room);
    let mut head = head((&facts, now), fact, reader.person, title);
    head.unread = !store.unread(&reader).await?.is_empty();
    head.urgent = !store.own_calls(&reader).await?.is_empty();
    let mut members: Vec<Byline> = current(fact, now).map(|person| member((&facts, now), person)).collect();
    let patient = patient_header(services, &look, fact.patient).await?;
    naming::name_bylines(store, &look, members.iter_mut().chain(head.other.as_mut()).collect()).await?;
    members.sort_by_cached_key(by_name);
    Ok(RoomDetail { head, patient, owner: fact.owner, members })
}

async fn patient_header(
    services: &Services,
    look: &Revealed<ReadRoom>,
    patient: Option<PatientId>,
) -> Result<Option<PatientHeader>, UseCaseError> {
    match patient {
        None => Ok(None),
        Some(patient) => Ok(patient::headers(&services.store, look, &[patient]).await?.pop()),
    }
}

fn current(room: &RoomFact, now: Timestamp) -> impl Iterator<Item = PersonId> {
    let members = room.members.iter().filter(move |(_, period)| period.contains(now));
    members.map(|(person, _)| *person)
}

/// A member under the post that begins first in the list of their live ones; a member without a post is shown too.
fn member((facts, now): (&Facts, Timestamp), person: PersonId) -> Byline {
    let post = facts.posts_of(person, now).map(|post| post.post).min();
    byline_of(facts, person, post.unwrap_or(PostId::from_uuid(uuid::Uuid::nil())), now)
}

fn head((facts, now): (&Facts, Timestamp), fact: &RoomFact, own: PersonId, title: Option<Title>) -> RoomHead {
    let other = match fact.kind {
        RoomKind::Direct => current(fact, now).find(|person| *person != own),
        RoomKind::Patient | RoomKind::Group => None,
    };
    RoomHead {
        room: fact.room,
        kind: fact.kind,
        patient: fact.patient,
        title,
        other: other.map(|person| member((facts, now), person)),
        closed: fact.closed,
        unread: false,
        urgent: false,
    }
}
