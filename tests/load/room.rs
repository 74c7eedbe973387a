//! The room of fifty: at a steady pace, and as fast as it goes.

use crate::{
    figures::{Cpu, Latencies, per_second, per_thousand},
    line::{Line, Seat},
    member::{Count, Member, Tally},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// Members who post.
pub const SENDERS: usize = 10;

/// A room in which all members look.
pub struct Gathering {
    members: Vec<Member>,
    count: Arc<Count>,
    process: u32,
}

/// What a steady pace shows.
pub struct Paced {
    /// From sending to the acknowledgement.
    pub acknowledgements: Latencies,
    /// From sending to delivery, at every member.
    pub deliveries: Latencies,
    /// CPU milliseconds of the server per 1000 deliveries.
    pub cpu: f64,
}

/// What saturation shows.
pub struct Saturated {
    /// Durable, acknowledged messages per second.
    pub messages: f64,
    /// Deliveries per second.
    pub deliveries: f64,
    /// CPU milliseconds of the server per 1000 deliveries.
    pub cpu: f64,
    /// From sending to the acknowledgement.
    pub acknowledgements: Latencies,
}

impl Gathering {
    /// Lets everybody look at the room of a server, which is this process.
    pub async fn of(seats: &[Seat], room: &str, process: u32) -> Self {
        let count = Count::new();
        let mut members = Vec::new();
        for seat in seats {
            let mut line = Line::open(seat).await.expect("a member comes in");
            line.join(room, None).await.expect("a member looks at the room");
            members.push(Member::begin(line, room, count.clone()));
        }
        let gathering = Self { members, count, process };
        // Who came in is told to all others; let that pass.
        tokio::time::sleep(Duration::from_millis(500)).await;
        gathering.tally().await;
        gathering
    }

    /// Posts at a steady pace; members take turns.
    pub async fn paced(&self, per_second: u32, lasting: Duration) -> Paced {
        self.count.timed.store(true, Relaxed);
        let (cpu, before) = (Cpu::of(self.process), self.count.delivered.load(Relaxed));
        let mut beat = tokio::time::interval(Duration::from_secs(1) / per_second);
        let posts = u64::from(per_second) * lasting.as_secs();
        let turns = self.members.iter().cycle().take(usize::try_from(posts).unwrap_or(0));
        for member in turns {
            beat.tick().await;
            member.post();
        }
        self.settle().await;
        let used = cpu.since();
        self.count.timed.store(false, Relaxed);
        let tally = self.tally().await;
        Paced {
            acknowledgements: tally.acknowledgements,
            deliveries: tally.deliveries,
            cpu: per_thousand(used, self.count.delivered.load(Relaxed) - before),
        }
    }

    /// Ten senders with so many messages in flight each.
    pub async fn saturated(&self, in_flight: usize, lasting: Duration) -> Saturated {
        let senders = || self.members.iter().take(SENDERS);
        senders().for_each(|member| member.keep(in_flight));
        tokio::time::sleep(lasting / 4).await;
        let read = |count: &AtomicU64| count.load(Relaxed);
        let (cpu, start) = (Cpu::of(self.process), Instant::now());
        let before = (read(&self.count.acknowledged), read(&self.count.delivered));
        tokio::time::sleep(lasting).await;
        let (used, elapsed) = (cpu.since(), start.elapsed());
        let after = (read(&self.count.acknowledged), read(&self.count.delivered));
        senders().for_each(|member| member.keep(0));
        self.settle().await;
        let delivered = after.1 - before.1;
        Saturated {
            messages: per_second(after.0 - before.0, elapsed),
            deliveries: per_second(delivered, elapsed),
            cpu: per_thousand(used, delivered),
            acknowledgements: self.tally().await.acknowledgements,
        }
    }

    /// Posts so many messages and waits until they have arrived.
    pub async fn post(&self, messages: usize) {
        self.members.iter().cycle().take(messages).for_each(Member::post);
        self.settle().await;
    }

    /// Waits until everything that was sent is acknowledged and delivered, once, to everybody.
    async fn settle(&self) {
        let (members, begun) = (self.members.len() as u64, Instant::now());
        loop {
            let read = |count: &AtomicU64| count.load(Relaxed);
            let (posted, acknowledged) = (read(&self.count.posted), read(&self.count.acknowledged));
            let delivered = read(&self.count.delivered);
            if acknowledged == posted && delivered == posted * members {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{posted} posted, {acknowledged} acknowledged, {delivered} delivered to {members} members: {:?}",
                self.tally().await.errors
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What all members have seen since they were last asked: the same number of messages each, and no error.
    async fn tally(&self) -> Tally {
        let (mut all, mut each) = (Tally::default(), Vec::new());
        for member in &self.members {
            let tally = member.tally().await;
            all.acknowledgements.extend(tally.acknowledgements);
            all.deliveries.extend(tally.deliveries);
            all.errors.extend(tally.errors);
            each.push(tally.delivered);
        }
        each.dedup();
        assert!(all.errors.is_empty(), "the server refused something: {:?}", all.errors.first());
        all
    }

    /// Everybody leaves.
    pub async fn disperse(self) {
        for member in self.members {
            member.leave().await;
        }
    }
}
