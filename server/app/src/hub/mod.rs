//! Live delivery inside one instance. Content goes only to connections that have the room open through a recorded
//! look, filtered by what their post may read now; everybody else concerned hears that there is something, and how
//! urgent it is. A hint only: whatever is missed here is read from the store.

mod audience;
mod live;
mod mailbox;
mod ringing;
mod room;
mod watch;

#[cfg(test)]
mod tests;

pub use live::{Live, Tells};
pub use mailbox::{Delivery, Ending, Head, Listener, Mailbox, Ring, SignedHead};
pub use watch::Pace;

use audience::{Audience, Audiences};
use ringing::Ringing;
use room::OpenRoom;
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};
use tasuki_domain::{
    id::{DeviceId, PersonId, PostId, RoomId},
    info_class::ClassSet,
    message_view::{MessageView, RoomEvent, RoomEventKind},
    policy::{Actor, OpenRoom as OpenRoomAct},
    session::SessionState,
};
use tasuki_store::{Committed, Revealed, Store};

/// Connections that one session, or one device without a session, may hold; one more ends the oldest.
const MOST_CONNECTIONS: usize = 4;

/// Rooms that one connection may have open; one more is refused.
pub const MOST_OPEN_ROOMS: usize = 16;

/// Why a room was not opened for live delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotJoined {
    /// The right to read it ended since the look was recorded, or the look is another session's.
    NoRight,
    /// Too many rooms are open here.
    TooMany,
}

/// The live delivery of this instance. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    capacity: usize,
    next: AtomicU64,
    connections: RwLock<HashMap<u64, Arc<Mailbox>>>,
    by_post: Index<PostId>,
    by_device: Index<DeviceId>,
    rooms: RwLock<HashMap<RoomId, Arc<Mutex<OpenRoom>>>>,
    audiences: Audiences,
    ringing: Ringing,
}

/// One live connection; its end takes it off the hub.
pub struct Connection {
    hub: Hub,
    mailbox: Arc<Mailbox>,
}

impl Connection {
    /// What waits for it.
    #[must_use]
    pub const fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.disconnect(&self.mailbox);
    }
}

impl Hub {
    /// A hub without connections; at most `capacity` deliveries wait for one of them.
    #[must_use]
    pub fn new(store: Store, capacity: usize) -> Self {
        Self(Arc::new(Inner {
            store,
            capacity,
            next: AtomicU64::new(1),
            connections: RwLock::default(),
            by_post: RwLock::default(),
            by_device: RwLock::default(),
            rooms: RwLock::default(),
            audiences: Audiences::default(),
            ringing: Ringing::default(),
        }))
    }

    /// Takes a connection in. What rings at its place rings there at once.
    #[must_use]
    pub fn connect(&self, listener: Listener) -> Connection {
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let mailbox = Arc::new(Mailbox::new(number, listener, self.0.capacity));
        self.end_oldest(mailbox.listener());
        write(&self.0.connections).insert(number, mailbox.clone());
        note(&self.0.by_device, mailbox.listener().device(), &mailbox);
        if let Some(session) = mailbox.listener().session() {
            note(&self.0.by_post, session.post, &mailbox);
        }
        for ring in self.0.ringing.current() {
            self.ring_one(&mailbox, &ring);
        }
        Connection { hub: self.clone(), mailbox }
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        read(&self.0.connections).len()
    }

    /// Lets a connection hear a room's events from now on. Read the room from the store next, then [`Hub::begin`].
    ///
    /// # Errors
    /// [`NotJoined`].
    pub fn join(
        &self,
        mailbox: &Arc<Mailbox>,
        look: &Revealed<OpenRoomAct>,
    ) -> Result<Vec<PersonId>, NotJoined> {
        let room = look.act().room;
        let Some(session) = mailbox.listener().session() else { return Err(NotJoined::NoRight) };
        let own = matches!(&look.grant().caller().actor, Actor::Person(looking) if looking.session == session.session);
        if !own {
            return Err(NotJoined::NoRight);
        }
        if !mailbox.has_open(room) && mailbox.open_rooms().len() >= MOST_OPEN_ROOMS {
            return Err(NotJoined::TooMany);
        }
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        let scope = facts.post(session.post).zip(facts.room(room));
        let scope = scope.map(|(post, room)| facts.within(post, room, now)).unwrap_or_default();
        if !(scope.member && scope.consented) {
            return Err(NotJoined::NoRight);
        }
        mailbox.set_open(room, true);
        // The map stays held, so that an empty room is not swept away between finding and joining it.
        let mut rooms = write(&self.0.rooms);
        let open = rooms
            .entry(room)
            .or_insert_with(|| Arc::new(Mutex::new(OpenRoom::new(room, facts.version()))))
            .clone();
        let mut open = lock(&open);
        open.join(mailbox.clone(), (session.person, session.post), scope.read);
        drop(rooms);
        Ok(open.present())
    }

    /// The reader has read a joined room from the store up to `position`.
    pub fn begin(&self, room: RoomId, position: i64) {
        if let Some(open) = self.open_room(room) {
            lock(&open).begin(position);
        }
    }

    /// A connection hears no more of a room.
    pub fn leave(&self, mailbox: &Mailbox, room: RoomId) {
        mailbox.set_open(room, false);
        if let Some(open) = self.open_room(room) {
            lock(&open).leave(mailbox.number());
        }
    }

    /// What the reader may see in the room, by the facts as they are now.
    #[must_use]
    pub fn classes(&self, listener: &Listener, room: RoomId) -> ClassSet {
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        let Some(session) = listener.session() else { return ClassSet::NONE };
        let scope = facts.post(session.post).filter(|post| post.is_live(now)).zip(facts.room(room));
        scope.map(|(post, room)| facts.within(post, room, now).read).unwrap_or_default()
    }

    /// Tells what was committed.
    pub fn publish<T: Tells>(&self, committed: &Committed<T>) {
        self.tell(committed.value());
    }

    /// Tells what is durable without a result of its own: read marks, which are joined over a second.
    pub fn tell(&self, told: &impl Tells) {
        for event in told.events() {
            self.tell_one(event, told.view());
        }
    }

    fn tell_one(&self, event: Arc<RoomEvent>, view: Option<&Arc<MessageView>>) {
        if let RoomEventKind::Read { person } = event.kind {
            if let Some(open) = self.open_room(event.room) {
                lock(&open).mark(person, event.sequence);
            }
            return;
        }
        let live = Arc::new(Live::new(event.clone(), view));
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        if let Some(open) = self.open_room(event.room) {
            let mut open = lock(&open);
            open.recheck_if_changed(&facts, now);
            open.tell(live.clone());
        }
        if live.position().is_some() {
            self.tell_heads(&live);
        }
        self.tell_rings(&event);
    }

    /// Who may read anything in a room now; for [`Hub::tell_lost`].
    #[must_use]
    pub fn audience(&self, room: RoomId) -> Arc<Audience> {
        self.0.audiences.of(&self.0.store, room)
    }

    /// Whoever could read a room before and cannot any more is told where it is not open: it leaves their lists. Where
    /// it is open the watch closes it.
    pub fn tell_lost(&self, room: RoomId, before: &Audience) {
        let now: HashSet<PostId> = self.audience(room).posts.iter().map(|(post, _)| *post).collect();
        let by_post = read(&self.0.by_post);
        for (post, _) in before.posts.iter().filter(|(post, _)| !now.contains(post)) {
            for mailbox in by_post.get(post).into_iter().flatten().filter(|mailbox| !mailbox.has_open(room)) {
                mailbox.put(Delivery::Closed(room));
            }
        }
    }

    /// Another instance says that a room has reached a position.
    pub fn moved(&self, room: RoomId, position: i64) {
        if let Some(open) = self.open_room(room) {
            lock(&open).moved(position);
        }
    }

    /// Somebody is writing in a room that they have open.
    pub fn typing(&self, mailbox: &Mailbox, room: RoomId) {
        let person = mailbox.listener().session().map(|session| session.person);
        if let (Some(person), true, Some(open)) = (person, mailbox.has_open(room), self.open_room(room)) {
            lock(&open).tell_typing(person);
        }
    }

    /// Tells one person something, wherever signed in here.
    pub fn tell_person(&self, person: PersonId, delivery: &Delivery) {
        for mailbox in read(&self.0.connections).values() {
            if mailbox.listener().session().is_some_and(|session| session.person == person) {
                mailbox.put(delivery.clone());
            }
        }
    }

    /// Hands everybody a newer signed head of the log, to be kept.
    pub fn tell_log_head(&self, head: &Arc<SignedHead>) {
        for mailbox in read(&self.0.connections).values() {
            mailbox.put(Delivery::LogHead(head.clone()));
        }
    }

    fn tell_heads(&self, live: &Live) {
        let event: &RoomEvent = live.event();
        let Some(class) = event.class else { return };
        let head = Head { position: event.sequence, urgency: live.urgency() };
        let author = live.view().map(|view| view.author.person);
        let audience = self.0.audiences.of(&self.0.store, event.room);
        let by_post = read(&self.0.by_post);
        for (post, classes) in audience.posts.iter().filter(|(_, classes)| classes.contains(class)) {
            for mailbox in by_post.get(post).into_iter().flatten() {
                let session = mailbox.listener().session();
                if session.map(|session| session.person) != author {
                    debug_assert!(!classes.is_empty(), "an audience reads something");
                    mailbox.put_head(event.room, head);
                }
            }
        }
    }

    /// Whether somebody is at work under a post and connected, with an unlocked screen; of this instance only.
    #[must_use]
    pub fn is_present(&self, post: PostId) -> bool {
        let now = self.0.store.now();
        let at_work = |mailbox: &Arc<Mailbox>| {
            let session = mailbox.listener().session();
            mailbox.ending().is_none()
                && session.is_some_and(|session| session.state(now) == SessionState::Live)
        };
        read(&self.0.by_post).get(&post).is_some_and(|known| known.iter().any(at_work))
    }

    /// A session or device that holds too many connections loses the oldest.
    fn end_oldest(&self, listener: &Listener) {
        let alike = |other: &Listener| match (listener, other) {
            (Listener::Session(one), Listener::Session(other)) => one.session == other.session,
            (Listener::Device { device: one, .. }, Listener::Device { device: other, .. }) => one == other,
            _ => false,
        };
        // A session is bound to its device, so both are found among the device's own connections.
        let by_device = read(&self.0.by_device);
        let known = by_device.get(&listener.device()).into_iter().flatten();
        let own: Vec<_> = known.filter(|known| alike(known.listener()) && known.ending().is_none()).collect();
        if own.len() >= MOST_CONNECTIONS
            && let Some(oldest) = own.iter().min_by_key(|known| known.number())
        {
            oldest.end(Ending::Replaced);
        }
    }

    fn disconnect(&self, mailbox: &Mailbox) {
        for room in mailbox.open_rooms() {
            self.leave(mailbox, room);
        }
        write(&self.0.connections).remove(&mailbox.number());
        forget(&self.0.by_device, mailbox.listener().device(), mailbox);
        if let Some(session) = mailbox.listener().session() {
            forget(&self.0.by_post, session.post, mailbox);
        }
    }

    fn open_room(&self, room: RoomId) -> Option<Arc<Mutex<OpenRoom>>> {
        read(&self.0.rooms).get(&room).cloned()
    }
}

/// The connections of one post or device, by its id.
type Index<K> = RwLock<HashMap<K, Vec<Arc<Mailbox>>>>;

fn note<K: Eq + Hash>(index: &Index<K>, key: K, mailbox: &Arc<Mailbox>) {
    write(index).entry(key).or_default().push(mailbox.clone());
}

fn forget<K: Eq + Hash>(index: &Index<K>, key: K, mailbox: &Mailbox) {
    let mut index = write(index);
    if let Some(known) = index.get_mut(&key) {
        known.retain(|other| other.number() != mailbox.number());
        if known.is_empty() {
            index.remove(&key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
