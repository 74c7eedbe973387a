//! 了解, 引き受けた, すぐ and read marks: done over the line, heard by those who have the room open.

use super::house::{Live, QUIET, SOON, is_message};
use crate::{
    colleague::Protocol,
    usecase::rooms::{
        InRoom,
        correct_message::{Correction, correct_message},
        tests::house::client as client_id,
    },
};
use serde_json::{Value as Json, json};
use tasuki_domain::text::{Body, Reason};

#[tokio::test]
async fn acknowledging_and_taking_over_are_heard_by_name() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http2).await;
    let mut post =
        live.post(3, tasuki_domain::info_class::InfoClassId::GENERAL, "夜の体位交換をお願いします");
    post["post"]["intent"] = "handover".into();
    writer.send(&post).await.unwrap();
    let message = reader.next_where(SOON, is_message).await.unwrap()["message"]["message"].clone();
    for (kind, told) in [("acknowledge", "acknowledged"), ("take_over", "taken")] {
        let frame = json!({"type": kind, "id": 4, "room": live.house.room, "message": message});
        reader.send(&frame).await.unwrap();
        assert_eq!(reader.next_where(SOON, |frame| frame["id"] == 4).await.unwrap()["type"], "done");
        let heard = writer.next_where(SOON, |frame| frame["type"] == "changed").await.unwrap();
        assert_eq!((&heard["message"], &heard["change"]["kind"]), (&message, &json!(told)));
        assert_eq!(heard["change"]["by"]["name"], "介護 太郎");
    }
    writer
        .send(&json!({"type": "take_over", "id": 5, "room": live.house.room, "message": message}))
        .await
        .unwrap();
    let late = writer.next_where(SOON, |frame| frame["id"] == 5).await.unwrap();
    assert_eq!(late["problem"]["code"], "handover.taken");
}

#[tokio::test]
async fn how_far_somebody_has_read_is_told_within_seconds_and_a_foreign_cursor_is_refused() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http1).await;
    let ack = live.say(&mut writer, "読んでください").await;
    let own = writer.next_where(SOON, |frame| frame["type"] == "reached").await.unwrap()["cursor"].clone();
    let cursor = reader.next_where(SOON, |frame| frame["type"] == "reached").await.unwrap()["cursor"].clone();
    let mark =
        |cursor: &Json| json!({"type": "mark_read", "id": 6, "room": live.house.room, "cursor": cursor});
    reader.send(&mark(&own)).await.unwrap();
    let refused = reader.next_where(SOON, |frame| frame["id"] == 6).await.unwrap();
    assert_eq!(refused["problem"]["field"], "cursor");
    reader.send(&mark(&cursor)).await.unwrap();
    assert_eq!(reader.next_where(SOON, |frame| frame["id"] == 6).await.unwrap()["type"], "done");
    let read = writer.next_where(SOON, |frame| frame["type"] == "read").await.unwrap();
    assert_eq!(read["readers"], json!([{"person": worker.person, "message": ack["message"]}]));
}

#[tokio::test]
async fn an_urgent_post_rings_who_is_asked_and_a_locked_device_without_content() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let other = live.nurse().await;
    let mut rung = live.socket(&nurse, Protocol::Http1).await;
    let mut writer = live.in_room(&worker, Protocol::Http1).await;
    let mut post = live.post(7, tasuki_domain::info_class::InfoClassId::GENERAL, "canary-urgent");
    post["post"]["contract"] = "urgent".into();
    post["post"]["first"] = json!(nurse.post);
    post["post"]["fallback"] = json!(other.post);
    post["post"]["client_id"] = json!(client_id(live.house.now()));
    writer.send(&post).await.unwrap();
    let ack = writer.next_where(SOON, |frame| frame["id"] == 7).await.unwrap();
    assert_eq!(ack["type"], "ack", "{ack}");
    let urgent = rung.next_where(SOON, |frame| frame["type"] == "urgent").await.unwrap();
    assert_eq!((&urgent["message"], &urgent["state"]), (&ack["message"], &json!("ringing_first")));

    nurse.session.lock();
    rung.next_where(SOON, |frame| frame["type"] == "session").await.unwrap();
    let mut later = live.client(&nurse, Protocol::Http2).await.socket("/api/v1/socket").await.unwrap();
    let ring = later.next_where(SOON, |frame| frame["type"] == "ring").await.unwrap();
    assert_eq!(ring["rings"], true);
    assert!(
        !ring.to_string().contains("canary") && ring.get("message").is_none() && ring.get("room").is_none()
    );

    nurse.session.unlock(live.house.now());
    rung.next_where(SOON, |frame| frame["type"] == "session").await.unwrap();
    let answer = json!({"type": "answer_urgent", "id": 8, "room": live.house.room, "message": ack["message"],
        "answer": "coming"});
    rung.send(&answer).await.unwrap();
    assert_eq!(rung.next_where(SOON, |frame| frame["id"] == 8).await.unwrap()["type"], "done");
    let silent = rung.next_where(SOON, |frame| frame["type"] == "urgent").await.unwrap();
    assert_eq!(silent["state"], "answered");
    let changed = writer.next_where(SOON, |frame| frame["type"] == "changed").await.unwrap();
    assert_eq!(changed["change"], json!({"kind": "urgent", "state": "answered"}));
    assert!(rung.next_where(QUIET, |frame| frame["type"] == "urgent").await.is_err());
}

#[tokio::test]
async fn a_correction_brings_the_words_as_they_are_now() {
    let live = Live::open().await;
    let (nurse, worker) = (live.nurse().await, live.care_worker().await);
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    let mut reader = live.in_room(&worker, Protocol::Http1).await;
    let ack = live.say(&mut writer, "三八度").await;
    reader.next_where(SOON, is_message).await.unwrap();
    let message = ack["message"].as_str().unwrap().parse().unwrap();
    let wanted = InRoom { room: live.house.room, message };
    let (body, reason) =
        (Body::parse("text", "三七度").unwrap(), Reason::parse("reason", "読み違い").unwrap());
    let correction = Correction { version: 1, body, reason };
    correct_message(&live.services, &nurse.caller, wanted, correction).await.unwrap();
    let changed = reader.next_where(SOON, |frame| frame["type"] == "changed").await.unwrap();
    assert_eq!(changed["change"], json!({"kind": "corrected", "version": 2}));
    assert_eq!(changed["now"]["words"]["text"], "三七度");
}
