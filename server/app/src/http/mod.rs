//! The HTTP door: every route with its guard, on one page. Handlers translate; use cases decide.

mod body;
mod directory;
mod guard;
mod headers;
mod matrix;
mod organizations;
mod parameters;
mod people;
mod places;
mod posts;
mod problem;
mod request;
mod roles;

pub use body::Body;
pub use guard::{OnDevice, Present, SignedIn};
pub use problem::Problem;
pub use request::RequestFacts;

pub use crate::wire::problem::ProblemDocument;

use crate::usecase::Services;
use axum::{Json, Router, middleware, routing::get};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What the API description begins with.
#[derive(OpenApi)]
#[openapi(info(
    title = "Tasuki",
    description = "Messaging of a regional care consortium. Every route needs TLS 1.3 with a registered client certificate; times are microseconds UTC; errors are RFC 9457 problem documents with a stable `code`."
))]
struct Description;

/// Every route of the device door, with its description.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(directory::routes())
        .merge(matrix::routes())
        .merge(organizations::routes())
        .merge(people::routes())
        .merge(places::routes())
        .merge(posts::routes())
        .merge(roles::routes())
}

/// The device door: routes, the description of them, and what surrounds every request.
pub fn router(services: Services) -> Router {
    let (router, description) = routes().split_for_parts();
    let router =
        router.route("/api/v1/openapi.json", get(move || std::future::ready(Json(description.clone()))));
    router
        .fallback(|| std::future::ready(Problem::missing()))
        .layer(middleware::from_fn(headers::surround))
        .layer(middleware::from_fn_with_state(services.clone(), request::identify_request))
        .with_state(services)
}
