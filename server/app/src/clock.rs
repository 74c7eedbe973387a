//! App floor: the one clock. Every other room gets its time from here, as a `Timestamp`.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use tasuki_domain::time::{SECOND, Timestamp};

/// Tells the time and never goes back: what was written first also carries the earlier time.
///
/// When the system's clock is set back, the time told goes on at half speed until the system has caught up, so that
/// sign-ins still expire and the two meet again. [`Clock::drift`] says that this is happening.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Clone)]
enum Source {
    System,
    Simulated(Arc<AtomicI64>),
}

/// What was told last.
struct Memory {
    told: i64,
    measured: Instant,
    drift: Drift,
}

/// How the clock disagrees with the system's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Microseconds by which the system's clock lags behind the time already told; 0 when all is well.
    pub behind: i64,
    /// Jumps back of more than a second since the start.
    pub jumps: u64,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_source(Source::System)
    }

    /// A clock whose hand (microseconds UTC) the caller moves, for demo history and tests.
    #[must_use]
    pub fn simulated(hand: Arc<AtomicI64>) -> Self {
        Self::from_source(Source::Simulated(hand))
    }

    fn from_source(source: Source) -> Self {
        let told = source.read();
        let memory = Memory { told, measured: Instant::now(), drift: Drift::default() };
        Self { source, memory: Arc::new(Mutex::new(memory)) }
    }

    /// The time, never earlier than one told before by this clock or a clone of it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let read = self.source.read();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if read >= memory.told {
            memory.told = read;
            memory.measured = Instant::now();
            memory.drift.behind = 0;
        } else {
            memory.fall_behind(read, matches!(self.source, Source::System));
        }
        Timestamp(memory.told)
    }

    /// Whether and by how much the system's clock was set back.
    #[must_use]
    pub fn drift(&self) -> Drift {
        let _ = self.now();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).drift
    }
}

impl Memory {
    fn fall_behind(&mut self, read: i64, moves: bool) {
        let half = self.measured.elapsed() / 2;
        let step = i64::try_from(half.as_micros()).unwrap_or(0);
        if moves && step > 0 {
            self.told = self.told.saturating_add(step);
            self.measured = Instant::now();
        }
        let behind = self.told.saturating_sub(read);
        if behind > SECOND && self.drift.behind <= SECOND {
            self.drift.jumps = self.drift.jumps.saturating_add(1);
            tracing::warn!(
                clock.behind_ms = behind / 1_000,
                "The system clock was set back; the server's time goes on slowly until it has caught up"
            );
        }
        self.drift.behind = behind;
    }
}

impl Source {
    fn read(&self) -> i64 {
        match self {
            Self::System => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
                Err(_) => 0,
            },
            Self::Simulated(hand) => hand.load(Ordering::SeqCst),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand(at: i64) -> (Arc<AtomicI64>, Clock) {
        let hand = Arc::new(AtomicI64::new(at));
        (hand.clone(), Clock::simulated(hand))
    }

    #[test]
    fn time_follows_the_hand_forward_and_never_back() {
        let (hand, clock) = hand(100);
        assert_eq!(clock.now(), Timestamp(100));
        hand.store(250, Ordering::SeqCst);
        assert_eq!(clock.clone().now(), Timestamp(250));
        hand.store(90, Ordering::SeqCst);
        assert_eq!(clock.now(), Timestamp(250));
        assert_eq!(clock.drift(), Drift { behind: 160, jumps: 0 });
        hand.store(300, Ordering::SeqCst);
        assert_eq!(clock.now(), Timestamp(300));
        assert_eq!(clock.drift(), Drift::default());
    }

    #[test]
    fn a_jump_back_of_more_than_a_second_is_counted_once() {
        let (hand, clock) = hand(100 * SECOND);
        let _ = clock.now();
        for _ in 0..3 {
            hand.store(90 * SECOND, Ordering::SeqCst);
            assert_eq!(clock.drift(), Drift { behind: 10 * SECOND, jumps: 1 });
        }
        hand.store(101 * SECOND, Ordering::SeqCst);
        assert_eq!(clock.drift(), Drift { behind: 0, jumps: 1 });
        hand.store(99 * SECOND, Ordering::SeqCst);
        assert_eq!(clock.drift().jumps, 2);
    }

    #[test]
    fn after_a_jump_back_the_real_clock_goes_on_slowly() {
        let clock = Clock::system();
        let ahead = clock.now().0 + 3_600 * SECOND;
        clock.memory.lock().unwrap().told = ahead;
        std::thread::sleep(std::time::Duration::from_millis(20));
        let later = clock.now().0;
        assert!(later > ahead && later < ahead + SECOND, "{}", later - ahead);
        assert_eq!(clock.drift().jumps, 1);
    }
}
