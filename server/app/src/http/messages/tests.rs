//! Rooms and messages as a browser meets them: statuses, stable codes, named fields, nothing said too much.

use crate::{
    http::people::tests::{Browser, problem, told},
    usecase::rooms::tests::house::{House, Somebody, client, houses},
};
use axum::http::Method;
use serde_json::{Value, json};
use tasuki_domain::{
    job_type::JobTypeId,
    time::{HOUR, MINUTE},
};
use uuid::Uuid;

struct Scene {
    house: House,
    nurse: Browser,
    worker: Browser,
    people: (Somebody, Somebody),
    room: String,
}

async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for house in houses().await {
        let nurse = house.somebody(house.visiting, JobTypeId::NURSE, "看護 花子").await;
        let worker = house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await;
        let browser = |who: &Somebody| Browser::of(&house.services, &who.caller);
        let (one, two) = (browser(&nurse), browser(&worker));
        let room = format!("/rooms/{}", house.room);
        scenes.push(Scene { house, nurse: one, worker: two, people: (nurse, worker), room });
    }
    scenes
}

impl Scene {
    fn body(&self, text: &str) -> Value {
        let now = self.house.now();
        json!({ "client_id": client(now).as_uuid(), "class": 2, "text": text, "written_at": now.0 })
    }

    async fn say(&self, who: &Browser, body: Value) -> String {
        let (status, posted) = who.post(&format!("{}/messages", self.room), body).await;
        assert_eq!(status, 201, "{posted}");
        format!("{}/messages/{}", self.room, posted["message"].as_str().unwrap())
    }
}

#[tokio::test]
async fn a_post_is_refused_by_field_and_repeated_without_harm() {
    for scene in scenes().await {
        let path = format!("{}/messages", scene.room);
        let with = |key: &str, value: Value| {
            let mut body = scene.body("こんにちは");
            body[key] = value;
            body
        };
        let now = scene.house.now();
        for (body, expected) in [
            (with("text", json!(" ")), told(422, "field.empty", "text")),
            (with("text", json!("あ".repeat(4001))), told(422, "field.too_long", "text")),
            (with("class", json!(0)), told(422, "field.range", "class")),
            (with("contract", json!("urgent")), told(422, "field.missing", "first")),
            (with("due", json!(now.0 + HOUR)), told(422, "field.unexpected", "due")),
            (with("written_at", json!(0)), told(422, "field.time", "written_at")),
            (with("subject", json!("x")), told(422, "body.form", "subject")),
            (with("client_id", json!("1")), told(422, "body.form", "client_id")),
        ] {
            assert_eq!(problem(scene.worker.post(&path, body).await), expected);
        }
        // What the care worker may not write is answered like a room that is not there.
        assert_eq!(
            problem(scene.worker.post(&path, with("class", json!(8))).await),
            told(404, "missing", "")
        );
        let nowhere = format!("/rooms/{}/messages", Uuid::new_v4());
        assert_eq!(problem(scene.worker.post(&nowhere, scene.body("x")).await), told(404, "missing", ""));
        let body = scene.body("おはようございます");
        let (status, first) = scene.worker.post(&path, body.clone()).await;
        assert_eq!(status, 201);
        assert_eq!(scene.worker.post(&path, body.clone()).await, (200, first));
        let mut other = body;
        other["text"] = json!("こんばんは");
        assert_eq!(problem(scene.worker.post(&path, other).await), told(409, "message.client_id_reused", ""));
    }
}

#[tokio::test]
async fn a_room_is_opened_read_back_and_closed() {
    for scene in scenes().await {
        for text in ["一", "二", "三"] {
            scene.say(&scene.nurse, scene.body(text)).await;
        }
        let (status, opened) = scene.worker.post(&format!("{}/looks", scene.room), json!({})).await;
        assert_eq!((status, opened["messages"].as_array().unwrap().len()), (201, 3));
        let message = &opened["messages"][0];
        assert_eq!(message["words"], json!({ "kind": "original", "text": "一" }));
        assert_eq!(message["author"]["name"], "看護 花子");
        assert_eq!(message["author"]["organization_name"], "つばめ訪問看護");
        // Nothing countable: no position, no number of the log.
        for hidden in ["sequence", "entry", "reply_class"] {
            assert!(message.get(hidden).is_none() && opened.get(hidden).is_none(), "{hidden}");
        }
        let history = format!("{}/messages", scene.room);
        let (_, page) = scene.worker.get(&format!("{history}?limit=2")).await;
        assert_eq!(
            (page["messages"][0]["words"]["text"].as_str(), &page["more"]),
            (Some("二"), &json!(true))
        );
        let before = page["before"].as_str().unwrap();
        let (_, older) = scene.worker.get(&format!("{history}?before={before}")).await;
        assert_eq!((older["messages"].as_array().unwrap().len(), &older["more"]), (1, &json!(false)));
        for (query, expected) in [
            (format!("before={before}&after={before}"), told(422, "field.unexpected", "after")),
            ("before=AAAAAAAAAAAAAAAAAAAAAA".into(), told(422, "field.form", "cursor")),
            ("date=2026-02-30".into(), told(422, "field.time", "date")),
            ("limit=101".into(), told(422, "field.range", "limit")),
            ("page=2".into(), told(422, "query.form", "")),
        ] {
            assert_eq!(problem(scene.worker.get(&format!("{history}?{query}")).await), expected);
        }
        // The nurse's place is worth nothing to the care worker.
        let (_, own) = scene.nurse.get(&history).await;
        let foreign = format!("{history}?before={}", own["before"].as_str().unwrap());
        assert_eq!(problem(scene.worker.get(&foreign).await), told(422, "field.form", "cursor"));
        let read = format!("{}/read", scene.room);
        let mark = json!({ "cursor": opened["after"] });
        assert_eq!(scene.worker.ask(Method::PUT, &read, Some(mark.clone())).await.0, 202);
        let unopened = json!({ "cursor": own["after"] });
        assert_eq!(
            problem(scene.nurse.ask(Method::PUT, &read, Some(unopened)).await),
            told(409, "room.not_open", "")
        );
        let look = format!("{}/looks/{}", scene.room, opened["look"].as_str().unwrap());
        assert_eq!(scene.nurse.ask(Method::DELETE, &look, None).await.0, 404);
        let through = format!("{look}?through={}", opened["after"].as_str().unwrap());
        assert_eq!(scene.worker.ask(Method::DELETE, &through, None).await.0, 204);
        assert_eq!(scene.worker.ask(Method::DELETE, &through, None).await.0, 404);
    }
}

#[tokio::test]
async fn acts_answer_with_stable_codes() {
    for scene in scenes().await {
        let now = scene.house.now();
        let message = scene.say(&scene.nurse, scene.body("体温 37.6")).await;
        let versions = format!("{message}/versions");
        let correction = json!({ "version": 1, "text": "体温 36.7", "reason": "まちがい" });
        let by_other = scene.worker.post(&versions, correction.clone()).await;
        assert_eq!(problem(by_other), told(403, "own.only", ""));
        assert_eq!(scene.nurse.post(&versions, correction.clone()).await.0, 204);
        assert_eq!(problem(scene.nurse.post(&versions, correction).await), told(409, "message.changed", ""));
        let (_, kept) = scene.worker.get(&versions).await;
        assert_eq!(kept["versions"][0]["text"], "体温 37.6");
        assert_eq!(scene.worker.ask(Method::PUT, &format!("{message}/acknowledgement"), None).await.0, 204);
        let (_, receipts) = scene.nurse.get(&format!("{message}/receipts")).await;
        assert_eq!(receipts["receipts"][0]["reader"]["name"], "介護 太郎");
        assert_eq!(receipts["receipts"][0]["acknowledged_at"], now.0);
        let copy = scene.worker.post(&format!("{message}/copies"), json!({})).await;
        assert_eq!((copy.0, &copy.1["words"]["text"]), (200, &json!("体温 36.7")));
        let withdrawal = format!("{message}/withdrawal");
        assert_eq!(scene.nurse.post(&withdrawal, json!({ "reason": "人違い" })).await.0, 204);
        let again = scene.nurse.post(&withdrawal, json!({ "reason": "人違い" })).await;
        assert_eq!(problem(again), told(409, "message.withdrawn", ""));
        let mut handover = scene.body("点滴が残っています");
        handover["intent"] = json!("handover");
        let take = format!("{}/handover", scene.say(&scene.nurse, handover).await);
        assert_eq!(scene.worker.ask(Method::PUT, &take, None).await.0, 204);
        let (status, taken) = scene.nurse.ask(Method::PUT, &take, None).await;
        assert_eq!((status, &taken["code"]), (409, &json!("handover.taken")));
        assert_eq!(taken["taken_by"]["name"], "介護 太郎");
        let mut request = scene.body("爪を見てください");
        request["intent"] = json!("request");
        request["owner"] = json!(scene.people.1.person);
        request["due"] = json!(now.0 + HOUR);
        let state = format!("{}/state", scene.say(&scene.nurse, request).await);
        let step = |state: &str| json!({ "state": state });
        let wrong = scene.nurse.ask(Method::PUT, &state, Some(step("done"))).await;
        assert_eq!(problem(wrong), told(403, "own.only", ""));
        assert_eq!(scene.worker.ask(Method::PUT, &state, Some(step("accepted"))).await.0, 204);
    }
}

#[tokio::test]
async fn a_call_and_a_question_are_answered_over_http() {
    for scene in scenes().await {
        let mut call = scene.body("呼吸が苦しそうです");
        call["contract"] = json!("urgent");
        call["first"] = json!(scene.people.0.post);
        call["fallback"] = json!(scene.people.1.post);
        let call = scene.say(&scene.worker, call).await;
        let telephone = format!("{call}/call/telephone");
        let result = json!({ "result": "救急車を呼びました" });
        let early = scene.worker.ask(Method::PUT, &telephone, Some(result)).await;
        assert_eq!(problem(early), told(409, "urgent.not_telephone", ""));
        let answers = format!("{call}/call/answers");
        let coming = json!({ "answer": "coming" });
        assert_eq!(problem(scene.worker.post(&answers, coming.clone()).await), told(403, "own.only", ""));
        assert_eq!(scene.nurse.post(&answers, coming.clone()).await.0, 204);
        assert_eq!(problem(scene.nurse.post(&answers, coming).await), told(409, "urgent.settled", ""));
        let mut question = scene.body("トロミは何gですか");
        question["intent"] = json!("question");
        let answer = format!("{}/answer", scene.say(&scene.worker, question).await);
        let body = scene.body("3gです");
        assert_eq!(scene.nurse.post(&answer, body.clone()).await.0, 201);
        assert_eq!(scene.nurse.post(&answer, body).await.0, 200);
        let second = scene.nurse.post(&answer, scene.body("2gです")).await;
        assert_eq!(problem(second), told(409, "request.changed", ""));
    }
}

#[tokio::test]
async fn home_drafts_rooms_and_lends_over_http() {
    for scene in scenes().await {
        let long = "あ".repeat(200);
        scene.say(&scene.nurse, scene.body(&long)).await;
        let (status, home) = scene.worker.get("/home").await;
        assert_eq!((status, &home["to_read"][0]["cut"]), (200, &json!(true)));
        assert_eq!(home["to_read"][0]["message"]["words"]["text"], "あ".repeat(80));
        assert_eq!(home["rooms"][0]["unread"], 1);
        let (status, handover) = scene.worker.get("/handover").await;
        assert_eq!((status, &handover["rooms"]), (200, &json!([])));
        let draft = format!("{}/draft", scene.room);
        let none = json!({ "draft": null, "saved_at": null });
        assert_eq!(scene.worker.get(&draft).await, (200, none.clone()));
        let kept = scene.worker.ask(Method::PUT, &draft, Some(json!({ "text": "書きかけ" }))).await;
        assert_eq!(kept.0, 200);
        assert_eq!(scene.worker.get(&draft).await.1["draft"]["text"], "書きかけ");
        assert_eq!(scene.nurse.get(&draft).await.1, none);
        assert_eq!(scene.worker.ask(Method::DELETE, &draft, None).await.0, 204);
        let group = json!({ "title": "夜勤の会", "members": [scene.people.1.person] });
        let (status, made) = scene.nurse.post("/rooms", group).await;
        assert_eq!(status, 201);
        let group = format!("/rooms/{}", made["room"].as_str().unwrap());
        assert_eq!(scene.worker.get(&group).await.1["title"], "夜勤の会");
        let leave = json!({ "remove": [scene.people.1.person] });
        assert_eq!(
            problem(scene.worker.post(&format!("{group}/members"), leave.clone()).await),
            told(403, "own.only", "")
        );
        assert_eq!(scene.nurse.post(&format!("{group}/members"), leave).await.0, 204);
        assert_eq!(problem(scene.worker.get(&group).await), told(404, "missing", ""));
        assert_eq!(scene.nurse.post(&format!("{group}/close"), json!({})).await.0, 204);
        assert_eq!(problem(scene.nurse.post(&format!("{group}/close"), json!({})).await).1, "room.closed");
        let other = json!({ "person": scene.people.0.person });
        let direct = scene.worker.ask(Method::PUT, "/rooms/direct", Some(other.clone())).await;
        assert_eq!(scene.worker.ask(Method::PUT, "/rooms/direct", Some(other)).await, direct);
        let (_, rooms) = scene.worker.get("/rooms").await;
        assert_eq!(rooms["rooms"].as_array().unwrap().len(), 2);
        let lends = format!("{}/lends", scene.room);
        let until = scene.house.now().plus(13 * HOUR).0;
        let long = scene.worker.post(&lends, json!({ "until": until })).await;
        assert_eq!(problem(long), told(422, "field.time", "until"));
        let until = scene.house.now().plus(MINUTE).0;
        assert_eq!(scene.worker.post(&lends, json!({ "until": until })).await.0, 201);
        let looked = json!({ "from": scene.house.now().0, "until": scene.house.now().0 });
        assert_eq!(scene.worker.post(&format!("{}/offline_looks", scene.room), looked).await.0, 204);
        let (_, audience) = scene.worker.get(&format!("{}/audience?class=2", scene.room)).await;
        assert_eq!(audience["readers"].as_array().unwrap().len(), 2);
    }
}
