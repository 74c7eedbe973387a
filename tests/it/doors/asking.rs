//! Asking: one request of every kind of person to every route, in an order in which no request spoils the next.

use super::{KINDS, dummy};
use futures::future::join_all;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use tasuki_app::colleague::{Call, EventError, SocketError};
use tasuki_tests::{Guest, House};

/// Everybody, ready to ask.
pub struct Asking {
    guests: Vec<Guest>,
    description: Value,
    known: Known,
}

/// Real ids of the story, for the parameters of that name: reads ask about one patient, changes about the other.
pub struct Known {
    read: BTreeMap<&'static str, String>,
    change: BTreeMap<&'static str, String>,
}

impl Known {
    /// The id for a parameter of a route; a made-up one where the story has none to spare.
    pub fn id(&self, method: &str, name: &str) -> String {
        let known = if method == "get" { &self.read } else { &self.change };
        known.get(name).cloned().unwrap_or_else(|| dummy::FOREIGN.to_owned())
    }
}

/// One operation of the description.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    said: &'a Value,
}

impl Operation<'_> {
    /// Reads first, then changes, then what ends things, then the rights, then what ends sessions.
    fn rank(&self) -> (u8, &str, &str) {
        let ends = [
            "/end",
            "/withdraw",
            "/revoke",
            "/disable",
            "/reset",
            "/close",
            "/link",
            "/organization",
            "/return",
        ];
        let rank = if self.method == "get" {
            0
        } else if self.ends_session() {
            4
        } else if self.path.contains("/matrix") {
            3
        } else if ends.iter().any(|end| self.path.ends_with(end)) {
            2
        } else {
            1
        };
        (rank, self.path, self.method)
    }

    fn ends_session(&self) -> bool {
        match self.path {
            "/api/v1/session" | "/api/v1/sessions" => self.method == "delete",
            "/api/v1/session/lock" | "/api/v1/me/password" => true,
            _ => false,
        }
    }

    fn streams(&self) -> bool {
        self.said.pointer("/responses/200/content/text~1event-stream").is_some()
    }
}

impl Asking {
    pub async fn begin(house: &House) -> Self {
        let mut guests = Vec::new();
        for kind in KINDS {
            let key = match kind {
                "nobody" => "care",
                // The most powerful person, so that the lock alone holds.
                "locked" => "yoshida",
                other => other,
            };
            guests.push(house.guest(key));
        }
        let description = guests[0].expect("GET /api/v1/openapi.json", &Value::Null).await;
        let known = Known { read: BTreeMap::new(), change: BTreeMap::new() };
        let mut asking = Self { guests, description, known };
        for number in 1..KINDS.len() {
            asking.arrive(number).await;
        }
        asking.know().await;
        asking
    }

    /// Signs a person in as their kind: locked, or with a fresh security key.
    async fn arrive(&mut self, number: usize) {
        if KINDS[number] == "nobody" {
            return;
        }
        let guest = &mut self.guests[number];
        guest.client.clear_cookies();
        guest.sign_in().await;
        guest.step_up().await;
        if KINDS[number] == "locked" {
            guest.expect("POST /api/v1/session/lock", &Value::Null).await;
        }
    }

    async fn know(&mut self) {
        let care = &self.guests[KINDS.iter().position(|kind| *kind == "care").unwrap()];
        let list = care.expect("GET /api/v1/patients", &Value::Null).await;
        for (number, known) in [(0, &mut self.known.read), (1, &mut self.known.change)] {
            let patient = &list["patients"][number];
            for (parameter, field) in [("patient", "patient"), ("room", "room")] {
                known.insert(parameter, patient[field].as_str().unwrap().to_owned());
            }
        }
        let home = list["patients"][0]["organization"].as_str().unwrap();
        self.known.read.insert("organization", home.to_owned());
    }

    /// Route → the status for each kind of person.
    pub async fn every_route(&mut self) -> BTreeMap<String, Vec<u16>> {
        let description = self.description.clone();
        let mut operations: Vec<Operation<'_>> = Vec::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            let methods = methods.as_object().unwrap().iter();
            operations.extend(methods.map(|(method, said)| Operation { method, path, said }));
        }
        operations.sort_by(|one, other| one.rank().cmp(&other.rank()));
        let mut seen = BTreeMap::new();
        for operation in &operations {
            let route = format!("{} {}", operation.method.to_uppercase(), operation.path);
            let mut answers = Vec::new();
            if operation.method == "get" {
                answers = join_all((0..KINDS.len()).map(|number| self.status(number, operation))).await;
            } else {
                for number in 0..KINDS.len() {
                    answers.push(self.status(number, operation).await);
                    if operation.ends_session() {
                        self.arrive(number).await;
                    }
                }
            }
            seen.insert(route, answers);
        }
        seen
    }

    async fn status(&self, number: usize, operation: &Operation<'_>) -> u16 {
        let client = &self.guests[number].client;
        let path = dummy::path(operation.path, operation.method, operation.said, &self.known);
        if operation.path.ends_with("/socket") {
            return match client.socket(&path).await {
                Ok(socket) => {
                    socket.close(1000).await;
                    101
                }
                Err(SocketError::Refused(status)) => status.as_u16(),
                Err(other) => panic!("{path}: {other}"),
            };
        }
        if operation.streams() {
            return match client.events(&path, None).await {
                Ok(_) => 200,
                Err(EventError::Refused(status)) => status.as_u16(),
                Err(other) => panic!("{path}: {other}"),
            };
        }
        let mut call = Call::new(operation.method.to_uppercase().parse().unwrap(), &path);
        if let Some(body) = dummy::body(operation.path, operation.said, &self.description, &self.known) {
            call = match body {
                dummy::Body::Json(value) => call.json(&value),
                dummy::Body::Bytes => call.bytes("application/octet-stream", "%PDF-1.7\n"),
            };
        }
        let answer = tokio::time::timeout(Duration::from_secs(20), client.call(call)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{path}: no answer")).unwrap();
        if answer.status.is_client_error() {
            assert!(
                answer.json["code"].is_string(),
                "{path}: a refusal is a problem document: {}",
                answer.status
            );
        }
        answer.status.as_u16()
    }
}
