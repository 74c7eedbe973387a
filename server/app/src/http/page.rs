//! The page: the built web client, out of this program or (in development builds) out of a folder.
//!
//! Everything outside `/api/` that has no route of its own ends here, behind the same certificate and register as the
//! interface. Names with a hash never change; everything else is asked for anew each time and told by its `ETag`.

mod source;

use super::Problem;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use source::Source;
use std::{borrow::Cow, sync::Arc};

/// The page that every view of the client lives in.
const INDEX: &str = "index.html";

/// Vite names what lies here by a hash of its content.
const HASHED: &str = "assets/";

/// The service worker, which may answer for the whole origin.
const WORKER: &str = "sw.js";

/// The built web client.
#[derive(Clone)]
pub(super) struct Page(Arc<Source>);

impl Page {
    /// The page of this build.
    pub(super) fn of_this_build() -> Self {
        Self(Arc::new(Source::of_this_build()))
    }

    #[cfg(test)]
    fn of_folder(folder: &std::path::Path) -> Self {
        Self(Arc::new(Source::Folder(folder.to_path_buf())))
    }

    /// Answers whatever has no route of its own.
    pub(super) fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path();
        if !matches!(*request.method(), Method::GET | Method::HEAD) || is_interface(path) {
            return Problem::missing().into_response();
        }
        let Some(name) = file_name(path) else { return Problem::missing().into_response() };
        match self.file(name, request.headers()) {
            Some(file) => file.answer(request),
            None if name == INDEX => not_built().into_response(),
            None => Problem::missing().into_response(),
        }
    }

    /// The file, compressed where it lies so beside itself and the browser takes it.
    fn file(&self, name: &str, headers: &HeaderMap) -> Option<File> {
        let packed = takes_gzip(headers).then(|| self.0.read(&format!("{name}.gz"))).flatten();
        let gzip = packed.is_some();
        let (bytes, hash) = packed.or_else(|| self.0.read(name))?;
        Some(File { name: name.to_owned(), bytes, hash, gzip })
    }
}

/// Whether a path belongs to the interface: it never answers with a page.
fn is_interface(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The file that a path asks for. A path without an extension is a view of the client, which draws itself; `None` for
/// names that no build produces.
fn file_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix('/')?;
    let last = name.rsplit('/').next().unwrap_or_default();
    if !last.contains('.') {
        return Some(INDEX);
    }
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"._-@~".contains(&letter);
    let fine = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
    name.split('/').all(fine).then_some(name)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let refused = parts.any(|part| {
            part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()).is_some_and(|q| q <= 0.0)
        });
        named && !refused
    })
}

/// A file on its way to the browser.
struct File {
    name: String,
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
    gzip: bool,
}

impl File {
    fn answer(self, request: &Request) -> Response {
        let tag = self.tag();
        let known =
            request.headers().get_all(header::IF_NONE_MATCH).iter().any(|value| is_known(value, &tag));
        let length = self.bytes.len();
        let body = if known || request.method() == Method::HEAD {
            Body::empty()
        } else {
            Body::from(match self.bytes {
                Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            })
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        let mut put =
            |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
        put(header::CACHE_CONTROL, keeping(&self.name));
        put(header::VARY, "accept-encoding");
        if self.name == WORKER {
            put(HeaderName::from_static("service-worker-allowed"), "/");
        }
        if !known {
            put(header::CONTENT_TYPE, content_type(&self.name));
            if self.gzip {
                put(header::CONTENT_ENCODING, "gzip");
            }
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        response
    }

    /// The packed form has a tag of its own: it is another sequence of bytes.
    fn tag(&self) -> String {
        let hash: String = self.hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("\"{hash}{}\"", if self.gzip { "-gzip" } else { "" })
    }
}

/// Whether one of the tags in `If-None-Match` is this one; weak ones count, as RFC 9110 has it.
fn is_known(value: &HeaderValue, tag: &str) -> bool {
    let Ok(list) = value.to_str() else { return false };
    list.split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// How long a browser may keep a file by itself.
fn keeping(name: &str) -> &'static str {
    if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else if content_type(name).starts_with("text/html") {
        "no-store"
    } else {
        "no-cache"
    }
}

/// The type by the extension; the list is what the client is built of.
fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn not_built() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "page.not_built",
        "このサーバーには画面が組み込まれていません。make page のあとで組み立て直してください。",
        "The page was not built into this server: run `make page`, then build it again.",
    )
}

#[cfg(test)]
mod tests;
