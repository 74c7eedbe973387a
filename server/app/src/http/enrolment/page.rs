//! The page of the door for enrolment, which no client certificate guards: small, without a framework, under the same
//! policy as everything else. It speaks to the two routes beside it and knows nothing.

use crate::config::Server;
use axum::{
    Router,
    http::{HeaderName, header},
    response::Html,
    routing::get,
};
use std::sync::Arc;

/// The page and what it loads.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(server: &Server) -> Router<S> {
    let door = match server.listen.port() {
        443 => format!("https://{}/", server.name.as_str()),
        port => format!("https://{}:{port}/", server.name.as_str()),
    };
    let page: Arc<str> = include_str!("page/index.html").replace("{{door}}", &door).into();
    Router::new()
        .route("/", get(move || std::future::ready(Html(page.to_string()))))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page/page.js")))
        .route("/icon.svg", file("image/svg+xml", include_str!("page/icon.svg")))
}

fn file<S: Clone + Send + Sync + 'static>(
    content_type: &'static str,
    text: &'static str,
) -> axum::routing::MethodRouter<S> {
    let answer: ([(HeaderName, &str); 1], &str) = ([(header::CONTENT_TYPE, content_type)], text);
    get(move || std::future::ready(answer.clone()))
}
