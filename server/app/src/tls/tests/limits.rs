//! What a slow, greedy or silent client can hold up: nothing but itself.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    super::Connections,
    client::{Client, answer, get, wait_for_end},
    house::House,
};
use crate::config::{Limits, Number};

/// How soon an event with a limit of 300 ms must have come about, on a busy machine.
const SOON: Duration = Duration::from_secs(4);

#[tokio::test]
async fn a_slow_handshake_is_ended_and_holds_nobody_up() {
    let limits = Limits {
        handshake_timeout_ms: Number::of(1_500),
        handshakes_in_flight: Number::of(1),
        ..Limits::default()
    };
    let house = House::with(&limits);
    let mut slow = Vec::new();
    for index in 0..20 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        if index % 2 == 0 {
            // The beginning of a record that says it holds a ClientHello.
            stream.write_all(&[0x16, 3, 1, 2, 0, 1]).await.unwrap();
        }
        slow.push(stream);
    }
    let begun = Instant::now();
    let device = house.device("tablet");
    assert!(Client::of(&house.authority, &device).gets_in(house.address).await);
    assert!(begun.elapsed() < Duration::from_millis(1_400), "{:?}", begun.elapsed());
    for stream in &mut slow {
        wait_for_end(stream).await;
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_a_freed_place_is_given_again() {
    for limits in [
        Limits { connections: Number::of(2), ..Limits::default() },
        Limits { connections_per_source: Number::of(2), ..Limits::default() },
    ] {
        let house = House::with(&limits);
        let device = house.device("tablet");
        let client = Client::of(&house.authority, &device);
        let mut first = client.connect(house.address).await.unwrap();
        let mut second = client.connect(house.address).await.unwrap();
        for stream in [&mut first, &mut second] {
            get(stream, "/who").await.unwrap();
        }
        assert!(!client.gets_in(house.address).await);
        drop(first);
        let begun = Instant::now();
        while house.door.connections().count() > 1 {
            assert!(begun.elapsed() < SOON);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(client.gets_in(house.address).await);
        assert!(get(&mut second, "/who").await.is_ok());
    }
}

#[tokio::test]
async fn who_asks_nothing_after_the_handshake_is_ended() {
    let limits = Limits { first_request_timeout_ms: Number::of(300), ..Limits::default() };
    let house = House::with(&limits);
    let device = house.device("tablet");
    let begun = Instant::now();
    let mut stream = Client::of(&house.authority, &device).connect(house.address).await.unwrap();
    wait_for_end(&mut stream).await;
    assert!(begun.elapsed() < SOON);
}

#[tokio::test]
async fn a_dripping_header_is_ended() {
    let limits = Limits { header_timeout_ms: Number::of(300), ..Limits::default() };
    let house = House::with(&limits);
    let device = house.device("tablet");
    let mut stream = Client::of(&house.authority, &device).connect(house.address).await.unwrap();
    get(&mut stream, "/who").await.unwrap();
    let begun = Instant::now();
    let (mut reader, mut writer) = tokio::io::split(stream);
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(SOON, reader.read_to_end(&mut rest)).await.expect("still open");
    assert!(begun.elapsed() < SOON);
    drip.abort();
}

#[tokio::test]
async fn too_many_or_too_large_headers_never_reach_the_router() {
    let limits = Limits { headers: Number::of(16), header_bytes: Number::of(8_192), ..Limits::default() };
    let house = House::with(&limits);
    let device = house.device("tablet");
    let many: String = (0..40).map(|index| format!("x-{index}: 1\r\n")).collect();
    for fields in [many, format!("x-long: {}\r\n", "a".repeat(20_000))] {
        let mut stream = Client::of(&house.authority, &device).connect(house.address).await.unwrap();
        let question = format!("GET /who HTTP/1.1\r\nhost: tasuki.test\r\n{fields}\r\n");
        stream.write_all(question.as_bytes()).await.unwrap();
        assert!(!answer(&mut stream).await.is_ok_and(|answer| answer.contains("200 OK")));
    }
}

#[test]
fn a_silent_connection_is_cut_and_a_lively_one_is_not() {
    let connections = Connections::default();
    let silent = connections.register(None);
    let lively = connections.register(None);
    for _ in 0..30 {
        lively.touch();
        connections.tick(20);
    }
    assert!(silent.life.is_cut() && silent.life.token.is_cancelled());
    assert!(!lively.life.is_cut());
    drop((silent, lively));
    assert_eq!(connections.count(), 0);
}
