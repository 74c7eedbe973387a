//! http: the same frames for browsers that do not show their certificate to WebSockets: server-sent events one way,
//! POST the other.

use super::{OnDevice, Problem, RequestFacts};
use crate::{
    http::Present,
    usecase::Services,
    wire::problem::ProblemDocument,
    ws::{Conversation, Opening, StreamKey, Streams},
};
use axum::{
    Extension,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of event streams.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(open_events))
        .routes(routes!(send_frame))
        .routes(routes!(open_device_events))
        .routes(routes!(send_device_frame))
        .layer(Extension(Streams::default()))
}

/// Opens the event stream of a signed-in person
///
/// Every event's data is one server frame. A session has one stream: another one ends it. There is no event id; a
/// client resumes with its cursors (`hello`, `open_room`).
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "live",
    responses(
        (status = 200, description = "Server frames, one per event", content_type = "text/event-stream", body = String),
        (status = 401, description = "`session.ended`", body = ProblemDocument),
        (status = 403, description = "`device.refused`, `request.origin`", body = ProblemDocument),
    )
)]
async fn open_events(
    State(services): State<Services>,
    Extension(streams): Extension<Streams>,
    OnDevice(_, facts): OnDevice,
    Present(caller): Present,
) -> Result<Response, Problem> {
    let session = caller.session().cloned().ok_or_else(Problem::missing)?;
    let key = StreamKey::Session(session.session);
    Ok(stream(services, &streams, (key, Opening::Session(session)), facts))
}

/// Opens the event stream of a device on which nobody is signed in
#[utoipa::path(
    get,
    path = "/api/v1/device/events",
    tag = "live",
    responses(
        (status = 200, description = "Server frames, one per event", content_type = "text/event-stream", body = String),
        (status = 403, description = "`device.refused`, `request.origin`", body = ProblemDocument),
    )
)]
async fn open_device_events(
    State(services): State<Services>,
    Extension(streams): Extension<Streams>,
    OnDevice(_, facts): OnDevice,
) -> Response {
    let key = StreamKey::Device(facts.device.device);
    stream(services, &streams, (key, Opening::Device), facts)
}

/// Sends one client frame beside the session's event stream
///
/// The answer holds the frames that a WebSocket would answer with. Other frames go to the stream and may overtake it.
#[utoipa::path(
    post,
    path = "/api/v1/frames",
    tag = "live",
    request_body(content = String, content_type = "application/json", description = "One client frame"),
    responses(
        (status = 200, description = "An array of server frames", content_type = "application/json", body = String),
        (status = 401, description = "`session.ended`", body = ProblemDocument),
        (status = 409, description = "`stream.closed`: open the event stream first", body = ProblemDocument),
        (status = 413, description = "`body.size`", body = ProblemDocument),
        (status = 429, description = "`rate`", body = ProblemDocument),
    )
)]
async fn send_frame(
    State(services): State<Services>,
    Extension(streams): Extension<Streams>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Present(caller) = Present::from_request_parts(&mut parts, &services).await?;
    let session = caller.session().ok_or_else(Problem::missing)?.session;
    pass(&services, &streams, StreamKey::Session(session), body).await
}

/// Sends one client frame beside the device's event stream
#[utoipa::path(
    post,
    path = "/api/v1/device/frames",
    tag = "live",
    request_body(content = String, content_type = "application/json", description = "One client frame"),
    responses(
        (status = 200, description = "An array of server frames", content_type = "application/json", body = String),
        (status = 409, description = "`stream.closed`: open the event stream first", body = ProblemDocument),
        (status = 413, description = "`body.size`", body = ProblemDocument),
        (status = 429, description = "`rate`", body = ProblemDocument),
    )
)]
async fn send_device_frame(
    State(services): State<Services>,
    Extension(streams): Extension<Streams>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let OnDevice(_, facts) = OnDevice::from_request_parts(&mut parts, &services).await?;
    pass(&services, &streams, StreamKey::Device(facts.device.device), body).await
}

fn stream(
    services: Services,
    streams: &Streams,
    (key, opening): (StreamKey, Opening),
    facts: RequestFacts,
) -> Response {
    let token = facts.connection.clone();
    let conversation = Conversation::open(services, facts, opening);
    let mut response = Response::new(Body::from_stream(streams.open(key, conversation, token)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn pass(
    services: &Services,
    streams: &Streams,
    key: StreamKey,
    body: Body,
) -> Result<Response, Problem> {
    let most = usize::try_from(services.config.limits.frame_bytes.get()).unwrap_or(usize::MAX);
    let frame = to_bytes(body, most).await.map_err(|_| {
        let (japanese, english) = ("送る内容が大きすぎます。", "The frame is too large.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body.size", japanese, english)
    })?;
    let Some(frames) = streams.send(key, frame).await else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "stream.closed",
            "接続が切れています。つなぎ直します。",
            "There is no open event stream: open it first.",
        ));
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], array(&frames)).into_response())
}

/// Frames are JSON already.
fn array(frames: &[Bytes]) -> Vec<u8> {
    let mut array = vec![b'['];
    for (number, frame) in frames.iter().enumerate() {
        if number > 0 {
            array.push(b',');
        }
        array.extend_from_slice(frame);
    }
    array.push(b']');
    array
}
