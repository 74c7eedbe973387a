//! What the requests are about: real ids of the house, so that a refusal is about the person and not about the id.

use super::{KINDS, asking::file, dummy};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tasuki_app::colleague::Call;
use tasuki_tests::{Guest, now};
use uuid::Uuid;

const HOUR: i64 = 3_600_000_000;

/// Ids by name. A name with `read.` before it stands for what reads ask about; changes ask about something else.
pub struct Known(BTreeMap<String, String>);

/// Somebody of the table, signed in.
pub fn guest<'a>(guests: &'a [Guest], kind: &str) -> &'a Guest {
    &guests[KINDS.iter().position(|known| *known == kind).unwrap()]
}

impl Known {
    /// Makes what the story has none to spare of, and remembers everything.
    pub async fn gather(guests: &[Guest]) -> Self {
        let mut known = Self(BTreeMap::new());
        known.patients(guests).await;
        known.people(guests).await;
        known.team(guests).await;
        known.things(guests).await;
        for (number, place) in ["read.", ""].into_iter().enumerate() {
            known.messages(guests, place, number).await;
        }
        known
    }

    /// The id for a parameter of a route; one that names nothing where the story has none.
    pub fn id(&self, method: &str, name: &str) -> String {
        let read = (method == "get").then(|| self.0.get(&format!("read.{name}"))).flatten();
        read.or_else(|| self.0.get(name)).cloned().unwrap_or_else(|| dummy::FOREIGN.to_owned())
    }

    /// Puts ids in the place of `$name`, times in the place of `$now`, `$soon` and `$before`.
    pub fn fill(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|value| self.fill(value)),
            Value::Array(values) => values.iter_mut().for_each(|value| self.fill(value)),
            Value::String(text) => {
                let Some(name) = text.strip_prefix('$') else { return };
                *value = match name {
                    "now" => json!(now()),
                    "soon" => json!(now() + HOUR),
                    "before" => json!(now() - HOUR),
                    "new" => json!(Uuid::now_v7()),
                    name => json!(self.0.get(name).unwrap_or_else(|| panic!("nothing is known as {name}"))),
                };
            }
            _ => {}
        }
    }

    /// What is known under a name.
    pub fn at(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("nothing is known as {name}"))
    }

    fn keep(&mut self, name: &str, value: &Value) {
        let text = value.as_str().unwrap_or_else(|| panic!("{name}: {value}"));
        self.0.insert(name.to_owned(), text.to_owned());
    }

    /// Reads ask about the first patient. Changes are of the second one's room, and of the third one's register.
    async fn patients(&mut self, guests: &[Guest]) {
        let list = guest(guests, "care").expect("GET /api/v1/patients", &Value::Null).await;
        let patients = &list["patients"];
        self.keep("organization", &patients[0]["organization"]);
        self.keep("read.patient", &patients[0]["patient"]);
        self.keep("read.room", &patients[0]["room"]);
        self.keep("room", &patients[1]["room"]);
        self.keep("patient", &patients[2]["patient"]);
    }

    async fn people(&mut self, guests: &[Guest]) {
        for kind in ["care", "nurse", "outsider"] {
            let session = guest(guests, kind).expect("GET /api/v1/session", &Value::Null).await;
            if kind == "outsider" {
                self.keep("station", &session["organization"]);
            }
            if kind == "nurse" {
                self.keep("session", &session["session"]);
            }
            self.keep(&format!("{kind}.person"), &session["person"]);
            self.keep(&format!("{kind}.post"), &session["post"]);
        }
        let staff = guest(guests, "staff");
        let home = self.at("organization").to_owned();
        let register = staff.expect(&format!("GET /api/v1/people?organization={home}"), &Value::Null).await;
        let people = register["people"].as_array().unwrap();
        let spare = people.iter().find(|person| person["login"] == "taro.suzuki").unwrap();
        self.keep("person", &spare["person"]);
        self.keep("post", &spare["posts"][0]["post"]);
        let role = json!({ "person": spare["person"], "role": "audit", "organization": home });
        let held = staff.expect("POST /api/v1/roles", &role).await;
        self.keep("held", &held["held"]);
    }

    async fn team(&mut self, guests: &[Guest]) {
        let staff = guest(guests, "staff");
        let patient = self.at("patient").to_owned();
        let team = format!("/api/v1/patients/{patient}");
        let consents = staff.expect(&format!("GET {team}/consents"), &Value::Null).await;
        self.keep("consent", &consents["consents"][0]["consent"]);
        let subject = json!({ "kind": "post", "post": self.at("outsider.post") });
        let proposal = json!({ "subject": subject, "consent": self.at("consent") });
        let proposed = staff.expect(&format!("POST {team}/care-team"), &proposal).await;
        self.keep("membership", &proposed["membership"]);
    }

    async fn things(&mut self, guests: &[Guest]) {
        let home = self.at("organization").to_owned();
        let place = json!({ "organization": home, "kind": "floor", "name": "試験の階" });
        let made = guest(guests, "staff").expect("POST /api/v1/places", &place).await;
        self.keep("place", &made["place"]);
        let device = json!({ "organization": home, "kind": "shared", "label": "試験の端末" });
        let made = guest(guests, "system").expect("POST /api/v1/devices", &device).await;
        self.keep("device", &made["device"]);
        let page = guest(guests, "outsider").expect("GET /api/v1/me", &Value::Null).await;
        self.keep("passkey", &page["passkeys"][0]["passkey"]);
        let query = format!("GET /api/v1/access-log?organization={home}&limit=1");
        let log = guest(guests, "auditor").expect(&query, &Value::Null).await;
        self.0.insert("index".to_owned(), log["entries"][0]["index"].to_string());
    }

    /// A message of each kind in the room, a file, and an open look, all by the care worker.
    async fn messages(&mut self, guests: &[Guest], place: &str, number: usize) {
        let care = guest(guests, "care");
        let room = self.at(&format!("{place}room")).to_owned();
        let asks = [
            ("message", json!({})),
            ("handover", json!({ "intent": "handover" })),
            (
                "request",
                json!({ "intent": "request", "owner": "$care.person", "due": "$soon", "contract": "reply" }),
            ),
            ("question", json!({ "intent": "question", "contract": "reply", "due": "$soon" })),
            ("urgent", json!({ "contract": "urgent", "first": "$nurse.post", "fallback": "$care.post" })),
        ];
        for (name, mut post) in asks {
            let words = format!("{name} {number}");
            for (field, value) in [("client_id", "$new"), ("text", words.as_str()), ("written_at", "$now")] {
                post[field] = json!(value);
            }
            post["class"] = json!(2);
            if name == "message" {
                let upload = format!("/api/v1/rooms/{room}/attachments?class=2");
                let kept = care.client.call(file(Call::new(Method::POST, &upload))).await.unwrap();
                self.keep(&format!("{place}attachment"), &kept.json["attachment"]);
                post["attachments"] = json!([kept.json["attachment"]]);
            }
            self.fill(&mut post);
            let posted = care.expect(&format!("POST /api/v1/rooms/{room}/messages"), &post).await;
            self.keep(&format!("{place}{name}"), &posted["message"]);
        }
        let look = care.expect(&format!("POST /api/v1/rooms/{room}/looks"), &Value::Null).await;
        self.keep(&format!("{place}look"), &look["look"]);
        self.keep(&format!("{place}cursor"), &look["after"]);
    }
}
