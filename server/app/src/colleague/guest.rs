//! A person at the public door: certificate, password, security key, as the demonstration's credentials tell them.

use super::{
    authenticator::Authenticator,
    client::{CallError, Client},
    connection::{Door, Identity, Protocol},
    passkey::StoredPasskey,
    socket::{Socket, SocketError},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a person could not do something at the door.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// The connection or the request failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The socket ended or did not answer.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The server said no: status and code.
    #[error("the server answered {0} {1}")]
    Refused(u16, String),
    /// A file or key cannot be used.
    #[error("{0}")]
    Other(String),
}

/// What a person needs at the door.
pub struct Luggage<'a> {
    /// Where the door is.
    pub address: SocketAddr,
    /// The server's name.
    pub name: &'a str,
    /// The authority's certificate, PEM.
    pub ca: &'a str,
    /// The device's certificate and key, PEM.
    pub identity: (&'a str, &'a str),
    /// Login name and password.
    pub login: (&'a str, &'a str),
    /// The security key.
    pub passkey: &'a StoredPasskey,
}

/// A signed-in person.
pub struct Guest {
    /// The connection.
    pub client: Client,
    authenticator: Authenticator,
}

impl Guest {
    /// Signs in with password and security key.
    ///
    /// # Errors
    /// [`GuestError`].
    pub async fn sign_in(luggage: Luggage<'_>, protocol: Protocol) -> Result<Self, GuestError> {
        let other = |error: &dyn std::fmt::Display| GuestError::Other(error.to_string());
        let (certificate, key) = luggage.identity;
        let identity = Identity::from_pem(certificate, key).map_err(|error| other(&error))?;
        let door = Door::new(luggage.address, luggage.name, luggage.ca, Some(&identity), protocol)
            .map_err(|error| other(&error))?;
        let mut authenticator = Authenticator::new(&door.origin());
        authenticator.import(luggage.passkey).map_err(|error| other(&error))?;
        let mut guest = Self { client: Client::new(door), authenticator };
        let (login, password) = luggage.login;
        let asked =
            guest.post("/api/v1/sign-in/password", &json!({ "login": login, "password": password })).await?;
        guest.show_key("/api/v1/sign-in/passkey", &asked).await?;
        Ok(guest)
    }

    /// Shows the security key once more, for what administrators and auditors do.
    ///
    /// # Errors
    /// [`GuestError`].
    pub async fn step_up(&mut self) -> Result<(), GuestError> {
        let asked = self.post("/api/v1/session/step-up/options", &Value::Null).await?;
        self.show_key("/api/v1/session/step-up", &asked).await
    }

    async fn show_key(&mut self, path: &str, asked: &Value) -> Result<(), GuestError> {
        let options = asked.get("options").unwrap_or(&Value::Null);
        let credential =
            self.authenticator.get(options).map_err(|error| GuestError::Other(error.to_string()))?;
        let flow = asked.get("flow").cloned().unwrap_or_default();
        self.post(path, &json!({ "flow": flow, "credential": credential })).await?;
        Ok(())
    }

    /// Gets JSON.
    ///
    /// # Errors
    /// [`GuestError`], with the problem's code.
    pub async fn get(&self, path: &str) -> Result<Value, GuestError> {
        answered(self.client.get(path).await?)
    }

    /// Posts JSON; nothing at all for `null`.
    ///
    /// # Errors
    /// [`GuestError`], with the problem's code.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, GuestError> {
        let method = http::Method::POST;
        answered(self.client.request(method, path, Some(body).filter(|body| !body.is_null())).await?)
    }

    /// Opens the live connection and says hello.
    ///
    /// # Errors
    /// [`GuestError`].
    pub async fn socket(&self) -> Result<Live, GuestError> {
        let mut live =
            Live { socket: self.client.socket("/api/v1/socket").await?, last: 0, heard: Vec::new() };
        live.ask(json!({ "type": "hello", "rooms": [] }), "welcome").await?;
        Ok(live)
    }
}

fn answered(response: super::client::Response) -> Result<Value, GuestError> {
    if response.status.is_success() {
        return Ok(response.json);
    }
    let code = response.json.get("code").and_then(Value::as_str).unwrap_or("?").to_owned();
    Err(GuestError::Refused(response.status.as_u16(), code))
}

/// A live connection: asks, and keeps what it hears meanwhile.
pub struct Live {
    socket: Socket,
    last: u64,
    heard: Vec<Value>,
}

impl Live {
    /// Sends a request and waits for its answer of the type `wanted`.
    ///
    /// # Errors
    /// [`GuestError::Refused`] for an error frame.
    pub async fn ask(&mut self, mut frame: Value, wanted: &str) -> Result<Value, GuestError> {
        self.last += 1;
        let id = self.last;
        if let Some(object) = frame.as_object_mut() {
            object.insert("id".into(), id.into());
        }
        self.socket.send(&frame).await?;
        loop {
            let frame = self.socket.next(PATIENCE).await?;
            let own = frame.get("id").and_then(Value::as_u64) == Some(id);
            match (own, frame.get("type").and_then(Value::as_str)) {
                (true, Some("error")) => {
                    let code = frame.get("code").and_then(Value::as_str).unwrap_or("?").to_owned();
                    return Err(GuestError::Refused(0, code));
                }
                (true, Some(kind)) if kind == wanted => return Ok(frame),
                _ => self.heard.push(frame),
            }
        }
    }

    /// The next frame that was not an answer.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub async fn next(&mut self, limit: Duration) -> Result<Value, GuestError> {
        if self.heard.is_empty() { Ok(self.socket.next(limit).await?) } else { Ok(self.heard.remove(0)) }
    }

    /// Forgets what was heard so far.
    pub fn forget(&mut self) {
        self.heard.clear();
    }
}
