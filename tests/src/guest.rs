//! A guest: a person at the public door, with the certificate of a registered device, a password and a security key.
#![expect(
    clippy::indexing_slicing,
    reason = "a harness: a field that is missing fails the test, as it should"
)]

use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tasuki_app::colleague::{Authenticator, CallError, Client, Response};

/// A person with both factors, at one device.
pub struct Guest {
    /// What speaks to the door; holds the cookies.
    pub client: Client,
    login: String,
    password: String,
    authenticator: Authenticator,
    count: u32,
}

impl Guest {
    /// Somebody who has not signed in yet.
    #[must_use]
    pub fn new(client: Client, (login, password): (&str, &str), authenticator: Authenticator) -> Self {
        Self { client, login: login.to_owned(), password: password.to_owned(), authenticator, count: 0 }
    }

    /// Signs in with password and security key; the answer is the session.
    ///
    /// # Panics
    /// When the server refuses: whoever expects that asks by hand.
    pub async fn sign_in(&mut self) -> Value {
        let body = json!({ "login": self.login, "password": self.password });
        let asked = self.expect("POST /api/v1/sign-in/password", &body).await;
        let credential = self.answer(&asked["options"]);
        let body = json!({ "flow": asked["flow"], "credential": credential });
        self.expect("POST /api/v1/sign-in/passkey", &body).await
    }

    /// Shows the security key once more, for what administrators do.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn step_up(&mut self) {
        let asked = self.expect("POST /api/v1/session/step-up/options", &Value::Null).await;
        let credential = self.answer(&asked["options"]);
        let body = json!({ "flow": asked["flow"], "credential": credential });
        self.expect("POST /api/v1/session/step-up", &body).await;
    }

    /// The security key's answer to the server's options.
    ///
    /// # Panics
    /// When the key holds nothing for them.
    pub fn answer(&mut self, options: &Value) -> Value {
        // The story used the keys more than once a second, so their counters may be ahead of the clock.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() / 250);
        self.count = u32::try_from(now % 4_000_000_000).unwrap_or(0).max(self.count + 1);
        self.authenticator.behaviour.counter = Some(self.count);
        self.authenticator.get(options).expect("the key was registered with this server")
    }

    /// Asks `METHOD /path`; `Null` sends no body.
    ///
    /// # Errors
    /// When no whole answer came.
    ///
    /// # Panics
    /// When `request` is not written like that.
    pub async fn ask(&self, request: &str, body: &Value) -> Result<Response, CallError> {
        let (method, path) = request.split_once(' ').expect("METHOD /path");
        let method = method.parse().expect("a method of HTTP");
        self.client.request(method, path, Some(body).filter(|body| !body.is_null())).await
    }

    /// Asks and demands success; gives the answer's JSON.
    ///
    /// # Panics
    /// With the status and the problem's code, when the server refuses.
    pub async fn expect(&self, request: &str, body: &Value) -> Value {
        let answer = self.ask(request, body).await.expect("the server answers");
        assert!(answer.status.is_success(), "{} {request}: {} {}", self.login, answer.status, answer.json);
        answer.json
    }
}
