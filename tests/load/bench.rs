//! The order of the measurements, and what they are held against.

use crate::{
    broadcast::{Broadcast, broadcast},
    figures::{Bound, Latencies, median},
    limits,
    line::{Line, Seat},
    premises::{self, CONNECTIONS, MEMBERS, Visitors},
    process::{self, Process},
    reference::Duty,
    report::{self, Row, figure, percentiles, progress, say},
    room::{Gathering, Paced, Saturated},
    storm::{self, Return, Storm},
};
use std::time::{Duration, Instant};
use tasuki_tests::house::Premises;

/// Messages a second at the steady pace.
const PACE: u32 = 50;

/// Messages that everybody has missed when the storm comes.
const MISSED: usize = 10;

/// A part of the bench.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Only {
    /// The room of fifty.
    Rooms,
    /// The storm, with the memory of what is idle afterwards.
    Storm,
}

/// What one server shows in a room.
#[derive(Default)]
struct Rooms {
    paced: Vec<Paced>,
    one: Vec<Saturated>,
    eight: Vec<Saturated>,
}

/// Measures everything and prints the tables.
pub async fn run(seconds: u64, turns: usize, only: Option<Only>) {
    let begun = Instant::now();
    progress("making a home of fifty and its consortium");
    let premises = premises::make().await;
    let door = premises.guest("yoshida").client.door().clone();
    let server = process::server(&premises, &door).await;
    progress("everybody signs in");
    let visitors = premises::sign_in(&premises, &server).await;
    let lasting = Duration::from_secs(seconds);
    if only != Some(Only::Storm) {
        plain_limits(&premises, lasting).await;
        rooms(&server, &visitors, (lasting, turns)).await;
    }
    if only != Some(Only::Rooms) {
        storms(&premises, server, &visitors).await;
    }
    say(&format!("\nMeasured in {:.0} s.", begun.elapsed().as_secs_f64()));
}

/// What the machine does without any server.
async fn plain_limits(premises: &Premises, lasting: Duration) {
    progress("limits: durable inserts, handshakes, broadcast");
    let mut rows = Vec::new();
    let batches = [
        (10, "SQLite: message + log row durable, 10 a commit, messages/s"),
        (100, "the same, 100 a commit"),
        (1_000, "the same, 1000 a commit"),
    ];
    for (batch, what) in batches {
        rows.push((what, figure(limits::durable_inserts(premises.folder(), batch, lasting / 4).await)));
    }
    rows.push(("mutual TLS 1.3 handshakes/s, both ends", figure(limits::handshakes(32, lasting / 2).await)));
    let Broadcast { deliveries, cpu, mut latencies } = broadcast(MEMBERS, 1_060, PACE, lasting / 2).await;
    rows.push(("broadcast to 50 over TLS, deliveries/s", figure(deliveries)));
    rows.push(("the same, CPU ms of both ends per 1000 deliveries", figure(cpu)));
    rows.push(("the same at 50 messages/s, p50 / p95 / p99 ms", percentiles(&mut latencies)));
    say(&report::plain("Limits of this machine, in the same run", &rows));
}

/// Reference and server in turns.
async fn rooms(server: &Process, visitors: &Visitors, (lasting, turns): (Duration, usize)) {
    let (bare, seat, _folder) = process::reference(Duty::Room);
    let bare_seats = vec![seat; MEMBERS];
    let own_seats = visitors.seats.get(..MEMBERS).unwrap_or_default();
    let room = visitors.rooms.first().map_or("", String::as_str);
    let (mut limit, mut own) = (Rooms::default(), Rooms::default());
    for turn in 1..=turns {
        progress(&format!("room of fifty, turn {turn} of {turns}: the bare reference"));
        limit.measure(&bare_seats, room, (bare.number(), lasting)).await;
        progress(&format!("room of fifty, turn {turn} of {turns}: the server"));
        own.measure(own_seats, room, (server.number(), lasting)).await;
    }
    say(&format!("\n{}", report::targets(&targets(&own, &limit))));
    say(&format!("\n{}", report::plain("Room of 50, all looking, read receipts on", &own.plain())));
    say(&format!("\n{}", report::plain("The same in the bare reference", &limit.plain())));
}

impl Rooms {
    async fn measure(&mut self, seats: &[Seat], room: &str, (process, lasting): (u32, Duration)) {
        let gathering = Gathering::of(seats, room, process).await;
        self.paced.push(gathering.paced(PACE, lasting * 2).await);
        self.one.push(gathering.saturated(1, lasting).await);
        self.eight.push(gathering.saturated(8, lasting).await);
        gathering.disperse().await;
    }

    /// p99 from sending to delivery, the middle of all turns.
    fn p99(&self) -> f64 {
        median(self.paced.iter().map(|paced| paced.deliveries.clone().percentile(99)))
    }

    fn plain(&self) -> Vec<(&'static str, String)> {
        let of = |turns: &[Saturated], of: fn(&Saturated) -> f64| figure(median(turns.iter().map(of)));
        let all = |latencies: &mut dyn Iterator<Item = &Latencies>| {
            let mut all = Latencies::default();
            latencies.for_each(|some| all.extend(some.clone()));
            percentiles(&mut all)
        };
        vec![
            (
                "50 messages/s: acknowledged, p50 / p95 / p99 ms",
                all(&mut self.paced.iter().map(|paced| &paced.acknowledgements)),
            ),
            (
                "50 messages/s: delivered, p50 / p95 / p99 ms",
                all(&mut self.paced.iter().map(|paced| &paced.deliveries)),
            ),
            ("10 × 1: durable messages/s", of(&self.one, |one| one.messages)),
            ("10 × 1: deliveries/s", of(&self.one, |one| one.deliveries)),
            (
                "10 × 1: acknowledged, p50 / p95 / p99 ms",
                all(&mut self.one.iter().map(|one| &one.acknowledgements)),
            ),
            ("10 × 8: durable messages/s", of(&self.eight, |eight| eight.messages)),
            ("10 × 8: deliveries/s", of(&self.eight, |eight| eight.deliveries)),
            (
                "10 × 8: acknowledged, p50 / p95 / p99 ms",
                all(&mut self.eight.iter().map(|eight| &eight.acknowledgements)),
            ),
        ]
    }
}

fn targets(own: &Rooms, limit: &Rooms) -> Vec<Row> {
    let of = |turns: &[Saturated], of: fn(&Saturated) -> f64| median(turns.iter().map(of));
    let paced = |rooms: &Rooms| median(rooms.paced.iter().map(|paced| paced.cpu));
    let (messages, cpu): (fn(&Saturated) -> f64, fn(&Saturated) -> f64) = (|one| one.messages, |one| one.cpu);
    vec![
        Row {
            what: "a durable messages/s, 10 senders × 8 in flight",
            own: of(&own.eight, messages),
            limit: of(&limit.eight, messages),
            target: Bound::AtLeast(0.6),
        },
        Row {
            what: "a durable messages/s, 10 senders × 1 in flight",
            own: of(&own.one, messages),
            limit: of(&limit.one, messages),
            target: Bound::AtLeast(0.7),
        },
        Row {
            what: "b server CPU ms per 1000 deliveries, saturated",
            own: of(&own.eight, cpu),
            limit: of(&limit.eight, cpu),
            target: Bound::AtMost(1.8),
        },
        Row {
            what: "b server CPU ms per 1000 deliveries, 50 messages/s",
            own: paced(own),
            limit: paced(limit),
            target: Bound::AtMost(1.5),
        },
        Row {
            what: "c send → deliver p99 ms, 50 messages/s",
            own: own.p99(),
            limit: limit.p99(),
            target: Bound::AtMost(1.5),
        },
    ]
}

/// Everybody comes back to a server that has just started.
async fn storms(premises: &Premises, server: Process, visitors: &Visitors) {
    progress("everybody misses something");
    let returns = returns(&server, visitors).await;
    drop(server);
    let (bare, seat, _folder) = process::reference(Duty::Room);
    progress("storm: the bare reference");
    let limit = storm::storm(bare.number(), vec![seat; CONNECTIONS], storm::come_in).await;
    drop(bare);
    progress("storm: mutual TLS alone");
    let (bare, seat, _folder) = process::reference(Duty::Echo);
    let lean = storm::storm(bare.number(), vec![seat; CONNECTIONS], storm::come_to_echo).await;
    drop(bare);
    progress("storm: the server");
    let first = visitors.seats.first().map(|seat| seat.door.clone()).expect("a seat");
    let server = process::server(premises, &first).await;
    let own = storm::storm(server.number(), returns, storm::come_back).await;
    tell(own, limit, (lean.memory, &server));
}

fn tell(mut own: Storm, mut limit: Storm, (lean, server): (f64, &Process)) {
    let rows = [
        Row {
            what: "d memory per idle connection, joined, KiB",
            own: own.memory,
            limit: lean,
            target: Bound::AtMost(1.6),
        },
        Row {
            what: "e connections/s until caught up, look durable",
            own: own.connects,
            limit: limit.connects,
            target: Bound::AtLeast(0.8),
        },
        Row {
            what: "e server CPU ms per connection",
            own: own.cpu,
            limit: limit.cpu,
            target: Bound::AtMost(1.3),
        },
    ];
    say(&format!("\n{}", report::targets(&rows)));
    let megabytes = std::fs::metadata(process::program()).map_or(f64::NAN, |file| file.len() as f64 / 1e6);
    let rows = [
        ("connections held", CONNECTIONS.to_string()),
        ("until caught up, p50 / p95 / p99 ms", percentiles(&mut own.latencies)),
        ("bare reference: connected, p50 / p95 / p99 ms", percentiles(&mut limit.latencies)),
        ("bare reference with WebSocket: memory per idle connection, KiB", figure(limit.memory)),
        ("server ready after start, ms", figure(server.ready_after.as_secs_f64() * 1e3)),
        ("binary, MB", figure(megabytes)),
    ];
    say(&format!("\n{}", report::plain("Storm, and what is idle afterwards", &rows)));
}

/// Each session's way back to each room, with a few messages missed.
async fn returns(server: &Process, visitors: &Visitors) -> Vec<Return> {
    let members = visitors.seats.get(..MEMBERS).unwrap_or_default();
    let mut cursors = Vec::new();
    for seat in members {
        let mut line = Line::open(seat).await.expect("a member comes in");
        for (id, room) in (2..).zip(&visitors.rooms) {
            cursors.push(line.enter(id, room, None).await.expect("a member looks at a room"));
        }
    }
    for room in &visitors.rooms {
        let gathering = Gathering::of(members.get(..1).unwrap_or_default(), room, server.number()).await;
        gathering.post(MISSED).await;
        gathering.disperse().await;
    }
    let rooms = visitors.rooms.len();
    let of_member = |member: usize| cursors.get(member * rooms..).unwrap_or_default();
    let ways = visitors.seats.iter().enumerate().flat_map(|(number, seat)| {
        let cursors = of_member(number % MEMBERS).iter().zip(&visitors.rooms);
        cursors.map(|(after, room)| Return { seat: seat.clone(), room: room.clone(), after: after.clone() })
    });
    ways.collect()
}
