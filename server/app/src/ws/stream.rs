//! ws: server-sent events that carry a conversation, with POST the other way.

use super::conversation::{Conversation, Outcome};
use crate::{
    hub::{Delivery, Ending},
    tls::ConnectionToken,
};
use bytes::{BufMut, Bytes, BytesMut};
use futures::{FutureExt, Stream, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};
use tasuki_domain::id::{DeviceId, SessionId};
use tokio::sync::{mpsc, oneshot};

/// Whose stream it is: a session has one, and a device without a session has one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StreamKey {
    /// A person's.
    Session(SessionId),
    /// A device's.
    Device(DeviceId),
}

/// Frames on their way into a stream's conversation.
const WAITING: usize = super::conversation::MOST_IN_FLIGHT;

/// Bytes that may wait in the answer's body before the conversation pauses.
const AHEAD: usize = 8;

type Question = (Bytes, oneshot::Sender<Vec<Bytes>>);

/// The open streams of this instance.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<StreamKey, mpsc::Sender<Question>>>>);

impl Streams {
    /// Opens a stream, ending the one that this key had before. Gives the events as they are to be sent.
    pub fn open(
        &self,
        key: StreamKey,
        conversation: Conversation,
        token: ConnectionToken,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
        let (ask, questions) = mpsc::channel(WAITING);
        let (events, body) = mpsc::channel(AHEAD);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, ask.clone());
        // Only the list keeps the way in open: whoever takes the place on it ends this stream.
        let own = ask.downgrade();
        drop(ask);
        let streams = self.clone();
        tokio::spawn(async move {
            let mut line =
                Line { conversation, questions, events, token, in_flight: FuturesUnordered::new() };
            line.talk().await;
            let Line { conversation, questions, .. } = line;
            drop(questions);
            streams.forget(key, &own);
            conversation.end().await;
        });
        futures::stream::unfold(
            body,
            |mut body| async move { body.recv().await.map(|event| (Ok(event), body)) },
        )
    }

    /// Passes a client's frame on; `None` without a stream.
    pub async fn send(&self, key: StreamKey, frame: Bytes) -> Option<Vec<Bytes>> {
        let ask = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()?;
        let (reply, answer) = oneshot::channel();
        ask.send((frame, reply)).await.ok()?;
        answer.await.ok()
    }

    fn forget(&self, key: StreamKey, own: &mpsc::WeakSender<Question>) {
        let Some(ask) = own.upgrade() else { return };
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.get(&key).is_some_and(|known| known.same_channel(&ask)) {
            open.remove(&key);
        }
    }
}

struct Line {
    conversation: Conversation,
    questions: mpsc::Receiver<Question>,
    events: mpsc::Sender<Bytes>,
    token: ConnectionToken,
    in_flight: FuturesUnordered<BoxFuture<'static, ()>>,
}

/// The stream is over.
struct Over;

impl Line {
    async fn talk(&mut self) {
        // The first bytes at once: a browser takes the stream for open only then.
        if self.events.send(Bytes::from_static(b": tasuki.v1\n\n")).await.is_err() {
            return;
        }
        while self.turn().await.is_ok() {}
    }

    async fn turn(&mut self) -> Result<(), Over> {
        let mailbox = self.conversation.connection().mailbox().clone();
        let (busy, waiting) = (self.in_flight.len() >= WAITING, !self.in_flight.is_empty());
        tokio::select! {
            biased;
            () = self.token.0.cancelled() => return Err(Over),
            () = self.events.closed() => return Err(Over),
            Some(()) = self.in_flight.next(), if waiting => {}
            () = mailbox.filled() => {
                if let Some(ending) = mailbox.ending() {
                    self.send(vec![goodbye(ending)]).await?;
                    return Err(Over);
                }
                let deliveries = mailbox.take();
                let beats = deliveries.iter().any(|delivery| matches!(delivery, Delivery::Beat));
                let frames = self.conversation.tell(deliveries).await;
                if beats {
                    self.put(Bytes::from_static(b": here\n\n")).await?;
                }
                self.send(frames).await?;
            }
            question = self.questions.recv(), if !busy => match question {
                Some(question) => self.hear(question).await?,
                // Another stream of the same session took over.
                None => return Err(Over),
            },
        }
        while self.conversation.is_behind() {
            let frames = self.conversation.read_on().await;
            self.send(frames).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, (frame, reply): Question) -> Result<(), Over> {
        match self.conversation.hear(&frame).await {
            Outcome::Frames(frames) => {
                // Whoever asked may have gone.
                let _ = reply.send(frames);
            }
            Outcome::Later(answer) => self.in_flight.push(
                async move {
                    let _ = reply.send(answer.await);
                }
                .boxed(),
            ),
            Outcome::End(..) => return Err(Over),
        }
        Ok(())
    }

    async fn send(&mut self, frames: Vec<Bytes>) -> Result<(), Over> {
        if frames.is_empty() {
            return Ok(());
        }
        let mut events = BytesMut::with_capacity(frames.iter().map(|frame| frame.len() + 8).sum());
        for frame in frames {
            events.put_slice(b"data: ");
            events.put_slice(&frame);
            events.put_slice(b"\n\n");
        }
        self.put(events.freeze()).await
    }

    /// A reader that does not read is given up when its box is full.
    async fn put(&mut self, bytes: Bytes) -> Result<(), Over> {
        let mailbox = Arc::clone(self.conversation.connection().mailbox());
        tokio::select! {
            biased;
            sent = self.events.send(bytes) => sent.map_err(|_| Over),
            _ = mailbox.ended() => Err(Over),
            () = self.token.0.cancelled() => Err(Over),
        }
    }
}

/// The last frame: what a WebSocket would say with its close code.
fn goodbye(ending: Ending) -> Bytes {
    let (code, reason) = super::socket::ended(ending);
    crate::wire::frame::ServerFrame::from(crate::wire::frame::Goodbye { code, reason: reason.to_owned() })
        .bytes()
}
