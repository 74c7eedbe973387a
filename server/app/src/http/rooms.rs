//! http: rooms: mine, one, group rooms and direct conversations, and copies lent to a device.

use super::{Body, Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        rooms::{
            keep_room::{change_members, create_group, open_direct, set_closed},
            lend_room::{lend_room, offline_look},
            read_rooms::{self, read_room, read_rooms},
        },
    },
    wire::{
        frame::MessageBody,
        room::{
            ChangeMembers, CreateRoom, LendRoom, LentRoom, OfflineLook, OpenDirect, Room, RoomHead, RoomMade,
            Rooms,
        },
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::RoomId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of rooms; each demands a person who is signed in, the use case the rest.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(direct))
        .routes(routes!(one))
        .routes(routes!(members))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(lend))
        .routes(routes!(looked))
}

/// The rooms that I may see, with whether something is unread or urgent; no messages.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", responses(
    (status = 200, body = Rooms),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn list(SignedIn(caller): SignedIn, State(services): State<Services>) -> Result<Json<Rooms>, Problem> {
    let rooms = read_rooms(&services, &caller).await?;
    Ok(Json(Rooms { rooms: rooms.iter().map(head).collect() }))
}

fn head(found: &read_rooms::RoomHead) -> RoomHead {
    RoomHead {
        room: found.room,
        kind: found.kind,
        patient: found.patient,
        title: found.title.as_ref().map(|title| title.as_str().to_owned()),
        other: found.other.as_ref().map(Into::into),
        closed: found.closed,
        unread: found.unread,
        urgent: found.urgent,
    }
}

/// A new group room; whoever makes it owns it.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", request_body = CreateRoom, responses(
    (status = 201, body = RoomMade),
    (status = "default", description = "`session.*`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn create(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<CreateRoom>,
) -> Result<(StatusCode, Json<RoomMade>), Problem> {
    let (room, _) = create_group(&services, &caller, (body.title()?, body.members)).await?;
    Ok((StatusCode::CREATED, Json(RoomMade { room })))
}

/// The conversation with one other person: made when there is none, found otherwise.
#[utoipa::path(put, path = "/api/v1/rooms/direct", tag = "rooms", request_body = OpenDirect, responses(
    (status = 200, body = RoomMade),
    (status = "default", description = "`session.*`, `body.*`, `field.choice` (`person`)", body = ProblemDocument),
))]
async fn direct(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Body(body): Body<OpenDirect>,
) -> Result<Json<RoomMade>, Problem> {
    let (room, _) = open_direct(&services, &caller, body.person).await?;
    Ok(Json(RoomMade { room }))
}

/// A room with its members or its patient; no messages.
#[utoipa::path(get, path = "/api/v1/rooms/{room}", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 200, body = Room),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn one(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<Json<Room>, Problem> {
    let found = read_room(&services, &caller, RoomId::from_uuid(room)).await?;
    Ok(Json(Room {
        head: head(&found.head),
        header: found.patient.as_ref().map(super::home::patient),
        owner: found.owner,
        members: found.members.iter().map(Into::into).collect(),
    }))
}

/// People come into a group room or leave it; by its owner.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/members", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), request_body = ChangeMembers, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `room.not_a_group`, `room.owner_stays`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn members(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<ChangeMembers>,
) -> Result<StatusCode, Problem> {
    change_members(&services, &caller, RoomId::from_uuid(room), (body.add, body.remove)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A group room closes: it stays readable and takes no posts; by its owner.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/close", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `room.closed`", body = ProblemDocument),
))]
async fn close(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    set_closed(&services, &caller, RoomId::from_uuid(room), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A closed group room opens again; by its owner.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/reopen", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `room.open`", body = ProblemDocument),
))]
async fn reopen(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    set_closed(&services, &caller, RoomId::from_uuid(room), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A copy of the newest messages for reading without network, until a stated time; the lend is recorded first.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/lends", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), request_body = LendRoom, responses(
    (status = 201, body = LentRoom),
    (status = "default", description = "`session.*`, `missing`, `body.*`, `field.past`, `field.time` (`until`)", body = ProblemDocument),
))]
async fn lend(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<LendRoom>,
) -> Result<(StatusCode, Json<LentRoom>), Problem> {
    let lent = lend_room(&services, &caller, RoomId::from_uuid(room), body.until).await?;
    let answer = LentRoom {
        until: lent.until,
        after: lent.messages.last().map(|message| lent.reader.cursor(message.sequence)),
        messages: lent.messages.iter().map(|message| MessageBody::of(message, true)).collect(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// A look at a lent copy is told late, with the device's own times.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/offline_looks", tag = "rooms",
    params(("room" = Uuid, Path, description = "The room.")), request_body = OfflineLook, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `body.*`, `field.interval`, `field.time` (`from`, `until`)", body = ProblemDocument),
))]
async fn looked(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<OfflineLook>,
) -> Result<StatusCode, Problem> {
    offline_look(&services, &caller, RoomId::from_uuid(room), (body.from, body.until)).await?;
    Ok(StatusCode::NO_CONTENT)
}
