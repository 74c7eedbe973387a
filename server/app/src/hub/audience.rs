//! hub: which posts may read anything in a room. Asked for at every post, so it is remembered while the facts are
//! the same, and for a second at most, because rights also begin and end with the clock.

use super::{read, write};
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};
use tasuki_domain::{
    id::{PostId, RoomId},
    info_class::ClassSet,
    time::{SECOND, Timestamp},
};
use tasuki_store::Store;

/// The posts that may read anything in a room, at a time.
pub struct Audience {
    version: u64,
    at: Timestamp,
    pub(super) posts: Vec<(PostId, ClassSet)>,
}

#[derive(Default)]
pub(super) struct Audiences(RwLock<HashMap<RoomId, Arc<Audience>>>);

/// Rooms whose audience is remembered; more, and all are asked for anew.
const MOST_ROOMS: usize = 4096;

impl Audiences {
    pub(super) fn of(&self, store: &Store, room: RoomId) -> Arc<Audience> {
        let (facts, now) = (store.facts(), store.now());
        if let Some(known) = read(&self.0).get(&room)
            && known.version == facts.version()
            && now.since(known.at) < SECOND
        {
            return known.clone();
        }
        let posts = facts.room(room).map_or_else(Vec::new, |room| {
            facts
                .live_posts(now)
                .map(|post| (post.post, facts.within(post, room, now)))
                .filter(|(_, scope)| scope.member && scope.consented && !scope.read.is_empty())
                .map(|(post, scope)| (post, scope.read))
                .collect()
        });
        let audience = Arc::new(Audience { version: facts.version(), at: now, posts });
        let mut known = write(&self.0);
        if known.len() >= MOST_ROOMS {
            known.clear();
        }
        known.insert(room, audience.clone());
        audience
    }
}
