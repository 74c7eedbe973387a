//! hub: once a second it looks at every connection's session and at every open room's readers. What runs out by the
//! clock ends here; what ends by an act ends at once, because the act wakes the watch.

use super::{Delivery, Ending, Hub, Listener, Mailbox, lock, read, write};
use std::{sync::Arc, time::Duration};
use tasuki_domain::{policy::Facts, session::SessionState, time::Timestamp};
use tokio_util::sync::CancellationToken;

/// How often the watch goes round.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two rounds.
    pub round: Duration,
    /// Rounds between two signs of life to each connection.
    pub beat: u32,
}

impl Pace {
    /// A round a second, and a sign of life three times within `idle` seconds, but not more seldom than every 30 s.
    #[must_use]
    pub fn within(idle_seconds: u64) -> Self {
        let beat = u32::try_from(idle_seconds / 3).unwrap_or(30).clamp(1, 30);
        Self { round: Duration::from_secs(1), beat }
    }
}

/// What a connection's session is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Live,
    Locked,
    Over,
}

impl Hub {
    /// Goes round until the stop, then tells every connection to say goodbye.
    pub async fn watch(&self, pace: Pace, stop: CancellationToken) {
        let mut rounds = tokio::time::interval(pace.round);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut changes = self.0.store.sessions().changes();
        let mut count = 0_u32;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                // A session was ended or locked by somebody: seen at once, not at the next round.
                Ok(()) = changes.changed() => {
                    self.look_at_sessions();
                    continue;
                }
                _ = rounds.tick() => {}
            }
            count = count.wrapping_add(1);
            self.round(count.is_multiple_of(pace.beat));
        }
        for mailbox in read(&self.0.connections).values() {
            mailbox.end(Ending::Stop);
        }
    }

    fn round(&self, beat: bool) {
        self.look_at_sessions();
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        write(&self.0.rooms).retain(|_, open| !lock(open).is_empty());
        let rooms: Vec<_> = read(&self.0.rooms).values().cloned().collect();
        for open in rooms {
            let mut open = lock(&open);
            open.recheck(&facts, now);
            open.mend();
            open.tell_marks();
        }
        if beat {
            for mailbox in read(&self.0.connections).values() {
                mailbox.put(Delivery::Beat);
            }
        }
    }

    /// Ends connections whose session is over, and takes content from those whose session is locked.
    pub fn look_at_sessions(&self) {
        let (facts, now) = (self.0.store.facts(), self.0.store.now());
        let mailboxes: Vec<Arc<Mailbox>> = read(&self.0.connections).values().cloned().collect();
        for mailbox in mailboxes {
            match standing(mailbox.listener(), &facts, now) {
                Standing::Over => mailbox.end(Ending::Ended),
                Standing::Locked if mailbox.set_locked(true) => {
                    for room in mailbox.open_rooms() {
                        self.leave(&mailbox, room);
                    }
                    mailbox.put(Delivery::Locked);
                }
                Standing::Live if mailbox.set_locked(false) => mailbox.put(Delivery::Unlocked),
                _ => {}
            }
        }
    }
}

fn standing(listener: &Listener, facts: &Facts, now: Timestamp) -> Standing {
    let device = facts.device(listener.device()).is_some_and(|device| device.is_live(now));
    let Some(session) = listener.session() else {
        return if device { Standing::Live } else { Standing::Over };
    };
    let person = facts.person(session.person).is_some_and(|person| person.period.contains(now));
    let post =
        facts.post(session.post).is_some_and(|post| post.is_live(now) && post.person == session.person);
    if !(device && person && post) {
        return Standing::Over;
    }
    match session.state(now) {
        SessionState::Live => Standing::Live,
        SessionState::Locked => Standing::Locked,
        SessionState::Expired | SessionState::Ended => Standing::Over,
    }
}
