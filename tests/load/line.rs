//! One connection of the generator: mutual TLS, WebSocket, hello, an opened room.

use futures::{FutureExt, SinkExt, StreamExt};
use http::Request;
use serde_json::{Value, json};
use tasuki_app::colleague::Door;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, handshake::client::generate_key, protocol::WebSocketConfig},
};

/// How somebody gets to a server.
#[derive(Clone)]
pub struct Seat {
    /// The device's way.
    pub door: Door,
    /// The session.
    pub cookie: Option<String>,
}

/// An open WebSocket.
pub struct Line(WebSocketStream<TlsStream<TcpStream>>);

/// Why a connection is of no more use.
#[derive(Debug)]
pub struct Broken(pub String);

impl Line {
    /// Connects: full mutual TLS, then WebSocket.
    pub async fn open(seat: &Seat) -> Result<Self, Broken> {
        let stream = seat.door.connect().await.map_err(broken)?;
        let authority = seat.door.authority();
        let mut request = Request::builder()
            .uri(format!("wss://{authority}/api/v1/socket"))
            .header("host", authority)
            .header("origin", seat.door.origin())
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", generate_key())
            .header("sec-websocket-protocol", "tasuki.v1")
            .header("sec-fetch-site", "same-origin")
            .header("sec-fetch-mode", "websocket")
            .header("sec-fetch-dest", "empty");
        if let Some(cookie) = &seat.cookie {
            request = request.header("cookie", format!("__Host-tasuki={cookie}"));
        }
        let config = WebSocketConfig::default().read_buffer_size(16 * 1_024);
        let request = request.body(()).map_err(broken)?;
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await.map_err(broken)?;
        Ok(Self(socket))
    }

    /// Says hello and opens a room, after a cursor or with its newest page; gives the cursor when caught up.
    pub async fn join(&mut self, room: &str, after: Option<&str>) -> Result<String, Broken> {
        let seen = after.map_or(json!([]), |cursor| json!([{ "room": room, "cursor": cursor }]));
        self.say(&json!({ "type": "hello", "id": 1, "rooms": seen })).await?;
        self.until("welcome").await?;
        self.enter(2, room, after).await
    }

    /// Opens a further room; gives the cursor when caught up.
    pub async fn enter(&mut self, id: u64, room: &str, after: Option<&str>) -> Result<String, Broken> {
        self.say(&json!({ "type": "open_room", "id": id, "room": room, "after": after })).await?;
        loop {
            let page = self.until("page").await?;
            if page.get("more").and_then(Value::as_bool) == Some(false) {
                return Ok(page.get("cursor").and_then(Value::as_str).unwrap_or_default().to_owned());
            }
        }
    }

    async fn say(&mut self, frame: &Value) -> Result<(), Broken> {
        self.0.send(Message::text(frame.to_string())).await.map_err(broken)
    }

    /// The next frame of a type; what comes before is passed over, but an error is one.
    async fn until(&mut self, wanted: &str) -> Result<Value, Broken> {
        loop {
            let text = self.next().await?;
            let frame: Value = serde_json::from_str(&text).map_err(broken)?;
            match frame.get("type").and_then(Value::as_str) {
                Some(kind) if kind == wanted => return Ok(frame),
                Some("error") => return Err(Broken(text.to_string())),
                _ => {}
            }
        }
    }

    /// The next text.
    pub async fn next(&mut self) -> Result<Utf8Bytes, Broken> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => return Err(Broken(format!("closed: {frame:?}"))),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(broken(error)),
                None => return Err(Broken("gone".to_owned())),
            }
        }
    }

    /// The next text, when it is here already.
    pub fn ready(&mut self) -> Option<Result<Utf8Bytes, Broken>> {
        self.next().now_or_never()
    }

    /// Puts a frame into the buffer.
    pub async fn feed(&mut self, frame: String) -> Result<(), Broken> {
        self.0.feed(Message::text(frame)).await.map_err(broken)
    }

    /// Sends what is in the buffer.
    pub async fn flush(&mut self) -> Result<(), Broken> {
        self.0.flush().await.map_err(broken)
    }
}

fn broken(error: impl std::fmt::Display) -> Broken {
    Broken(error.to_string())
}
