//! A door with an authority, a clock whose hand the test moves, and a small router behind it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    response::Response,
    routing::{any, get},
};
use tasuki_domain::time::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::super::*;
use crate::{
    clock::Clock,
    config::{DnsName, Limits},
    shutdown::Shutdown,
};

/// Everything that a test needs to knock at the door.
pub struct House {
    pub authority: Authority,
    pub authority_key: PrivateKey,
    pub hand: Arc<AtomicI64>,
    pub door: Door,
    pub address: SocketAddr,
    pub shutdown: Shutdown,
    pub served: JoinHandle<std::io::Result<()>>,
}

pub fn name() -> DnsName {
    DnsName::parse("tasuki.test").unwrap()
}

pub fn real_now() -> Timestamp {
    Clock::system().now()
}

impl House {
    pub fn open() -> Self {
        Self::with(&Limits::default())
    }

    pub fn with(limits: &Limits) -> Self {
        Self::build(limits, true)
    }

    pub fn enrolment() -> Self {
        Self::build(&Limits::default(), false)
    }

    fn build(limits: &Limits, devices: bool) -> Self {
        install_provider();
        let now = real_now();
        let hand = Arc::new(AtomicI64::new(now.0));
        let clock = Clock::simulated(hand.clone());
        let (authority, authority_key) = Authority::create(&name(), now).unwrap();
        let server = authority.issue_server(&name(), now).unwrap();
        let door = if devices {
            Door::for_devices(&server, trust(&authority, &[], now), limits, clock).unwrap()
        } else {
            Door::for_enrolment(&server, limits, clock).unwrap()
        };
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new(Duration::from_millis(700));
        let (inside, stop) = (door.clone(), shutdown.clone());
        let served = tokio::spawn(async move { inside.serve(listener, router(), &stop).await });
        Self { authority, authority_key, hand, door, address, shutdown, served }
    }

    /// The door's time.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.hand.load(Ordering::SeqCst))
    }

    pub fn move_hand(&self, microseconds: i64) {
        self.hand.fetch_add(microseconds, Ordering::SeqCst);
    }

    pub fn device(&self, label: &str) -> DevicePackage {
        self.authority.issue_device_with_key(label, 365, self.now()).unwrap()
    }

    pub fn revoke(&self, devices: &[&DevicePackage]) -> usize {
        let serials: Vec<_> = devices.iter().map(|device| device.certificate().facts.serial).collect();
        self.door.reload_authorities(trust(&self.authority, &serials, self.now())).unwrap()
    }
}

pub fn trust(authority: &Authority, revoked: &[Serial], now: Timestamp) -> Vec<TrustedAuthority> {
    let revoked: Vec<_> = revoked.iter().map(|serial| Revocation { serial: *serial, at: now }).collect();
    vec![TrustedAuthority {
        certificate: authority.certificate().clone(),
        revocations: authority.sign_revocations(&revoked, 1, now).unwrap(),
    }]
}

fn router() -> Router {
    Router::new()
        .route("/who", get(who))
        .route("/slow", get(slow))
        .route("/socket", any(socket))
        .route("/deaf", any(deaf))
}

/// The digest that the door passed on and the address that it saw, or "nobody".
async fn who(peer: Option<Extension<Peer>>, Extension(address): Extension<RemoteAddress>) -> String {
    match peer {
        Some(Extension(peer)) => format!("{:?} {} {}", peer.device_key.0, address.0.ip(), peer.address.ip()),
        None => "nobody".into(),
    }
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "done"
}

async fn socket(upgrade: WebSocketUpgrade, Extension(token): Extension<ConnectionToken>) -> Response {
    upgrade.on_upgrade(move |socket| echo(socket, token))
}

/// A socket that does not listen to the token: the door has to cut it by itself.
async fn deaf(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| echo(socket, ConnectionToken(CancellationToken::new())))
}

async fn echo(mut socket: WebSocket, token: ConnectionToken) {
    loop {
        tokio::select! {
            () = token.0.cancelled() => {
                let frame = CloseFrame { code: 4401, reason: "".into() };
                let _ = socket.send(Message::Close(Some(frame))).await;
                return;
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    if socket.send(Message::Text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
