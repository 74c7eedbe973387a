//! hub: what waits for one connection. Bounded: a reader that does not read is dropped, and resumes from its cursor.

use super::Live;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tasuki_domain::{
    id::{DeviceId, MessageId, OrganizationId, PersonId, PlaceId, PostId, RoomId},
    message::Contract,
    queued::Settled,
    session::LiveSession,
    urgent::UrgentState,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// Who is at the other end of a connection.
#[derive(Clone, Debug)]
pub enum Listener {
    /// A person in a session, which may be locked.
    Session(Arc<LiveSession>),
    /// A device on which nobody is signed in.
    Device {
        /// The register row.
        device: DeviceId,
        /// Its owner.
        organization: OrganizationId,
    },
}

impl Listener {
    /// The session of a person.
    #[must_use]
    pub const fn session(&self) -> Option<&Arc<LiveSession>> {
        match self {
            Self::Session(session) => Some(session),
            Self::Device { .. } => None,
        }
    }

    /// The device of the connection.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        match self {
            Self::Session(session) => session.device,
            Self::Device { device, .. } => *device,
        }
    }

    /// The organization that owns the device.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        match self {
            Self::Session(session) => session.organization,
            Self::Device { organization, .. } => *organization,
        }
    }
}

/// Why a connection has to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The session, person, post or device ended.
    Ended,
    /// It did not read what was sent.
    Slow,
    /// The same session opened too many others.
    Replaced,
    /// The server stops.
    Stop,
}

/// The newest post of a room that is not open, as far as this person may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its position; only the reader's own cursor of it leaves the house.
    pub position: i64,
    /// The most urgent of the posts since the last head.
    pub urgency: Contract,
}

/// Somebody is rung. Says what a screen without content may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ring {
    /// The urgent post.
    pub message: MessageId,
    /// Its room.
    pub room: RoomId,
    /// Which post is rung.
    pub post: PostId,
    /// Where: the patient's place.
    pub place: Option<PlaceId>,
    /// How far the call has come; a state that does not ring ends it.
    pub state: UrgentState,
}

/// A signed head of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedHead {
    /// How many entries it covers.
    pub size: u64,
    /// The complete signed note.
    pub note: String,
}

/// Something for one connection.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// An event of an open room.
    Live(Arc<Live>),
    /// Events of an open room may have been missed: read on from the store.
    Lagging(RoomId),
    /// The look at a room is over: the right to it ended, or the screen was locked.
    Closed(RoomId),
    /// The newest post of a room that is not open.
    Head(RoomId, Head),
    /// Who has the room open now, or no more.
    Presence {
        /// The room.
        room: RoomId,
        /// Who.
        person: PersonId,
        /// Whether it is open on any device of theirs.
        present: bool,
    },
    /// Somebody is writing.
    Typing {
        /// The room.
        room: RoomId,
        /// Who.
        person: PersonId,
    },
    /// How far readers of an open room have read: the newest post that this reader may see, by person.
    Read(RoomId, Arc<[(PersonId, MessageId)]>),
    /// Somebody is rung.
    Ring(Ring),
    /// What became of an item that this person queued.
    Queued {
        /// The item.
        item: Uuid,
        /// What became of it.
        outcome: Settled,
    },
    /// The session was locked.
    Locked,
    /// The session was returned to.
    Unlocked,
    /// A newer signed head of the log.
    LogHead(Arc<SignedHead>),
    /// Nothing happened; time to see whether the other end is there.
    Beat,
}

#[derive(Default)]
struct Waiting {
    queue: VecDeque<Delivery>,
    heads: HashMap<RoomId, Head>,
    open: Vec<RoomId>,
    ending: Option<Ending>,
    locked: bool,
}

/// What waits for one connection.
pub struct Mailbox {
    number: u64,
    listener: Listener,
    capacity: usize,
    waiting: Mutex<Waiting>,
    bell: Notify,
    over: Notify,
}

impl Mailbox {
    pub(super) fn new(number: u64, listener: Listener, capacity: usize) -> Self {
        let waiting = Mutex::default();
        Self { number, listener, capacity, waiting, bell: Notify::new(), over: Notify::new() }
    }

    /// The number of the connection, unique in this process.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Who is at the other end.
    #[must_use]
    pub const fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Puts something in. A full box ends the connection: what it held can be read from the store.
    pub(super) fn put(&self, delivery: Delivery) {
        let mut waiting = self.waiting();
        if waiting.ending.is_some() {
            return;
        }
        if waiting.queue.len() >= self.capacity {
            drop(waiting);
            self.end(Ending::Slow);
            return;
        }
        waiting.queue.push_back(delivery);
        drop(waiting);
        self.bell.notify_one();
    }

    /// Notes the newest post of a room that is not open; heads of one room become one.
    pub(super) fn put_head(&self, room: RoomId, head: Head) {
        let mut waiting = self.waiting();
        if waiting.ending.is_some() || waiting.open.contains(&room) {
            return;
        }
        let urgency = |one: Contract, other: Contract| if one.code() >= other.code() { one } else { other };
        waiting
            .heads
            .entry(room)
            .and_modify(|known| {
                known.position = known.position.max(head.position);
                known.urgency = urgency(known.urgency, head.urgency);
            })
            .or_insert(head);
        drop(waiting);
        self.bell.notify_one();
    }

    /// Ends the connection; the first reason stays.
    pub fn end(&self, ending: Ending) {
        let mut waiting = self.waiting();
        if waiting.ending.is_none() {
            *waiting = Waiting { ending: Some(ending), ..Waiting::default() };
        }
        drop(waiting);
        self.bell.notify_one();
        self.over.notify_one();
    }

    /// Why it has to end, if it has to.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.waiting().ending
    }

    /// Waits until something is in the box or the connection has to end. One waiter at a time.
    pub async fn filled(&self) {
        loop {
            {
                let waiting = self.waiting();
                if waiting.ending.is_some() || !waiting.queue.is_empty() || !waiting.heads.is_empty() {
                    return;
                }
            }
            self.bell.notified().await;
        }
    }

    /// Waits until the connection has to end. One waiter at a time.
    pub async fn ended(&self) -> Ending {
        loop {
            if let Some(ending) = self.ending() {
                return ending;
            }
            self.over.notified().await;
        }
    }

    /// Takes everything out, heads last.
    #[must_use]
    pub fn take(&self) -> Vec<Delivery> {
        let mut waiting = self.waiting();
        let queue = std::mem::take(&mut waiting.queue);
        let heads = std::mem::take(&mut waiting.heads);
        drop(waiting);
        let mut deliveries = Vec::from(queue);
        deliveries.extend(heads.into_iter().map(|(room, head)| Delivery::Head(room, head)));
        deliveries
    }

    /// Whether the room is open here.
    #[must_use]
    pub fn has_open(&self, room: RoomId) -> bool {
        self.waiting().open.contains(&room)
    }

    /// The rooms that are open here.
    #[must_use]
    pub fn open_rooms(&self) -> Vec<RoomId> {
        self.waiting().open.clone()
    }

    pub(super) fn set_open(&self, room: RoomId, open: bool) {
        let mut waiting = self.waiting();
        waiting.open.retain(|known| *known != room);
        if open {
            waiting.open.push(room);
            waiting.heads.remove(&room);
        }
    }

    /// Notes whether the session is locked; true when that is new.
    pub(super) fn set_locked(&self, locked: bool) -> bool {
        let mut waiting = self.waiting();
        let changed = waiting.locked != locked;
        waiting.locked = locked;
        changed
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
