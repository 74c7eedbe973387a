//! The same frames over server-sent events and POST.

use super::house::{Live, SOON, is_message, text};
use crate::colleague::{Client, EventError, Events, Protocol};
use http::StatusCode;
use serde_json::{Value as Json, json};

async fn send(client: &Client, frame: &Json) -> Json {
    let answer = client.post("/api/v1/frames", frame).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

async fn next_where(events: &mut Events, wanted: impl Fn(&Json) -> bool) -> Json {
    loop {
        let frame = events.next(SOON).await.unwrap().json().unwrap();
        if wanted(&frame) {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_frame_without_a_stream_and_without_a_session_is_refused() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    let client = live.client(&nurse, Protocol::Http2).await;
    let closed = client.post("/api/v1/frames", &json!({"type": "ping", "id": 1})).await.unwrap();
    assert_eq!(closed.status, StatusCode::CONFLICT);
    client.clear_cookies();
    let unsigned = client.post("/api/v1/frames", &json!({"type": "ping", "id": 1})).await.unwrap();
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    assert!(
        matches!(client.events("/api/v1/events", None).await, Err(EventError::Refused(status)) if status == 401)
    );
}

#[tokio::test]
async fn a_stream_hears_what_a_socket_posts_and_the_other_way_round() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let mut socket = live.in_room(&nurse, Protocol::Http1).await;
        let client = live.client(&worker, protocol).await;
        let mut events = client.events("/api/v1/events", None).await.unwrap();
        assert_eq!(send(&client, &json!({"type": "hello", "id": 1})).await[0]["type"], "welcome");
        let opened = send(&client, &json!({"type": "open_room", "id": 2, "room": live.house.room})).await;
        assert_eq!(opened[0]["type"], "opened");
        next_where(&mut events, |frame| frame["type"] == "page").await;
        live.say(&mut socket, "ソケットから").await;
        assert_eq!(text(&next_where(&mut events, is_message).await), "ソケットから");
        let ack =
            send(&client, &live.post(3, tasuki_domain::info_class::InfoClassId::GENERAL, "流れから")).await;
        assert_eq!(ack[0]["type"], "ack");
        let heard = socket.next_where(SOON, |frame| text(frame) == "流れから").await.unwrap();
        assert_eq!(heard["message"]["message"], ack[0]["message"]);
        let faulty = send(&client, &json!({"type": "ping"})).await;
        assert_eq!(faulty[0]["problem"]["code"], "frame.form");
        socket.close(1000).await;
    }
}

#[tokio::test]
async fn a_second_stream_ends_the_first_and_the_end_of_the_session_ends_the_second() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    let client = live.client(&nurse, Protocol::Http1).await;
    let mut first = client.events("/api/v1/events", None).await.unwrap();
    let mut second = client.events("/api/v1/events", None).await.unwrap();
    assert!(matches!(first.next(SOON).await, Err(EventError::Ended)));
    assert_eq!(send(&client, &json!({"type": "ping", "id": 1})).await[0]["type"], "pong");
    live.services.store.sessions().end_session(nurse.session.session);
    let goodbye = next_where(&mut second, |frame| frame["type"] == "goodbye").await;
    assert_eq!(goodbye["code"], 4401);
    assert!(matches!(second.next(SOON).await, Err(EventError::Ended)));
}
