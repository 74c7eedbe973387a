//! The live sessions of this instance: one shared object each, ended for all holders at once.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use tasuki_domain::{
    id::{DeviceId, PersonId, PostId, SessionId},
    session::LiveSession,
};

/// Live sessions by the digest of their token.
#[derive(Default)]
pub struct Sessions {
    by_digest: RwLock<HashMap<[u8; 32], Arc<LiveSession>>>,
}

impl Sessions {
    /// The session of a token's digest.
    #[must_use]
    pub fn find(&self, digest: &[u8; 32]) -> Option<Arc<LiveSession>> {
        self.by_digest.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    /// Takes a session in.
    pub fn insert(&self, digest: [u8; 32], session: Arc<LiveSession>) {
        self.by_digest.write().unwrap_or_else(PoisonError::into_inner).insert(digest, session);
    }

    /// Every session for which `wanted` holds.
    pub fn select(&self, wanted: impl Fn(&LiveSession) -> bool) -> Vec<Arc<LiveSession>> {
        let sessions = self.by_digest.read().unwrap_or_else(PoisonError::into_inner);
        sessions.values().filter(|session| wanted(session)).cloned().collect()
    }

    /// Ends and forgets every session for which `wanted` holds; says which.
    pub fn end(&self, wanted: impl Fn(&LiveSession) -> bool) -> Vec<Arc<LiveSession>> {
        let mut ended = Vec::new();
        self.by_digest.write().unwrap_or_else(PoisonError::into_inner).retain(|_, session| {
            let ends = wanted(session);
            if ends {
                session.end();
                ended.push(session.clone());
            }
            !ends
        });
        ended
    }

    /// Ends one session.
    pub fn end_session(&self, session: SessionId) -> Vec<Arc<LiveSession>> {
        self.end(|live| live.session == session)
    }

    /// Ends every session of a person.
    pub fn end_person(&self, person: PersonId) -> Vec<Arc<LiveSession>> {
        self.end(|live| live.person == person)
    }

    /// Ends every session under a post.
    pub fn end_post(&self, post: PostId) -> Vec<Arc<LiveSession>> {
        self.end(|live| live.post == post)
    }

    /// Ends every session on a device.
    pub fn end_device(&self, device: DeviceId) -> Vec<Arc<LiveSession>> {
        self.end(|live| live.device == device)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_digest.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
