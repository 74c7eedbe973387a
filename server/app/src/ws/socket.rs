//! ws: the WebSocket that carries a conversation, over HTTP/1.1 or HTTP/2.

use super::conversation::{Conversation, MOST_IN_FLIGHT, Outcome};
use crate::{
    hub::{Delivery, Ending},
    tls::ConnectionToken,
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures::{FutureExt, SinkExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{sync::Arc, time::Duration};

/// How long a goodbye may take.
const FAREWELL: Duration = Duration::from_millis(800);

/// Signs of life that may stay unanswered.
const MOST_UNANSWERED: u32 = 3;

/// Why a socket ends: its close code and word.
type Close = (u16, &'static str);

/// The other end is gone; there is nobody to say goodbye to.
const GONE: Close = (1006, "");

/// Carries a conversation until one side ends it.
pub async fn serve(socket: WebSocket, conversation: Conversation, token: ConnectionToken) {
    let mut line = Line { socket, conversation, token, in_flight: FuturesUnordered::new(), unanswered: 0 };
    let close = line.talk().await;
    line.say_goodbye(close).await;
    Box::pin(line.conversation.end()).await;
}

struct Line {
    socket: WebSocket,
    conversation: Conversation,
    token: ConnectionToken,
    in_flight: FuturesUnordered<BoxFuture<'static, Vec<Bytes>>>,
    unanswered: u32,
}

enum Event {
    Heard(Option<Result<Message, axum::Error>>),
    Done(Vec<Bytes>),
    Filled,
    Ends(Close),
}

impl Line {
    async fn talk(&mut self) -> Close {
        loop {
            if let Err(close) = self.turn().await {
                return close;
            }
        }
    }

    async fn turn(&mut self) -> Result<(), Close> {
        let mut frames = match self.next().await {
            Event::Ends(close) => return Err(close),
            Event::Heard(heard) => self.heard(heard).await?,
            Event::Done(frames) => self.answers(frames),
            Event::Filled => self.deliveries().await?,
        };
        // The first page goes with what opened the room: one record, and one waking at the other end.
        if self.conversation.is_behind() {
            frames.extend(Box::pin(self.conversation.read_on()).await);
        }
        self.send(frames).await?;
        while self.conversation.is_behind() {
            let frames = Box::pin(self.conversation.read_on()).await;
            self.send(frames).await?;
        }
        Ok(())
    }

    async fn next(&mut self) -> Event {
        let mailbox = self.conversation.connection().mailbox().clone();
        let (busy, waiting) = (self.in_flight.len() >= MOST_IN_FLIGHT, !self.in_flight.is_empty());
        tokio::select! {
            biased;
            () = self.token.0.cancelled() => Event::Ends((4401, "device")),
            Some(frames) = self.in_flight.next(), if waiting => Event::Done(frames),
            () = mailbox.filled() => match mailbox.ending() {
                Some(ending) => Event::Ends(ended(ending)),
                None => Event::Filled,
            },
            heard = self.socket.recv(), if !busy => Event::Heard(heard),
        }
    }

    async fn heard(&mut self, heard: Option<Result<Message, axum::Error>>) -> Result<Vec<Bytes>, Close> {
        let message = match heard {
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(broken(&error)),
            None => return Err(GONE),
        };
        self.unanswered = 0;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err((1003, "text frames only")),
            Message::Close(_) => return Err(GONE),
            Message::Ping(_) | Message::Pong(_) => return Ok(Vec::new()),
        };
        // In a box of its own: a request needs many times what a connection keeps while it waits.
        match Box::pin(self.conversation.hear(text.as_bytes())).await {
            Outcome::Frames(frames) => Ok(frames),
            Outcome::End(code, word) => Err((code, word)),
            Outcome::Later(answer) => {
                // Begun here, so that posts of one socket reach the writer in the order in which they were sent.
                let mut answer = answer;
                match (&mut answer).now_or_never() {
                    Some(frames) => Ok(frames),
                    None => {
                        self.in_flight.push(answer);
                        Ok(Vec::new())
                    }
                }
            }
        }
    }

    /// An answer, with all others that are ready: one flush for all of them.
    fn answers(&mut self, mut frames: Vec<Bytes>) -> Vec<Bytes> {
        while let Some(Some(more)) = self.in_flight.next().now_or_never() {
            frames.extend(more);
        }
        frames
    }

    async fn deliveries(&mut self) -> Result<Vec<Bytes>, Close> {
        let deliveries = self.conversation.connection().mailbox().take();
        let beats = deliveries.iter().any(|delivery| matches!(delivery, Delivery::Beat));
        let frames = self.conversation.tell(deliveries).await;
        if beats {
            self.unanswered += 1;
            if self.unanswered > MOST_UNANSWERED {
                return Err((4408, "no sign of life"));
            }
            self.write(vec![Message::Ping(Bytes::new())]).await?;
        }
        Ok(frames)
    }

    async fn send(&mut self, frames: Vec<Bytes>) -> Result<(), Close> {
        if frames.is_empty() {
            return Ok(());
        }
        let text = |bytes: Bytes| Utf8Bytes::try_from(bytes).map(Message::Text).ok();
        self.write(frames.into_iter().filter_map(text).collect()).await
    }

    /// Writes all, then flushes once. A reader that does not read is given up when its box is full.
    async fn write(&mut self, messages: Vec<Message>) -> Result<(), Close> {
        let mailbox = Arc::clone(self.conversation.connection().mailbox());
        let socket = &mut self.socket;
        let writing = async {
            for message in messages {
                socket.feed(message).await?;
            }
            socket.flush().await
        };
        tokio::select! {
            biased;
            written = writing => written.map_err(|_| GONE),
            ending = mailbox.ended() => Err(ended(ending)),
            () = self.token.0.cancelled() => Err((4401, "device")),
        }
    }

    async fn say_goodbye(&mut self, (code, word): Close) {
        if code == GONE.0 {
            return;
        }
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(word) };
        let goodbye = async {
            if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
                // Until the other end has closed too: a connection dropped before would show as 1006.
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        // The other end need not listen.
        let _ = tokio::time::timeout(FAREWELL, goodbye).await;
    }
}

pub(super) const fn ended(ending: Ending) -> Close {
    match ending {
        Ending::Ended => (4401, "session"),
        Ending::Slow => (4408, "slow reader"),
        Ending::Replaced => (4409, "replaced"),
        Ending::Stop => (1001, "stop"),
    }
}

fn broken(error: &axum::Error) -> Close {
    use tokio_tungstenite::tungstenite::Error;
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
    match source {
        Some(Error::Capacity(_)) => (4413, "frame too large"),
        Some(Error::Protocol(_)) => (1002, "protocol"),
        Some(Error::Utf8(_)) => (1007, "not UTF-8"),
        _ => GONE,
    }
}
