//! wire: what a client says. Unknown types and fields are refused; every field is bounded by its type or by the frame.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use tasuki_domain::{
    id::{MessageId, RoomId},
    urgent::UrgentAnswer,
};
use utoipa::ToSchema;

use super::content::PostBody;

/// The client's own number of a request, given back in the answer: 0 to 2⁵³ − 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct FrameId(pub u64);

/// The largest whole number that every JSON reader keeps exactly.
const LARGEST: u64 = (1 << 53) - 1;

impl TryFrom<u64> for FrameId {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number <= LARGEST { Ok(Self(number)) } else { Err("a request number is at most 2^53 - 1") }
    }
}

/// How far the client has a room.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    /// The cursor of the last `reached`, `page` or `head` of the room.
    #[schema(max_length = 64)]
    pub cursor: String,
}

/// Why a frame was not understood. Names the field where there is one, never a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameFault {
    /// The request's number, when it could be read.
    pub id: Option<FrameId>,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// Not one JSON object with a `type`.
    NotAFrame,
    /// No frame has this type.
    UnknownType,
    /// A field is missing, unknown, or of another form.
    Form(String),
}

/// What every frame begins with, read leniently so that a refusal can name the request.
#[derive(Deserialize)]
struct Start<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    id: Option<serde_json::Value>,
}

macro_rules! client_frames {
    ($( $(#[$meta:meta])* $name:ident = $text:literal { $( $(#[$field_meta:meta])* $field:ident : $type:ty ),* $(,)? } )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Deserialize, ToSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                #[serde(rename = "type")]
                #[schema(value_type = String)]
                _type: serde::de::IgnoredAny,
                $( $(#[$field_meta])* pub $field: $type, )*
            }
        )+

        /// What a client says.
        #[derive(Debug)]
        pub enum ClientFrame {
            $( $(#[$meta])* $name($name), )+
        }

        impl ClientFrame {
            /// The types of all client frames.
            pub const TYPES: &'static [&'static str] = &[$($text),+];

            /// The frame's type.
            #[must_use]
            pub const fn text(&self) -> &'static str {
                match self { $( Self::$name(_) => $text, )+ }
            }

            /// The request's number, where the frame has one.
            #[must_use]
            pub const fn id(&self) -> Option<FrameId> {
                match self {
                    Self::Hello(Hello { id, .. })
                    | Self::OpenRoom(OpenRoom { id, .. })
                    | Self::CloseRoom(CloseRoom { id, .. })
                    | Self::PostMessage(PostMessage { id, .. })
                    | Self::MarkRead(MarkRead { id, .. })
                    | Self::Acknowledge(Acknowledge { id, .. })
                    | Self::TakeOver(TakeOver { id, .. })
                    | Self::AnswerUrgent(AnswerUrgent { id, .. })
                    | Self::Ping(Ping { id, .. })
                    | Self::DeliverQueued(DeliverQueued { id, .. }) => Some(*id),
                    Self::Typing(_) | Self::Activity(_) => None,
                }
            }

            fn parse(kind: &str, bytes: &[u8]) -> Result<Self, FaultKind> {
                match kind {
                    $( $text => strict(bytes).map(Self::$name), )+
                    _ => Err(FaultKind::UnknownType),
                }
            }
        }

        /// Name, type and schema of every client frame.
        pub(super) fn described() -> Vec<super::schema::Described> {
            vec![$( super::schema::Described::of::<$name>($text) ),+]
        }
    };
}

client_frames! {
    /// The first frame of a connection.
    Hello = "hello" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// How far it has the rooms that it knows: rooms that moved on are told by `head`.
        #[serde(default)]
        #[schema(max_items = 500)]
        rooms: Vec<Seen>,
    }
    /// Opens a room: the look is recorded, then messages come, and new ones follow until it is closed.
    OpenRoom = "open_room" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// Only what came after this cursor; without one the newest page.
        #[serde(default)]
        #[schema(max_length = 64)]
        after: Option<String>,
    }
    /// Closes a room: the look ends.
    CloseRoom = "close_room" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The room.
        #[schema(value_type = Uuid)]
        room: RoomId,
    }
    /// A post. The same client id again gives the first result.
    PostMessage = "post_message" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// To which room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The post, as over HTTP.
        post: Box<PostBody>,
    }
    /// The person was shown an open room up to here. Not activity.
    MarkRead = "mark_read" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The room, which is open here.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// A cursor that this connection was given for the room.
        #[schema(max_length = 64)]
        cursor: String,
    }
    /// 了解
    Acknowledge = "acknowledge" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The message's room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The message.
        #[schema(value_type = Uuid)]
        message: MessageId,
    }
    /// 引き受けた
    TakeOver = "take_over" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The message's room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The message.
        #[schema(value_type = Uuid)]
        message: MessageId,
    }
    /// 行きます / 行けません
    AnswerUrgent = "answer_urgent" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The message's room.
        #[schema(value_type = Uuid)]
        room: RoomId,
        /// The urgent message.
        #[schema(value_type = Uuid)]
        message: MessageId,
        /// `coming` or `unable`.
        #[schema(value_type = String)]
        answer: UrgentAnswer,
    }
    /// The person is writing in an open room. At most one every two seconds is passed on; no answer.
    Typing = "typing" {
        /// The room, which is open here.
        #[schema(value_type = Uuid)]
        room: RoomId,
    }
    /// The person touched the screen: the session does not lock yet. No answer.
    Activity = "activity" {}
    /// A sign of life; not activity. Answered by `pong`.
    Ping = "ping" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
    }
    /// A queued item, perhaps of somebody who went home: sealed to the server, tagged by a lent key.
    DeliverQueued = "deliver_queued" {
        /// The client's number of this request.
        #[schema(value_type = u64)]
        id: FrameId,
        /// The item, base64url without padding.
        item: String,
    }
}

/// Reads one frame. Never panics, whatever the bytes.
///
/// # Errors
/// [`FrameFault`], ready to be answered.
pub fn parse_client_frame(bytes: &[u8]) -> Result<ClientFrame, FrameFault> {
    let start: Start<'_> =
        serde_json::from_slice(bytes).map_err(|_| FrameFault { id: None, kind: FaultKind::NotAFrame })?;
    let id = start.id.as_ref().and_then(serde_json::Value::as_u64).and_then(|id| FrameId::try_from(id).ok());
    ClientFrame::parse(&start.kind, bytes).map_err(|kind| FrameFault { id, kind })
}

fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FaultKind> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        // The path may hold a name that a stranger made up; it is theirs, and it is bounded.
        let path = error.path().to_string();
        FaultKind::Form(path.chars().filter(|character| !character.is_control()).take(80).collect())
    })
}
