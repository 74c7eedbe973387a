//! http: the key that a session borrows to queue posts on its device.

use super::{Problem, SignedIn};
use crate::{
    usecase::{Services, live::queue},
    wire::{problem::ProblemDocument, queue::QueueKeyBody},
};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of queued posts.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(lend_queue_key))
}

/// Lends this session a key with which its page tags posts that wait for the network
///
/// Keep it in the page's memory only. Items are sealed to `public_key`; see `server/protocol.md`.
#[utoipa::path(
    post,
    path = "/api/v1/queue/key",
    tag = "live",
    responses(
        (status = 200, description = "The key, told once", body = QueueKeyBody),
        (status = 401, description = "`session.ended`, `session.locked`", body = ProblemDocument),
    )
)]
async fn lend_queue_key(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
) -> Result<Json<QueueKeyBody>, Problem> {
    let lent = queue::lend_key(&services, &caller).await?;
    Ok(Json(QueueKeyBody::new(lent.id, lent.generation, &lent.key, &lent.public)))
}
