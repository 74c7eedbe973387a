//! App floor: lines about the running of the server. They hold routes, numbers and times; never a query, a header, a
//! cookie, a body, or anything about a person.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Method};
use tracing::{Instrument, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};
use uuid::Uuid;

use crate::config::{Level, Telemetry};

/// The answer's header that carries the request's number, for a person who reports a problem.
const REQUEST_ID: &str = "x-request-id";

/// The number of a request: drawn here, never taken from the client. An extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

/// The lines could not be set up because something else has taken their place.
#[derive(Debug, thiserror::Error)]
#[error("the lines about the running are already set up")]
pub struct AlreadyInstalled(#[source] tracing_subscriber::util::TryInitError);

/// Sends this process's lines to standard error from now on.
///
/// # Errors
/// [`AlreadyInstalled`] on a second call.
pub fn install(settings: &Telemetry) -> Result<(), AlreadyInstalled> {
    subscriber(settings, std::io::stderr).try_init().map_err(AlreadyInstalled)
}

/// Sends this process's lines somewhere else, for whoever reads what is written there.
///
/// # Errors
/// [`AlreadyInstalled`] on a second call.
pub fn install_into<W>(settings: &Telemetry, writer: W) -> Result<(), AlreadyInstalled>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    subscriber(settings, writer).try_init().map_err(AlreadyInstalled)
}

/// The lines as configured, into any writer.
fn subscriber<W>(settings: &Telemetry, writer: W) -> impl Subscriber + Send + Sync + use<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    let lines: Box<dyn Layer<Registry> + Send + Sync> =
        if settings.json { lines.json().boxed() } else { lines.boxed() };
    tracing_subscriber::registry().with(lines.with_filter(targets(settings.level)))
}

/// Our own rooms from the configured weight on; libraries from a warning on, because their smaller lines quote what
/// they handle (headers, statements).
fn targets(level: Level) -> Targets {
    let own = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
    };
    Targets::new().with_default(own.min(LevelFilter::WARN)).with_target("tasuki", own)
}

/// Gives each request a number and writes one line when it is answered. Put it on the whole router with
/// `Router::layer(axum::middleware::from_fn(trace_request))`, after the routes.
pub async fn trace_request(mut request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!(
        "request",
        request.id = %id,
        http.method = method(request.method()),
        http.route = route.as_ref().map_or("(no route)", MatchedPath::as_str),
    );
    request.extensions_mut().insert(RequestId(id));
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| {
        if status >= 500 {
            tracing::error!(http.status = status, duration_ms, "A request failed");
        } else {
            tracing::info!(http.status = status, duration_ms, "A request was answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The method if it is a known one: any other is the client's own text.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use axum::{Router, body::Body, middleware::from_fn, routing::any};
    use tower::ServiceExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Paper {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }

        fn begin(&self, settings: &Telemetry) -> tracing::subscriber::DefaultGuard {
            let paper = self.clone();
            tracing::subscriber::set_default(subscriber(settings, move || paper.clone()))
        }
    }

    fn router() -> Router {
        async fn handler(id: axum::Extension<RequestId>, body: String) -> String {
            tracing::debug!("Inside");
            format!("{} {}", id.0.0, body.len())
        }
        async fn failing() -> http::StatusCode {
            http::StatusCode::INTERNAL_SERVER_ERROR
        }
        Router::new()
            .route("/rooms/{room}", any(handler))
            .route("/failing", any(failing))
            .layer(from_fn(trace_request))
    }

    fn request(method: &str, path: &str) -> Request {
        http::Request::builder()
            .method(method)
            .uri(format!("https://tasuki.test{path}?q=canary-in-query"))
            .header("cookie", "__Host-session=canary-in-cookie")
            .header("authorization", "Bearer canary-in-authorization")
            .header("x-request-id", "canary-in-request-id")
            .header("user-agent", "canary-in-agent")
            .body(Body::from("canary-in-body"))
            .unwrap()
    }

    #[tokio::test]
    async fn lines_name_route_status_and_number_and_nothing_that_came_with_the_request() {
        for json in [true, false] {
            let paper = Paper::default();
            let guard = paper.begin(&Telemetry { level: Level::Debug, json });
            let known = router().oneshot(request("POST", "/rooms/17")).await.unwrap();
            let unknown = router().oneshot(request("GET", "/canary-in-path")).await.unwrap();
            let odd = router().oneshot(request("CANARY-IN-METHOD", "/rooms/17")).await.unwrap();
            let failed = router().oneshot(request("GET", "/failing")).await.unwrap();
            drop(guard);
            let text = paper.text();
            assert!(!text.to_lowercase().contains("canary"), "{text}");
            assert!(!text.contains("/rooms/17"), "{text}");
            for response in [&known, &unknown, &odd, &failed] {
                let id = response.headers()[REQUEST_ID].to_str().unwrap();
                assert!(Uuid::try_parse(id).is_ok());
                assert!(text.contains(id), "{text}");
            }
            assert!(text.contains("/rooms/{room}") && text.contains("404") && text.contains("500"), "{text}");
            assert!(text.contains("duration_ms") && text.contains("Inside"), "{text}");
            if json {
                assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
            }
        }
    }

    #[tokio::test]
    async fn libraries_are_silent_below_a_warning_whatever_the_level() {
        let paper = Paper::default();
        let guard = paper.begin(&Telemetry { level: Level::Debug, json: true });
        tracing::debug!(target: "h2::codec", "canary");
        tracing::info!(target: "sqlx::query", "canary");
        tracing::trace!(target: "tasuki_app::tls", "canary");
        tracing::warn!(target: "h2::codec", "loud enough");
        drop(guard);
        assert!(!paper.text().contains("canary") && paper.text().contains("loud enough"));
    }

    #[tokio::test]
    async fn the_level_counts() {
        let paper = Paper::default();
        let guard = paper.begin(&Telemetry { level: Level::Error, json: true });
        router().oneshot(request("GET", "/rooms/1")).await.unwrap();
        router().oneshot(request("GET", "/failing")).await.unwrap();
        tracing::warn!(target: "h2", "quiet");
        drop(guard);
        assert_eq!(paper.text().lines().count(), 1);
    }
}
