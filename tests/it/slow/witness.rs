//! A witness: somebody who posts over the live socket, remembers what was acknowledged, and looks later whether it is
//! all there.

use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tasuki_app::colleague::Socket;
use tasuki_tests::{Guest, house::Premises, now};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

/// Posts of one author that wait for their acknowledgement at a time.
const IN_FLIGHT: usize = 8;

/// The request number of an author's first post; smaller ones are other requests.
const FIRST_POST: usize = 10;

/// Which post of the author a frame answers.
fn number(answer: &Value) -> Option<usize> {
    usize::try_from(answer["id"].as_u64()?).ok()?.checked_sub(FIRST_POST)
}

/// A post as the author knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The author's own id of it.
    pub client: String,
    /// The server's id, once acknowledged.
    pub message: Option<String>,
}

/// An author.
pub struct Witness {
    name: &'static str,
    guest: Guest,
    room: String,
    sent: Vec<Sent>,
}

impl Witness {
    /// Signs in and finds the room of the story's first patient.
    pub async fn arrive(premises: &Premises, name: &'static str) -> Self {
        let mut guest = premises.guest(name);
        guest.sign_in().await;
        let list = guest.expect("GET /api/v1/patients", &Value::Null).await;
        let room = list.pointer("/patients/0/room").unwrap().as_str().unwrap().to_owned();
        Self { name, guest, room, sent: Vec::new() }
    }

    /// How many posts were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.sent.iter().filter(|sent| sent.message.is_some()).count()
    }

    /// Forgets the line to a server that was killed. The sign-in itself must have survived.
    pub async fn come_back(&mut self) {
        self.guest.client.disconnect().await;
    }

    /// Signs in anew, where the sign-in was lost too.
    pub async fn sign_in_again(&mut self) {
        self.guest.client.disconnect().await;
        self.guest.client.clear_cookies();
        self.guest.sign_in().await;
    }

    async fn socket(&self, after: Option<&str>) -> Option<Socket> {
        let mut socket = self.guest.client.socket("/api/v1/socket").await.ok()?;
        socket.send(&json!({ "type": "hello", "id": 1 })).await.ok()?;
        let open = json!({ "type": "open_room", "id": 2, "room": self.room, "after": after });
        socket.send(&open).await.ok()?;
        let opened = socket.next_where(PATIENCE, |frame| frame["id"] == 2).await.ok()?;
        assert_eq!(opened["type"], "opened", "{opened}");
        Some(socket)
    }

    /// Sends again what was not acknowledged, then posts until the server is gone, several posts at a time.
    pub async fn post_until_it_dies(&mut self) {
        let Some(mut socket) = self.socket(None).await else { return };
        let unknown = self.sent.iter().position(|sent| sent.message.is_none());
        let mut next = unknown.unwrap_or(self.sent.len());
        let mut waiting = 0;
        loop {
            while waiting < IN_FLIGHT {
                if next == self.sent.len() {
                    self.sent.push(Sent { client: Uuid::now_v7().to_string(), message: None });
                }
                if socket.send(&self.frame(next)).await.is_err() {
                    return;
                }
                (next, waiting) = (next + 1, waiting + 1);
            }
            let answer = socket.next_where(PATIENCE, |frame| number(frame).is_some()).await;
            let Ok(answer) = answer else { return };
            assert_eq!(answer["type"], "ack", "{answer}");
            waiting -= 1;
            let sent = &mut self.sent[number(&answer).unwrap()].message;
            let message = answer["message"].as_str().map(str::to_owned);
            assert!(sent.is_none() || *sent == message, "the same post has two ids: {sent:?}, {answer}");
            *sent = message;
        }
    }

    fn frame(&self, number: usize) -> Value {
        let post = json!({
            "client_id": self.sent[number].client, "class": 2, "written_at": now(),
            "text": format!("{} {number}", self.name),
        });
        json!({ "type": "post_message", "id": number + FIRST_POST, "room": self.room, "post": post })
    }

    /// Where the room begins for this reader: the cursor of the first page of an empty room.
    pub async fn beginning(&self) -> String {
        let mut socket = self.socket(None).await.unwrap();
        let page = socket.next_where(PATIENCE, |frame| frame["type"] == "page").await.unwrap();
        assert_eq!(page["messages"], json!([]), "the room is empty at first");
        socket.close(1000).await;
        page["cursor"].as_str().unwrap().to_owned()
    }

    /// Everything that was posted since a cursor, oldest first: author's id and server's id.
    pub async fn read(&self, beginning: &str) -> Vec<(String, String)> {
        let mut socket = self.socket(Some(beginning)).await.unwrap();
        let mut read = Vec::new();
        loop {
            let page = socket.next_where(PATIENCE, |frame| frame["type"] == "page").await.unwrap();
            for message in page["messages"].as_array().unwrap() {
                let text = |field: &str| message[field].as_str().unwrap().to_owned();
                read.push((text("client_id"), text("message")));
            }
            if page["more"] != true {
                socket.close(1000).await;
                return read;
            }
        }
    }

    /// What is wrong with a reading: acknowledged posts that are missing, doubled, changed, or in another order.
    pub fn complaints(&self, read: &[(String, String)]) -> Vec<String> {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, (client, _)) in read.iter().enumerate() {
            places.entry(client).or_default().push(place);
        }
        let mut complaints = Vec::new();
        let mut before = None;
        for (number, sent) in self.sent.iter().enumerate() {
            let found = places.get(sent.client.as_str()).map_or(&[][..], Vec::as_slice);
            let name = format!("post {} of {}", number + 1, self.name);
            match (&sent.message, found) {
                (Some(_), []) => complaints.push(format!("{name} was acknowledged and is missing")),
                (_, [_, _, ..]) => complaints.push(format!("{name} is there {} times", found.len())),
                (Some(message), [place]) if read.get(*place).is_none_or(|(_, id)| id != message) => {
                    complaints.push(format!("{name} has another id than was acknowledged"));
                }
                (_, [place]) if before.is_some_and(|before| before > *place) => {
                    complaints.push(format!("{name} stands before an earlier one"));
                }
                _ => {}
            }
            before = found.first().copied().or(before);
        }
        complaints
    }
}
