//! Every frame that a client can send, sent by every kind of person over their own socket, and what each hears then.

use super::{KINDS, asking::Asking, known::Known, rows, wrong_rows};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tasuki_app::{
    colleague::{Socket, SocketError},
    wire::frame::{CLIENT_FRAMES, SERVER_FRAMES},
};
use tasuki_tests::{Engine, House};

const PATIENCE: Duration = Duration::from_secs(10);

/// How long a socket is listened to for what nobody asked for.
const SILENCE: Duration = Duration::from_millis(300);

/// What only people who have the room open may hear.
const CONTENT: [&str; 9] =
    ["message", "changed", "page", "read", "presence", "typing", "urgent", "reached", "room"];

/// Frames in an order in which none spoils the next; one that is not here comes last.
const ORDER: [&str; 3] = ["hello", "open_room", "mark_read"];

/// A frame as a client sends it, about the first patient's room. A new frame needs a line here and a row in the table.
fn frame(kind: &str, number: u64, cursor: &Value, known: &Known) -> Value {
    let mut frame = match kind {
        "hello" | "ping" => json!({}),
        "activity" => return json!({ "type": "activity" }),
        "typing" => json!({ "room": "$read.room" }),
        "open_room" | "close_room" => json!({ "room": "$read.room" }),
        "mark_read" => json!({ "room": "$read.room", "cursor": cursor }),
        "post_message" => {
            let post =
                json!({ "client_id": "$new", "class": 2, "text": "様子を見ました。", "written_at": "$now" });
            json!({ "room": "$read.room", "post": post })
        }
        "acknowledge" => json!({ "room": "$read.room", "message": "$read.message" }),
        "take_over" => json!({ "room": "$read.room", "message": "$read.handover" }),
        "answer_urgent" => json!({ "room": "$read.room", "message": "$read.urgent", "answer": "unable" }),
        "deliver_queued" => json!({ "item": "AQAAAAE" }),
        other => panic!("{other} is a frame that nobody sends here yet"),
    };
    known.fill(&mut frame);
    frame["type"] = json!(kind);
    if kind != "typing" {
        frame["id"] = json!(number);
    }
    frame
}

/// One socket and what came over it.
struct Line {
    socket: Socket,
    heard: BTreeSet<String>,
    cursor: Value,
}

impl Line {
    fn hear(&mut self, frame: &Value) {
        self.heard.insert(frame["type"].as_str().unwrap().to_owned());
        if frame["type"] == "page" {
            self.cursor = frame["cursor"].clone();
        }
    }

    /// Sends one frame; gives the answer's type, or the code of the problem, or that there was none.
    async fn ask(&mut self, frame: &Value) -> String {
        self.socket.send(frame).await.unwrap();
        let limit = if frame["id"].is_null() { SILENCE } else { PATIENCE };
        loop {
            match self.socket.next(limit).await {
                Ok(answer) => {
                    self.hear(&answer);
                    let kind = answer["type"].as_str().unwrap();
                    if kind == "error" && (answer["id"] == frame["id"] || answer["id"].is_null()) {
                        return answer["problem"]["code"].as_str().unwrap().to_owned();
                    }
                    if !frame["id"].is_null() && answer["id"] == frame["id"] {
                        return kind.to_owned();
                    }
                }
                Err(SocketError::TimedOut) if frame["id"].is_null() => return "silence".to_owned(),
                Err(other) => panic!("{frame}: {other}"),
            }
        }
    }

    async fn listen(&mut self) {
        while let Ok(frame) = self.socket.next(SILENCE).await {
            self.hear(&frame);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_frame_answers_everybody_as_the_table_says() {
    let house = House::start(Engine::Sqlite).await;
    let asking = Asking::begin(&house).await;
    let mut lines = Vec::new();
    for (guest, kind) in asking.guests.iter().zip(KINDS) {
        let path = if kind == "nobody" { "/api/v1/device/socket" } else { "/api/v1/socket" };
        let socket = guest.client.socket(path).await.unwrap();
        lines.push(Line { socket, heard: BTreeSet::new(), cursor: json!("AAAAAAAAAAAAAAAAAAAAAA") });
    }
    let mut kinds = CLIENT_FRAMES.to_vec();
    let rank = |kind: &&str| ORDER.iter().position(|known| known == kind).unwrap_or(ORDER.len());
    kinds.sort_by_key(|kind| (rank(kind), *kind == "close_room"));
    let mut seen = BTreeMap::new();
    for (number, kind) in kinds.into_iter().enumerate() {
        let mut answers = Vec::new();
        for line in &mut lines {
            let frame = frame(kind, number as u64 + 1, &line.cursor, &asking.known);
            answers.push(line.ask(&frame).await);
            if kind == "open_room" {
                line.listen().await;
            }
        }
        seen.insert(kind.to_owned(), answers);
    }
    for (line, kind) in lines.iter_mut().zip(KINDS) {
        line.listen().await;
        let strange = line.heard.iter().find(|heard| !SERVER_FRAMES.contains(&heard.as_str()));
        assert_eq!(strange, None, "{kind} heard a frame that is not described");
        let content: Vec<_> = CONTENT.into_iter().filter(|content| line.heard.contains(*content)).collect();
        if ["care", "nurse"].contains(&kind) {
            assert!(
                content.contains(&"message") && content.contains(&"page"),
                "{kind} heard only {content:?}"
            );
        } else {
            assert!(content.is_empty(), "{kind} is in no care team and heard {content:?}");
        }
    }
    let table = rows(include_str!("frames.txt"), 1);
    let wrong = wrong_rows(&table, &seen);
    assert!(wrong.is_empty(), "columns: {}\n{wrong}", KINDS.join(" "));
    house.close().await;
}
