//! What is taken from somebody stops working: a cookie on another device, a revoked device, a disabled person, a
//! sign-in that was left behind, a withdrawn consent.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tasuki_app::colleague::{Protocol, Socket, SocketError};
use tasuki_tests::{Engine, Guest, House};

const COOKIE: &str = "__Host-tasuki";

/// Every connection of what was taken has ended after this.
const FIVE_SECONDS: Duration = Duration::from_secs(5);

const PATIENTS: &str = "GET /api/v1/patients";

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_cookie_is_worth_nothing_on_another_device() {
    for engine in Engine::all() {
        let house = House::start(engine).await;
        let owner = house.signed_in("care").await;
        for protocol in [Protocol::Http1, Protocol::Http2] {
            // A colleague's device of the same employer, and one of another employer.
            for device in ["staff", "nurse"] {
                let thief = house.guest_over(device, protocol);
                thief.client.put_cookie(COOKIE, &owner.client.cookie(COOKIE).unwrap());
                for request in ["GET /api/v1/session", PATIENTS, "DELETE /api/v1/session"] {
                    let answer = thief.ask(request, &Value::Null).await.unwrap();
                    assert_eq!(answer.status, 401, "{request} with a stolen cookie");
                    assert_eq!(answer.json["code"], "session.ended");
                    assert!(!answer.headers.contains_key("set-cookie"));
                }
                let socket = thief.client.socket("/api/v1/socket").await;
                let refused = matches!(&socket, Err(SocketError::Refused(status)) if *status == 401);
                assert!(refused, "a socket with a stolen cookie over {protocol:?}");
            }
        }
        // Whoever was robbed works on, and the auditor reads of each attempt.
        owner.expect(PATIENTS, &Value::Null).await;
        let auditor = house.administrator("auditor").await;
        let log = auditor
            .expect("GET /api/v1/access-log?limit=200&action=sign_in&outcome=refused", &Value::Null)
            .await;
        let session = owner.expect("GET /api/v1/session", &Value::Null).await["session"].clone();
        let entries = log["entries"].as_array().unwrap();
        let attempts = entries.iter().filter(|entry| entry["object"] == session).count();
        // At the home: twice three requests and a socket; those at the station name its device, not the home.
        assert!(attempts >= 8, "{attempts} attempts in the log: {log}");
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_loses_its_connections_at_once() {
    let house = House::start(Engine::Sqlite).await;
    let care = house.signed_in("care").await;
    let session = care.expect("GET /api/v1/session", &Value::Null).await;
    let device = session["device"].as_str().unwrap();
    let room = first_room(&care).await;
    let mut open = open_room(&care, &room).await;
    let mut locked = house.guest("care").client.socket("/api/v1/device/socket").await.unwrap();
    let system = house.administrator("system").await;
    system.expect(&format!("POST /api/v1/devices/{device}/revoke"), &Value::Null).await;
    let revoked = Instant::now();
    ends(&mut open, revoked).await;
    ends(&mut locked, revoked).await;
    let after = care.ask(PATIENTS, &Value::Null).await;
    assert!(after.is_err() || after.is_ok_and(|answer| answer.status == 403 || answer.status == 401));
    assert!(house.guest("care").client.socket("/api/v1/device/socket").await.is_err());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_person_is_signed_out_everywhere_at_once() {
    for engine in Engine::all() {
        let house = House::start(engine).await;
        let care = house.signed_in("care").await;
        let session = care.expect("GET /api/v1/session", &Value::Null).await;
        let room = first_room(&care).await;
        let mut open = open_room(&care, &room).await;
        let staff = house.administrator("staff").await;
        let person = session["person"].as_str().unwrap();
        staff.expect(&format!("POST /api/v1/people/{person}/disable"), &Value::Null).await;
        ends(&mut open, Instant::now()).await;
        stays_ended(&house, &care, &session).await;
        // The device itself stays in use.
        house.guest("care").client.socket("/api/v1/device/socket").await.unwrap().close(1000).await;
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_left_behind_is_ended_from_elsewhere_at_once() {
    for engine in Engine::all() {
        let house = House::start(engine).await;
        let left = house.signed_in("care").await;
        let session = left.expect("GET /api/v1/session", &Value::Null).await;
        let room = first_room(&left).await;
        let mut open = open_room(&left, &room).await;
        let request = format!("DELETE /api/v1/sessions/{}", session["session"].as_str().unwrap());
        let stranger = house.signed_in("nurse").await;
        assert_eq!(stranger.ask(&request, &Value::Null).await.unwrap().status, 404);
        left.expect(PATIENTS, &Value::Null).await;

        // The same person with the same key at a colleague's device. A key counts at most four times a second.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut here = house.guest("care");
        here.client = house.guest("staff").client;
        here.sign_in().await;
        let page = here.expect("GET /api/v1/me", &Value::Null).await;
        let known = page["sessions"].as_array().unwrap();
        let listed = known.iter().find(|one| one["session"] == session["session"]).unwrap();
        assert!(listed["label"].is_string(), "{page}");
        here.expect(&request, &Value::Null).await;
        ends(&mut open, Instant::now()).await;
        stays_ended(&house, &left, &session).await;
        here.expect(PATIENTS, &Value::Null).await;
        assert_eq!(here.ask(&request, &Value::Null).await.unwrap().status, 404);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_is_signed_out_at_once() {
    let house = House::start(Engine::Sqlite).await;
    let care = house.signed_in("care").await;
    let session = care.expect("GET /api/v1/session", &Value::Null).await;
    let room = first_room(&care).await;
    let mut open = open_room(&care, &room).await;
    let staff = house.administrator("staff").await;
    let post = session["post"].as_str().unwrap();
    staff.expect(&format!("POST /api/v1/posts/{post}/end"), &json!({})).await;
    ends(&mut open, Instant::now()).await;
    stays_ended(&house, &care, &session).await;
    house.close().await;
}

/// The session has ended with the act that ended it, and does not come back from its row to run out a second time.
async fn stays_ended(house: &House, guest: &Guest, session: &Value) {
    assert_eq!(guest.ask(PATIENTS, &Value::Null).await.unwrap().status, 401);
    // The expiry job comes by every two seconds.
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    assert_eq!(guest.ask(PATIENTS, &Value::Null).await.unwrap().status, 401);
    let auditor = house.administrator("auditor").await;
    let log = auditor.expect("GET /api/v1/access-log?limit=200", &Value::Null).await;
    let entries = log["entries"].as_array().unwrap();
    let expired = |entry: &&Value| entry["action"] == "session_expired";
    let again: Vec<&Value> = entries.iter().filter(expired).collect();
    assert!(again.is_empty(), "session {} ran out after it had ended: {again:?}", session["session"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_stops_when_the_consent_is_withdrawn_while_the_room_is_open() {
    let house = House::start(Engine::Sqlite).await;
    let care = house.signed_in("care").await;
    let room = first_room(&care).await;
    let mut open = open_room(&care, &room).await;
    let list = care.expect(PATIENTS, &Value::Null).await;
    let patient = list.pointer("/patients/0/patient").unwrap().as_str().unwrap().to_owned();
    let staff = house.administrator("staff").await;
    let consents = staff.expect(&format!("GET /api/v1/patients/{patient}/consents"), &Value::Null).await;
    let consent = consents.pointer("/consents/0/consent").unwrap().as_str().unwrap();
    let withdraw = format!("POST /api/v1/patients/{patient}/consents/{consent}/withdraw");
    staff.expect(&withdraw, &Value::Null).await;
    let withdrawn = Instant::now();
    let told = open.next_where(FIVE_SECONDS, |frame| frame["type"] == "room_closed").await.unwrap();
    assert_eq!((&told["room"], withdrawn.elapsed() < FIVE_SECONDS), (&json!(room), true));
    // Neither an open socket, nor a new look, nor a page gives a word about the patient.
    open.send(&json!({ "type": "open_room", "id": 9, "room": room })).await.unwrap();
    let refused = open.next_where(FIVE_SECONDS, |frame| frame["id"] == 9).await.unwrap();
    assert_eq!(refused["type"], "error", "{refused}");
    let list = care.expect(PATIENTS, &Value::Null).await;
    let known = list["patients"].as_array().unwrap().iter().any(|known| known["patient"] == patient.as_str());
    assert!(!known, "the patient is still in the list");
    let card = care.ask(&format!("GET /api/v1/patients/{patient}"), &Value::Null).await.unwrap();
    assert_eq!(card.status, 404);
    house.close().await;
}

async fn first_room(guest: &Guest) -> String {
    let list = guest.expect(PATIENTS, &Value::Null).await;
    list.pointer("/patients/0/room").unwrap().as_str().unwrap().to_owned()
}

async fn open_room(guest: &Guest, room: &str) -> Socket {
    let mut socket = guest.client.socket("/api/v1/socket").await.unwrap();
    socket.send(&json!({ "type": "hello", "id": 1 })).await.unwrap();
    socket.send(&json!({ "type": "open_room", "id": 2, "room": room })).await.unwrap();
    let opened = socket.next_where(FIVE_SECONDS, |frame| frame["id"] == 2).await.unwrap();
    assert_eq!(opened["type"], "opened", "{opened}");
    socket
}

/// The server ends the socket within five seconds of an instant.
async fn ends(socket: &mut Socket, since: Instant) {
    let left = FIVE_SECONDS.saturating_sub(since.elapsed());
    let ended = socket.next_where(left, |_| false).await.unwrap_err();
    assert!(!matches!(ended, SocketError::TimedOut), "still open after five seconds");
    if let Some(code) = ended.close_code() {
        assert!(code == 4401 || code == 1006, "closed with {code}");
    }
}
