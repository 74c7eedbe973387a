//! The consortium's routes as a browser meets them: statuses, stable codes, named fields.

use crate::{
    http::{RequestFacts, routes},
    tls::ConnectionToken,
    usecase::{Services, consortium::tests::houses},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request},
};
use serde_json::{Value, json};
use std::sync::Arc;
use tasuki_domain::{policy::Caller, time::Timestamp};
use tasuki_vault::token::{SessionToken, TokenKind};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use uuid::Uuid;

/// A browser of somebody who is signed in.
pub(in crate::http) struct Browser {
    router: Router,
    cookie: String,
    facts: RequestFacts,
}

impl Browser {
    pub(in crate::http) fn of(services: &Services, caller: &Caller) -> Self {
        let (store, session) = (&services.store, caller.session().unwrap().clone());
        let token = SessionToken::generate(&mut rand::rand_core::UnwrapErr(rand::rngs::SysRng));
        let digest = token.digest(&store.keyring().token_pepper(), TokenKind::Session);
        store.sessions().insert(*digest.as_bytes(), session.clone());
        let facts = RequestFacts {
            request: caller.request,
            device: *store.facts().device(session.device).unwrap(),
            source: "192.0.2.1".parse().unwrap(),
            certificate: Arc::from("01"),
            certificate_until: Timestamp::OPEN_END,
            connection: ConnectionToken(CancellationToken::new()),
        };
        let router = routes().split_for_parts().0.with_state(services.clone());
        Self { router, cookie: format!("__Host-tasuki={}", *token.text()), facts }
    }

    pub(in crate::http) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request =
            Request::builder().method(method).uri(format!("/api/v1{path}")).header("cookie", &self.cookie);
        let request = match body {
            Some(body) => {
                request.header("content-type", "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        let mut request = request.unwrap();
        request.extensions_mut().insert(self.facts.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub(in crate::http) async fn get(&self, path: &str) -> (u16, Value) {
        self.ask(Method::GET, path, None).await
    }

    pub(in crate::http) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, Some(body)).await
    }
}

/// Status, code and field of a problem.
pub(in crate::http) fn problem((status, body): (u16, Value)) -> (u16, String, String) {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(body["status"], status, "{body}");
    assert!(!text("title").is_empty() && !text("title_ja").is_empty(), "{body}");
    (status, text("code"), text("field"))
}

pub(in crate::http) fn told(status: u16, code: &str, field: &str) -> (u16, String, String) {
    (status, code.to_owned(), field.to_owned())
}

#[tokio::test]
async fn a_person_comes_changes_and_goes() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let browser = Browser::of(&house.services, &home.administrator);
        let organization = home.organization.as_uuid();
        let new = json!({
            "organization": organization, "login": "Sato", "name": "佐藤 花子", "reading": "さとう はなこ",
            "post": { "job_type": 4 },
        });
        let (status, created) = browser.post("/people", new.clone()).await;
        assert_eq!(status, 201, "{created}");
        assert_eq!(problem(browser.post("/people", new).await), told(422, "field.taken", "login"));
        let person = created["person"].as_str().unwrap();
        let path = format!("/people/{person}");
        let change = || json!({ "version": 1, "name": "田中 花子" });
        assert_eq!(browser.ask(Method::PATCH, &path, Some(change())).await, (200, json!({ "version": 2 })));
        let stale = browser.ask(Method::PATCH, &path, Some(change())).await;
        assert_eq!(problem(stale), told(409, "person.changed", ""));
        let (status, register) = browser.get(&format!("/people?organization={organization}")).await;
        assert_eq!((status, register["next"].is_null()), (200, true));
        let row = register["people"].as_array().unwrap().iter().find(|row| row["person"] == person).unwrap();
        assert_eq!(
            (&row["name"], &row["login"], &row["version"]),
            (&json!("田中 花子"), &json!("Sato"), &json!(2))
        );
        assert_eq!(row["posts"][0]["job_type"], 4);
        let end = format!("/posts/{}/end", created["post"].as_str().unwrap());
        assert_eq!(browser.post(&end, json!({})).await, (204, Value::Null));
        assert_eq!(problem(browser.post(&end, json!({})).await), told(409, "post.ended", ""));
        assert_eq!(browser.ask(Method::POST, &format!("{path}/disable"), None).await.0, 204);
        let again = browser.ask(Method::POST, &format!("{path}/disable"), None).await;
        assert_eq!(problem(again), told(409, "person.disabled", ""));
    }
}

#[tokio::test]
async fn strangers_and_strange_things_are_told_apart_by_code() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let (nurse, stranger) = (
            Browser::of(&house.services, &home.nurse_caller),
            Browser::of(&house.services, &partner.administrator),
        );
        let organization = home.organization.as_uuid();
        let register = format!("/people?organization={organization}");
        for browser in [&nurse, &stranger] {
            assert_eq!(problem(browser.get(&register).await), told(403, "role.missing", ""));
            let path = format!("/people/{}/disable", home.nurse.person);
            assert_eq!(problem(browser.ask(Method::POST, &path, None).await), told(403, "role.missing", ""));
        }
        let nowhere = format!("/posts/{}/reconfirmation", Uuid::new_v4());
        assert_eq!(problem(stranger.ask(Method::POST, &nowhere, None).await), told(404, "missing", ""));
        assert_eq!(
            problem(stranger.ask(Method::POST, "/posts/x/reconfirmation", None).await),
            told(404, "missing", "")
        );
        let admin = Browser::of(&house.services, &home.administrator);
        for (query, expected) in [
            ("limit=0", told(422, "field.range", "limit")),
            ("limit=201", told(422, "field.range", "limit")),
            ("cursor=abc", told(422, "field.form", "cursor")),
            ("sort=name", told(422, "query.form", "")),
        ] {
            assert_eq!(problem(admin.get(&format!("{register}&{query}")).await), expected, "{query}");
        }
        let unknown = json!({ "kind": "clinic", "name": "A", "colour": "red" });
        assert_eq!(problem(admin.post("/organizations", unknown).await).0, 422);
        let silent = json!({ "person": home.nurse.person.as_uuid(), "role": "audit" });
        assert_eq!(problem(admin.post("/roles", silent).await), told(422, "body.form", "."));
        let own = home.administrator.session().unwrap().person.as_uuid();
        let oneself = json!({ "person": own, "role": "maintenance", "organization": organization });
        assert_eq!(problem(admin.post("/roles", oneself).await), told(403, "second_person", ""));
        let review = json!({ "person": own, "role": "audit", "organization": organization });
        assert_eq!(problem(admin.post("/roles", review).await), told(403, "second_person", ""));
    }
}

#[tokio::test]
async fn everybody_knows_the_consortium_and_its_rights() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let nurse = Browser::of(&house.services, &home.nurse_caller);
        let (status, organizations) = nurse.get("/organizations").await;
        assert_eq!((status, organizations["organizations"].as_array().unwrap().len()), (200, 2));
        let (status, matrix) = nurse.get("/matrix").await;
        assert_eq!(status, 200);
        assert_eq!(matrix["job_types"].as_array().unwrap().len(), 11);
        let row = matrix["matrices"][0]["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["job_type"] == 11)
            .unwrap();
        assert_eq!((&row["read"], &row["write"]), (&json!([1, 2]), &json!([2])));
        let (status, found) = nurse.get("/directory?query=%E3%83%A8%E3%83%9F&limit=2").await;
        assert_eq!((status, found["colleagues"].as_array().unwrap().len()), (200, 2));
        let next = format!("/directory?query=%E3%83%A8%E3%83%9F&cursor={}", found["next"].as_str().unwrap());
        assert_eq!(nurse.get(&next).await.1["colleagues"].as_array().unwrap().len(), 1);
        // An employer only takes away: what it may send back is what it was given.
        let admin = Browser::of(&house.services, &home.administrator);
        let rows = matrix["matrices"][0]["rows"].clone();
        let path = format!("/matrix/{}", home.organization);
        let mut wide = rows.clone();
        wide.as_array_mut().unwrap().iter_mut().for_each(|row| row["read"] = json!([1, 2, 3, 4, 5, 6, 7, 8]));
        let widened = admin.ask(Method::PUT, &path, Some(json!({ "version": 0, "rows": wide }))).await;
        assert_eq!(problem(widened), told(409, "matrix.widens", ""));
        let kept = admin.ask(Method::PUT, &path, Some(json!({ "version": 0, "rows": rows }))).await;
        assert_eq!(kept, (200, json!({ "version": 1 })));
    }
}
