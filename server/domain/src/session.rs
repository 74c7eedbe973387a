//! Sessions: ログイン. One shared object per live session, so that ending it is seen by every holder at once.

use crate::{
    id::{DeviceId, OrganizationId, PersonId, PostId, SessionId},
    text::Login,
    time::Timestamp,
};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Who says to be at the device, before anything is proved.
pub enum Claimed {
    /// A login name was typed.
    Login(Login),
    /// A face of the start screen was tapped.
    Person(PersonId),
}

/// A person on a device under one post.
#[derive(Debug)]
pub struct LiveSession {
    /// The row.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// For which employer: the device's organization.
    pub organization: OrganizationId,
    /// On which device's register row.
    pub device: DeviceId,
    /// When the full sign-in was.
    pub signed_in_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Microseconds without activity after which it locks.
    pub idle: i64,
    last_activity: AtomicI64,
    stepped_up_until: AtomicI64,
    locked: AtomicBool,
    ended: AtomicBool,
}

/// What a session must be told to begin with.
#[derive(Clone, Copy, Debug)]
pub struct SessionStart {
    /// The row.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// Under which post.
    pub post: PostId,
    /// For which employer.
    pub organization: OrganizationId,
    /// On which device.
    pub device: DeviceId,
    /// When the full sign-in was.
    pub signed_in_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Microseconds without activity after which it locks.
    pub idle: i64,
}

impl LiveSession {
    /// A session that is live and unlocked, with its last activity at `now`.
    #[must_use]
    pub const fn new(start: SessionStart, now: Timestamp) -> Self {
        let SessionStart { session, person, post, organization, device, signed_in_at, expires_at, idle } =
            start;
        Self {
            session,
            person,
            post,
            organization,
            device,
            signed_in_at,
            expires_at,
            idle,
            last_activity: AtomicI64::new(now.0),
            stepped_up_until: AtomicI64::new(i64::MIN),
            locked: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }
    }

    /// What the session is at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SessionState {
        if self.ended.load(Ordering::Acquire) {
            SessionState::Ended
        } else if now >= self.expires_at {
            SessionState::Expired
        } else if self.locked.load(Ordering::Acquire) || now.since(self.last_activity()) >= self.idle {
            SessionState::Locked
        } else {
            SessionState::Live
        }
    }

    /// When the person last did something; heartbeats are not activity.
    #[must_use]
    pub fn last_activity(&self) -> Timestamp {
        Timestamp(self.last_activity.load(Ordering::Acquire))
    }

    /// The person did something.
    pub fn touch(&self, now: Timestamp) {
        self.last_activity.fetch_max(now.0, Ordering::AcqRel);
    }

    /// Locks: content goes, the session stays.
    pub fn lock(&self) {
        self.locked.store(true, Ordering::Release);
    }

    /// Whether somebody locked it; idleness is not asked for here, see [`LiveSession::state`].
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked.load(Ordering::Acquire)
    }

    /// A return with the passkey unlocks.
    pub fn unlock(&self, now: Timestamp) {
        self.touch(now);
        self.locked.store(false, Ordering::Release);
    }

    /// Ends for good.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Until when a fresh passkey counts for what administrators and auditors do.
    #[must_use]
    pub fn stepped_up_until(&self) -> Timestamp {
        Timestamp(self.stepped_up_until.load(Ordering::Acquire))
    }

    /// A fresh passkey was shown.
    pub fn step_up(&self, until: Timestamp) {
        self.stepped_up_until.store(until.0, Ordering::Release);
    }
}

/// What a session is at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionState {
    /// In use.
    Live,
    /// Idle or locked by the person; a passkey returns.
    Locked,
    /// Past its longest time.
    Expired,
    /// Signed out, or ended by somebody.
    Ended,
}
