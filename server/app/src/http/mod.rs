//! The HTTP door: every route with its guard, on one page. Handlers translate; use cases decide.

mod access_log;
mod attachments;
mod body;
mod care_teams;
mod consents;
mod cookie;
mod devices;
mod directory;
mod drafts;
pub mod enrolment;
mod events;
mod first_sign_in;
mod guard;
mod headers;
mod home;
mod matrix;
mod me;
mod messages;
mod organizations;
mod page;
mod parameters;
mod patients;
mod people;
mod person_enrolment;
mod places;
mod posts;
mod problem;
mod queue;
mod request;
mod roles;
mod rooms;
mod sentences;
mod session;
mod sign_in;
mod socket;
mod start_screen;
mod system;

pub use body::Body;
pub use guard::{OnDevice, Present, SignedIn};
pub use problem::Problem;
pub use request::RequestFacts;

pub use crate::wire::problem::ProblemDocument;

use crate::usecase::Services;
use axum::{Json, Router, extract::Request, middleware, routing::get};
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
        .merge(attachments::routes())
        .merge(care_teams::routes())
        .merge(consents::routes())
        .merge(devices::routes())
        .merge(access_log::routes())
        .merge(directory::routes())
        .merge(drafts::routes())
        .merge(first_sign_in::routes())
        .merge(home::routes())
        .merge(matrix::routes())
        .merge(me::routes())
        .merge(messages::routes())
        .merge(organizations::routes())
        .merge(patients::routes())
        .merge(people::routes())
        .merge(person_enrolment::routes())
        .merge(places::routes())
        .merge(posts::routes())
        .merge(roles::routes())
        .merge(rooms::routes())
        .merge(session::routes())
        .merge(sign_in::routes())
        .merge(start_screen::routes())
        .merge(socket::routes())
        .merge(events::routes())
        .merge(queue::routes())
        .merge(system::routes())
}

/// The device door: routes, the description of them, the page, and what surrounds every request.
pub fn router(services: Services) -> Router {
    let page = page::Page::of_this_build();
    let (router, description) = routes().split_for_parts();
    let router =
        router.route("/api/v1/openapi.json", get(move || std::future::ready(Json(description.clone()))));
    router
        .fallback(move |request: Request| std::future::ready(page.answer(&request)))
        .layer(middleware::from_fn(headers::surround))
        .layer(middleware::from_fn_with_state(services.clone(), request::identify_request))
        .with_state(services)
}
