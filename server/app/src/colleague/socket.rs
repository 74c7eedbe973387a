//! colleague: a WebSocket as the page opens it, over HTTP/1.1 (RFC 6455) or HTTP/2 (RFC 8441).

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use http::{Request, StatusCode, header};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{self, Message};

use super::client::{Client, USER_AGENT};
use super::connection::{ConnectionError, Protocol};
use super::stream_pipe::StreamPipe;

/// How long opening may take.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// A socket could not be opened or has ended.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// No connection.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The server answered the upgrade with this status instead.
    #[error("refused with status {0}")]
    Refused(StatusCode),
    /// The request cannot be written.
    #[error("request: {0}")]
    Request(#[from] http::Error),
    /// WebSocket or its connection broke.
    #[error("socket: {0}")]
    Broken(#[source] Box<tungstenite::Error>),
    /// HTTP/2 broke.
    #[error("HTTP/2: {0}")]
    Http2(#[from] h2::Error),
    /// The server does not offer WebSockets over HTTP/2.
    #[error("extended CONNECT is not offered")]
    NotOffered,
    /// The server closed with this code and reason; 1006 when it did so without a close frame.
    #[error("closed with {code} {reason}")]
    Closed {
        /// Close code.
        code: u16,
        /// The server's reason.
        reason: String,
    },
    /// A text frame that is not JSON.
    #[error("a frame is not JSON")]
    NotJson,
    /// Nothing came in the given time.
    #[error("nothing came in time")]
    TimedOut,
}

impl From<tungstenite::Error> for SocketError {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Http(response) => Self::Refused(response.status()),
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Self::abnormal(),
            other => Self::Broken(Box::new(other)),
        }
    }
}

impl SocketError {
    fn abnormal() -> Self {
        Self::Closed { code: 1006, reason: String::new() }
    }

    /// The close code, when the server closed.
    pub fn close_code(&self) -> Option<u16> {
        match self {
            Self::Closed { code, .. } => Some(*code),
            _ => None,
        }
    }
}

trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

/// An open WebSocket. Pings are answered while [`Socket::next`] waits.
pub struct Socket {
    stream: WebSocketStream<Box<dyn Pipe>>,
}

impl Client {
    /// Opens the WebSocket at `path` with this client's cookies, certificate and origin, over the
    /// HTTP version of its door, on a connection of its own.
    ///
    /// # Errors
    /// `Refused` with the status when the server answers without upgrading; `NotOffered` when the
    /// door is HTTP/2 and the server lacks RFC 8441; `TimedOut` after ten seconds.
    pub async fn socket(&self, path: &str) -> Result<Socket, SocketError> {
        self.socket_from(path, &self.door().origin()).await
    }

    /// As [`Client::socket`], claiming another `Origin`.
    ///
    /// # Errors
    /// As [`Client::socket`].
    pub async fn socket_from(&self, path: &str, origin: &str) -> Result<Socket, SocketError> {
        let opening = async {
            match self.door().protocol() {
                Protocol::Http1 => self.socket_over_http1(path, origin).await,
                Protocol::Http2 => self.socket_over_http2(path, origin).await,
            }
        };
        tokio::time::timeout(OPEN_LIMIT, opening).await.map_err(|_| SocketError::TimedOut)?
    }

    fn socket_request(&self, uri: String, origin: &str) -> http::request::Builder {
        let builder = Request::builder()
            .uri(uri)
            .header(header::ORIGIN, origin)
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header("sec-fetch-site", "same-origin")
            .header(header::SEC_WEBSOCKET_PROTOCOL, "tasuki.v1")
            .header("sec-fetch-mode", "websocket")
            .header("sec-fetch-dest", "empty");
        match self.cookie_header() {
            Some(cookies) => builder.header(header::COOKIE, cookies),
            None => builder,
        }
    }

    async fn socket_over_http1(&self, path: &str, origin: &str) -> Result<Socket, SocketError> {
        let authority = self.door().authority();
        let request = self
            .socket_request(format!("wss://{authority}{path}"), origin)
            .header(header::HOST, authority)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_KEY, tungstenite::handshake::client::generate_key())
            .body(())?;
        let pipe: Box<dyn Pipe> = Box::new(self.door().connect().await?);
        let (stream, _) = tokio_tungstenite::client_async(request, pipe).await?;
        Ok(Socket { stream })
    }

    async fn socket_over_http2(&self, path: &str, origin: &str) -> Result<Socket, SocketError> {
        let (sender, mut connection) = h2::client::handshake(self.door().connect().await?).await?;
        let mut pings = connection.ping_pong().ok_or(SocketError::NotOffered)?;
        tokio::spawn(connection);
        // The server's settings precede its answer to a ping, so they are known after it.
        pings.ping(h2::Ping::opaque()).await?;
        let mut sender: h2::client::SendRequest<Bytes> = sender.ready().await?;
        if !sender.is_extended_connect_protocol_enabled() {
            return Err(SocketError::NotOffered);
        }
        let request = self
            .socket_request(format!("{}{path}", self.door().origin()), origin)
            .method(http::Method::CONNECT)
            .version(http::Version::HTTP_2)
            .extension(h2::ext::Protocol::from_static("websocket"))
            .body(())?;
        let (answer, send) = sender.send_request(request, false)?;
        let answer = answer.await?;
        if answer.status() != StatusCode::OK {
            return Err(SocketError::Refused(answer.status()));
        }
        let pipe: Box<dyn Pipe> = Box::new(StreamPipe::new(send, answer.into_body()));
        let stream = WebSocketStream::from_raw_socket(pipe, Role::Client, None).await;
        Ok(Socket { stream })
    }
}

impl Socket {
    /// Sends one JSON text frame.
    ///
    /// # Errors
    /// `Closed` or `Broken` when the socket is over.
    pub async fn send(&mut self, frame: &Value) -> Result<(), SocketError> {
        self.send_text(&frame.to_string()).await
    }

    /// Sends any text as one frame, also one that is not JSON. Errors as [`Socket::send`].
    pub async fn send_text(&mut self, text: &str) -> Result<(), SocketError> {
        Ok(self.stream.send(Message::text(text)).await?)
    }

    /// Sends a binary frame. Errors as [`Socket::send`].
    pub async fn send_bytes(&mut self, bytes: Vec<u8>) -> Result<(), SocketError> {
        Ok(self.stream.send(Message::binary(bytes)).await?)
    }

    /// The next JSON frame.
    ///
    /// # Errors
    /// `TimedOut` after `limit`; `Closed` with code and reason; `NotJson`; `Broken`.
    pub async fn next(&mut self, limit: Duration) -> Result<Value, SocketError> {
        tokio::time::timeout(limit, self.next_unlimited()).await.map_err(|_| SocketError::TimedOut)?
    }

    /// The next frame that `wanted` accepts; others are dropped. `limit` is for the whole wait.
    ///
    /// # Errors
    /// As [`Socket::next`].
    pub async fn next_where(
        &mut self,
        limit: Duration,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Value, SocketError> {
        let search = async {
            loop {
                let frame = self.next_unlimited().await?;
                if wanted(&frame) {
                    return Ok(frame);
                }
            }
        };
        tokio::time::timeout(limit, search).await.map_err(|_| SocketError::TimedOut)?
    }

    async fn next_unlimited(&mut self) -> Result<Value, SocketError> {
        loop {
            let message = self.stream.next().await.ok_or_else(SocketError::abnormal)??;
            match message {
                Message::Text(text) => {
                    return serde_json::from_str(&text).map_err(|_| SocketError::NotJson);
                }
                Message::Close(Some(frame)) => {
                    return Err(SocketError::Closed {
                        code: frame.code.into(),
                        reason: frame.reason.to_string(),
                    });
                }
                Message::Close(None) => return Err(SocketError::abnormal()),
                Message::Binary(_) => return Err(SocketError::NotJson),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Closes with `code` and waits up to two seconds for the server's close frame.
    pub async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
        // The socket is given up either way.
        let _ = self.stream.close(Some(frame)).await;
        let drained = async { while let Some(Ok(_)) = self.stream.next().await {} };
        let _ = tokio::time::timeout(Duration::from_secs(2), drained).await;
    }
}
