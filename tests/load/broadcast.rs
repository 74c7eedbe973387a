//! A bare broadcast over TLS: what fifty readers cost when nothing is kept and nobody is asked.

use crate::{
    consortium::Consortium,
    figures::{Cpu, Latencies, per_second, per_thousand},
};
use rustls::ServerConfig;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::{broadcast, mpsc},
    task::AbortHandle,
};
use tokio_rustls::TlsAcceptor;

/// Frames that go out at once when they go as fast as they can.
const AT_ONCE: usize = 32;

/// What a bare broadcast does.
pub struct Broadcast {
    /// Deliveries per second when frames are sent as fast as they go.
    pub deliveries: f64,
    /// CPU milliseconds of server and clients together per 1000 deliveries.
    pub cpu: f64,
    /// Send to delivery at a steady pace.
    pub latencies: Latencies,
}

type Frame = Arc<Vec<u8>>;

/// Connected members, and whoever tells them something.
struct Stage {
    members: usize,
    bytes: usize,
    start: Instant,
    tell: broadcast::Sender<Frame>,
    heard: mpsc::UnboundedReceiver<(Duration, Duration)>,
    accepting: AbortHandle,
}

/// Sends frames of `bytes` to every one of `members` TLS connections, first `paced` a second, then as fast as they go.
pub async fn broadcast(members: usize, bytes: usize, paced: u32, lasting: Duration) -> Broadcast {
    let mut stage = Stage::open(members, bytes).await;
    let latencies = stage.paced(paced, lasting).await;
    let (cpu, begun) = (Cpu::of_this_process(), Instant::now());
    let delivered = stage.flood(lasting).await;
    let (elapsed, used) = (begun.elapsed(), cpu.since());
    stage.accepting.abort();
    Broadcast { deliveries: per_second(delivered, elapsed), cpu: per_thousand(used, delivered), latencies }
}

impl Stage {
    async fn open(members: usize, bytes: usize) -> Self {
        let consortium = Consortium::found();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let door = consortium.door(listener.local_addr().expect("an address"));
        let (tell, _) = broadcast::channel(8_192);
        let accepting = tokio::spawn(accept(listener, consortium.server, tell.clone())).abort_handle();
        let (hears, heard) = mpsc::unbounded_channel();
        let start = Instant::now();
        for _ in 0..members {
            let mut stream = door.connect().await.expect("a handshake");
            let hears = hears.clone();
            tokio::spawn(async move {
                let mut frame = vec![0; bytes];
                while stream.read_exact(&mut frame).await.is_ok() {
                    let sent = frame.first_chunk::<8>().map_or(0, |stamp| u64::from_le_bytes(*stamp));
                    let _gone = hears.send((Duration::from_micros(sent), start.elapsed()));
                }
            });
        }
        while tell.receiver_count() < members {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self { members, bytes, start, tell, heard, accepting }
    }

    /// A frame that begins with the instant of sending.
    fn send(&self) {
        let mut frame = vec![0; self.bytes];
        frame.splice(..8, u64::try_from(self.start.elapsed().as_micros()).unwrap_or(0).to_le_bytes());
        self.tell.send(Arc::new(frame)).expect("members listen");
    }

    async fn paced(&mut self, paced: u32, lasting: Duration) -> Latencies {
        let mut latencies = Latencies::default();
        let mut beat = tokio::time::interval(Duration::from_secs(1) / paced);
        for _ in 0..(u64::from(paced) * lasting.as_secs()) {
            beat.tick().await;
            self.send();
            for _ in 0..self.members {
                let (sent, at) = self.heard.recv().await.expect("a delivery");
                latencies.add(at.saturating_sub(sent));
            }
        }
        latencies
    }

    async fn flood(&mut self, lasting: Duration) -> u64 {
        let (begun, mut delivered) = (Instant::now(), 0);
        while begun.elapsed() < lasting {
            (0..AT_ONCE).for_each(|_| self.send());
            for _ in 0..AT_ONCE * self.members {
                self.heard.recv().await.expect("a delivery");
                delivered += 1;
            }
        }
        delivered
    }
}

async fn accept(listener: TcpListener, server: Arc<ServerConfig>, tell: broadcast::Sender<Frame>) {
    loop {
        let (stream, _) = listener.accept().await.expect("accepts");
        stream.set_nodelay(true).expect("no delay");
        let (acceptor, mut frames) = (TlsAcceptor::from(server.clone()), tell.subscribe());
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            while let Ok(frame) = frames.recv().await {
                // What is waiting goes out in one record, as a tuned server would do it.
                let mut waiting = frame.as_ref().clone();
                while let Ok(frame) = frames.try_recv() {
                    waiting.extend_from_slice(&frame);
                }
                if stream.write_all(&waiting).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        });
    }
}
