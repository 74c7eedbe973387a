//! What ends a connection that is already open, and what does not.

use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use tasuki_domain::time::DAY;
use tokio::time::timeout;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use super::{
    super::*,
    client::{Client, PATIENCE, Tls, get, wait_for_end},
    house::{House, name, trust},
};

async fn open_socket(house: &House, device: &DevicePackage) -> WebSocketStream<Tls> {
    open_at(house, device, "wss://tasuki.test/socket").await
}

async fn open_at(house: &House, device: &DevicePackage, address: &str) -> WebSocketStream<Tls> {
    let stream = Client::of(&house.authority, device).connect(house.address).await.unwrap();
    let (mut socket, _) = client_async(address, stream).await.unwrap();
    assert!(echoes(&mut socket).await);
    socket
}

async fn echoes(socket: &mut WebSocketStream<Tls>) -> bool {
    if socket.send(Message::text("おはよう")).await.is_err() {
        return false;
    }
    let answer = timeout(PATIENCE, socket.next()).await.expect("an answer or an end");
    matches!(answer, Some(Ok(Message::Text(text))) if text.as_str() == "おはよう")
}

/// The code with which the server closes, and that the line is cut afterwards.
async fn close_code(socket: &mut WebSocketStream<Tls>) -> u16 {
    let code = match timeout(PATIENCE, socket.next()).await.expect("a close frame") {
        Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
        other => panic!("not a close frame: {other:?}"),
    };
    let rest = async { while socket.next().await.is_some_and(|next| next.is_ok()) {} };
    timeout(PATIENCE, rest).await.expect("the connection is still open");
    code
}

#[tokio::test]
async fn a_revoked_device_is_cut_off_at_once_and_others_notice_nothing() {
    let house = House::open();
    let (lost, kept) = (house.device("lost"), house.device("kept"));
    let mut lost_line = Client::of(&house.authority, &lost).connect(house.address).await.unwrap();
    let mut kept_line = Client::of(&house.authority, &kept).connect(house.address).await.unwrap();
    for line in [&mut lost_line, &mut kept_line] {
        assert!(get(line, "/who").await.unwrap().contains("200 OK"));
    }
    let (mut lost_socket, mut kept_socket) =
        (open_socket(&house, &lost).await, open_socket(&house, &kept).await);
    assert_eq!(house.door.connections().count_of(&lost.certificate().facts.device_key), 2);

    let revoked_at = Instant::now();
    assert_eq!(house.revoke(&[&lost]), 2);
    let answer = get(&mut lost_line, "/who").await;
    assert!(!answer.is_ok_and(|answer| answer.contains("200 OK")));
    wait_for_end(&mut lost_line).await;
    assert_eq!(close_code(&mut lost_socket).await, 4401);
    assert!(revoked_at.elapsed() < Duration::from_secs(5), "{:?}", revoked_at.elapsed());
    assert!(!Client::of(&house.authority, &lost).gets_in(house.address).await);

    assert!(get(&mut kept_line, "/who").await.unwrap().contains("200 OK"));
    assert!(echoes(&mut kept_socket).await);
    assert!(Client::of(&house.authority, &kept).gets_in(house.address).await);
    assert_eq!(house.door.connections().count_of(&lost.certificate().facts.device_key), 0);
}

#[tokio::test]
async fn closing_a_device_ends_its_lines_and_no_other() {
    let house = House::open();
    let (one, other) = (house.device("one"), house.device("other"));
    let (mut one_socket, mut other_socket) =
        (open_socket(&house, &one).await, open_socket(&house, &other).await);
    let mut line = Client::of(&house.authority, &one).connect(house.address).await.unwrap();
    get(&mut line, "/who").await.unwrap();
    assert_eq!(house.door.connections().close(&one.certificate().facts.device_key), 2);
    assert_eq!(close_code(&mut one_socket).await, 4401);
    wait_for_end(&mut line).await;
    assert!(echoes(&mut other_socket).await);
}

#[tokio::test]
async fn a_socket_that_does_not_listen_is_cut_all_the_same() {
    let house = House::open();
    let device = house.device("tablet");
    let mut socket = open_at(&house, &device, "wss://tasuki.test/deaf").await;
    let revoked_at = Instant::now();
    assert_eq!(house.revoke(&[&device]), 1);
    assert!(echoes(&mut socket).await, "the farewell second");
    let rest = async { while socket.next().await.is_some_and(|next| next.is_ok()) {} };
    timeout(PATIENCE, rest).await.expect("the connection is still open");
    assert!(revoked_at.elapsed() < Duration::from_secs(5), "{:?}", revoked_at.elapsed());
    timeout(PATIENCE, house.door.connections().ended()).await.expect("nothing is left");
}

#[tokio::test]
async fn a_certificate_that_expires_ends_its_connection() {
    let house = House::open();
    let short = house.authority.issue_device_with_key("short", 1, house.now()).unwrap();
    let long = house.device("long");
    let mut short_socket = open_socket(&house, &short).await;
    let mut long_socket = open_socket(&house, &long).await;
    let mut line = Client::of(&house.authority, &short).connect(house.address).await.unwrap();
    get(&mut line, "/who").await.unwrap();
    house.move_hand(DAY + DAY / 24);
    assert!(!get(&mut line, "/who").await.is_ok_and(|answer| answer.contains("200 OK")));
    assert_eq!(close_code(&mut short_socket).await, 4401);
    assert!(!Client::of(&house.authority, &short).gets_in(house.address).await);
    assert!(echoes(&mut long_socket).await);
}

#[tokio::test]
async fn a_late_revocation_list_shuts_the_door_until_a_new_one_comes() {
    let house = House::open();
    let device = house.device("tablet");
    let mut socket = open_socket(&house, &device).await;
    let list = house.authority.sign_revocations(&[], 2, house.now()).unwrap();
    assert!(!list.is_due(house.now()) && list.is_due(house.now().plus(8 * DAY)));
    house.move_hand(13 * DAY);
    assert!(Client::of(&house.authority, &device).gets_in(house.address).await);
    house.move_hand(2 * DAY);
    assert!(!Client::of(&house.authority, &device).gets_in(house.address).await);
    assert_eq!(close_code(&mut socket).await, 4401);
    house.door.reload_authorities(trust(&house.authority, &[], house.now())).unwrap();
    assert!(Client::of(&house.authority, &device).gets_in(house.address).await);
}

#[tokio::test]
async fn a_list_of_another_authority_or_none_lets_nobody_in() {
    let house = House::open();
    let device = house.device("tablet");
    let (foreign, _) = Authority::create(&name(), house.now()).unwrap();
    let wrong = TrustedAuthority {
        certificate: house.authority.certificate().clone(),
        revocations: foreign.sign_revocations(&[], 9, house.now()).unwrap(),
    };
    let reloaded = house.door.reload_authorities(vec![wrong]);
    assert!(reloaded.is_err() || !Client::of(&house.authority, &device).gets_in(house.address).await);
    let reloaded = house.door.reload_authorities(Vec::new());
    assert!(reloaded.is_err() || !Client::of(&house.authority, &device).gets_in(house.address).await);
}

#[tokio::test]
async fn a_renewed_server_certificate_disturbs_nobody() {
    let house = House::open();
    let device = house.device("tablet");
    let client = Client::of(&house.authority, &device);
    let mut before = client.connect(house.address).await.unwrap();
    get(&mut before, "/who").await.unwrap();
    house.door.reload_server(&house.authority.issue_server(&name(), house.now()).unwrap()).unwrap();
    let after = client.connect(house.address).await.unwrap();
    let leaf = |stream: &Tls| stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    assert_ne!(leaf(&before), leaf(&after));
    assert!(get(&mut before, "/who").await.unwrap().contains("200 OK"));
    let mut mismatched = house.authority.issue_server(&name(), house.now()).unwrap();
    mismatched.key = PrivateKey::generate().unwrap();
    assert!(matches!(house.door.reload_server(&mismatched), Err(TlsError::KeyMismatch)));
    assert!(client.gets_in(house.address).await);
}

#[tokio::test]
async fn a_stop_lets_work_finish_and_then_cuts_what_stays() {
    let house = House::open();
    let device = house.device("tablet");
    let client = Client::of(&house.authority, &device);
    let mut socket = open_socket(&house, &device).await;
    let mut line = client.connect(house.address).await.unwrap();
    get(&mut line, "/who").await.unwrap();
    let working = tokio::spawn(async move { get(&mut line, "/slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    house.shutdown.begin();
    assert!(working.await.unwrap().unwrap().ends_with("done"));
    assert!(!client.gets_in(house.address).await);
    assert!(echoes(&mut socket).await, "a socket lives on through the soft stage");
    timeout(PATIENCE, house.served).await.expect("the door ends").unwrap().unwrap();
    assert!(house.shutdown.hard().is_cancelled());
    assert!(!echoes(&mut socket).await);
}
