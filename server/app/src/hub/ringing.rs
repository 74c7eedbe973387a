//! hub: すぐ. Whom it rings on their own screens, and which locked or unsigned devices ring at their place, without
//! content.

use super::{Delivery, Hub, Listener, Mailbox, Ring, lock, read};
use std::{collections::HashMap, sync::Mutex};
use tasuki_domain::{
    device::DeviceFact,
    id::{MessageId, PlaceId, PostId},
    message_view::{RoomEvent, RoomEventKind},
    policy::{Facts, PostFact},
    session::SessionState,
    urgent::UrgentState,
};

/// With more calls than this, those that only wait for their telephone step are remembered no longer.
const MOST_CALLS: usize = 4096;

/// What rings now, and who was rung by a call that waits for its telephone step.
#[derive(Default)]
pub(super) struct Ringing(Mutex<HashMap<MessageId, Vec<Ring>>>);

impl Ringing {
    pub(super) fn current(&self) -> Vec<Ring> {
        lock(&self.0).values().flatten().filter(|ring| ring.state.rings()).cloned().collect()
    }
}

impl Hub {
    /// Rings, rings others, or falls silent.
    pub(super) fn tell_rings(&self, event: &RoomEvent) {
        let (message, state, posts) = match &event.kind {
            RoomEventKind::Posted { message, rings } if rings.is_empty() => {
                debug_assert!(event.class.is_some(), "message {message} has a class");
                return;
            }
            RoomEventKind::Posted { message, rings } => {
                (*message, UrgentState::RingingFirst, rings.as_slice())
            }
            RoomEventKind::Urgent { message, state, rings } => (*message, *state, rings.as_slice()),
            RoomEventKind::Withdrawn { message } => (*message, UrgentState::Telephoned, [].as_slice()),
            _ => return,
        };
        let facts = self.0.store.facts();
        let room = event.room;
        let place =
            facts.room(room).and_then(|room| room.patient).and_then(|patient| facts.patient(patient)?.place);
        let posts: &[PostId] = if state.rings() { posts } else { &[] };
        let rings: Vec<Ring> =
            posts.iter().map(|post| Ring { message, room, post: *post, place, state }).collect();
        let changes = {
            let mut ringing = lock(&self.0.ringing.0);
            let before = ringing.remove(&message).unwrap_or_default().into_iter();
            let ended = before.filter(|old| !posts.contains(&old.post)).map(|old| Ring { state, ..old });
            let changes: Vec<Ring> = ended.chain(rings.iter().cloned()).collect();
            // Whoever was rung is told too what the telephone brings, or who comes after all.
            let kept = if state == UrgentState::Telephone { changes.clone() } else { rings };
            if !kept.is_empty() {
                ringing.insert(message, kept);
            }
            if ringing.len() > MOST_CALLS {
                ringing.retain(|_, rings| rings.iter().any(|ring| ring.state.rings()));
            }
            changes
        };
        if !changes.is_empty() {
            for mailbox in read(&self.0.connections).values() {
                changes.iter().for_each(|ring| self.ring_one(mailbox, ring));
            }
        }
    }

    /// Rings a connection, if the call is for its post or for the place where its device stands.
    pub(super) fn ring_one(&self, mailbox: &Mailbox, ring: &Ring) {
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        let session = mailbox.listener().session();
        let own = session.is_some_and(|session| session.post == ring.post);
        let without_content = match mailbox.listener() {
            Listener::Device { .. } => true,
            Listener::Session(session) => session.state(now) == SessionState::Locked,
        };
        let here = || {
            let device = facts.device(mailbox.listener().device()).filter(|device| device.is_live(now));
            let at_place = device
                .zip(facts.post(ring.post))
                .map(|(device, post)| stands_at(&facts, device, post, ring.place));
            at_place.unwrap_or(false)
        };
        if own || (without_content && here()) {
            mailbox.put(Delivery::Ring(ring.clone()));
        }
    }
}

/// Whether a device stands where the call is: at the patient's place, or where the rung post works.
fn stands_at(facts: &Facts, device: &DeviceFact, post: &PostFact, patient: Option<PlaceId>) -> bool {
    if device.organization != post.organization {
        return false;
    }
    let Some(own) = device.place else { return false };
    let near = |place: PlaceId| facts.lies_in(place, own) || facts.lies_in(own, place);
    match (patient, post.place) {
        (_, None) => true,
        (Some(patient), Some(place)) => near(patient) || near(place),
        (None, Some(place)) => near(place),
    }
}
