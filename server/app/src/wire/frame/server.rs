//! wire: what the server says.

use super::{
    client::FrameId,
    content::{BylineBody, MessageBody},
};
use crate::wire::problem::ProblemDocument;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{DeviceId, MessageId, OrganizationId, PersonId, PlaceId, PostId, RoomId, SessionId},
    message::{Contract, WorkState},
    queued::LateRefusal,
    time::Timestamp,
    urgent::UrgentState,
};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! server_frames {
    ($( $(#[$meta:meta])* $name:ident = $text:literal { $( $(#[$field_meta:meta])* $field:ident : $type:ty ),* $(,)? } )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Serialize, ToSchema)]
            #[serde(tag = "type", rename = $text)]
            pub struct $name {
                $( $(#[$field_meta])* pub $field: $type, )*
            }

            impl From<$name> for ServerFrame {
                fn from(frame: $name) -> Self {
                    Self::$name(frame)
                }
            }
        )+

        /// What the server says.
        #[derive(Debug, Serialize)]
        #[serde(untagged)]
        pub enum ServerFrame {
            $( $(#[$meta])* $name($name), )+
        }

        impl ServerFrame {
            /// The types of all server frames.
            pub const TYPES: &'static [&'static str] = &[$($text),+];

            /// The frame's type.
            #[must_use]
            pub const fn text(&self) -> &'static str {
                match self { $( Self::$name(_) => $text, )+ }
            }
        }

        /// Name, type and schema of every server frame.
        pub(super) fn described() -> Vec<super::schema::Described> {
            vec![$( super::schema::Described::of::<$name>($text) ),+]
        }
    };
}

server_frames! {
    /// The answer to `hello`: who is here, and what the connection may do.
    Welcome = "welcome" {
        /// The request's number.
        #[schema(value_type = u64)]
        id: FrameId,
        /// `tasuki.v1`.
        protocol: String,
        /// The server's time, microseconds UTC.
        #[schema(value_type = i64)]
        at: Timestamp,
        /// The device of the connection.
        #[schema(value_type = Uuid)]
        device: DeviceId,
        /// Who is signed in; absent on a device socket.
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<SessionFacts>,
        /// The log's size now and the newest signed head: keep the newest per device, and refuse a log that shrank.
        log: LogHead,
        /// What the connection is held to.
        limits: SocketLimits,
    }
    /// The answer to `open_room`: the look is recorded. `page`s follow.
    Opened = "opened" {
        /// The request's number.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Who has it open too.
        #[schema(value_type = Vec<Uuid>)]
        present: Vec<PersonId>,
    }
    /// Messages of an opened room, oldest first.
    Page = "page" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The messages that this person may see.
        messages: Vec<MessageBody>,
        /// Everything up to here was sent.
        #[schema(max_length = 64)]
        cursor: String,
        /// Whether another `page` follows.
        more: bool,
        /// The last of these messages that this person had read before this opening; absent when none was, and on
        /// pages that follow a cursor.
        #[schema(value_type = Option<Uuid>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        read: Option<MessageId>,
    }
    /// The answer to `post_message`: the post is durable.
    Ack = "ack" {
        /// The request's number.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The message.
        #[schema(value_type = Uuid)]
        message: MessageId,
        /// When the server received it, microseconds UTC.
        #[schema(value_type = i64)]
        at: Timestamp,
    }
    /// The answer to any other request that succeeded; what it changed is durable.
    Done = "done" {
        /// The request's number.
        #[schema(value_type = u64)]
        id: FrameId,
    }
    /// A request was refused, or a frame was not understood. The connection stays.
    Error = "error" {
        /// The request's number; absent when it could not be read.
        #[schema(value_type = Option<u64>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<FrameId>,
        /// What is wrong, as over HTTP.
        problem: ProblemDocument,
    }
    /// A new message of an open room.
    Message = "message" {
        /// The message.
        message: MessageBody,
    }
    /// Something happened to a message of an open room.
    Changed = "changed" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The message.
        #[schema(value_type = Uuid)]
        message: MessageId,
        /// What.
        change: Change,
        /// The message as it is now, when its words changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        now: Option<MessageBody>,
    }
    /// Everything of an open room up to here was sent: the place to go on from after a break.
    Reached = "reached" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The place.
        #[schema(max_length = 64)]
        cursor: String,
    }
    /// A room that is not open has something new for this person.
    Head = "head" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Where it stands; differs from the client's own cursor when there is something to see.
        #[schema(max_length = 64)]
        cursor: String,
        /// The most urgent of what is new: `read_only`, `reply` or `urgent`.
        #[schema(value_type = String)]
        urgency: Contract,
    }
    /// The room itself changed (title, members, closed, opened): ask for it again.
    Room = "room" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
    }
    /// The look at a room is over and its content leaves the screen; a right that ended leaves the lists too.
    RoomClosed = "room_closed" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Why.
        reason: CloseReason,
    }
    /// How far people have read an open room: the newest post that both they and this person may see.
    Read = "read" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The readers.
        readers: Vec<Reader>,
    }
    /// Somebody opened a room that is open here, or closed it.
    Presence = "presence" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Who.
        #[schema(value_type = Uuid)]
        person: PersonId,
        /// Whether it is open there.
        present: bool,
    }
    /// Somebody is writing in a room that is open here. Forget it after five seconds.
    TypingNow = "typing" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Who.
        #[schema(value_type = Uuid)]
        person: PersonId,
    }
    /// This person is rung for an urgent post, or no more.
    Urgent = "urgent" {
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The urgent post.
        #[schema(value_type = Uuid)]
        message: MessageId,
        /// How far the call has come; a state that does not ring ends it.
        #[schema(value_type = String)]
        state: UrgentState,
    }
    /// Somebody is rung at the place where this locked or unsigned device stands. Says nothing else.
    Ring = "ring" {
        /// Tells this call from others on this connection.
        call: u64,
        /// The place, when it is known.
        #[schema(value_type = Option<Uuid>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<PlaceId>,
        /// Whether it rings (still).
        rings: bool,
    }
    /// The session was locked (content leaves the screen, open rooms are closed) or returned to.
    Session = "session" {
        /// What it is now.
        state: SessionPhase,
    }
    /// A newer signed head of the log.
    Checkpoint = "checkpoint" {
        /// The head.
        log: LogHead,
    }
    /// The answer to `ping`.
    Pong = "pong" {
        /// The request's number.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The server's time, microseconds UTC.
        #[schema(value_type = i64)]
        at: Timestamp,
    }
    /// An event stream ends; over a WebSocket this is the close frame.
    Goodbye = "goodbye" {
        /// The close code that a WebSocket would carry.
        code: u16,
        /// Its word.
        reason: String,
    }
    /// The answer to `deliver_queued`, and to the author wherever signed in.
    Delivered = "delivered" {
        /// The request's number; absent when the author is told.
        #[schema(value_type = Option<u64>)]
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<FrameId>,
        /// The item, by the client's own id.
        item: Uuid,
        /// What became of it.
        outcome: QueueOutcome,
    }
}

impl ServerFrame {
    /// The frame as it travels: one line of JSON.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        // Frames hold strings, numbers and lists: their serialisation has no way to fail.
        serde_json::to_vec(self).map(Bytes::from).unwrap_or_default()
    }
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionFacts {
    /// The session.
    #[schema(value_type = Uuid)]
    pub session: SessionId,
    /// Who.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Under which post.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// For which employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// Whether it is locked.
    pub state: SessionPhase,
    /// When it ends by itself, microseconds UTC.
    #[schema(value_type = i64)]
    pub expires_at: Timestamp,
    /// Locks after so many microseconds without activity.
    pub idle: i64,
}

/// What a session is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionPhase {
    /// In use.
    Live,
    /// Locked: a passkey returns.
    Locked,
}

/// The log's head.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogHead {
    /// The log's origin line.
    pub origin: String,
    /// Durable entries.
    pub size: u64,
    /// The newest signed head (C2SP checkpoint); absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

/// What a connection is held to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SocketLimits {
    /// Bytes of one frame.
    pub frame_bytes: u64,
    /// Frames in a second, in the long run.
    pub frames_per_second: u64,
    /// Rooms open at the same time.
    pub open_rooms: u64,
    /// Requests that may wait for their answers; further ones are read later.
    pub in_flight: u64,
}

/// What happened to a message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// 訂正
    Corrected {
        /// The new version.
        version: i64,
    },
    /// 取消
    Withdrawn,
    /// 了解
    Acknowledged {
        /// By whom, under which post, when.
        by: BylineBody,
    },
    /// 引き受けた
    Taken {
        /// By whom, under which post, when.
        by: BylineBody,
    },
    /// A request or question moved on.
    State {
        /// To which state.
        #[schema(value_type = String)]
        state: WorkState,
        /// By whom, under which post, when.
        by: BylineBody,
    },
    /// An urgent call moved on.
    Urgent {
        /// To which state.
        #[schema(value_type = String)]
        state: UrgentState,
    },
}

/// Why a look ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The right to read the room ended.
    RightEnded,
    /// The room could not be read; open it again.
    Failed,
}

/// How far somebody has read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reader {
    /// Who.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Up to which message.
    #[schema(value_type = Uuid)]
    pub message: MessageId,
}

/// What became of a queued item.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QueueOutcome {
    /// It was posted, now or before.
    Posted {
        /// The message.
        #[schema(value_type = Uuid)]
        message: MessageId,
    },
    /// It was refused and will be refused again: drop it from the queue.
    Refused {
        /// Why: `right`, `closed`, `owner`, `called`, `mentions`, `due`, `attachments`, `reply_to`, `written_at` or `other`.
        #[schema(value_type = String)]
        reason: LateRefusal,
    },
}
