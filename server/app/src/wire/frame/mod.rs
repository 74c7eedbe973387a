//! wire: the frames of a live connection, the same over WebSocket and over server-sent events with POST. Each is one
//! JSON object with a `type`; `server/protocol.md` says how they follow one another.

mod client;
mod content;
mod schema;
mod server;

#[cfg(test)]
mod tests;

pub use client::{
    Acknowledge, Activity, AnswerUrgent, ClientFrame, CloseRoom, DeliverQueued, FaultKind, FrameFault,
    FrameId, Hello, MarkRead, OpenRoom, Ping, PostMessage, Seen, TakeOver, Typing, parse_client_frame,
};
pub use content::{BylineBody, MessageBody, PostBody};
pub use schema::{CLIENT_FRAMES, SERVER_FRAMES, schemas};
pub use server::{
    Ack, Change, Changed, Checkpoint, CloseReason, Delivered, Done, Error, Goodbye, Head, LogHead, Message,
    Opened, Page, Pong, Presence, QueueOutcome, Reached, Read, Reader, Ring, Room, RoomClosed, ServerFrame,
    Session, SessionFacts, SessionPhase, SocketLimits, TypingNow, Urgent, Welcome,
};

/// The version of the frames, offered as WebSocket subprotocol.
pub const PROTOCOL: &str = "tasuki.v1";
