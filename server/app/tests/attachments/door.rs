//! The same through the HTTP door: statuses, problem documents, and the headers of a download.

use super::{
    files::{CANARY, contains, photo, text},
    house::{DEVICE_KEY, House, houses},
};
use axum::body::{Body, to_bytes};
use http::{Method, Request, Response, StatusCode, header};
use std::net::SocketAddr;
use tasuki_app::{
    http::router,
    tls::{ConnectionToken, Peer, Serial},
};
use tasuki_domain::{device::DeviceKey, policy::Caller, time::Timestamp};
use tasuki_vault::token::{SessionToken, TokenKind};
use tower::ServiceExt as _;

/// A request as the device door hands it on, with the sign-in of a person.
fn request(house: &House, caller: &Caller, (method, path): (Method, &str)) -> http::request::Builder {
    let mut entropy = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
    let token = SessionToken::generate(&mut entropy);
    let digest = token.digest(&house.store().keyring().token_pepper(), TokenKind::Session);
    house.store().sessions().insert(*digest.as_bytes(), caller.session().unwrap().clone());
    let peer = Peer {
        device_key: DeviceKey(DEVICE_KEY),
        serial: Serial::from_bytes(&[1]).unwrap(),
        not_after: Timestamp(i64::MAX),
        address: SocketAddr::from(([127, 0, 0, 1], 4711)),
    };
    Request::builder()
        .method(method)
        .uri(format!("https://care.test{path}"))
        .header(header::HOST, "care.test")
        .header(header::ORIGIN, "https://care.test")
        .header(header::COOKIE, format!("__Host-tasuki={}", token.text().as_str()))
        .extension(peer)
        .extension(ConnectionToken(tokio_util::sync::CancellationToken::new()))
}

async fn send(house: &House, request: Request<Body>) -> Response<Body> {
    router(house.services.clone()).oneshot(request).await.unwrap()
}

async fn json(response: Response<Body>) -> serde_json::Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 100_000).await.unwrap()).unwrap()
}

async fn upload(
    house: &House,
    caller: &Caller,
    (name, bytes): (&str, &[u8]),
) -> (StatusCode, serde_json::Value) {
    let path = format!("/api/v1/rooms/{}/attachments?class=2", house.room);
    let request = request(house, caller, (Method::POST, &path))
        .header("x-file-name", name)
        .header(header::CONTENT_LENGTH, bytes.len())
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    let response = send(house, request).await;
    (response.status(), json(response).await)
}

async fn get(house: &House, caller: &Caller, path: &str) -> Response<Body> {
    send(house, request(house, caller, (Method::GET, path)).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn refusals_have_a_status_a_code_and_two_sentences() {
    let house = houses().await.remove(0);
    let large = text(20_971_521);
    let cases: [(&str, &[u8], u16, &str); 6] = [
        ("a.html", b"<!DOCTYPE html><html></html>", 415, "attachment.file_active_page"),
        ("a.txt", b"", 422, "attachment.file_empty"),
        ("a.txt", &large, 413, "attachment.file_too_large"),
        ("..%2fa.txt", b"x", 422, "attachment.file_name_path"),
        ("%ff.txt", b"x", 422, "field.form"),
        ("evil%E2%80%AEgpj.txt", b"x", 422, "attachment.file_name_hidden_characters"),
    ];
    for (name, bytes, status, code) in cases {
        let (answered, problem) = upload(&house, &house.nurse, (name, bytes)).await;
        assert_eq!((answered.as_u16(), problem["code"].as_str().unwrap()), (status, code));
        assert!(
            !problem["title"].as_str().unwrap().is_empty()
                && !problem["title_ja"].as_str().unwrap().is_empty()
        );
    }
    let (status, problem) = upload(&house, &house.stranger, ("a.txt", b"x\n")).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::NOT_FOUND, Some("missing")));
    let path = format!("/api/v1/rooms/{}/attachments", house.room);
    for (path, name) in [(path.clone(), Some("a.txt")), (format!("{path}?class=2"), None)] {
        let mut request = request(&house, &house.nurse, (Method::POST, &path));
        if let Some(name) = name {
            request = request.header("x-file-name", name);
        }
        let response = send(&house, request.body(Body::from("x\n")).unwrap()).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_photo_goes_in_and_comes_out_as_a_download_that_nothing_runs() {
    for house in houses().await {
        let (status, added) = upload(&house, &house.nurse, ("%E5%82%B7.jpg", &photo())).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(
            (&added["name"], &added["kind"], &added["held"]),
            (&"傷.jpg".into(), &"jpeg".into(), &false.into())
        );
        let id = added["attachment"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/attachments/{id}");
        assert_eq!(get(&house, &house.nurse, &path).await.status(), StatusCode::NOT_FOUND);
        house.post(&[id.parse().unwrap()]).await.unwrap();
        for (path, name) in [(path.clone(), "%E5%82%B7.jpg"), (format!("{path}/thumbnail"), "thumbnail.jpg")]
        {
            let response = get(&house, &house.colleague, &path).await;
            assert_eq!(response.status(), StatusCode::OK);
            let said = |name: header::HeaderName| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(said(header::CONTENT_TYPE), "image/jpeg");
            assert_eq!(
                said(header::CONTENT_DISPOSITION),
                format!("attachment; filename=\"attachment.jpg\"; filename*=UTF-8''{name}")
            );
            assert_eq!(said(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            assert_eq!(said(header::CACHE_CONTROL), "no-store");
            let policy = said(header::CONTENT_SECURITY_POLICY);
            assert!(policy.ends_with("; sandbox") && policy.starts_with("default-src 'none'"), "{policy}");
            let length = response
                .headers()
                .get(header::CONTENT_LENGTH)
                .map(|value| value.to_str().unwrap().to_owned());
            let bytes = to_bytes(response.into_body(), 30_000_000).await.unwrap();
            assert!(length.is_none_or(|length| length == bytes.len().to_string()));
            assert!(bytes.starts_with(b"\xff\xd8\xff") && !contains(&bytes, CANARY));
        }
        let foreign = get(&house, &house.stranger, &path).await;
        let missing =
            get(&house, &house.stranger, &format!("/api/v1/attachments/{}", uuid::Uuid::new_v4())).await;
        assert_eq!((foreign.status(), missing.status()), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!(json(foreign).await, json(missing).await);
    }
}
