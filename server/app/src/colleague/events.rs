//! colleague: server-sent events, for clients that cannot open a WebSocket (HTML standard, section 9.2).

use std::collections::VecDeque;
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;

use super::client::{Call, CallError, Client};

/// A longer line or event is refused: the server's frames are bounded far below.
const EVENT_LIMIT: usize = 4 * 1024 * 1024;

/// The stream could not be opened or has ended.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The server answered with this status instead.
    #[error("refused with status {0}")]
    Refused(StatusCode),
    /// The answer is not an event stream.
    #[error("not an event stream")]
    NotEvents,
    /// An event's data is not JSON.
    #[error("an event is not JSON")]
    NotJson,
    /// A line or event is longer than 4 MiB, or is not UTF-8.
    #[error("an event cannot be read")]
    Unreadable,
    /// The server ended the stream.
    #[error("the stream has ended")]
    Ended,
    /// Nothing came in the given time.
    #[error("nothing came in time")]
    TimedOut,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The last `id` the stream has given, empty before the first.
    pub id: String,
    /// The event's name, `message` when it has none.
    pub name: String,
    /// The data lines, joined by line feeds.
    pub data: String,
}

impl Event {
    /// The data as JSON.
    ///
    /// # Errors
    /// `NotJson` when it is none.
    pub fn json(&self) -> Result<Value, EventError> {
        serde_json::from_str(&self.data).map_err(|_| EventError::NotJson)
    }
}

/// An open event stream.
pub struct Events {
    body: Incoming,
    reader: EventReader,
}

impl Client {
    /// Opens the event stream at `path` on a connection of its own; `after` is sent as `Last-Event-ID`.
    ///
    /// # Errors
    /// `Refused` with the status, `NotEvents` for another media type, `Call` without an answer.
    pub async fn events(&self, path: &str, after: Option<&str>) -> Result<Events, EventError> {
        let mut call = Call::new(Method::GET, path)
            .header(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        if let Some(value) = after.and_then(|id| HeaderValue::from_str(id).ok()) {
            call = call.header(header::HeaderName::from_static("last-event-id"), value);
        }
        let answer = self.send_apart(call).await?;
        if answer.status() != StatusCode::OK {
            return Err(EventError::Refused(answer.status()));
        }
        let media_type = answer.headers().get(header::CONTENT_TYPE);
        if !media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream")) {
            return Err(EventError::NotEvents);
        }
        Ok(Events { body: answer.into_body(), reader: EventReader::default() })
    }
}

impl Events {
    /// The next event; comments (keep-alives) are passed over.
    ///
    /// # Errors
    /// `TimedOut` after `limit`; `Ended` when the server is done; `Unreadable`.
    pub async fn next(&mut self, limit: Duration) -> Result<Event, EventError> {
        tokio::time::timeout(limit, self.next_unlimited()).await.map_err(|_| EventError::TimedOut)?
    }

    async fn next_unlimited(&mut self) -> Result<Event, EventError> {
        loop {
            if let Some(event) = self.reader.ready.pop_front() {
                return Ok(event);
            }
            let frame = self.body.frame().await.ok_or(EventError::Ended)?;
            let frame = frame.map_err(|_| EventError::Ended)?;
            if let Some(data) = frame.data_ref() {
                self.reader.take(data)?;
            }
        }
    }
}

/// Cuts bytes into events, whatever the pieces they come in.
#[derive(Default)]
struct EventReader {
    line: Vec<u8>,
    after_return: bool,
    id: String,
    name: String,
    data: String,
    has_data: bool,
    ready: VecDeque<Event>,
}

impl EventReader {
    fn take(&mut self, bytes: &[u8]) -> Result<(), EventError> {
        for &byte in bytes {
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if second_half {
                continue;
            }
            if byte == b'\n' || byte == b'\r' {
                let line = std::mem::take(&mut self.line);
                self.end_line(std::str::from_utf8(&line).map_err(|_| EventError::Unreadable)?)?;
            } else if self.line.len() < EVENT_LIMIT {
                self.line.push(byte);
            } else {
                return Err(EventError::Unreadable);
            }
        }
        Ok(())
    }

    fn end_line(&mut self, line: &str) -> Result<(), EventError> {
        if line.is_empty() {
            self.end_event();
            return Ok(());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if self.data.len() + value.len() > EVENT_LIMIT {
                    return Err(EventError::Unreadable);
                }
                if self.has_data {
                    self.data.push('\n');
                }
                self.data.push_str(value);
                self.has_data = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            self.ready.push_back(Event {
                id: self.id.clone(),
                name: if name.is_empty() { "message".to_owned() } else { name },
                data,
            });
        }
    }
}

#[cfg(test)]
mod tests {

    use super::{Event, EventReader};

    fn event(id: &str, name: &str, data: &str) -> Event {
        Event { id: id.to_owned(), name: name.to_owned(), data: data.to_owned() }
    }

    #[test]
    fn reads_events_however_they_are_cut() {
        let text = ": hello\r\n\r\nid: 7\nevent: reached\ndata: {\"a\":\ndata: 1}\n\ndata:申し送り\r\rid\ndata\n\nevent: x\n\n";
        let wanted = [
            event("7", "reached", "{\"a\":\n1}"),
            event("7", "message", "申し送り"),
            event("", "message", ""),
        ];
        for size in 1..text.len() {
            let mut reader = EventReader::default();
            for piece in text.as_bytes().chunks(size) {
                reader.take(piece).unwrap();
            }
            assert_eq!(Vec::from(reader.ready), wanted, "cut every {size}");
        }
    }

    #[test]
    fn refuses_a_line_without_end() {
        let mut reader = EventReader::default();
        let piece = vec![b'a'; 1024 * 1024];
        let refused = (0..6).any(|_| reader.take(&piece).is_err());
        assert!(refused);
    }
}
