//! Rooms: refusals first, then who hears what, and what a break costs.

use super::house::{Live, QUIET, SOON, is_message, text};
use crate::colleague::{Protocol, SocketError};
use serde_json::json;
use tasuki_domain::{info_class::InfoClassId, job_type::JobTypeId};
use uuid::Uuid;

#[tokio::test]
async fn nobody_without_a_session_from_elsewhere_or_with_a_stolen_cookie_opens_a_socket() {
    let live = Live::open().await;
    let nurse = live.nurse().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let unsigned = live.device(nurse.session.device, protocol).await;
        let refused = unsigned.socket("/api/v1/socket").await.err().unwrap();
        assert!(matches!(refused, SocketError::Refused(status) if status == 401), "{refused}");
        let signed = live.client(&nurse, protocol).await;
        let foreign = signed.socket_from("/api/v1/socket", "https://evil.test").await.err().unwrap();
        assert!(matches!(foreign, SocketError::Refused(status) if status == 403), "{foreign}");
        let thief = live.device(live.care_worker().await.session.device, protocol).await;
        thief.put_cookie("__Host-tasuki", &signed.cookie("__Host-tasuki").unwrap());
        let stolen = thief.socket("/api/v1/socket").await.err().unwrap();
        assert!(matches!(stolen, SocketError::Refused(status) if status == 401), "{stolen}");
    }
}

#[tokio::test]
async fn a_post_reaches_those_who_have_the_room_open_over_both_versions_of_http() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut one = live.in_room(&nurse, Protocol::Http2).await;
    let mut other = live.in_room(&worker, Protocol::Http1).await;
    let arrived = one.next_where(SOON, |frame| frame["type"] == "presence").await.unwrap();
    assert_eq!((&arrived["person"], &arrived["present"]), (&json!(worker.person), &json!(true)));

    let ack = live.say(&mut one, "夕食は半分でした").await;
    assert_eq!(ack["type"], "ack");
    for socket in [&mut one, &mut other] {
        let message = socket.next_where(SOON, is_message).await.unwrap();
        assert_eq!(text(&message), "夕食は半分でした");
        assert_eq!(message["message"]["message"], ack["message"]);
        assert_eq!(message["message"]["author"]["name"], "看護 花子");
        let reached = socket.next_where(SOON, |frame| frame["type"] == "reached").await.unwrap();
        assert!(reached["cursor"].as_str().is_some());
    }
}

#[tokio::test]
async fn who_has_the_room_closed_hears_that_there_is_something_and_never_what() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.socket(&worker, Protocol::Http1).await;
    live.say(&mut writer, "canary-only-for-open-rooms").await;
    let head = reader.next_where(SOON, |frame| frame["type"] == "head").await.unwrap();
    assert_eq!((&head["room"], &head["urgency"]), (&json!(live.house.room), &json!("read_only")));
    assert!(!head.to_string().contains("canary"));
    assert!(reader.next_where(QUIET, is_message).await.is_err());

    // What the care worker may not read at all is not even hinted at.
    let doctor = live.house.somebody(live.house.visiting, JobTypeId::DOCTOR, "医師 一郎").await;
    let mut doctor = live.in_room(&doctor, Protocol::Http1).await;
    doctor.send(&live.post(2, InfoClassId::SENSITIVE, "canary-sensitive")).await.unwrap();
    assert_eq!(doctor.next_where(SOON, |frame| frame["id"] == 2).await.unwrap()["type"], "ack");
    assert!(reader.next_where(QUIET, |frame| frame["type"] == "head").await.is_err());
}

#[tokio::test]
async fn a_class_that_one_may_not_read_is_neither_pushed_nor_counted() {
    let live = Live::open().await;
    let worker = live.care_worker().await;
    let doctor = live.house.somebody(live.house.visiting, JobTypeId::DOCTOR, "医師 一郎").await;
    let mut writer = live.in_room(&doctor, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http2).await;
    for (id, class, words) in
        [(2, InfoClassId::SENSITIVE, "canary-sensitive"), (3, InfoClassId::GENERAL, "一般のこと")]
    {
        writer.send(&live.post(id, class, words)).await.unwrap();
        assert_eq!(writer.next_where(SOON, |frame| frame["id"] == id).await.unwrap()["type"], "ack");
    }
    let mut frames = Vec::new();
    while let Ok(frame) = reader.next(QUIET).await {
        frames.push(frame);
    }
    let messages: Vec<_> = frames.iter().filter(|frame| is_message(frame)).map(text).collect();
    assert_eq!(messages, ["一般のこと"]);
    assert_eq!(frames.iter().filter(|frame| frame["type"] == "reached").count(), 1);
    assert!(!frames.iter().any(|frame| frame.to_string().contains("canary")));
}

#[tokio::test]
async fn a_break_costs_nothing_and_a_retry_posts_nothing_twice() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http1).await;
    live.say(&mut writer, "一").await;
    let reached = reader.next_where(SOON, |frame| frame["type"] == "reached").await.unwrap();
    reader.close(1000).await;

    let post = live.post(9, InfoClassId::GENERAL, "二");
    writer.send(&post).await.unwrap();
    let first = writer.next_where(SOON, |frame| frame["id"] == 9).await.unwrap();
    writer.close(1000).await;
    let mut writer = live.socket(&nurse, Protocol::Http2).await;
    writer.send(&post).await.unwrap();
    let again = writer.next_where(SOON, |frame| frame["id"] == 9).await.unwrap();
    assert_eq!((&first["message"], &first["at"]), (&again["message"], &again["at"]));
    let mut reused = post.clone();
    reused["post"]["text"] = "別".into();
    writer.send(&reused).await.unwrap();
    let refused = writer.next_where(SOON, |frame| frame["id"] == 9).await.unwrap();
    assert_eq!(refused["problem"]["code"], "message.client_id_reused");

    let mut reader = live.socket(&worker, Protocol::Http2).await;
    let page = live.open_room(&mut reader, reached["cursor"].as_str()).await;
    let missed: Vec<_> =
        page["messages"].as_array().unwrap().iter().map(|m| m["words"]["text"].clone()).collect();
    assert_eq!(missed, [json!("二")]);

    let mut stranger = live.socket(&nurse, Protocol::Http1).await;
    let open = json!({"type": "open_room", "id": 4, "room": live.house.room, "after": reached["cursor"]});
    stranger.send(&open).await.unwrap();
    let refused = stranger.next_where(SOON, |frame| frame["id"] == 4).await.unwrap();
    assert_eq!(refused["problem"]["field"], "after", "another reader's cursor opens nothing");
}

#[tokio::test]
async fn hello_tells_which_rooms_moved_on_and_only_those() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.socket(&worker, Protocol::Http1).await;
    let cursor = live.open_room(&mut reader, None).await["cursor"].clone();
    reader.close(1000).await;
    let hello = json!({"type": "hello", "id": 5, "rooms": [{"room": live.house.room, "cursor": cursor}]});
    let mut reader = live.socket(&worker, Protocol::Http1).await;
    reader.send(&hello).await.unwrap();
    reader.next_where(SOON, |frame| frame["id"] == 5).await.unwrap();
    assert!(reader.next_where(QUIET, |frame| frame["type"] == "head").await.is_err());
    reader.close(1000).await;
    live.say(&mut writer, "三").await;
    let mut reader = live.socket(&worker, Protocol::Http1).await;
    reader.send(&hello).await.unwrap();
    let head = reader.next_where(SOON, |frame| frame["type"] == "head").await.unwrap();
    assert_ne!(head["cursor"], cursor);
}

#[tokio::test]
async fn typing_and_presence_stay_inside_the_room() {
    let live = Live::open().await;
    let (nurse, worker, third) = (live.nurse().await, live.care_worker().await, live.care_worker().await);
    let mut one = live.in_room(&nurse, Protocol::Http1).await;
    let mut other = live.in_room(&worker, Protocol::Http1).await;
    let mut outside = live.socket(&third, Protocol::Http1).await;
    let typing = json!({"type": "typing", "room": live.house.room});
    for _ in 0..5 {
        one.send(&typing).await.unwrap();
    }
    outside.send(&typing).await.unwrap();
    let heard = other.next_where(SOON, |frame| frame["type"] == "typing").await.unwrap();
    assert_eq!(heard["person"], json!(nurse.person));
    assert!(other.next_where(QUIET, |frame| frame["type"] == "typing").await.is_err(), "one in two seconds");
    one.close(1000).await;
    let gone = other.next_where(SOON, |frame| frame["type"] == "presence").await.unwrap();
    assert_eq!((&gone["person"], &gone["present"]), (&json!(nurse.person), &json!(false)));
    let quiet = outside.next_where(QUIET, |frame| frame["type"] == "typing" || frame["type"] == "presence");
    assert!(quiet.await.is_err());
}

#[tokio::test]
async fn a_foreign_room_and_a_missing_one_answer_alike() {
    let live = Live::open().await;
    let worker = live.care_worker().await;
    live.house.end_consents().await;
    let mut socket = live.socket(&worker, Protocol::Http1).await;
    let mut codes = Vec::new();
    for room in [live.house.room.as_uuid(), Uuid::new_v4()] {
        socket.send(&json!({"type": "open_room", "id": 6, "room": room})).await.unwrap();
        let refused = socket.next_where(SOON, |frame| frame["id"] == 6).await.unwrap();
        codes.push((refused["problem"]["code"].clone(), refused["problem"]["status"].clone()));
    }
    assert_eq!(codes[0], codes[1]);
}

#[tokio::test]
async fn whoever_is_taken_out_of_a_room_hears_it_without_having_it_open() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let owner = live.client(&nurse, Protocol::Http1).await;
    let group = json!({"title": "夜勤", "members": [worker.person]});
    let made = owner.post("/api/v1/rooms", &group).await.unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
    let mut taken_out = live.socket(&worker, Protocol::Http1).await;
    let mut stays = live.socket(&nurse, Protocol::Http1).await;
    let path = format!("/api/v1/rooms/{}/members", made["room"].as_str().unwrap());
    let changed = owner.post(&path, &json!({"add": [], "remove": [worker.person]})).await.unwrap();
    assert_eq!(changed.status, 204);
    let closed = taken_out.next_where(SOON, |frame| frame["type"] == "room_closed").await.unwrap();
    assert_eq!((&closed["room"], &closed["reason"]), (&made["room"], &json!("right_ended")));
    assert!(stays.next_where(QUIET, |frame| frame["type"] == "room_closed").await.is_err());
}
