//! http: what is done to one message.

use super::{Body, Named, Problem, ProblemDocument, SignedIn, posted};
use crate::{
    usecase::{
        Services,
        rooms::{
            InRoom,
            acknowledge::acknowledge,
            answer_question::answer_question,
            answer_urgent::{answer_urgent, record_telephone},
            change_request::change_request,
            correct_message::{Correction, correct_message},
            read_receipts::read_receipts,
            read_versions::{copy_for_record, read_versions},
            take_over::{TakeOverOutcome, take_over},
            withdraw_message::withdraw_message,
        },
    },
    wire::{
        frame::{MessageBody, PostBody},
        message::{
            AnswerUrgent, ChangeRequest, CorrectMessage, HandoverTaken, Posted, Receipt, Receipts,
            TelephoneResult, Version, Versions, WithdrawMessage,
        },
    },
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tasuki_domain::id::{MessageId, RoomId};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(versions, correct))
        .routes(routes!(withdraw))
        .routes(routes!(receipts))
        .routes(routes!(understood))
        .routes(routes!(take))
        .routes(routes!(step))
        .routes(routes!(answer))
        .routes(routes!(urgent))
        .routes(routes!(telephone))
        .routes(routes!(copy))
}

fn in_room((room, message): (Uuid, Uuid)) -> InRoom {
    InRoom { room: RoomId::from_uuid(room), message: MessageId::from_uuid(message) }
}

/// 訂正: the author corrects; every version stays.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages/{message}/versions", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")),
    request_body = CorrectMessage, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `room.closed`, `message.changed`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn correct(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(command): Body<CorrectMessage>,
) -> Result<StatusCode, Problem> {
    let (body, reason) = command.parse()?;
    let correction = Correction { version: command.version, body, reason };
    correct_message(&services, &caller, in_room(named), correction).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every version of a message, of a withdrawn one too; a recorded look.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/messages/{message}/versions", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")), responses(
    (status = 200, body = Versions),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn versions(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
) -> Result<Json<Versions>, Problem> {
    let found = read_versions(&services, &caller, in_room(named)).await?;
    let version = |found: tasuki_domain::message_view::MessageVersion| Version {
        version: found.version,
        by: (&found.by).into(),
        text: found.body.as_str().to_owned(),
        reason: found.reason.as_str().to_owned(),
    };
    Ok(Json(Versions { versions: found.into_iter().map(version).collect() }))
}

/// 取消: the author takes the message back; the original stays for the record.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages/{message}/withdrawal", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")),
    request_body = WithdrawMessage, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `room.closed`, `message.withdrawn`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn withdraw(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(command): Body<WithdrawMessage>,
) -> Result<StatusCode, Problem> {
    withdraw_message(&services, &caller, in_room(named), command.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has read and acknowledged the message, by name; a recorded look.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/messages/{message}/receipts", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")), responses(
    (status = 200, body = Receipts),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn receipts(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
) -> Result<Json<Receipts>, Problem> {
    let found = read_receipts(&services, &caller, in_room(named)).await?;
    let receipts = found.iter().map(|found| Receipt {
        reader: (&found.reader).into(),
        read: found.read,
        acknowledged_at: found.acknowledged_at,
    });
    Ok(Json(Receipts { receipts: receipts.collect() }))
}

/// 了解, by name; a second time changes nothing.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/messages/{message}/acknowledgement", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `message.withdrawn`", body = ProblemDocument),
))]
async fn understood(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
) -> Result<StatusCode, Problem> {
    acknowledge(&services, &caller, in_room(named)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 引き受けた, by name; the first one has it.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/messages/{message}/handover", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")), responses(
    (status = 204),
    (status = 409, description = "`handover.taken`, with the name; `handover.not_one`, `message.withdrawn`", body = HandoverTaken),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn take(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    match take_over(&services, &caller, in_room(named)).await? {
        TakeOverOutcome::Taken(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        TakeOverOutcome::AlreadyTaken(by) => {
            let problem = Problem::from(crate::usecase::UseCaseError::conflict("handover.taken"));
            let body = HandoverTaken { problem: problem.document().clone(), taken_by: (&by).into() };
            let kind = HeaderValue::from_static("application/problem+json");
            Ok((StatusCode::CONFLICT, [(header::CONTENT_TYPE, kind)], Json(body)).into_response())
        }
    }
}

/// A step of a request (by its owner) or back to open (by its author).
#[utoipa::path(put, path = "/api/v1/rooms/{room}/messages/{message}/state", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")),
    request_body = ChangeRequest, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `request.not_one`, `request.changed`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn step(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(command): Body<ChangeRequest>,
) -> Result<StatusCode, Problem> {
    let step = (command.state, command.parse()?);
    change_request(&services, &caller, in_room(named), step).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to a question: a post of the question's own class.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages/{message}/answer", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The question.")),
    request_body = PostBody, responses(
    (status = 201, body = Posted),
    (status = 200, description = "It went in before: its first result.", body = Posted),
    (status = "default", description = "`session.*`, `missing`, `room.closed`, `question.not_one`, `request.changed`, `message.client_id_reused`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn answer(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(body): Body<PostBody>,
) -> Result<Response, Problem> {
    let InRoom { room, message } = in_room(named);
    Ok(posted(&answer_question(&services, &caller, message, body.into_post(room)?).await?))
}

/// 行きます or 行けません, by whoever is rung.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages/{message}/call/answers", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The urgent message.")),
    request_body = AnswerUrgent, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `own.only`, `urgent.not_one`, `urgent.settled`, `urgent.changed`, `body.*`", body = ProblemDocument),
))]
async fn urgent(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(command): Body<AnswerUrgent>,
) -> Result<StatusCode, Problem> {
    answer_urgent(&services, &caller, in_room(named), command.answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What came of the telephone call, when nobody answered.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/messages/{message}/call/telephone", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The urgent message.")),
    request_body = TelephoneResult, responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`, `urgent.not_one`, `urgent.not_telephone`, `urgent.changed`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn telephone(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
    Body(command): Body<TelephoneResult>,
) -> Result<StatusCode, Problem> {
    record_telephone(&services, &caller, in_room(named), command.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The message with author and time, for the official care record; the copying is recorded.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages/{message}/copies", tag = "messages",
    params(("room" = Uuid, Path, description = "The room."), ("message" = Uuid, Path, description = "The message.")), responses(
    (status = 200, body = MessageBody),
    (status = "default", description = "`session.*`, `missing`, `message.withdrawn`", body = ProblemDocument),
))]
async fn copy(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(named): Named<(Uuid, Uuid)>,
) -> Result<Json<MessageBody>, Problem> {
    let message = copy_for_record(&services, &caller, in_room(named)).await?;
    Ok(Json(MessageBody::of(&message, true)))
}
