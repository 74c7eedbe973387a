//! colleague: the client against a small server of its own, over both HTTP versions.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use axum::response::sse::{Event as SseEvent, Sse};
use axum::response::{IntoResponse, Response as AxumResponse};
use axum::routing::{any, get, post};
use futures::stream;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::PrivateKeyDer;
use serde_json::json;
use tokio_rustls::TlsAcceptor;

use super::*;

const NAME: &str = "tasuki.example";
const WAIT: Duration = Duration::from_secs(5);

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn authority() -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let pem = params.self_signed(&key).unwrap().pem();
    Authority { pem, issuer: Issuer::new(params, key) }
}

impl Authority {
    fn issue(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn identity(&self) -> Identity {
        let (certificate, key) = self.issue();
        Identity::from_pem(&certificate.pem(), &key.serialize_pem()).unwrap()
    }
}

struct Server {
    address: SocketAddr,
    authority: Authority,
}

async fn mirror(headers: HeaderMap, body: String) -> AxumResponse {
    let seen: serde_json::Map<_, _> =
        (headers.iter()).map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap()))).collect();
    let cookie = "__Host-session=s3; Secure; HttpOnly; Path=/; SameSite=Strict";
    let answer = axum::Json(json!({ "headers": seen, "body": body }));
    ([(header::SET_COOKIE, cookie)], answer).into_response()
}

async fn echo_socket(headers: HeaderMap, upgrade: WebSocketUpgrade) -> AxumResponse {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    if !origin.is_some_and(|origin| origin.starts_with("https://tasuki.example")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade.protocols(["tasuki.v1"]).on_upgrade(async |mut socket| {
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(&message, Message::Text(text) if text.as_str() == "\"end\"") {
                let frame = CloseFrame { code: 4401, reason: "revoked".into() };
                let _ = socket.send(Message::Close(Some(frame))).await;
                // Dropping at once would reset an HTTP/2 stream before its close frame is out.
                while let Some(Ok(_)) = socket.recv().await {}
                return;
            }
            let _ = socket.send(Message::Ping("p".into())).await;
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

async fn three_events() -> impl IntoResponse {
    let events = (1..=3).map(|number| {
        let event = SseEvent::default().id(number.to_string()).event("reached");
        Ok::<_, std::convert::Infallible>(event.data(format!("{{\"n\":{number}}}")))
    });
    Sse::new(stream::iter(events))
}

async fn serve() -> Server {
    let authority = authority();
    let (certificate, key) = authority.issue();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority_der(&authority)).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.into()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let router = Router::new()
        .route("/mirror", post(mirror).get(mirror))
        .route("/socket", any(echo_socket))
        .route("/events", get(three_events));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            let (acceptor, router) = (acceptor.clone(), router.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(tcp).await else { return };
                let mut http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                http.http2().enable_connect_protocol();
                let service = TowerToHyperService::new(router);
                let _ = http.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
            });
        }
    });
    Server { address, authority }
}

fn authority_der(authority: &Authority) -> rustls_pki_types::CertificateDer<'static> {
    rustls_pki_types::pem::PemObject::from_pem_slice(authority.pem.as_bytes()).unwrap()
}

impl Server {
    fn client(&self, protocol: Protocol) -> Client {
        let identity = self.authority.identity();
        let pem = &self.authority.pem;
        Client::new(Door::new(self.address, NAME, pem, Some(&identity), protocol).unwrap())
    }
}

#[tokio::test]
async fn requests_look_like_the_page_and_keep_the_host_cookie() {
    let server = serve().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let client = server.client(protocol);
        let answer = client.post("/mirror", &json!({"a": "申し送り"})).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        let seen = |name: &str| answer.json.pointer(&format!("/headers/{name}")).cloned();
        assert_eq!(seen("origin"), Some(json!(client.door().origin())));
        assert_eq!(seen("sec-fetch-site"), Some(json!("same-origin")));
        assert_eq!(seen("content-type"), Some(json!("application/json")));
        assert_eq!(seen("cookie"), None);
        assert_eq!(answer.json["body"], json!("{\"a\":\"申し送り\"}"));
        assert_eq!(client.cookie("__Host-session").as_deref(), Some("s3"));

        let again = client.get("/mirror").await.unwrap();
        assert_eq!(again.json["headers"]["cookie"], json!("__Host-session=s3"));
        assert_eq!(again.json["headers"].get("origin"), None);

        client.clear_cookies();
        client.disconnect().await;
        let foreign = Call::new(Method::POST, "/mirror")
            .not_as_browser()
            .header(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        let answer = client.call(foreign).await.unwrap();
        assert_eq!(answer.json["headers"]["origin"], json!("https://evil.example"));
        assert_eq!(answer.json["headers"].get("sec-fetch-site"), None);
        assert_eq!(answer.json["headers"].get("cookie"), None);
    }
}

#[tokio::test]
async fn sockets_work_over_both_versions_and_tell_the_close_code() {
    let server = serve().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let client = server.client(protocol);
        let mut socket = client.socket("/socket").await.unwrap();
        let long = "長".repeat(100_000);
        for text in ["a", long.as_str(), "b"] {
            socket.send(&json!({ "text": text })).await.unwrap();
        }
        assert_eq!(socket.next(WAIT).await.unwrap(), json!({"text": "a"}));
        let found = socket.next_where(WAIT, |frame| frame["text"] == "b").await;
        assert_eq!(found.unwrap(), json!({"text": "b"}));
        let nothing = socket.next(Duration::from_millis(50)).await;
        assert!(matches!(nothing, Err(SocketError::TimedOut)));
        socket.send(&json!("end")).await.unwrap();
        let ended = socket.next(WAIT).await;
        let Err(SocketError::Closed { code, reason }) = ended else {
            panic!("over {protocol:?}: {ended:?}");
        };
        assert_eq!((code, reason.as_str()), (4401, "revoked"));

        let refused = client.socket_from("/socket", "https://evil.example").await;
        assert!(matches!(refused, Err(SocketError::Refused(StatusCode::FORBIDDEN))), "over {protocol:?}");
        client.socket("/socket").await.unwrap().close(1000).await;
    }
}

#[tokio::test]
async fn events_come_over_both_versions() {
    let server = serve().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let client = server.client(protocol);
        let mut events = client.events("/events", Some("0")).await.unwrap();
        for number in 1..=3 {
            let event = events.next(WAIT).await.unwrap();
            assert_eq!((event.id, event.name.as_str()), (number.to_string(), "reached"));
        }
        assert!(matches!(events.next(WAIT).await, Err(EventError::Ended)));
        let absent = client.events("/nothing", None).await;
        assert!(matches!(absent, Err(EventError::Refused(StatusCode::NOT_FOUND))));
        let other = client.events("/mirror", None).await;
        assert!(matches!(other, Err(EventError::NotEvents)));
    }
}

#[tokio::test]
async fn strangers_get_no_byte() {
    let server = serve().await;
    let pem = &server.authority.pem;
    let own = server.authority.identity();
    let foreign = authority();
    let foreign_identity = foreign.identity();
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let door = |identity| Door::new(server.address, NAME, pem, identity, protocol).unwrap();
        assert!(Client::new(door(Some(&own))).get("/mirror").await.is_ok());
        assert!(Client::new(door(None)).get("/mirror").await.is_err());
        let stranger = Client::new(door(Some(&foreign_identity)));
        assert!(stranger.get("/mirror").await.is_err());
        assert!(stranger.socket("/socket").await.is_err());
        let old = TlsBehaviour { only_tls12: true, ..TlsBehaviour::default() };
        let old = door(Some(&own)).misbehaving(pem, Some(&own), old).unwrap();
        assert!(Client::new(old).get("/mirror").await.is_err());
        // The client, too, refuses a server that its authority did not sign.
        let wrong = Door::new(server.address, NAME, &foreign.pem, Some(&own), protocol).unwrap();
        assert!(matches!(Client::new(wrong).get("/mirror").await, Err(CallError::Connection(_))));
    }
}
