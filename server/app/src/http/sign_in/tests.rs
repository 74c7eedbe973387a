//! Signing in as a browser meets it: statuses, bodies, the cookie, and what a stolen one is worth.

use crate::{
    http::{RequestFacts, routes},
    tls::ConnectionToken,
    usecase::sign_in::tests::house::*,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tasuki_domain::{
    id::DeviceId,
    time::{SECOND, Timestamp},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

const CERTIFICATE_UNTIL: Timestamp = Timestamp(1_900_000_000_000_000);
const WRONG: &str = "まったく違う言葉の並び";

/// A browser on a device, with its one cookie.
struct Browser {
    router: Router,
    facts: RequestFacts,
    cookie: Option<String>,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Browser {
    fn on(house: &House, device: DeviceId) -> Self {
        let services = house.services.clone();
        let facts = RequestFacts {
            request: house.on(device).request,
            device: *services.store.facts().device(device).unwrap(),
            source: "192.0.2.1".parse().unwrap(),
            certificate: Arc::from("01"),
            certificate_until: CERTIFICATE_UNTIL,
            connection: ConnectionToken(CancellationToken::new()),
        };
        Self { router: routes().split_for_parts().0.with_state(services), facts, cookie: None }
    }

    async fn ask(&mut self, method: Method, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let mut request = match body {
            Value::Null => request.body(Body::empty()),
            body => request.header("content-type", "application/json").body(Body::from(body.to_string())),
        }
        .unwrap();
        request.extensions_mut().insert(self.facts.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        if let Some(set) = headers.get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, Value::Null).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    async fn password(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in/password", json!({ "login": login, "password": password })).await
    }

    async fn face(&mut self, person: Value, password: &str) -> Answer {
        self.post("/sign-in/password", json!({ "person": person, "password": password })).await
    }

    async fn sign_in(&mut self, who: &Somebody) -> Answer {
        let asked = self.password(&who.login, PASSWORD).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        let credential = who.key.lock().await.get(&asked.body["options"]).unwrap();
        self.post("/sign-in/passkey", json!({ "flow": asked.body["flow"], "credential": credential })).await
    }
}

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn every_failed_password_step_gives_the_very_same_answer() {
    for house in houses().await {
        let (_wrong, _locked) = (house.somebody("wrong").await, house.somebody("locked").await);
        let disabled = house.somebody("disabled").await;
        for _ in 0..5 {
            Browser::on(&house, house.tablet).password("locked", WRONG).await;
            house.pass(31 * SECOND);
        }
        house.disable(disabled.person).await;
        let mut answers = Vec::new();
        for (login, password) in
            [("nobody", PASSWORD), ("wrong", WRONG), ("locked", PASSWORD), ("disabled", PASSWORD)]
        {
            let answer = Browser::on(&house, house.phone).password(login, password).await;
            answers.push((answer.status, answer.headers, answer.body.to_string()));
            house.pass(31 * SECOND);
        }
        assert_eq!(answers[0].0, 401);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

#[tokio::test]
async fn a_tapped_face_stands_for_the_login_name() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let mut browser = Browser::on(&house, house.tablet);
        let wrong = browser.face(json!(suzuki.person), WRONG).await;
        house.pass(31 * SECOND);
        let unknown = browser.face(json!(Uuid::new_v4()), PASSWORD).await;
        house.pass(31 * SECOND);
        assert_eq!(
            (told(&wrong), wrong.body.to_string()),
            ((401, "sign_in.failed"), unknown.body.to_string())
        );
        let asked = browser.face(json!(sato.person), PASSWORD).await;
        let credential = sato.key.lock().await.get(&asked.body["options"]).unwrap();
        let step = json!({ "flow": asked.body["flow"], "credential": credential });
        let begun = browser.post("/sign-in/passkey", step).await;
        assert_eq!((begun.status, &begun.body["person"]), (200, &json!(sato.person)));
    }
}

#[tokio::test]
async fn wrong_passwords_under_a_face_close_the_typed_way_too() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        for _ in 0..5 {
            Browser::on(&house, house.tablet).face(json!(sato.person), WRONG).await;
            house.pass(31 * SECOND);
        }
        assert_eq!(
            told(&Browser::on(&house, house.phone).password("sato", PASSWORD).await),
            (401, "sign_in.failed")
        );
    }
}

#[tokio::test]
async fn the_cookie_works_on_its_device_until_signing_out() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let mut browser = Browser::on(&house, house.tablet);
        assert_eq!(told(&browser.get("/session").await), (401, "session.ended"));
        let begun = browser.sign_in(&sato).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        let set = begun.headers["set-cookie"].to_str().unwrap();
        assert!(set.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{set}");
        assert_eq!(begun.body["person"], json!(sato.person));
        assert_eq!(browser.get("/session").await.body["session"], begun.body["session"]);
        assert_eq!(browser.get("/me").await.body["login"], "sato");

        let mut thief = Browser::on(&house, house.tablet_two);
        thief.cookie = browser.cookie.clone();
        for path in ["/session", "/me"] {
            assert_eq!(told(&thief.get(path).await), (401, "session.ended"));
        }
        assert_eq!(told(&thief.post("/return/options", json!({})).await), (401, "session.ended"));

        assert_eq!(browser.post("/session/lock", Value::Null).await.status, 204);
        assert_eq!(told(&browser.get("/me").await), (401, "session.locked"));
        assert_eq!(told(&browser.post("/session/activity", Value::Null).await), (401, "session.locked"));
        assert_eq!(browser.get("/session").await.body["locked"], true);
        let asked = browser.post("/return/options", json!({})).await;
        let credential = sato.key.lock().await.get(&asked.body["options"]).unwrap();
        let stale = browser.cookie.clone();
        let back =
            browser.post("/return", json!({ "flow": asked.body["flow"], "credential": credential })).await;
        assert_eq!((back.status, &back.body["session"]), (200, &begun.body["session"]));
        assert_ne!(browser.cookie, stale, "a new token");
        let signed_out = browser.ask(Method::DELETE, "/session", Value::Null).await;
        assert_eq!((signed_out.status, &browser.cookie), (204, &None));
    }
}

#[tokio::test]
async fn several_posts_are_offered_once() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let second = house.post(sato.person, house.home).await;
        let mut browser = Browser::on(&house, house.tablet);
        let choice = browser.sign_in(&sato).await;
        assert_eq!(told(&choice), (409, "sign_in.choose_post"));
        assert_eq!(choice.body["posts"].as_array().unwrap().len(), 2);
        assert!(choice.body["title_ja"].as_str().unwrap().contains("所属"));
        let asked = browser.password("sato", PASSWORD).await;
        let credential = sato.key.lock().await.get(&asked.body["options"]).unwrap();
        let flow = &asked.body["flow"];
        let first = browser.post("/sign-in/passkey", json!({ "flow": flow, "credential": credential })).await;
        assert_eq!(first.status, 409);
        let begun = browser.post("/sign-in/passkey", json!({ "flow": flow, "post": second })).await;
        assert_eq!((begun.status, &begun.body["post"]), (200, &json!(second)));
    }
}

#[tokio::test]
async fn malformed_steps_name_their_field() {
    for house in houses().await {
        house.somebody("sato").await;
        let mut browser = Browser::on(&house, house.tablet);
        let cases = [
            (json!({ "login": "sa", "password": PASSWORD }), "field.too_short", "login"),
            (json!({ "login": "sato", "password": "x".repeat(129) }), "field.too_long", "password"),
            (json!({ "login": "sato", "password": PASSWORD, "admin": true }), "body.form", "admin"),
            (json!({ "login": "sato" }), "body.form", "."),
            (json!({ "password": PASSWORD }), "field.missing", "login"),
            (
                json!({ "login": "sato", "person": Uuid::nil(), "password": PASSWORD }),
                "field.unexpected",
                "person",
            ),
        ];
        for (body, code, field) in cases {
            let answer = browser.post("/sign-in/password", body).await;
            assert_eq!((told(&answer), answer.body["field"].as_str()), ((422, code), Some(field)));
        }
        let asked = browser.password("sato", PASSWORD).await;
        for credential in [json!({}), json!("text"), json!({ "id": "x", "type": "password" })] {
            let body = json!({ "flow": asked.body["flow"], "credential": credential });
            let answer = browser.post("/sign-in/passkey", body).await;
            assert_eq!((told(&answer), &answer.body["field"]), ((422, "field.form"), &json!("credential")));
        }
        let typo = json!({ "login": "sato", "code": "7KQM2-D9X0B-4THW5-EJ3RA" });
        assert_eq!(told(&browser.post("/first-sign-in/code", typo).await), (422, "code.typo"));
    }
}

#[tokio::test]
async fn too_many_attempts_of_a_device_are_told_when_to_come_back() {
    let mut config = config();
    config.limits.rate.sign_in_per_minute = crate::config::Number::of(3);
    for house in houses_with(config).await {
        let mut browser = Browser::on(&house, house.tablet);
        for _ in 0..3 {
            assert_eq!(browser.password("nobody", WRONG).await.status, 401);
        }
        let refused = browser.password("nobody", WRONG).await;
        assert_eq!((told(&refused), refused.headers["retry-after"].to_str().unwrap()), ((429, "rate"), "21"));
    }
}

#[tokio::test]
async fn the_start_screen_takes_a_device_and_nobody_signed_in() {
    for house in houses().await {
        house.somebody("sato").await;
        let mut browser = Browser::on(&house, house.tablet);
        let screen = browser.get("/device?all=true").await;
        assert_eq!(screen.body["certificate_until"], CERTIFICATE_UNTIL.0);
        assert_eq!((screen.status, &screen.body["kind"]), (200, &json!("shared")));
        assert_eq!(screen.body["people"][0]["name"], "佐藤 花子");
        assert_eq!(told(&browser.get("/device?every=true").await), (422, "query.form"));
    }
}
