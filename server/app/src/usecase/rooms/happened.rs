//! What a use case in a room has done: durable, ready to be told to whoever may hear of it.

use std::sync::Arc;
use tasuki_domain::message_view::{MessageView, RoomEvent};

/// Something that happened in a room. Only as `Committed<Happened>` may anybody hear of it.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What, without content; shared by all who hear of it.
    pub event: Arc<RoomEvent>,
    /// The fresh message in clear, so that telling fifty readers costs the database nothing. Whoever tells it holds
    /// each reader's open look and checks the class.
    pub message: Option<Arc<MessageView>>,
}
