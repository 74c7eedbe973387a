//! A colleague: a process of its own at the public door, told by lines on standard input what to say.

use super::{
    credentials::{Credentials, PersonCredentials},
    package,
};
use crate::colleague::{Guest, GuestError, Live, Luggage, Protocol, SocketError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// What a colleague is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Cue {
    /// Open the room of the patient of this name; the look is recorded.
    Open {
        /// The patient's name.
        patient: String,
    },
    /// Say something in the open room.
    Say {
        /// Number of the information class.
        class: i16,
        /// 気づき, 質問 …
        intent: String,
        /// The words.
        text: String,
        /// The message that is replied to.
        reply_to: Option<Uuid>,
    },
    /// Wait until the message arrives.
    Hear {
        /// The message.
        message: Uuid,
    },
    /// Say 了解.
    Acknowledge {
        /// The message.
        message: Uuid,
    },
    /// Read the access log since a time, as an auditor.
    ReadLog {
        /// From when, microseconds UTC.
        from: i64,
    },
    /// Look whether somebody who is not of the cast has written meanwhile.
    Glance {
        /// Names of the cast.
        cast: Vec<String>,
    },
    /// Issue a one-time code for somebody's first sign-in, as 職員管理.
    Invite {
        /// The person.
        person: Uuid,
    },
    /// Confirm a colleague's code for somebody, as the second 職員管理.
    Confirm {
        /// The person.
        person: Uuid,
    },
    /// Leave.
    Leave {},
}

/// What a colleague reports.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report {
    /// Signed in, in so many milliseconds.
    SignedIn {
        /// Milliseconds.
        ms: f64,
    },
    /// The room is open and this many messages were shown.
    Opened {
        /// Messages on the first pages.
        messages: usize,
        /// Milliseconds.
        ms: f64,
    },
    /// Said, and durable.
    Said {
        /// The message.
        message: Uuid,
        /// Milliseconds until the acknowledgement.
        ms: f64,
        /// When it was sent, milliseconds since 1970.
        sent: f64,
    },
    /// Heard.
    Heard {
        /// The author's name.
        author: String,
        /// The words.
        text: String,
        /// When it arrived, milliseconds since 1970.
        at: f64,
    },
    /// Somebody has written, or nobody has.
    Noticed {
        /// The newest message, and its author's name.
        said: Option<(Uuid, String)>,
    },
    /// A one-time code, which a second person has to confirm.
    Code {
        /// As it is typed; none when the person has signed in before.
        code: Option<String>,
        /// Until when it may be used (µs UTC).
        until: Option<i64>,
    },
    /// Done.
    Done {
        /// Milliseconds.
        ms: f64,
    },
    /// A page of the access log.
    Log {
        /// As the server tells it.
        page: Value,
    },
    /// It did not work.
    Failed {
        /// Why.
        why: String,
    },
}

/// A colleague in the part of one person.
pub struct ActorPart {
    guest: Guest,
    live: Option<Live>,
    room: Option<Uuid>,
}

impl ActorPart {
    /// Signs in as a person of the credentials: on this device of the story, or on their own.
    ///
    /// # Errors
    /// When the files cannot be read or the server says no.
    pub async fn enter(folder: &Path, key: &str, device: Option<&str>) -> Result<Self, GuestError> {
        let other = |error: &dyn std::fmt::Display| GuestError::Other(error.to_string());
        let text = std::fs::read_to_string(folder.join("credentials.json")).map_err(|error| other(&error))?;
        let mut credentials: Credentials = serde_json::from_str(&text).map_err(|error| other(&error))?;
        let place = credentials.people.iter().position(|person| person.key == key);
        let place = place.ok_or_else(|| GuestError::Other(format!("nobody is called {key}")))?;
        let mut person = credentials.people.swap_remove(place);
        if let Some(device) = device {
            let files = package::paths(&folder.join("certificates"), device, &person.device.p12_password);
            // A demonstration that was made before has no such device.
            if Path::new(&files.certificate).exists() {
                person.device = files;
            }
        }
        let guest = sign_in(&credentials, &person, Protocol::Http2).await?;
        Ok(Self { guest, live: None, room: None })
    }

    /// Does what it is told.
    pub async fn act(&mut self, cue: Cue) -> Report {
        match self.try_to_act(cue).await {
            Ok(report) => report,
            Err(error) => Report::Failed { why: error.to_string() },
        }
    }

    async fn try_to_act(&mut self, cue: Cue) -> Result<Report, GuestError> {
        let start = Instant::now();
        match cue {
            Cue::Open { patient } => self.open(&patient, start).await,
            Cue::Say { class, intent, text, reply_to } => self.say(class, &intent, &text, reply_to).await,
            Cue::Hear { message } => self.hear(message).await,
            Cue::Acknowledge { message } => {
                let frame = json!({ "type": "acknowledge", "room": self.room, "message": message });
                self.live()?.ask(frame, "done").await?;
                Ok(Report::Done { ms: milliseconds(start) })
            }
            Cue::ReadLog { from } => {
                self.guest.step_up().await?;
                let page = self.guest.get(&format!("/api/v1/access-log?from={from}&limit=100")).await?;
                Ok(Report::Log { page })
            }
            Cue::Glance { cast } => self.glance(&cast).await,
            Cue::Invite { person } => self.invite(person).await,
            Cue::Confirm { person } => {
                self.guest.step_up().await?;
                let path = format!("/api/v1/people/{person}/enrolment-code/confirmation");
                self.guest.post(&path, &Value::Null).await?;
                Ok(Report::Done { ms: milliseconds(start) })
            }
            Cue::Leave {} => Ok(Report::Done { ms: 0.0 }),
        }
    }

    fn live(&mut self) -> Result<&mut Live, GuestError> {
        self.live.as_mut().ok_or_else(|| GuestError::Other("no room is open".into()))
    }

    async fn open(&mut self, patient: &str, start: Instant) -> Result<Report, GuestError> {
        let patients = self.guest.get("/api/v1/patients").await?;
        let room =
            room_of(&patients, patient).ok_or_else(|| GuestError::Other(format!("no room of {patient}")))?;
        let mut live = self.guest.socket().await?;
        live.ask(json!({ "type": "open_room", "room": room }), "opened").await?;
        let mut messages = 0;
        loop {
            let frame = live.next(Duration::from_secs(10)).await?;
            if frame.get("type").and_then(Value::as_str) == Some("page") {
                messages += frame.get("messages").and_then(Value::as_array).map_or(0, Vec::len);
                if frame.get("more").and_then(Value::as_bool) != Some(true) {
                    break;
                }
            }
        }
        self.live = Some(live);
        self.room = Some(room);
        Ok(Report::Opened { messages, ms: milliseconds(start) })
    }

    async fn say(
        &mut self,
        class: i16,
        intent: &str,
        text: &str,
        reply_to: Option<Uuid>,
    ) -> Result<Report, GuestError> {
        let mut post = json!({
            "client_id": Uuid::now_v7(), "class": class, "intent": intent, "contract": "read_only", "text": text,
            "written_at": micros(),
        });
        if let (Some(reply_to), Some(object)) = (reply_to, post.as_object_mut()) {
            object.insert("reply_to".into(), json!(reply_to));
        }
        let frame = json!({ "type": "post_message", "room": self.room, "post": post });
        let (start, sent) = (Instant::now(), now_ms());
        let ack = self.live()?.ask(frame, "ack").await?;
        let ms = milliseconds(start);
        let message = ack.get("message").and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok());
        Ok(Report::Said { message: message.unwrap_or_default(), ms, sent })
    }

    /// Reads what has come, and counts as present meanwhile.
    async fn glance(&mut self, cast: &[String]) -> Result<Report, GuestError> {
        self.guest.post("/api/v1/session/activity", &Value::Null).await?;
        let mut said = None;
        loop {
            let frame = match self.live()?.next(Duration::from_millis(20)).await {
                Ok(frame) => frame,
                Err(GuestError::Socket(SocketError::TimedOut)) => return Ok(Report::Noticed { said }),
                Err(error) => return Err(error),
            };
            let text = |path: &str| frame.pointer(path).and_then(Value::as_str).unwrap_or_default();
            let (message, author) =
                (Uuid::try_parse(text("/message/message")).ok(), text("/message/author/name"));
            if let Some(message) = message.filter(|_| !cast.iter().any(|known| known == author)) {
                said = Some((message, author.to_owned()));
            }
        }
    }

    async fn invite(&mut self, person: Uuid) -> Result<Report, GuestError> {
        self.guest.step_up().await?;
        let path = format!("/api/v1/people/{person}/enrolment-code");
        match self.guest.post(&path, &Value::Null).await {
            Ok(issued) => Ok(Report::Code {
                code: issued.get("code").and_then(Value::as_str).map(str::to_owned),
                until: issued.get("expires_at").and_then(Value::as_i64),
            }),
            Err(GuestError::Refused(_, code)) if code == "enrolment.signed_in_before" => {
                Ok(Report::Code { code: None, until: None })
            }
            Err(error) => Err(error),
        }
    }

    async fn hear(&mut self, message: Uuid) -> Result<Report, GuestError> {
        let wanted = message.to_string();
        loop {
            let frame = self.live()?.next(Duration::from_secs(10)).await?;
            let Some(body) = frame.get("message").filter(|body| body.is_object()) else { continue };
            if body.get("message").and_then(Value::as_str) != Some(wanted.as_str()) {
                continue;
            }
            let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
            return Ok(Report::Heard {
                author: text("/author/name"),
                text: text("/words/text"),
                at: now_ms(),
            });
        }
    }
}

/// Signs a person of the credentials in, on their device.
///
/// # Errors
/// When the files cannot be read or the server says no.
pub async fn sign_in(
    credentials: &Credentials,
    person: &PersonCredentials,
    protocol: Protocol,
) -> Result<Guest, GuestError> {
    let read =
        |path: &str| std::fs::read_to_string(path).map_err(|error| GuestError::Other(error.to_string()));
    let address = credentials.url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(443);
    let name = credentials.url.trim_start_matches("https://").split(':').next().unwrap_or("localhost");
    let (ca, certificate, key) =
        (read(&credentials.ca)?, read(&person.device.certificate)?, read(&person.device.key)?);
    let luggage = Luggage {
        address: SocketAddr::from(([127, 0, 0, 1], address)),
        name,
        ca: &ca,
        identity: (&certificate, &key),
        login: (&person.login, &person.password),
        passkey: &person.passkey,
    };
    Guest::sign_in(luggage, protocol).await
}

/// The room of the patient of a name, wherever in the list it stands.
fn room_of(patients: &Value, name: &str) -> Option<Uuid> {
    let list = patients.get("patients").and_then(Value::as_array)?;
    let patient = list.iter().find(|patient| patient.to_string().contains(&format!("\"{name}\"")))?;
    patient.get("room").and_then(Value::as_str).and_then(|text| Uuid::try_parse(text).ok())
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}

fn micros() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(0))
}
