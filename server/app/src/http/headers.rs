//! What surrounds every request: where it may come from, and what the browser may do with the answer.

use super::Problem;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// What the browser may do with every answer. Decision 30: one Trusted Types policy, scripts of this origin only.
const ANSWER: [(HeaderName, &str); 9] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; \
         media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src blob:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types tasuki-urls",
    ),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self), publickey-credentials-get=(self), \
         publickey-credentials-create=(self)",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Refuses requests that another site made, and puts the headers on every answer.
pub(super) async fn surround(request: Request, next: Next) -> Response {
    let foreign = is_foreign(&request);
    dressed(if foreign { foreign_problem().into_response() } else { next.run(request).await })
}

/// Puts the headers on every answer, for the door for enrolment: there is no cookie that another site could use.
pub(super) async fn dress(request: Request, next: Next) -> Response {
    dressed(next.run(request).await)
}

fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in ANSWER {
        // A file brings a narrower policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Fetch metadata where the browser sends it, and the `Origin` of everything that changes something or upgrades.
fn is_foreign(request: &Request) -> bool {
    let headers = request.headers();
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let navigates = text(headers, &HeaderName::from_static("sec-fetch-mode")) == Some("navigate");
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let upgrades = *request.method() == Method::CONNECT || headers.contains_key(header::UPGRADE);
    match site {
        Some("same-origin") | None => {}
        // Somebody typed the address or opened a bookmark.
        Some("none") if safe && !upgrades => {}
        // A link from elsewhere may open the page, never the interface.
        Some(_) if safe && navigates && !request.uri().path().starts_with("/api/") => {}
        Some(_) => return true,
    }
    if safe && !upgrades {
        return false;
    }
    let host = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| text(headers, &header::HOST));
    let origin = text(headers, &header::ORIGIN).and_then(|origin| origin.strip_prefix("https://"));
    host.is_none() || origin != host
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn foreign_problem() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "request.origin",
        "このページからの操作ではないため、受け付けませんでした。",
        "The request does not come from this server's own page.",
    )
}
