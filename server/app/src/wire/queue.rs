//! wire: the key lent to a session, and what a queued item says once it is opened.

use super::frame::PostBody;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tasuki_domain::{id::RoomId, post::NewPost};
use utoipa::ToSchema;
use uuid::Uuid;

/// A lent key.
#[derive(Serialize, ToSchema)]
pub struct QueueKeyBody {
    /// The id that items name.
    key_id: Uuid,
    /// The key that tags them: 32 bytes, base64url without padding.
    #[schema(min_length = 43, max_length = 43)]
    key: String,
    /// The server's key that seals them: an uncompressed P-256 point (65 bytes), base64url without padding.
    #[schema(min_length = 87, max_length = 87)]
    public_key: String,
    /// The generation of that key.
    generation: u32,
}

impl QueueKeyBody {
    /// The key as it is told to its session.
    #[must_use]
    pub fn new(key_id: Uuid, generation: u32, key: &[u8; 32], public_key: &[u8; 65]) -> Self {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Self { key_id, key: text(key), public_key: text(public_key), generation }
    }
}

/// What a queued item says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueuedPost {
    room: RoomId,
    post: PostBody,
}

/// Reads an opened item; `None` when it is no post.
#[must_use]
pub fn read_queued(plaintext: &[u8]) -> Option<NewPost> {
    let queued: QueuedPost = serde_json::from_slice(plaintext).ok()?;
    queued.post.into_post(queued.room).ok()
}

/// The bytes of an item as a frame carries it; `None` when it is not base64url.
#[must_use]
pub fn item_bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
