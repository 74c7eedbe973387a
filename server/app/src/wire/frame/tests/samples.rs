//! One of every frame.

use super::super::*;
use crate::wire::problem::ProblemDocument;
use serde_json::{Value, json};
use tasuki_domain::{
    id::{ClientId, DeviceId, MessageId, OrganizationId, PersonId, PlaceId, PostId, RoomId, SessionId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Asking, Contract, Intent, WorkState},
    message_view::{Byline, MessageView, Words},
    post::Mentions,
    text::{Body, Name, Title},
    time::Timestamp,
    urgent::UrgentState,
};
use uuid::Uuid;

const AT: Timestamp = Timestamp(1_790_000_000_000_000);
const CURSOR: &str = "q83vEjRWeJCrze8SNFZ4kA";

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

pub fn client() -> Vec<(&'static str, Value)> {
    let (room, message) = (id(1), id(2));
    vec![
        ("hello", json!({"type": "hello", "id": 0, "rooms": [{"room": room, "cursor": CURSOR}]})),
        ("open_room", json!({"type": "open_room", "id": 1, "room": room, "after": CURSOR})),
        ("close_room", json!({"type": "close_room", "id": 2, "room": room})),
        (
            "post_message",
            json!({"type": "post_message", "id": 3, "room": room, "post": {
                "client_id": id(9), "class": 2, "text": "夕食は半分でした。", "intent": "request", "contract": "reply",
                "due": AT.0 + 3_600_000_000_i64, "owner": id(4), "reply_to": message,
                "mentions": {"people": [id(4)], "job_types": [4]}, "attachments": [], "written_at": AT,
                "occurred_at": AT,
            }}),
        ),
        ("mark_read", json!({"type": "mark_read", "id": 4, "room": room, "cursor": CURSOR})),
        ("acknowledge", json!({"type": "acknowledge", "id": 5, "room": room, "message": message})),
        ("take_over", json!({"type": "take_over", "id": 6, "room": room, "message": message})),
        (
            "answer_urgent",
            json!({"type": "answer_urgent", "id": 7, "room": room, "message": message, "answer": "coming"}),
        ),
        ("typing", json!({"type": "typing", "room": room})),
        ("activity", json!({"type": "activity"})),
        ("ping", json!({"type": "ping", "id": 8})),
        ("deliver_queued", json!({"type": "deliver_queued", "id": 9, "item": "AQAAAAE"})),
    ]
}

fn byline() -> Byline {
    Byline {
        person: PersonId::from_uuid(id(4)),
        person_version: 1,
        name: Some(Name::from_stored("看護 花子".into())),
        post: PostId::from_uuid(id(5)),
        organization: Some(OrganizationId::from_uuid(id(6))),
        organization_version: 1,
        organization_name: Some(Title::from_stored("つばめ訪問看護".into())),
        job_type: Some(JobTypeId::NURSE),
        at: AT,
    }
}

fn message() -> MessageBody {
    let view = MessageView {
        message: MessageId::from_uuid(id(2)),
        client: ClientId::from_uuid(id(9)),
        room: RoomId::from_uuid(id(1)),
        sequence: 41,
        class: InfoClassId::GENERAL,
        author: byline(),
        entered_by: None,
        confirmed: true,
        written_at: AT,
        received_at: AT,
        occurred_at: None,
        asking: Asking {
            intent: Intent::Notice,
            contract: Contract::ReadOnly,
            due: None,
            owner: None,
            first: None,
            fallback: None,
        },
        state: WorkState::None,
        reply_to: None,
        reply_class: None,
        answers: false,
        answered_by: None,
        mentions: Mentions::default(),
        version: 1,
        words: Words::Original(Body::from_stored("夕食は半分でした。".into())),
        attachments: Vec::new(),
        acknowledged: Vec::new(),
        taken: None,
        urgent: None,
    };
    MessageBody::of(&view, true)
}

fn log() -> LogHead {
    LogHead {
        origin: "care.example.jp/log".into(),
        size: 1_024,
        checkpoint: Some("care.example.jp/log\n1024\n…".into()),
    }
}

fn problem() -> ProblemDocument {
    ProblemDocument {
        r#type: "urn:tasuki:problem:field.empty".into(),
        title: "Please fill this in.".into(),
        title_ja: "入力してください。".into(),
        status: 422,
        code: "field.empty".into(),
        field: Some("text".into()),
        retry_after: None,
    }
}

pub fn server() -> Vec<ServerFrame> {
    let room = RoomId::from_uuid(id(1));
    let person = PersonId::from_uuid(id(4));
    let message_id = MessageId::from_uuid(id(2));
    let cursor = || CURSOR.to_owned();
    let session = SessionFacts {
        session: SessionId::from_uuid(id(7)),
        person,
        post: PostId::from_uuid(id(5)),
        organization: OrganizationId::from_uuid(id(6)),
        state: SessionPhase::Live,
        expires_at: AT,
        idle: 300_000_000,
    };
    let limits = SocketLimits { frame_bytes: 65_536, frames_per_second: 20, open_rooms: 16, in_flight: 16 };
    vec![
        Welcome {
            id: FrameId(0),
            protocol: PROTOCOL.into(),
            at: AT,
            device: DeviceId::from_uuid(id(8)),
            session: Some(session),
            log: log(),
            limits,
        }
        .into(),
        Opened { id: FrameId(1), room, present: vec![person] }.into(),
        Page { room, messages: vec![message()], cursor: cursor(), more: false, read: Some(message_id) }
            .into(),
        Ack { id: FrameId(3), message: message_id, at: AT }.into(),
        Done { id: FrameId(4) }.into(),
        Error { id: Some(FrameId(3)), problem: problem() }.into(),
        Message { message: message() }.into(),
        Changed {
            room,
            message: message_id,
            change: Change::Acknowledged { by: (&byline()).into() },
            now: None,
        }
        .into(),
        Reached { room, cursor: cursor() }.into(),
        Head { room, cursor: cursor(), urgency: Contract::Reply }.into(),
        Room { room }.into(),
        RoomClosed { room, reason: CloseReason::RightEnded }.into(),
        Read { room, readers: vec![Reader { person, message: message_id }] }.into(),
        Presence { room, person, present: true }.into(),
        TypingNow { room, person }.into(),
        Urgent { room, message: message_id, state: UrgentState::RingingFirst }.into(),
        Ring { call: 0, place: Some(PlaceId::from_uuid(id(10))), rings: true }.into(),
        Session { state: SessionPhase::Locked }.into(),
        Checkpoint { log: log() }.into(),
        Pong { id: FrameId(8), at: AT }.into(),
        Goodbye { code: 4401, reason: "session".into() }.into(),
        Delivered {
            id: Some(FrameId(9)),
            item: id(9),
            outcome: QueueOutcome::Posted { message: message_id },
        }
        .into(),
    ]
}
