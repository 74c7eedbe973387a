//! http: messages of a room: posting, reading back, and what is done to one.

mod acts;
mod answer;

pub(super) use answer::page;

use super::{
    Body, Problem, ProblemDocument, SignedIn,
    parameters::{Asked, Named},
};
use crate::{
    usecase::{
        Services,
        rooms::{
            close_look::close_look,
            mark_read::mark_read_by_cursor,
            open_room::open_room,
            post_message::{PostOutcome, post_message},
            read_audience::read_audience,
            read_history::read_history,
        },
    },
    wire::{
        frame::PostBody,
        message::{Audience, AudienceQuestion, HistoryQuestion, MarkRead, MessagePage, OpenedRoom, Posted},
    },
};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tasuki_domain::id::{LookId, RoomId};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of messages; each demands a person who is signed in, the use case the rest.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(history, post))
        .routes(routes!(open))
        .routes(routes!(close))
        .routes(routes!(mark))
        .routes(routes!(audience))
        .merge(acts::routes())
}

/// A post in the room; the same `client_id` again gives the first result and posts nothing.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages", tag = "messages",
    params(("room" = Uuid, Path, description = "The room.")), request_body = PostBody, responses(
    (status = 201, body = Posted),
    (status = 200, description = "It went in before: its first result.", body = Posted),
    (status = "default", description = "`session.*`, `missing`, `room.closed`, `message.client_id_reused`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn post(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<PostBody>,
) -> Result<Response, Problem> {
    let post = body.into_post(RoomId::from_uuid(room))?;
    Ok(posted(&post_message(&services, &caller, post).await?))
}

fn posted(outcome: &PostOutcome) -> Response {
    let first = outcome.first();
    let status = match outcome {
        PostOutcome::Fresh(..) => StatusCode::CREATED,
        PostOutcome::Repeated(_) => StatusCode::OK,
    };
    (status, Json(Posted { message: first.message, received_at: first.received_at })).into_response()
}

/// A page of messages: the newest, those around a place, or those of a day. Each page is a recorded look.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/messages", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), HistoryQuestion), responses(
    (status = 200, body = MessagePage),
    (status = "default", description = "`session.*`, `missing`, `query.form`, `field.form` (`cursor`), `field.time` (`date`), `field.range` (`limit`)", body = ProblemDocument),
))]
async fn history(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Asked(question): Asked<HistoryQuestion>,
) -> Result<Json<MessagePage>, Problem> {
    let limit = question.limit()?;
    let query = answer::query(question)?;
    let found = read_history(&services, &caller, RoomId::from_uuid(room), (query, limit)).await?;
    Ok(Json(page(&found.messages, |sequence| found.reader.cursor(sequence), found.more)))
}

/// Opens the room: the look is recorded, then the newest messages come. Live delivery covers what arrives.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/looks", tag = "messages",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 201, body = OpenedRoom),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn open(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<(StatusCode, Json<OpenedRoom>), Problem> {
    let opened = open_room(&services, &caller, RoomId::from_uuid(room)).await?;
    let page = page(&opened.messages, |sequence| opened.reader.cursor(sequence), opened.older);
    Ok((StatusCode::CREATED, Json(OpenedRoom { look: opened.look.act().look, page })))
}

/// The last message shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Shown {
    /// The place of the last message shown; left out when none was.
    #[param(max_length = 64)]
    through: Option<String>,
}

/// Closes a look: the room left the screen.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/looks/{look}", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("look" = Uuid, Path, description = "The look."), Shown), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `query.form`, `field.form` (`cursor`)", body = ProblemDocument),
))]
async fn close(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named((room, look)): Named<(Uuid, Uuid)>,
    Asked(shown): Asked<Shown>,
) -> Result<StatusCode, Problem> {
    let look = (RoomId::from_uuid(room), LookId::from_uuid(look));
    close_look(&services, &caller, look, shown.through.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The room was read up to a place. Made durable with other marks within a second; the open look is its evidence.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/read", tag = "messages",
    params(("room" = Uuid, Path, description = "The room.")), request_body = MarkRead, responses(
    (status = 202),
    (status = "default", description = "`session.*`, `missing`, `room.not_open`, `body.*`, `field.form` (`cursor`)", body = ProblemDocument),
))]
async fn mark(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<MarkRead>,
) -> Result<StatusCode, Problem> {
    mark_read_by_cursor(&services, &caller, (RoomId::from_uuid(room), &body.cursor)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Who will see a post of a class; asked before sending.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/audience", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), AudienceQuestion), responses(
    (status = 200, body = Audience),
    (status = "default", description = "`session.*`, `missing`, `room.closed`, `query.form`", body = ProblemDocument),
))]
async fn audience(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Asked(question): Asked<AudienceQuestion>,
) -> Result<Json<Audience>, Problem> {
    let readers = read_audience(&services, &caller, RoomId::from_uuid(room), question.class).await?;
    Ok(Json(Audience { readers: readers.iter().map(Into::into).collect() }))
}

#[cfg(test)]
mod tests;
