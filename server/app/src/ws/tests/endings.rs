//! What ends a connection, or takes the content from it, and how soon.

use super::house::{Live, QUIET, SOON, is_message};
use crate::{colleague::Protocol, config::Number};
use serde_json::json;
use std::time::Instant;
use tasuki_domain::{
    device::DeviceKey,
    info_class::InfoClassId,
    time::{HOUR, MINUTE},
};

const BOTH: [Protocol; 2] = [Protocol::Http1, Protocol::Http2];

#[tokio::test]
async fn a_session_that_ends_closes_its_sockets_within_five_seconds() {
    let live = Live::open().await;
    for protocol in BOTH {
        let nurse = live.nurse().await;
        let mut socket = live.in_room(&nurse, protocol).await;
        live.services.store.sessions().end_session(nurse.session.session);
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(4401), "{ended}");
    }
}

#[tokio::test]
async fn the_shift_a_disabled_person_and_a_withdrawn_device_close_sockets() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    for sql in
        ["UPDATE person SET until_at = 1", "UPDATE post SET until_at = 1", "UPDATE device SET until_at = 1"]
    {
        let somebody = live.nurse().await;
        let mut socket = live.socket(&somebody, Protocol::Http1).await;
        live.house.tamper(sql).await;
        live.house
            .rows(|batch| {
                batch.policy_changed();
                Box::pin(async { Ok(()) })
            })
            .await;
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(4401), "{sql}: {ended}");
    }
    let live = Live::open().await;
    let late = live.nurse().await;
    let mut socket = live.socket(&late, Protocol::Http1).await;
    live.house.pass(18 * HOUR);
    let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
    assert_eq!(ended.close_code(), Some(4401), "{ended}");
    drop(nurse);
}

#[tokio::test]
async fn a_door_that_ends_a_device_says_4401_over_both_versions() {
    let live = Live::open().await;
    for protocol in BOTH {
        let nurse = live.nurse().await;
        let mut socket = live.in_room(&nurse, protocol).await;
        assert!(live.door.connections().close_all() >= 1);
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(4401), "{ended}");
    }
    assert_eq!(live.door.connections().count_of(&DeviceKey([0; 32])), 0);
}

#[tokio::test]
async fn a_locked_session_gets_no_content_until_it_is_returned_to() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http1).await;
    worker.session.lock();
    let locked = reader.next_where(SOON, |frame| frame["type"] == "session").await.unwrap();
    assert_eq!(locked["state"], "locked");
    live.say(&mut writer, "canary-while-locked").await;
    assert!(reader.next_where(QUIET, is_message).await.is_err());
    for frame in [
        json!({"type": "open_room", "id": 3, "room": live.house.room}),
        json!({"type": "acknowledge", "id": 3, "room": live.house.room, "message": live.house.room}),
    ] {
        reader.send(&frame).await.unwrap();
        let refused = reader.next_where(SOON, |frame| frame["id"] == 3).await.unwrap();
        assert_eq!(refused["problem"]["code"], "session.locked");
    }
    worker.session.unlock(live.house.now());
    let back = reader.next_where(SOON, |frame| frame["type"] == "session").await.unwrap();
    assert_eq!(back["state"], "live");
    let page = live.open_room(&mut reader, None).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_ping_is_no_activity_and_a_touch_is() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    let mut socket = live.socket(&nurse, Protocol::Http1).await;
    let before = nurse.session.last_activity();
    live.house.pass(MINUTE);
    socket.send(&json!({"type": "ping", "id": 1})).await.unwrap();
    socket.next_where(SOON, |frame| frame["type"] == "pong").await.unwrap();
    assert_eq!(nurse.session.last_activity(), before);
    socket.send(&json!({"type": "activity"})).await.unwrap();
    socket.send(&json!({"type": "ping", "id": 2})).await.unwrap();
    socket.next_where(SOON, |frame| frame["id"] == 2).await.unwrap();
    assert_eq!(nurse.session.last_activity(), live.house.now());
}

#[tokio::test]
async fn a_withdrawn_consent_closes_the_room_at_once() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http1).await;
    live.say(&mut writer, "まえ").await;
    reader.next_where(SOON, is_message).await.unwrap();
    live.house.end_consents().await;
    let closed = reader.next_where(SOON, |frame| frame["type"] == "room_closed").await.unwrap();
    assert_eq!((&closed["room"], &closed["reason"]), (&json!(live.house.room), &json!("right_ended")));
    writer.send(&live.post(8, InfoClassId::GENERAL, "あと")).await.unwrap();
    let refused = writer.next_where(SOON, |frame| frame["id"] == 8).await.unwrap();
    assert_eq!(refused["type"], "error");
}

#[tokio::test]
async fn every_look_that_began_has_an_end_in_the_register() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut first = live.in_room(&nurse, Protocol::Http1).await;
    let second = live.in_room(&worker, Protocol::Http2).await;
    live.say(&mut first, "ひとこと").await;
    first.send(&json!({"type": "close_room", "id": 2, "room": live.house.room})).await.unwrap();
    first.next_where(SOON, |frame| frame["id"] == 2).await.unwrap();
    second.close(1000).await;
    let begun = Instant::now();
    while live.services.hub.connections() > 1 && begun.elapsed() < SOON {
        tokio::time::sleep(QUIET / 10).await;
    }
    drop(first);
    while live.services.hub.connections() > 0 && begun.elapsed() < SOON {
        tokio::time::sleep(QUIET / 10).await;
    }
    tokio::time::sleep(QUIET).await;
    let left = live.services.store.close_abandoned_looks().await.unwrap();
    assert_eq!(left, 0, "no look is left open");
}

#[tokio::test]
async fn a_stop_says_1001_and_the_door_comes_to_rest() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    let mut one = live.in_room(&nurse, Protocol::Http1).await;
    let mut other = live.in_room(&live.care_worker().await, Protocol::Http2).await;
    live.shutdown.begin();
    for socket in [&mut one, &mut other] {
        let ended = socket.next_where(SOON, |_| false).await.unwrap_err();
        assert_eq!(ended.close_code(), Some(1001), "{ended}");
    }
    tokio::time::timeout(SOON, live.served).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_dropped_and_catches_up_exactly() {
    let live = Live::with(|limits| {
        limits.socket_queue_frames = Number::of(16);
        limits.socket_write_buffer_bytes = Number::of(16_384);
        limits.rate.person_per_second = Number::of(100_000);
        limits.rate.person_burst = Number::of(100_000);
        limits.rate.device_per_second = Number::of(100_000);
        limits.rate.device_burst = Number::of(100_000);
        limits.rate.organization_burst = Number::of(100_000);
    })
    .await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut deaf = live.socket(&worker, Protocol::Http1).await;
    let cursor = live.open_room(&mut deaf, None).await["cursor"].as_str().unwrap().to_owned();
    let connections = live.services.hub.connections();
    let words = "あ".repeat(3_900);
    let mut sent = 0;
    while live.services.hub.connections() == connections && sent < 3_000 {
        sent += 1;
        let ack = live.say(&mut writer, &format!("{sent} {words}")).await;
        assert_eq!(ack["type"], "ack");
    }
    assert!(live.services.hub.connections() < connections, "the deaf one is dropped");
    let mut reader = live.socket(&worker, Protocol::Http1).await;
    let mut page = live.open_room(&mut reader, Some(&cursor)).await;
    let mut numbers: Vec<String> = Vec::new();
    loop {
        let messages = page["messages"].as_array().unwrap();
        numbers.extend(
            messages.iter().map(|message| {
                message["words"]["text"].as_str().unwrap().split(' ').next().unwrap().to_owned()
            }),
        );
        if page["more"] == false {
            break;
        }
        page = reader.next_where(SOON, |frame| frame["type"] == "page").await.unwrap();
    }
    let expected: Vec<String> = (1..=sent).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
}
