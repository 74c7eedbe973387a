//! ws: events as frames. What all readers of an event share is put into bytes once.

use crate::{
    hub::Live,
    wire::frame::{self, Change, MessageBody, ServerFrame},
};
use bytes::Bytes;
use tasuki_domain::{
    info_class::ClassSet,
    message_view::{MessageView, RoomEventKind},
};

/// The frame of an event, for a reader of these classes; `None` for what frames do not tell.
pub fn live(event: &Live, classes: ClassSet) -> Option<Bytes> {
    let shows_reply = event.shows_reply(classes);
    let body = || event.view().map(|view| MessageBody::of(view, shows_reply));
    let bytes =
        event.encoded(shows_reply, || frame(event, body()).map(|frame| frame.bytes()).unwrap_or_default());
    (!bytes.is_empty()).then_some(bytes)
}

/// Whether the event changed words that it does not bring.
pub fn needs_words(live: &Live) -> bool {
    let changes =
        matches!(live.event().kind, RoomEventKind::Corrected { .. } | RoomEventKind::Withdrawn { .. });
    changes && live.view().is_none()
}

/// The frame of a change, with the message as this reader sees it now.
pub fn changed(live: &Live, now: Option<&MessageView>) -> Option<Bytes> {
    frame(live, now.map(|view| MessageBody::of(view, true))).map(|frame| frame.bytes())
}

fn frame(live: &Live, body: Option<MessageBody>) -> Option<ServerFrame> {
    let event = live.event();
    let (message, change) = match &event.kind {
        RoomEventKind::Posted { .. } => return body.map(|message| frame::Message { message }.into()),
        RoomEventKind::Changed => return Some(frame::Room { room: event.room }.into()),
        RoomEventKind::Read { .. } => return None,
        RoomEventKind::Corrected { message, version } => (*message, Change::Corrected { version: *version }),
        RoomEventKind::Withdrawn { message } => (*message, Change::Withdrawn),
        RoomEventKind::Acknowledged { message, by } => (*message, Change::Acknowledged { by: by.into() }),
        RoomEventKind::Taken { message, by } => (*message, Change::Taken { by: by.into() }),
        RoomEventKind::State { message, state, by } => {
            (*message, Change::State { state: *state, by: by.into() })
        }
        RoomEventKind::Urgent { message, state, .. } => (*message, Change::Urgent { state: *state }),
    };
    Some(frame::Changed { room: event.room, message, change, now: body }.into())
}
