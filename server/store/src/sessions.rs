//! The live sessions of this instance: one shared object each, ended for all holders at once.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tasuki_domain::{
    id::{DeviceId, PersonId, PostId, SessionId},
    session::LiveSession,
    time::Timestamp,
};
use tokio::sync::watch;

type ByDigest = HashMap<[u8; 32], Arc<LiveSession>>;

/// Live sessions by the digest of their token.
pub struct Sessions {
    by_digest: RwLock<ByDigest>,
    changes: watch::Sender<u64>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { by_digest: RwLock::default(), changes: watch::Sender::new(0) }
    }
}

impl Sessions {
    /// The session of a token's digest.
    #[must_use]
    pub fn find(&self, digest: &[u8; 32]) -> Option<Arc<LiveSession>> {
        self.read().get(digest).cloned()
    }

    /// A number that goes up whenever a session ended or was locked by somebody: an open socket then looks at its own
    /// session's state again. (What runs out by the clock alone, a socket finds with a timer of its own.)
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Takes a session in.
    pub fn insert(&self, digest: [u8; 32], session: Arc<LiveSession>) {
        self.write().insert(digest, session);
    }

    /// Every session for which `wanted` holds.
    pub fn select(&self, wanted: impl Fn(&LiveSession) -> bool) -> Vec<Arc<LiveSession>> {
        self.read().values().filter(|session| wanted(session)).cloned().collect()
    }

    /// Ends and forgets every session for which `wanted` holds; says which.
    pub fn end(&self, wanted: impl Fn(&LiveSession) -> bool) -> Vec<Arc<LiveSession>> {
        let mut ended = Vec::new();
        self.write().retain(|_, session| {
            let ends = wanted(session);
            if ends {
                session.end();
                ended.push(session.clone());
            }
            !ends
        });
        if !ended.is_empty() {
            self.changed();
        }
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

    /// Locks one session.
    pub fn lock_session(&self, session: SessionId) {
        self.select(|live| live.session == session).iter().for_each(|live| live.lock());
        self.changed();
    }

    /// Unlocks a session under a new token; the old token finds nothing any more.
    pub fn renew_token(&self, session: SessionId, digest: [u8; 32], now: Timestamp) {
        let mut sessions = self.write();
        let old = sessions.iter().find(|(_, live)| live.session == session).map(|(digest, _)| *digest);
        if let Some(live) = old.and_then(|old| sessions.remove(&old)) {
            live.unlock(now);
            sessions.insert(digest, live);
        }
    }

    /// Which sessions are known, with the digests of their tokens: taken before the table is read, see
    /// [`Sessions::synchronise`].
    pub(crate) fn known(&self) -> HashMap<SessionId, [u8; 32]> {
        self.read().iter().map(|(digest, live)| (live.session, *digest)).collect()
    }

    /// Brings the map to what the table said: new ones come in, ended ones end, tokens and locks are those of the
    /// table. What changed here since `before` was taken is newer than the rows and stays. A known session keeps its
    /// object, so that its holders see every later change.
    pub(crate) fn synchronise(
        &self,
        before: &HashMap<SessionId, [u8; 32]>,
        rows: Vec<([u8; 32], LiveSession)>,
    ) {
        let lives: HashSet<SessionId> = rows.iter().map(|(_, live)| live.session).collect();
        self.end(|live| before.contains_key(&live.session) && !lives.contains(&live.session));
        let mut sessions = self.write();
        let present: HashMap<SessionId, [u8; 32]> =
            sessions.iter().map(|(digest, live)| (live.session, *digest)).collect();
        let mut locked = false;
        for (digest, row) in rows {
            match (present.get(&row.session), before.get(&row.session)) {
                (None, None) => drop(sessions.insert(digest, Arc::new(row))),
                (Some(old), Some(known)) if old == known => {
                    locked |= adopt(&mut sessions, *old, digest, &row)
                }
                _ => {}
            }
        }
        drop(sessions);
        if locked {
            self.changed();
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn changed(&self) {
        self.changes.send_modify(|number| *number = number.wrapping_add(1));
    }

    fn read(&self) -> RwLockReadGuard<'_, ByDigest> {
        self.by_digest.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, ByDigest> {
        self.by_digest.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes activity, lock and token over from a row; true when the session was locked by it.
fn adopt(sessions: &mut ByDigest, old: [u8; 32], digest: [u8; 32], row: &LiveSession) -> bool {
    let Some(live) = sessions.get(&old).cloned() else { return false };
    live.touch(row.last_activity());
    if old != digest {
        sessions.remove(&old);
        live.unlock(row.last_activity());
        sessions.insert(digest, live);
        return false;
    }
    let locks = row.is_locked() && !live.is_locked();
    if locks {
        live.lock();
    }
    locks
}
