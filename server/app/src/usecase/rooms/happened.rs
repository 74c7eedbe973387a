//! What a use case in a room has done: durable, ready to be told to whoever may hear of it.

use crate::hub::Tells;
use std::sync::Arc;
use tasuki_domain::{
    id::RoomId,
    message_view::{MessageView, RoomEvent, RoomEventKind},
};
use tasuki_store::table::message::Located;

/// Something that happened in a room. Only as `Committed<Happened>` may anybody hear of it.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What, without content; shared by all who hear of it.
    pub events: Vec<Arc<RoomEvent>>,
    /// The fresh message in clear, so that telling fifty readers costs the database nothing. Whoever tells it holds
    /// each reader's open look and checks the class, of the message and of what it replies to.
    pub message: Option<Arc<MessageView>>,
}

impl Happened {
    /// One thing that was done to a message.
    pub(super) fn to(message: &Located, kind: RoomEventKind) -> Self {
        Self { events: vec![Arc::new(event(message, kind))], message: None }
    }

    /// The room as a whole changed.
    pub(in crate::usecase) fn room(room: RoomId) -> Self {
        let event = RoomEvent { room, class: None, sequence: 0, kind: RoomEventKind::Changed };
        Self { events: vec![Arc::new(event)], message: None }
    }
}

/// What was done to a message.
pub(super) const fn event(message: &Located, kind: RoomEventKind) -> RoomEvent {
    RoomEvent { room: message.room, class: Some(message.class), sequence: message.sequence, kind }
}

impl Tells for Happened {
    fn events(&self) -> Vec<Arc<RoomEvent>> {
        self.events.clone()
    }

    fn view(&self) -> Option<&Arc<MessageView>> {
        self.message.as_ref()
    }
}
