//! Nonsense, giants and floods: answered while they may be mistakes, ended when they are abuse.

use super::house::{Live, SOON};
use crate::{colleague::Protocol, config::Number};
use serde_json::json;

#[tokio::test]
async fn nonsense_is_answered_with_a_problem_and_ends_the_socket_when_it_goes_on() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let mut socket = live.socket(&nurse, protocol).await;
        let cases = [
            ("nonsense", "frame.json", json!(null)),
            (r#"{"id":3}"#, "frame.json", json!(null)),
            (r#"{"type":"read_minds","id":3}"#, "frame.type", json!(3)),
            (r#"{"type":"ping"}"#, "frame.form", json!(null)),
            (r#"{"type":"ping","id":3,"surprise":1}"#, "frame.form", json!(3)),
        ];
        for (frame, code, id) in &cases {
            socket.send_text(frame).await.unwrap();
            let error = socket.next_where(SOON, |frame| frame["type"] == "error").await.unwrap();
            assert_eq!((&error["problem"]["code"], &error["id"]), (&json!(code), id), "{frame}");
            assert!(error["problem"]["title_ja"].as_str().is_some_and(|title| !title.is_empty()));
        }
        for _ in 0..20 {
            if socket.send_text("nonsense").await.is_err() {
                break;
            }
        }
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(4400), "{ended}");
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_and_one_that_is_not_text_end_the_socket() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let mut socket = live.socket(&nurse, protocol).await;
        socket.send_text(&"x".repeat(70_000)).await.unwrap();
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(4413), "{ended}");
        let mut socket = live.socket(&nurse, protocol).await;
        socket.send_bytes(vec![1, 2, 3]).await.unwrap();
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(1003), "{ended}");
    }
}

#[tokio::test]
async fn a_flood_is_slowed_and_then_ended() {
    let live = Live::with(|limits| {
        limits.rate.person_per_second = Number::of(1);
        limits.rate.person_burst = Number::of(5);
    })
    .await;
    let nurse = live.nurse().await;
    let mut socket = live.socket(&nurse, Protocol::Http1).await;
    for id in 0..300 {
        if socket.send(&json!({"type": "ping", "id": id})).await.is_err() {
            break;
        }
    }
    let slowed = socket.next_where(SOON, |frame| frame["type"] == "error").await.unwrap();
    assert_eq!((&slowed["problem"]["code"], &slowed["problem"]["retry_after"]), (&json!("rate"), &json!(1)));
    let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
    assert_eq!(ended.close_code(), Some(4429), "{ended}");
}

#[tokio::test]
async fn a_fifth_socket_of_a_session_takes_the_place_of_the_first() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    let mut first = live.socket(&nurse, Protocol::Http1).await;
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(live.socket(&nurse, Protocol::Http1).await);
    }
    let ended = first.next_where(SOON, |_| false).await.unwrap_err();
    assert_eq!(ended.close_code(), Some(4409), "{ended}");
    for mut socket in others {
        socket.send(&json!({"type": "ping", "id": 1})).await.unwrap();
        socket.next_where(SOON, |frame| frame["type"] == "pong").await.unwrap();
    }
}
