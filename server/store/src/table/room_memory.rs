//! What an instance remembers about rooms between two requests. Nothing here is needed after a restart.

use super::{look::SharedLooks, message::RecentPosts, receipt::WaitingMarks};

/// Recent client ids, shared looks, read marks on their way.
#[derive(Default)]
pub(crate) struct RoomMemory {
    pub(crate) posts: RecentPosts,
    pub(crate) looks: SharedLooks,
    pub(crate) marks: WaitingMarks,
}
