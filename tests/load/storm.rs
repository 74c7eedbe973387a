//! Everybody comes back at once, as after a power cut: full mutual TLS, WebSocket, hello, the room opened (the look
//! is durable before anything is shown) and everything read that was missed. What is open then is idle, and weighed.

use crate::{
    figures::{Cpu, Latencies, per_second, per_thousand, resident},
    line::{Line, Seat},
};
use futures::{StreamExt, stream};
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

/// Connections that are being made at the same time.
const AT_ONCE: usize = 64;

/// Time for what was begun to come to rest before memory is read.
const REST: Duration = Duration::from_secs(3);

/// Who comes back to which room, and how far the room was known.
#[derive(Clone)]
pub struct Return {
    /// The way in.
    pub seat: Seat,
    /// The room.
    pub room: String,
    /// The cursor.
    pub after: String,
}

/// What a storm shows.
pub struct Storm {
    /// Connections per second, each caught up.
    pub connects: f64,
    /// From the first packet until caught up.
    pub latencies: Latencies,
    /// CPU milliseconds of the server per connection.
    pub cpu: f64,
    /// Resident memory per connection, in KiB.
    pub memory: f64,
}

/// Lets everybody come in at once, holds all connections, and weighs them.
pub async fn storm<C, T, F>(process: u32, visits: Vec<C>, visit: impl Fn(C) -> F) -> Storm
where
    F: Future<Output = T>,
{
    let (count, before) = (visits.len() as u64, resident(process));
    let (cpu, start) = (Cpu::of(process), Instant::now());
    let visiting = visits.into_iter().map(|one| {
        let visit = &visit;
        async move {
            let begun = Instant::now();
            (visit(one).await, begun.elapsed())
        }
    });
    let held: Vec<(T, Duration)> = stream::iter(visiting).buffer_unordered(AT_ONCE).collect().await;
    let (elapsed, used) = (start.elapsed(), cpu.since());
    tokio::time::sleep(REST).await;
    let memory = resident(process).saturating_sub(before) as f64 / count as f64;
    let mut latencies = Latencies::default();
    held.iter().for_each(|(_, latency)| latencies.add(*latency));
    Storm { connects: per_second(count, elapsed), latencies, cpu: per_thousand(used, count) / 1e3, memory }
}

/// One return, until caught up.
pub async fn come_back(one: Return) -> Line {
    let mut line = Line::open(&one.seat).await.expect("a member comes back");
    line.join(&one.room, Some(&one.after)).await.expect("a member catches up");
    line
}

/// One connection that only comes in.
pub async fn come_in(seat: Seat) -> Line {
    Line::open(&seat).await.expect("a connection")
}

/// One mutual-TLS connection that hears one byte back.
pub async fn come_to_echo(seat: Seat) -> TlsStream<TcpStream> {
    let mut stream = seat.door.connect().await.expect("a handshake");
    stream.write_all(b"1").await.expect("a byte goes");
    stream.flush().await.expect("a byte goes");
    stream.read_exact(&mut [0; 1]).await.expect("a byte comes back");
    stream
}
