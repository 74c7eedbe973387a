//! hub: the connections that have one room open, and the order in which they hear of it.
//!
//! Commits answer their callers in no order, so a later post may be told before an earlier one. Positions are
//! gap-free inside the house: a post that is not next waits until those before it were told. When they do not come
//! (another instance wrote them, or a caller went away) the readers are told to read on from the store.

use super::{Delivery, Live, Mailbox};
use std::{
    collections::{BTreeMap, HashMap, VecDeque, btree_map::Entry},
    sync::Arc,
};
use tasuki_domain::{
    id::{MessageId, PersonId, PostId, RoomId},
    info_class::{ClassSet, InfoClassId},
    message_view::RoomEventKind,
    policy::Facts,
    time::Timestamp,
};

/// New messages that are remembered, to name the post up to which somebody has read.
const REMEMBERED: usize = 256;

/// Posts that may wait for one that is missing.
const MOST_WAITING: usize = 256;

pub(super) struct Subscriber {
    pub(super) mailbox: Arc<Mailbox>,
    /// The mailbox's number, kept beside it: hundreds are searched when everybody comes back at once.
    connection: u64,
    person: PersonId,
    post: PostId,
    classes: ClassSet,
}

/// The state of one room that somebody has open.
pub(super) struct OpenRoom {
    room: RoomId,
    version: u64,
    /// The last position that was told; unknown until the first reader has read.
    told: Option<i64>,
    early: BTreeMap<i64, Arc<Live>>,
    /// What happened to messages while posts wait: told after them.
    after: Vec<Arc<Live>>,
    stuck: bool,
    subscribers: Vec<Subscriber>,
    /// Everybody who has the room open, with the number of connections.
    present: BTreeMap<PersonId, usize>,
    recent: VecDeque<(i64, MessageId, InfoClassId)>,
    marks: HashMap<PersonId, i64>,
}

impl OpenRoom {
    pub(super) fn new(room: RoomId, version: u64) -> Self {
        Self {
            room,
            version,
            told: None,
            early: BTreeMap::new(),
            after: Vec::new(),
            stuck: false,
            subscribers: Vec::new(),
            present: BTreeMap::new(),
            recent: VecDeque::new(),
            marks: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.subscribers.is_empty()
    }

    /// Who has the room open.
    pub(super) fn present(&self) -> Vec<PersonId> {
        self.present.keys().copied().collect()
    }

    /// Takes a reader in, who hears everything that is told from now on.
    pub(super) fn join(
        &mut self,
        mailbox: Arc<Mailbox>,
        (person, post): (PersonId, PostId),
        classes: ClassSet,
    ) {
        let connection = mailbox.number();
        let arrives = !self.present.contains_key(&person);
        self.take_out(connection);
        self.subscribers.push(Subscriber { mailbox, connection, person, post, classes });
        *self.present.entry(person).or_default() += 1;
        if arrives {
            self.tell_presence(person, true);
        }
    }

    /// The reader has read from the store up to `position`: the room's order begins there when nobody knew it.
    pub(super) fn begin(&mut self, position: i64) {
        if self.told.is_none() {
            self.told = Some(position);
            self.early = self.early.split_off(&position.saturating_add(1));
            self.tell_ready();
        }
    }

    pub(super) fn leave(&mut self, connection: u64) {
        if let Some(person) = self.take_out(connection)
            && !self.present.contains_key(&person)
        {
            self.tell_presence(person, false);
        }
    }

    /// Takes a connection out; gives whose it was.
    fn take_out(&mut self, connection: u64) -> Option<PersonId> {
        let gone = self.subscribers.iter().position(|subscriber| subscriber.connection == connection)?;
        let person = self.subscribers.swap_remove(gone).person;
        one_less(&mut self.present, person);
        Some(person)
    }

    /// Tells a new message, in order, or anything else about the room's messages.
    pub(super) fn tell(&mut self, live: Arc<Live>) {
        match live.position() {
            None if self.early.is_empty() => self.deliver(&live),
            None => self.after.push(live),
            Some(position) if self.told.is_some_and(|told| position <= told) => {}
            Some(position) => {
                self.early.insert(position, live);
                self.tell_ready();
                if self.early.len() > MOST_WAITING {
                    self.read_on();
                }
            }
        }
    }

    fn tell_ready(&mut self) {
        while let (Some(told), Some(next)) = (self.told, self.early.first_entry()) {
            if *next.key() != told + 1 {
                return;
            }
            let live = next.remove();
            self.told = Some(told + 1);
            self.remember(&live);
            self.deliver(&live);
        }
        if self.early.is_empty() {
            self.stuck = false;
            for live in std::mem::take(&mut self.after) {
                self.deliver(&live);
            }
        }
    }

    fn remember(&mut self, live: &Live) {
        if let (Some(position), RoomEventKind::Posted { message, .. }, Some(class)) =
            (live.position(), &live.event().kind, live.event().class)
        {
            if self.recent.len() >= REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back((position, *message, class));
        }
    }

    fn deliver(&self, live: &Arc<Live>) {
        for subscriber in self.subscribers.iter().filter(|subscriber| live.concerns(subscriber.classes)) {
            subscriber.mailbox.put(Delivery::Live(live.clone()));
        }
    }

    /// A post that was waited for did not come: every reader reads on from the store, under the own look.
    pub(super) fn read_on(&mut self) {
        if let Some((last, _)) = self.early.last_key_value() {
            self.told = Some(*last);
            for live in std::mem::take(&mut self.early).into_values() {
                self.remember(&live);
            }
            for subscriber in &self.subscribers {
                subscriber.mailbox.put(Delivery::Lagging(self.room));
            }
            self.tell_ready();
        }
    }

    /// Another instance says that the room has reached a position.
    pub(super) fn moved(&mut self, position: i64) {
        if self.told.is_some_and(|told| told < position) {
            self.told = Some(position);
            self.early = self.early.split_off(&position.saturating_add(1));
            for subscriber in &self.subscribers {
                subscriber.mailbox.put(Delivery::Lagging(self.room));
            }
            self.tell_ready();
        }
    }

    /// Once a second: a gap that was there a second ago already is filled from the store.
    pub(super) fn mend(&mut self) {
        let waits = !self.early.is_empty() && self.told.is_some();
        if waits && self.stuck {
            self.read_on();
        }
        self.stuck = !self.early.is_empty() && self.told.is_some();
    }

    /// Looks at every reader's right again; those who lost it are told that the room is closed to them.
    pub(super) fn recheck(&mut self, facts: &Facts, now: Timestamp) {
        self.version = facts.version();
        let room = facts.room(self.room);
        let mut lost = Vec::new();
        self.subscribers.retain_mut(|subscriber| {
            let scope = facts.post(subscriber.post).filter(|post| post.is_live(now)).zip(room);
            let scope = scope.map(|(post, room)| facts.within(post, room, now)).unwrap_or_default();
            subscriber.classes = scope.read;
            let stays = scope.member && scope.consented;
            if !stays {
                subscriber.mailbox.set_open(self.room, false);
                subscriber.mailbox.put(Delivery::Closed(self.room));
                one_less(&mut self.present, subscriber.person);
                lost.push(subscriber.person);
            }
            stays
        });
        for person in lost {
            if !self.present.contains_key(&person) {
                self.tell_presence(person, false);
            }
        }
    }

    /// As [`OpenRoom::recheck`], when the facts have changed since.
    pub(super) fn recheck_if_changed(&mut self, facts: &Facts, now: Timestamp) {
        if self.version != facts.version() {
            self.recheck(facts, now);
        }
    }

    /// Notes how far somebody has read; told once a second.
    pub(super) fn mark(&mut self, person: PersonId, position: i64) {
        let mark = self.marks.entry(person).or_insert(position);
        *mark = position.max(*mark);
    }

    /// Tells how far people have read, as far as each reader may see what they read.
    pub(super) fn tell_marks(&mut self) {
        if self.marks.is_empty() {
            return;
        }
        let marks = std::mem::take(&mut self.marks);
        let mut known: Vec<(ClassSet, Arc<[(PersonId, MessageId)]>)> = Vec::new();
        for subscriber in &self.subscribers {
            let readers = match known.iter().find(|(classes, _)| *classes == subscriber.classes) {
                Some((_, readers)) => readers.clone(),
                None => {
                    let readers: Arc<[_]> = self.readers(&marks, subscriber.classes);
                    known.push((subscriber.classes, readers.clone()));
                    readers
                }
            };
            if !readers.is_empty() {
                subscriber.mailbox.put(Delivery::Read(self.room, readers));
            }
        }
    }

    fn readers(&self, marks: &HashMap<PersonId, i64>, classes: ClassSet) -> Arc<[(PersonId, MessageId)]> {
        let newest = |mark: i64| {
            let upto = self.recent.iter().rev().skip_while(|(position, ..)| *position > mark);
            upto.clone().find(|(_, _, class)| classes.contains(*class)).map(|(_, message, _)| *message)
        };
        marks.iter().filter_map(|(person, mark)| newest(*mark).map(|message| (*person, message))).collect()
    }

    /// Tells the others that somebody is writing.
    pub(super) fn tell_typing(&self, person: PersonId) {
        let room = self.room;
        for subscriber in self.subscribers.iter().filter(|subscriber| subscriber.person != person) {
            subscriber.mailbox.put(Delivery::Typing { room, person });
        }
    }

    fn tell_presence(&self, person: PersonId, present: bool) {
        let room = self.room;
        for subscriber in self.subscribers.iter().filter(|subscriber| subscriber.person != person) {
            subscriber.mailbox.put(Delivery::Presence { room, person, present });
        }
    }
}

/// One connection of a person is gone.
fn one_less(present: &mut BTreeMap<PersonId, usize>, person: PersonId) {
    if let Entry::Occupied(mut count) = present.entry(person) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}
