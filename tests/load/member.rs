//! A member of the room: reads everything that comes, posts when told, says once a second how far it has read.

use crate::{
    figures::Latencies,
    line::{Broken, Line},
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use uuid::Uuid;

/// Bytes of a message's words.
pub const WORDS: usize = 300;

/// Between two read marks of one member, as the page does it.
const MARK_EVERY: Duration = Duration::from_secs(1);

/// What all members of a room count together.
pub struct Count {
    origin: Instant,
    /// Whether deliveries are timed, which costs the generator a look into every frame.
    pub timed: AtomicBool,
    /// Messages sent.
    pub posted: AtomicU64,
    /// Messages acknowledged.
    pub acknowledged: AtomicU64,
    /// Messages delivered, to all members together.
    pub delivered: AtomicU64,
}

impl Count {
    /// From zero.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            timed: AtomicBool::new(false),
            posted: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
        })
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }
}

/// What a member has seen since it was last asked.
#[derive(Default)]
pub struct Tally {
    /// From sending to the acknowledgement.
    pub acknowledgements: Latencies,
    /// From sending to delivery here, where timed.
    pub deliveries: Latencies,
    /// Messages delivered here.
    pub delivered: u64,
    /// Error frames.
    pub errors: Vec<String>,
}

enum Order {
    Post,
    Keep(usize),
    Tell(oneshot::Sender<Tally>),
}

/// A member at work.
pub struct Member {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<Broken>,
}

impl Member {
    /// Sets a joined connection to work in a room.
    pub fn begin(line: Line, room: &str, count: Arc<Count>) -> Self {
        let (orders, told) = mpsc::unbounded_channel();
        let work = Work {
            line,
            room: room.to_owned(),
            count,
            told,
            tally: Tally::default(),
            sent: HashMap::new(),
            keep: 0,
            last: 10,
            marked: Instant::now(),
        };
        Self { orders, task: tokio::spawn(work.run()) }
    }

    /// Posts one message.
    pub fn post(&self) {
        self.order(Order::Post);
    }

    /// Keeps so many messages in flight from now on; none with 0.
    pub fn keep(&self, in_flight: usize) {
        self.order(Order::Keep(in_flight));
    }

    /// What it has seen since it was last asked.
    pub async fn tally(&self) -> Tally {
        let (tell, tally) = oneshot::channel();
        self.order(Order::Tell(tell));
        tally.await.expect("the member is at work")
    }

    fn order(&self, order: Order) {
        assert!(self.orders.send(order).is_ok(), "a member's connection ended");
    }

    /// Leaves; an end that came before is told.
    pub async fn leave(self) {
        drop(self.orders);
        let Broken(why) = self.task.await.expect("the member is at work");
        assert!(why == LEFT, "a member's connection ended: {why}");
    }
}

const LEFT: &str = "left";

struct Work {
    line: Line,
    room: String,
    count: Arc<Count>,
    told: mpsc::UnboundedReceiver<Order>,
    tally: Tally,
    sent: HashMap<u64, Duration>,
    keep: usize,
    last: u64,
    marked: Instant,
}

impl Work {
    async fn run(mut self) -> Broken {
        loop {
            let turn = tokio::select! {
                order = self.told.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return Broken(LEFT.to_owned()),
                },
                text = self.line.next() => match text {
                    Ok(text) => self.read(&text).await,
                    Err(broken) => Err(broken),
                },
            };
            if let Err(broken) = turn {
                return broken;
            }
        }
    }

    async fn obey(&mut self, order: Order) -> Result<(), Broken> {
        match order {
            Order::Post => self.post().await?,
            Order::Keep(in_flight) => {
                self.keep = in_flight;
                while self.sent.len() < self.keep {
                    self.post().await?;
                }
            }
            // Whoever asked has gone only when the bench is over.
            Order::Tell(tell) => drop(tell.send(std::mem::take(&mut self.tally))),
        }
        self.line.flush().await
    }

    /// Reads a frame and all that came with it, then sends what that calls for.
    async fn read(&mut self, text: &str) -> Result<(), Broken> {
        let mut answered = self.hear(text).await?;
        while let Some(text) = self.line.ready() {
            answered |= self.hear(&text?).await?;
        }
        if answered { self.line.flush().await } else { Ok(()) }
    }

    async fn hear(&mut self, text: &str) -> Result<bool, Broken> {
        match kind(text) {
            "message" => self.delivered(text),
            "ack" => return self.acknowledged(text).await,
            "reached" if self.marked.elapsed() >= MARK_EVERY => {
                self.marked = Instant::now();
                self.last += 1;
                let (id, room, cursor) = (self.last, &self.room, field(text, "cursor").unwrap_or_default());
                let mark = format!(r#"{{"type":"mark_read","id":{id},"room":"{room}","cursor":"{cursor}"}}"#);
                self.line.feed(mark).await?;
                return Ok(true);
            }
            "error" => self.tally.errors.push(text.to_owned()),
            _ => {}
        }
        Ok(false)
    }

    fn delivered(&mut self, text: &str) {
        self.tally.delivered += 1;
        self.count.delivered.fetch_add(1, Relaxed);
        if self.count.timed.load(Relaxed)
            && let Some(sent) = field(text, "text").and_then(stamp)
        {
            self.tally.deliveries.add(self.count.now().saturating_sub(sent));
        }
    }

    async fn acknowledged(&mut self, text: &str) -> Result<bool, Broken> {
        let sent = number(text).and_then(|id| self.sent.remove(&id));
        let Some(sent) = sent else { return Ok(false) };
        self.tally.acknowledgements.add(self.count.now().saturating_sub(sent));
        self.count.acknowledged.fetch_add(1, Relaxed);
        let more = self.sent.len() < self.keep;
        if more {
            self.post().await?;
        }
        Ok(more)
    }

    async fn post(&mut self) -> Result<(), Broken> {
        self.last += 1;
        let (id, now) = (self.last, self.count.now());
        self.sent.insert(id, now);
        self.count.posted.fetch_add(1, Relaxed);
        self.line.feed(post(id, &self.room, now)).await
    }
}

fn post(id: u64, room: &str, now: Duration) -> String {
    let (client, text) = (Uuid::now_v7(), words(now));
    let written = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    format!(
        r#"{{"type":"post_message","id":{id},"room":"{room}","post":{{"client_id":"{client}","class":3,"text":"{text}","written_at":{written}}}}}"#
    )
}

/// Words of about [`WORDS`] bytes that begin with the instant of sending.
fn words(now: Duration) -> String {
    let mut text = format!("{:016} ", now.as_nanos());
    text.extend(
        "昼食は八割ほど召し上がり、むせはありませんでした。".chars().cycle().take((WORDS - text.len()) / 3),
    );
    text
}

/// The instant of sending, out of [`words`].
fn stamp(text: &str) -> Option<Duration> {
    text.get(..16)?.parse().ok().map(Duration::from_nanos)
}

/// A frame's type, which both servers write first.
fn kind(text: &str) -> &str {
    let rest = text.strip_prefix(r#"{"type":""#).unwrap_or_default();
    rest.split('"').next().unwrap_or_default()
}

/// The number of the request that is answered, which follows the type.
fn number(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(r#""id":"#)?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// A text field without escapes, found without reading the whole frame.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!(r#""{name}":""#))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instant_of_sending_survives_the_way() {
        let now = Duration::from_micros(98_765_432_101);
        assert_eq!(stamp(&words(now)), Some(now));
        assert!((WORDS - 2..=WORDS).contains(&words(now).len()));
        assert_eq!(stamp("昼食は八割ほど召し上がり、むせはありませんでした。"), None);
    }

    #[test]
    fn frames_are_read_without_parsing_them() {
        let ack = r#"{"type":"ack","id":4711,"message":"0e","at":1}"#;
        assert_eq!((kind(ack), number(ack), field(ack, "message")), ("ack", Some(4_711), Some("0e")));
        let sent =
            r#"{"type":"message","message":{"words":{"kind":"original","text":"0000000000000042 昼"}}}"#;
        assert_eq!(kind(sent), "message");
        assert_eq!(field(sent, "text").and_then(stamp), Some(Duration::from_nanos(42)));
        assert_eq!((kind("[]"), number("{}"), field("{}", "text")), ("", None, None));
    }

    #[test]
    fn a_post_is_what_the_protocol_asks_for() {
        let frame: serde_json::Value = serde_json::from_str(&post(3, "a", Duration::ZERO)).unwrap();
        assert_eq!((&frame["type"], &frame["id"]), (&"post_message".into(), &3.into()));
        assert_eq!(frame["post"]["client_id"].as_str().unwrap().len(), 36);
    }
}
