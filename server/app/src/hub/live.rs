//! hub: an event of a room on its way to those who have the room open. Put into bytes once, shared by all of them.

use bytes::Bytes;
use std::sync::{Arc, OnceLock};
use tasuki_domain::{
    id::MessageId,
    info_class::{ClassSet, InfoClassId},
    message::Contract,
    message_view::{MessageView, RoomEvent, RoomEventKind},
};

/// What a committed result tells a room.
pub trait Tells {
    /// What happened, in order.
    fn events(&self) -> Vec<Arc<RoomEvent>>;

    /// The message as its readers see it, where the events bring or change words.
    fn view(&self) -> Option<&Arc<MessageView>> {
        None
    }
}

impl Tells for RoomEvent {
    fn events(&self) -> Vec<Arc<RoomEvent>> {
        vec![Arc::new(self.clone())]
    }
}

/// An event of a room on its way.
#[derive(Debug)]
pub struct Live {
    event: Arc<RoomEvent>,
    view: Option<Arc<MessageView>>,
    /// Without and with what only readers of the replied-to message's class may know.
    encoded: [OnceLock<Bytes>; 2],
}

impl Live {
    /// `view` is kept where it is the message that the event is about.
    pub(super) fn new(event: Arc<RoomEvent>, view: Option<&Arc<MessageView>>) -> Self {
        let view = view.filter(|view| brings_words(&event.kind, view.message)).cloned();
        Self { event, view, encoded: Default::default() }
    }

    /// What happened.
    #[must_use]
    pub fn event(&self) -> &RoomEvent {
        &self.event
    }

    /// The message, where the event brings or changes words.
    #[must_use]
    pub const fn view(&self) -> Option<&Arc<MessageView>> {
        self.view.as_ref()
    }

    /// The position of a new message, which orders it among the others.
    #[must_use]
    pub fn position(&self) -> Option<i64> {
        match self.event.kind {
            RoomEventKind::Posted { .. } => Some(self.event.sequence),
            _ => None,
        }
    }

    /// How urgent a new message is.
    #[must_use]
    pub fn urgency(&self) -> Contract {
        self.view.as_ref().map_or(Contract::ReadOnly, |view| view.asking.contract)
    }

    /// Whether a reader of these classes may learn of it.
    #[must_use]
    pub fn concerns(&self, classes: ClassSet) -> bool {
        self.event.class.is_none_or(|class| classes.contains(class))
    }

    /// Whether a reader of these classes may know which message it replies to.
    #[must_use]
    pub fn shows_reply(&self, classes: ClassSet) -> bool {
        let class: Option<InfoClassId> = self.view.as_ref().and_then(|view| view.reply_class);
        class.is_none_or(|class| classes.contains(class))
    }

    /// The frame's bytes, made by the first who asks and shared by everybody after.
    pub fn encoded(&self, shows_reply: bool, encode: impl FnOnce() -> Bytes) -> Bytes {
        let [without, with] = &self.encoded;
        (if shows_reply { with } else { without }).get_or_init(encode).clone()
    }
}

/// Whether the event brings or changes the words of this message.
fn brings_words(kind: &RoomEventKind, about: MessageId) -> bool {
    match kind {
        RoomEventKind::Posted { message, .. }
        | RoomEventKind::Corrected { message, .. }
        | RoomEventKind::Withdrawn { message } => *message == about,
        _ => false,
    }
}
