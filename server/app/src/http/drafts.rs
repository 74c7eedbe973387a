//! http: drafts: one's own, one for each room.

use super::{Body, Problem, ProblemDocument, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        rooms::drafts::{discard_draft, read_draft, save_draft},
    },
    wire::room::{DraftBody, DraftKept, KeptDraft},
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::id::RoomId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The routes of drafts; each demands a person who is signed in, the use case the rest.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read, save, discard))
}

/// My draft for a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/draft", tag = "drafts",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 200, body = KeptDraft),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn read(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<Json<KeptDraft>, Problem> {
    let (draft, saved_at) = read_draft(&services, &caller, RoomId::from_uuid(room)).await?.unzip();
    Ok(Json(KeptDraft { saved_at, draft: draft.map(Into::into) }))
}

/// Keeps my draft in place of the one before, sealed under me.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/draft", tag = "drafts",
    params(("room" = Uuid, Path, description = "The room.")), request_body = DraftBody, responses(
    (status = 200, body = DraftKept),
    (status = "default", description = "`session.*`, `missing`, `body.*`, `field.*`", body = ProblemDocument),
))]
async fn save(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
    Body(body): Body<DraftBody>,
) -> Result<Json<DraftKept>, Problem> {
    let saved_at = save_draft(&services, &caller, RoomId::from_uuid(room), body.parse()?).await?;
    Ok(Json(DraftKept { saved_at }))
}

/// Takes my draft away; there may be none.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/draft", tag = "drafts",
    params(("room" = Uuid, Path, description = "The room.")), responses(
    (status = 204),
    (status = "default", description = "`session.*`, `missing`", body = ProblemDocument),
))]
async fn discard(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
    Named(room): Named<Uuid>,
) -> Result<StatusCode, Problem> {
    discard_draft(&services, &caller, RoomId::from_uuid(room)).await?;
    Ok(StatusCode::NO_CONTENT)
}
