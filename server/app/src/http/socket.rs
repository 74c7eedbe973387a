//! http: where WebSockets begin. What follows is `server/protocol.md`.

use super::{OnDevice, Present, Problem, RequestFacts};
use crate::{
    usecase::Services,
    wire::{frame, problem::ProblemDocument},
    ws::{self, Conversation, Opening},
};
use axum::{
    extract::{State, ws::WebSocketUpgrade},
    http::StatusCode,
    response::Response,
    routing::any,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// No frame of the server is larger; one must fit beside what already waits.
const LARGEST_FRAME: usize = 1024 * 1024;

/// The routes of WebSockets: GET over HTTP/1.1, CONNECT over HTTP/2.
pub fn routes() -> OpenApiRouter<Services> {
    let (schemas, paths, _) = routes!(open_socket);
    let (device_schemas, device_paths, _) = routes!(open_device_socket);
    OpenApiRouter::new().routes((schemas, paths, any(open_socket))).routes((
        device_schemas,
        device_paths,
        any(open_device_socket),
    ))
}

/// Opens the WebSocket of a signed-in person
///
/// The session may be locked: then it carries no content until it is returned to. It closes with 4401 when the
/// session, the person's post or the device ends.
#[utoipa::path(
    get,
    path = "/api/v1/socket",
    tag = "live",
    params(("Sec-WebSocket-Protocol" = String, Header, description = "Must offer `tasuki.v1`.")),
    responses(
        (status = 101, description = "Upgraded; 200 over HTTP/2 (RFC 8441)."),
        (status = 400, description = "`socket.protocol`, or not a WebSocket request", body = ProblemDocument),
        (status = 401, description = "`session.ended`", body = ProblemDocument),
        (status = 403, description = "`device.refused`, `request.origin`", body = ProblemDocument),
    )
)]
async fn open_socket(
    State(services): State<Services>,
    OnDevice(_, facts): OnDevice,
    Present(caller): Present,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let session = caller.session().cloned().ok_or_else(Problem::missing)?;
    begin(services, facts, Opening::Session(session), upgrade)
}

/// Opens the WebSocket of a device on which nobody is signed in
///
/// It carries no content: it rings for what is urgent at its place, and takes queued items.
#[utoipa::path(
    get,
    path = "/api/v1/device/socket",
    tag = "live",
    params(("Sec-WebSocket-Protocol" = String, Header, description = "Must offer `tasuki.v1`.")),
    responses(
        (status = 101, description = "Upgraded; 200 over HTTP/2 (RFC 8441)."),
        (status = 400, description = "`socket.protocol`, or not a WebSocket request", body = ProblemDocument),
        (status = 403, description = "`device.refused`, `request.origin`", body = ProblemDocument),
    )
)]
async fn open_device_socket(
    State(services): State<Services>,
    OnDevice(_, facts): OnDevice,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    begin(services, facts, Opening::Device, upgrade)
}

fn begin(
    services: Services,
    facts: RequestFacts,
    opening: Opening,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let limits = &services.config.limits;
    let small = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let frame_bytes = small(limits.frame_bytes.get());
    let write_bytes = small(limits.socket_write_buffer_bytes.get());
    // Compression is not offered: its memory is many times the rest, and its sizes tell about content.
    let upgrade = upgrade
        .protocols([frame::PROTOCOL])
        .read_buffer_size(small(limits.socket_read_buffer_bytes.get()))
        .write_buffer_size(write_bytes / 16)
        .max_write_buffer_size(write_bytes.saturating_add(LARGEST_FRAME))
        .max_message_size(frame_bytes)
        .max_frame_size(frame_bytes);
    if upgrade.selected_protocol().is_none() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "socket.protocol",
            "画面のプログラムが古いようです。読み込み直してください。",
            "The subprotocol tasuki.v1 must be offered.",
        ));
    }
    let token = facts.connection.clone();
    Ok(upgrade
        .on_upgrade(move |socket| ws::serve(socket, Conversation::open(services, facts, opening), token)))
}
