//! Group rooms and direct conversations: making them, who is in them, closing and opening.

use super::Happened;
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    id::{PersonId, RoomId},
    policy::{Caller, ChangeRoomMembers, CloseRoom, CreateRoom, ReopenRoom},
    problem::{FieldProblem, FieldRule},
    text::Title,
};
use tasuki_store::{Committed, table::room};
use uuid::Uuid;

/// The most members of a group room that can be named at once.
pub const MOST_MEMBERS: usize = 200;

/// Makes a group room, owned by the caller.
///
/// # Errors
/// A refusal; `members` when somebody is not at work in the consortium.
pub async fn create_group(
    services: &Services,
    caller: &Caller,
    (title, members): (Title, Vec<PersonId>),
) -> Result<(RoomId, Committed<Happened>), UseCaseError> {
    at_work(services, "members", &members)?;
    let room = RoomId::from_uuid(Uuid::new_v4());
    let detail = Detail::default().with("kind", "group").with("members", super::read_home::listed(&members));
    let command = ((title, members), detail);
    let committed =
        perform(services, caller, CreateRoom { room }, command, |batch, grant, (title, members)| {
            Box::pin(room::create_group(batch, grant, (title, members)))
        })
        .await?;
    Ok((room, services.told(committed.map(|()| Happened::room(room)))))
}

/// The caller's conversation with another: made when there is none.
///
/// # Errors
/// A refusal; `person` when it is oneself or nobody at work in the consortium.
pub async fn open_direct(
    services: &Services,
    caller: &Caller,
    other: PersonId,
) -> Result<(RoomId, Option<Committed<Happened>>), UseCaseError> {
    let own = caller.session().ok_or(UseCaseError::Missing)?.person;
    let act = CreateRoom { room: RoomId::from_uuid(Uuid::new_v4()) };
    services.store.decide(caller, act.clone()).await?;
    if other == own {
        return Err(FieldProblem::new("person", FieldRule::Choice).into());
    }
    if let Some(room) = services.store.direct_room(own, other).await? {
        return Ok((room, None));
    }
    at_work(services, "person", &[other])?;
    let detail = Detail::default().with("kind", "direct").with("members", other);
    let committed = perform(services, caller, act, (other, detail), |batch, grant, other| {
        Box::pin(room::create_direct(batch, grant, *other))
    })
    .await?;
    let room = *committed.value();
    Ok((room, Some(services.told(committed.map(|_| Happened::room(room))))))
}

/// Lets people into a group room and out of it; by its owner.
///
/// # Errors
/// A refusal; `add` when somebody is not at work in the consortium; `room.not_a_group`; `room.owner_stays`.
pub async fn change_members(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    (add, remove): (Vec<PersonId>, Vec<PersonId>),
) -> Result<Committed<Happened>, UseCaseError> {
    services.store.decide(caller, ChangeRoomMembers { room }).await?;
    at_work(services, "add", &add)?;
    let detail = Detail::default()
        .with("add", super::read_home::listed(&add))
        .with("remove", super::read_home::listed(&remove));
    let command = ((add, remove), detail);
    let changing = perform(services, caller, ChangeRoomMembers { room }, command, |batch, grant, change| {
        Box::pin(room::change_members(batch, grant, (&change.0, &change.1)))
    });
    let committed = services.ending_rights(Some(room), changing).await?;
    Ok(services.told(committed.map(|()| Happened::room(room))))
}

/// Closes a group room, or opens it again; by its owner.
///
/// # Errors
/// A refusal; `room.closed`, `room.open`.
pub async fn set_closed(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    closed: bool,
) -> Result<Committed<Happened>, UseCaseError> {
    let command = ((), Detail::default());
    let committed = if closed {
        perform(services, caller, CloseRoom { room }, command, |batch, grant, ()| {
            Box::pin(room::close(batch, grant))
        })
        .await?
    } else {
        perform(services, caller, ReopenRoom { room }, command, |batch, grant, ()| {
            Box::pin(room::reopen(batch, grant))
        })
        .await?
    };
    Ok(services.told(committed.map(|()| Happened::room(room))))
}

fn at_work(services: &Services, field: &'static str, people: &[PersonId]) -> Result<(), FieldProblem> {
    if people.len() > MOST_MEMBERS {
        return Err(FieldProblem::new(field, FieldRule::TooMany(MOST_MEMBERS)));
    }
    let (facts, now) = (services.store.facts(), services.now());
    let at_work = |person: &PersonId| {
        facts.person(*person).is_some_and(|fact| fact.period.contains(now))
            && facts.posts_of(*person, now).next().is_some()
    };
    if people.iter().all(at_work) { Ok(()) } else { Err(FieldProblem::new(field, FieldRule::Choice)) }
}
