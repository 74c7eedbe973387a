//! Asking: one request of every kind of person to every route, in an order in which no request spoils the next.

use super::{KINDS, dummy, known::Known};
use futures::future::join_all;
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use tasuki_app::colleague::{Call, EventError, SocketError};
use tasuki_tests::{Guest, House};

/// Routes that stand beside the description: the description itself, and the page.
pub const BESIDE: [(&str, &str); 3] =
    [("get", "/api/v1/openapi.json"), ("get", "/"), ("get", "/no-such-file.js")];

/// Everybody, ready to ask.
pub struct Asking {
    /// In the order of the table's columns.
    pub guests: Vec<Guest>,
    /// What they ask about.
    pub known: Known,
    description: Value,
}

/// One operation of the description.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    said: &'a Value,
    /// What this request is about, where the description alone does not say enough: `asks.json`.
    ask: &'a Value,
}

impl Operation<'_> {
    fn route(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Reads first, then changes, then what ends things, then the rights, then what ends sessions. (One of them by its
    /// id is ended as long as it is the one that is known.)
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
            "/withdrawal",
        ];
        let rank = if self.method == "get" {
            0
        } else if self.ends_session() && !self.path.contains("{session}") {
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
            "/api/v1/session" | "/api/v1/sessions" | "/api/v1/sessions/{session}" => self.method == "delete",
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
                // Behind the lock somebody who may much, so that the lock alone holds.
                "locked" => "yoshida",
                other => other,
            };
            guests.push(house.guest(key));
        }
        for (number, guest) in guests.iter_mut().enumerate() {
            arrive(guest, KINDS[number]).await;
        }
        let care = &guests[2];
        let description = care.expect("GET /api/v1/openapi.json", &Value::Null).await;
        let known = Known::gather(&guests).await;
        Self { guests, description, known }
    }

    /// Route → the status for each kind of person.
    pub async fn every_route(&mut self) -> BTreeMap<String, Vec<String>> {
        let description = self.description.clone();
        let asks: Value = serde_json::from_str(include_str!("asks.json")).unwrap();
        let mut operations: Vec<Operation<'_>> = Vec::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, said) in methods.as_object().unwrap() {
                let ask = &asks[format!("{} {path}", method.to_uppercase())];
                operations.push(Operation { method, path, said, ask });
            }
        }
        let strange = asks
            .as_object()
            .unwrap()
            .keys()
            .find(|ask| operations.iter().all(|known| known.route() != **ask));
        assert_eq!(strange, None, "asks.json names a route that there is not");
        operations.extend(BESIDE.map(|(method, path)| Operation {
            method,
            path,
            said: &Value::Null,
            ask: &Value::Null,
        }));
        operations.sort_by(|one, other| one.rank().cmp(&other.rank()));
        let mut seen = BTreeMap::new();
        for operation in &operations {
            let mut answers = Vec::new();
            if operation.method == "get" {
                answers = join_all((0..KINDS.len()).map(|number| self.status(number, operation))).await;
            } else {
                for (number, kind) in KINDS.iter().enumerate() {
                    answers.push(self.status(number, operation).await);
                    if operation.ends_session() {
                        arrive(&mut self.guests[number], kind).await;
                    }
                }
            }
            seen.insert(operation.route(), answers.iter().map(u16::to_string).collect());
        }
        seen
    }

    async fn status(&self, number: usize, operation: &Operation<'_>) -> u16 {
        let client = &self.guests[number].client;
        let path =
            dummy::path(operation.path, (operation.method, operation.said, operation.ask), &self.known);
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
        let about = (operation.said, operation.ask);
        if let Some(body) = dummy::body(operation.path, about, &self.description, &self.known) {
            call = match body {
                dummy::Body::Json(value) => call.json(&value),
                dummy::Body::Bytes => file(call),
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

/// A small file with its name.
pub fn file(call: Call) -> Call {
    call.bytes("application/octet-stream", "食事は七割でした。\n".repeat(4))
        .header(HeaderName::from_static("x-file-name"), HeaderValue::from_static("note.txt"))
}

/// Signs a person in as their kind: with a fresh security key, or locked.
async fn arrive(guest: &mut Guest, kind: &str) {
    if kind == "nobody" {
        return;
    }
    guest.client.clear_cookies();
    guest.sign_in().await;
    guest.step_up().await;
    if kind == "locked" {
        guest.expect("POST /api/v1/session/lock", &Value::Null).await;
    }
}
