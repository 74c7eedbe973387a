//! colleague: requests as a browser of the page's own origin sends them, over a kept connection.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;

use super::connection::{ConnectionError, Door, Protocol};
use super::cookies::CookieJar;

const ANSWER_LIMIT: usize = 64 * 1024 * 1024;
const CALL_LIMIT: Duration = Duration::from_secs(30);
pub(super) const USER_AGENT: &str = "Tasuki-Colleague/1";

/// A request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The connection ended or broke HTTP, for instance because the certificate was refused.
    #[error("HTTP: {0}")]
    Http(#[from] hyper::Error),
    /// Method, path or header cannot be written.
    #[error("request: {0}")]
    Request(#[from] http::Error),
    /// The answer's body broke off or exceeds 64 MiB.
    #[error("body: {0}")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No whole answer within 30 s.
    #[error("no answer in time")]
    TimedOut,
}

/// A request to be sent.
#[derive(Clone)]
pub struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    as_browser: bool,
}

impl Call {
    /// A request without body; `path` begins with `/` and may carry a query.
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            as_browser: true,
        }
    }

    /// Adds a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string().into_bytes())
    }

    /// Adds a body of the given media type.
    pub fn bytes(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        self
    }

    /// Sets a header, also one that the client would set by itself (`Origin`, `Cookie`…).
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Leaves out `Origin` and `Sec-Fetch-*`, as a program that is no browser does.
    pub fn not_as_browser(mut self) -> Self {
        self.as_browser = false;
        self
    }
}

/// A whole answer.
pub struct Response {
    /// Status code.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
    /// The body as JSON; `Null` when it is none.
    pub json: Value,
}

enum Sender {
    One(http1::SendRequest<Full<Bytes>>),
    Two(http2::SendRequest<Full<Bytes>>),
}

/// One browser profile on one device: a door, its cookies, a kept connection.
pub struct Client {
    door: Door,
    cookies: Mutex<CookieJar>,
    sender: tokio::sync::Mutex<Option<Sender>>,
}

impl Client {
    /// A client without cookies; connects at the first request.
    pub fn new(door: Door) -> Self {
        Self { door, cookies: Mutex::default(), sender: tokio::sync::Mutex::default() }
    }

    /// The door this client uses.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Sends `method path` with an optional JSON body.
    ///
    /// # Errors
    /// Only when no whole HTTP answer came; a refusal is a [`Response`] with its status.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, CallError> {
        let call = Call::new(method, path);
        self.call(match body {
            Some(body) => call.json(body),
            None => call,
        })
        .await
    }

    /// `GET path`. Errors as [`Client::request`].
    pub async fn get(&self, path: &str) -> Result<Response, CallError> {
        self.request(Method::GET, path, None).await
    }

    /// `POST path` with a JSON body. Errors as [`Client::request`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Response, CallError> {
        self.request(Method::POST, path, Some(body)).await
    }

    /// Sends any request. Errors as [`Client::request`].
    pub async fn call(&self, call: Call) -> Result<Response, CallError> {
        tokio::time::timeout(CALL_LIMIT, self.call_unlimited(call)).await.map_err(|_| CallError::TimedOut)?
    }

    async fn call_unlimited(&self, call: Call) -> Result<Response, CallError> {
        let request = self.build(call)?;
        // Never repeated by itself: a second sending is the caller's decision.
        let answer = self.send(request).await?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(CallError::Body)?.to_bytes();
        Ok(Response {
            status: parts.status,
            json: serde_json::from_slice(&body).unwrap_or(Value::Null),
            headers: parts.headers,
            body,
        })
    }

    /// Sends on the kept connection (HTTP/2: shared; HTTP/1.1: one request at a time).
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<http::Response<Incoming>, CallError> {
        let mut kept = self.sender.lock().await;
        let usable = match kept.as_mut() {
            Some(Sender::One(sender)) => sender.ready().await.is_ok(),
            Some(Sender::Two(sender)) => !sender.is_closed(),
            None => false,
        };
        if !usable {
            *kept = Some(self.open().await?);
        }
        let pending = match kept.as_mut() {
            Some(Sender::One(sender)) => {
                let answer = sender.send_request(request).await?;
                self.take_cookies(answer.headers());
                return Ok(answer);
            }
            Some(Sender::Two(sender)) => sender.clone().send_request(request),
            None => return Err(CallError::TimedOut),
        };
        drop(kept);
        let answer = pending.await?;
        self.take_cookies(answer.headers());
        Ok(answer)
    }

    /// Sends on a connection of its own and gives the answer with its body still running.
    pub(super) async fn send_apart(&self, call: Call) -> Result<http::Response<Incoming>, CallError> {
        let request = self.build(call)?;
        let answer = match self.open().await? {
            Sender::One(mut sender) => sender.send_request(request).await?,
            Sender::Two(mut sender) => sender.send_request(request).await?,
        };
        self.take_cookies(answer.headers());
        Ok(answer)
    }

    async fn open(&self) -> Result<Sender, CallError> {
        let stream = TokioIo::new(self.door.connect().await?);
        Ok(match self.door.protocol() {
            Protocol::Http1 => {
                let (sender, connection) = http1::handshake(stream).await?;
                tokio::spawn(connection);
                Sender::One(sender)
            }
            Protocol::Http2 => {
                let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
                tokio::spawn(connection);
                Sender::Two(sender)
            }
        })
    }

    fn build(&self, call: Call) -> Result<Request<Full<Bytes>>, CallError> {
        let uri = match self.door.protocol() {
            Protocol::Http1 => call.path.clone(),
            Protocol::Http2 => format!("{}{}", self.door.origin(), call.path),
        };
        let mut builder = Request::builder()
            .method(call.method.clone())
            .uri(uri)
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, "application/json, text/event-stream, */*")
            .header(header::ACCEPT_LANGUAGE, "ja");
        if self.door.protocol() == Protocol::Http1 {
            builder = builder.header(header::HOST, self.door.authority());
        }
        if call.as_browser {
            builder = builder
                .header("sec-fetch-site", "same-origin")
                .header("sec-fetch-mode", "cors")
                .header("sec-fetch-dest", "empty");
            // A browser leaves Origin out of a same-origin GET or HEAD (Fetch standard, 3.2).
            if call.method != Method::GET && call.method != Method::HEAD {
                builder = builder.header(header::ORIGIN, self.door.origin());
            }
        }
        if let Some(cookies) = self.cookie_header() {
            builder = builder.header(header::COOKIE, cookies);
        }
        let mut request = builder.body(Full::new(call.body))?;
        for (name, value) in &call.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        Ok(request)
    }

    fn take_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies();
        for value in headers.get_all(header::SET_COOKIE) {
            if let Ok(text) = value.to_str() {
                cookies.take(text);
            }
        }
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, CookieJar> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn cookie_header(&self) -> Option<String> {
        self.cookies().header()
    }

    /// The value of a cookie, when there is one.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).map(str::to_owned)
    }

    /// Puts a cookie in, as somebody does who stole it.
    pub fn put_cookie(&self, name: &str, value: &str) {
        self.cookies().put(name, value);
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.cookies().clear();
    }

    /// Lets the kept connection go; the next request makes a new one.
    pub async fn disconnect(&self) {
        *self.sender.lock().await = None;
    }
}
