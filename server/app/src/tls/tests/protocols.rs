//! HTTP/2 and the WebSocket over it (RFC 8441): browsers use both as soon as the page came over HTTP/2.

use bytes::Bytes;
use h2::{RecvStream, SendStream, client::SendRequest, ext::Protocol};
use http::{Method, Request, StatusCode};
use tokio::time::timeout;

use super::{
    super::*,
    client::{Client, PATIENCE},
    house::House,
};

async fn speak(house: &House, device: &DevicePackage) -> SendRequest<Bytes> {
    let client = Client { protocol: b"h2", ..Client::of(&house.authority, device) };
    let stream = client.connect(house.address).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (sender, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    sender.ready().await.unwrap()
}

async fn ask(sender: &mut SendRequest<Bytes>) -> Result<(StatusCode, Vec<u8>), h2::Error> {
    let request = Request::get("https://tasuki.test/who").body(()).unwrap();
    let (answer, _) = sender.send_request(request, true)?;
    let mut answer = timeout(PATIENCE, answer).await.expect("an answer")?;
    let mut body = Vec::new();
    while let Some(part) = answer.body_mut().data().await {
        body.extend_from_slice(&part?);
    }
    Ok((answer.status(), body))
}

/// A masked text frame (RFC 6455, 5.2; the mask of zeros leaves the text as it is).
fn text_frame(text: &str) -> Bytes {
    let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    frame.into()
}

async fn open_socket(sender: &mut SendRequest<Bytes>) -> (SendStream<Bytes>, RecvStream) {
    assert!(sender.is_extended_connect_protocol_enabled());
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri("https://tasuki.test/socket")
        .header("sec-websocket-version", "13")
        .body(())
        .unwrap();
    request.extensions_mut().insert(Protocol::from_static("websocket"));
    let (answer, out) = sender.send_request(request, false).unwrap();
    let answer = timeout(PATIENCE, answer).await.expect("an answer").unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    (out, answer.into_body())
}

async fn receive(body: &mut RecvStream, length: usize) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < length {
        let part = timeout(PATIENCE, body.data()).await.expect("a frame").unwrap().unwrap();
        body.flow_control().release_capacity(part.len()).unwrap();
        read.extend_from_slice(&part);
    }
    read
}

#[tokio::test]
async fn http_2_carries_requests_with_their_peer() {
    let house = House::open();
    let device = house.device("tablet");
    let mut sender = speak(&house, &device).await;
    for _ in 0..3 {
        let (status, body) = ask(&mut sender).await.unwrap();
        assert_eq!(status, StatusCode::OK);
        let key = format!("{:?}", device.certificate().facts.device_key.0);
        assert!(String::from_utf8(body).unwrap().starts_with(&key));
    }
}

#[tokio::test]
async fn a_socket_over_http_2_echoes_and_is_closed_with_its_code_when_the_device_is_revoked() {
    let house = House::open();
    let device = house.device("tablet");
    let mut sender = speak(&house, &device).await;
    let _ = ask(&mut sender).await.unwrap();
    let (mut out, mut body) = open_socket(&mut sender).await;
    out.send_data(text_frame("hello"), false).unwrap();
    assert_eq!(receive(&mut body, 7).await, [&[0x81, 5], &b"hello"[..]].concat());

    assert_eq!(house.revoke(&[&device]), 1);
    let close = receive(&mut body, 4).await;
    assert_eq!(close, [&[0x88, 2], &4401_u16.to_be_bytes()[..]].concat());
    // Within the farewell second a further request is refused; after it the connection is gone.
    assert!(!ask(&mut sender).await.is_ok_and(|(status, _)| status == StatusCode::OK));
    let rest = async { while body.data().await.is_some_and(|part| part.is_ok()) {} };
    timeout(PATIENCE, rest).await.expect("the connection is still open");
    timeout(PATIENCE, house.door.connections().ended()).await.expect("nothing is left");
}
