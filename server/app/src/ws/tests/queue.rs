//! Queued items: lent to one session, delivered by its device, judged by the author's rights at arrival.

use super::house::{Live, QUIET, SOON, text};
use crate::{
    colleague::{Client, Protocol, Socket},
    usecase::rooms::tests::house::{Somebody, client as client_id},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};
use tasuki_domain::time::DAY;
use tasuki_vault::queue::{LentKey, QueueSealer};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a page does with its lent key.
struct Page {
    lent: LentKey,
    sealer: QueueSealer,
}

impl Page {
    async fn borrow(client: &Client) -> Self {
        let answer = client.post("/api/v1/queue/key", &json!({})).await.unwrap();
        assert_eq!(answer.status, 200);
        let body: Json = serde_json::from_slice(&answer.body).unwrap();
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(body[name].as_str().unwrap()).unwrap();
        let id: Uuid = body["key_id"].as_str().unwrap().parse().unwrap();
        let lent = LentKey::from_bytes(id, &Zeroizing::new(bytes("key").try_into().unwrap()));
        let generation = u32::try_from(body["generation"].as_u64().unwrap()).unwrap();
        Self { lent, sealer: QueueSealer::new(bytes("public_key").try_into().unwrap(), generation) }
    }

    fn seal(&self, item: Uuid, plain: &Json) -> String {
        let mut rng = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
        let sealed = self.sealer.seal(&self.lent, item, plain.to_string().as_bytes(), &mut rng).unwrap();
        URL_SAFE_NO_PAD.encode(sealed)
    }
}

fn queued(live: &Live, words: &str) -> (Uuid, Json) {
    let client = client_id(live.house.now()).as_uuid();
    let post = json!({"client_id": client, "class": 2, "text": words, "written_at": live.house.now()});
    (client, json!({"room": live.house.room, "post": post}))
}

async fn deliver(socket: &mut Socket, item: &str) -> Json {
    socket.send(&json!({"type": "deliver_queued", "id": 1, "item": item})).await.unwrap();
    socket.next_where(SOON, |frame| frame["id"] == 1).await.unwrap()
}

async fn device_socket(live: &Live, who: &Somebody) -> Socket {
    let client = live.device(who.session.device, Protocol::Http2).await;
    client.socket("/api/v1/device/socket").await.unwrap()
}

#[tokio::test]
async fn what_another_device_delivers_or_nobody_tagged_is_not_there() {
    let live = Live::open().await;
    let (worker, nurse) = (live.care_worker().await, live.nurse().await);
    let page = Page::borrow(&live.client(&worker, Protocol::Http1).await).await;
    let (id, plain) = queued(&live, "遅れて届く");
    let item = page.seal(id, &plain);
    let mut elsewhere = device_socket(&live, &nurse).await;
    assert_eq!(deliver(&mut elsewhere, &item).await["problem"]["code"], "missing");
    let mut here = device_socket(&live, &worker).await;
    let mut bent = item.clone().into_bytes();
    let last = bent.len() - 5;
    bent[last] = if bent[last] == b'A' { b'B' } else { b'A' };
    let bent = String::from_utf8(bent).unwrap();
    assert_eq!(deliver(&mut here, &bent).await["problem"]["code"], "missing");
    assert_eq!(deliver(&mut here, "***").await["problem"]["field"], "item");
    let stranger = page.seal(Uuid::new_v4(), &plain);
    let refused = json!({"kind": "refused", "reason": "other"});
    assert_eq!(deliver(&mut here, &stranger).await["outcome"], refused, "the item is not that post");
}

#[tokio::test]
async fn an_item_of_somebody_who_went_home_is_posted_once_and_the_author_is_told() {
    let live = Live::open().await;
    let (worker, nurse) = (live.care_worker().await, live.nurse().await);
    let page = Page::borrow(&live.client(&worker, Protocol::Http1).await).await;
    let (id, plain) = queued(&live, "夜勤の気づき");
    let item = page.seal(id, &plain);
    live.services.store.sessions().end_session(worker.session.session);
    let mut reader = live.in_room(&nurse, Protocol::Http1).await;
    let mut here = device_socket(&live, &worker).await;
    let first = deliver(&mut here, &item).await;
    assert_eq!((&first["outcome"]["kind"], &first["item"]), (&json!("posted"), &json!(id)));
    let heard = reader.next_where(SOON, |frame| text(frame) == "夜勤の気づき").await.unwrap();
    assert_eq!(heard["message"]["author"]["person"], json!(worker.person));
    let again = deliver(&mut here, &item).await;
    assert_eq!(again["outcome"], first["outcome"]);
    assert!(reader.next_where(QUIET, |frame| frame["type"] == "message").await.is_err());

    let back = live.house.sign_in(worker.person, worker.post, (live.house.home, worker.session.device));
    let mut socket = live.socket(&back, Protocol::Http1).await;
    let told = socket.next_where(SOON, |frame| frame["type"] == "delivered").await.unwrap();
    assert_eq!((&told["item"], &told["outcome"]), (&json!(id), &first["outcome"]));
}

#[tokio::test]
async fn an_author_whose_right_has_ended_is_refused_at_arrival() {
    let live = Live::open().await;
    let worker = live.care_worker().await;
    let page = Page::borrow(&live.client(&worker, Protocol::Http1).await).await;
    let (id, plain) = queued(&live, "canary-too-late");
    let item = page.seal(id, &plain);
    live.house.end_consents().await;
    let mut here = device_socket(&live, &worker).await;
    let refused = json!({"kind": "refused", "reason": "right"});
    assert_eq!(deliver(&mut here, &item).await["outcome"], refused);
    assert_eq!(deliver(&mut here, &item).await["outcome"], refused, "the same item again says the same");
}

#[tokio::test]
async fn an_author_is_told_at_the_next_hello_why_an_item_was_refused() {
    let live = Live::open().await;
    let worker = live.care_worker().await;
    let page = Page::borrow(&live.client(&worker, Protocol::Http1).await).await;
    live.services.store.sessions().end_session(worker.session.session);
    let mut here = device_socket(&live, &worker).await;
    let stranger = json!({"people": [Uuid::new_v4()]});
    for (field, value, reason) in [
        ("mentions", stranger, "mentions"),
        ("reply_to", json!(Uuid::new_v4()), "reply_to"),
        ("attachments", json!([Uuid::new_v4()]), "attachments"),
        ("written_at", json!(live.house.now().plus(-3 * DAY)), "written_at"),
    ] {
        let (id, mut plain) = queued(&live, "遅れて届く");
        plain["post"][field] = value;
        let outcome = deliver(&mut here, &page.seal(id, &plain)).await["outcome"].clone();
        assert_eq!(outcome, json!({"kind": "refused", "reason": reason}));
        let back = live.house.sign_in(worker.person, worker.post, (live.house.home, worker.session.device));
        let mut socket = live.socket(&back, Protocol::Http1).await;
        let told = socket.next_where(SOON, |frame| frame["item"] == json!(id)).await.unwrap();
        assert_eq!(told["outcome"], outcome);
    }
}

#[tokio::test]
async fn a_device_socket_carries_no_content_and_takes_no_persons_requests() {
    let live = Live::open().await;
    let (worker, nurse) = (live.care_worker().await, live.nurse().await);
    let mut here = device_socket(&live, &worker).await;
    here.send(&json!({"type": "hello", "id": 0})).await.unwrap();
    let welcome = here.next_where(SOON, |frame| frame["type"] == "welcome").await.unwrap();
    assert_eq!((&welcome["session"], &welcome["device"]), (&json!(null), &json!(worker.session.device)));
    for frame in [
        json!({"type": "open_room", "id": 2, "room": live.house.room}),
        live.post(2, tasuki_domain::info_class::InfoClassId::GENERAL, "なりすまし"),
        json!({"type": "take_over", "id": 2, "room": live.house.room, "message": live.house.room}),
    ] {
        here.send(&frame).await.unwrap();
        let refused = here.next_where(SOON, |frame| frame["id"] == 2).await.unwrap();
        assert_eq!(refused["problem"]["code"], "session.ended");
    }
    let mut writer = live.in_room(&nurse, Protocol::Http1).await;
    live.say(&mut writer, "canary-for-people").await;
    assert!(here.next(QUIET).await.is_err());
}
