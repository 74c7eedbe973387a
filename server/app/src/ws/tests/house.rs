//! A door in front of a small house: real TLS, real sockets, a clock whose hand the test moves.

use crate::{
    clock::Clock,
    colleague::{Client, Door as ClientDoor, Identity, Protocol, Socket},
    config::{Config, DnsName, Limits},
    hub::Pace,
    shutdown::Shutdown,
    tls::{Authority, Door, TrustedAuthority, install_provider, listen},
    usecase::{
        Services,
        rooms::tests::house::{House, Somebody, client as client_id, houses},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value as Json, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tasuki_domain::{
    device::DeviceKey, id::DeviceId, info_class::InfoClassId, job_type::JobTypeId, time::Timestamp,
};
use tasuki_store::{StagedTable, Value};
use tasuki_vault::token::{SessionToken, TokenKind};
use tokio::task::JoinHandle;

/// Longer than anything that is waited for here should take.
pub const SOON: Duration = Duration::from_secs(5);

/// Long enough to believe that nothing comes.
pub const QUIET: Duration = Duration::from_millis(300);

const DEVICE_KEY: StagedTable = StagedTable {
    insert: "INSERT INTO device_key (key_digest, device, serial, issued_at, not_after, superseded_until, revoked_at) ",
    tail: "",
};

pub struct Live {
    pub house: House,
    pub services: Services,
    pub door: Door,
    pub shutdown: Shutdown,
    pub served: JoinHandle<std::io::Result<()>>,
    authority: Authority,
    address: SocketAddr,
    authority_pem: String,
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn real_now() -> Timestamp {
    Clock::system().now()
}

impl Live {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A house whose limits the test chooses.
    pub async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        install_provider();
        let house = houses().await.into_iter().next().unwrap();
        let mut config: Config = (*house.services.config).clone();
        change(&mut config.limits);
        let services =
            Services::new(house.services.store.clone(), house.services.clock.clone(), Arc::new(config));
        let name = DnsName::parse("tasuki.test").unwrap();
        let (authority, _) = Authority::create(&name, real_now()).unwrap();
        let server = authority.issue_server(&name, real_now()).unwrap();
        let trusted = vec![TrustedAuthority {
            certificate: authority.certificate().clone(),
            revocations: authority.sign_revocations(&[], 1, real_now()).unwrap(),
        }];
        let door = Door::for_devices(&server, trusted, &services.config.limits, Clock::system()).unwrap();
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new(Duration::from_secs(3));
        let (inside, stop, router) = (door.clone(), shutdown.clone(), crate::http::router(services.clone()));
        let served = tokio::spawn(async move { inside.serve(listener, router, &stop).await });
        let (kept, stop) = (services.clone(), shutdown.soft().clone());
        tokio::spawn(async move { crate::usecase::live::keep::every_second(&kept, stop).await });
        let (hub, soft) = (services.hub.clone(), shutdown.soft().clone());
        let pace = Pace { round: Duration::from_millis(100), beat: 10 };
        tokio::spawn(async move { hub.watch(pace, soft).await });
        let authority_pem = pem("CERTIFICATE", authority.certificate());
        Self { house, services, door, shutdown, served, authority, address, authority_pem }
    }

    pub async fn nurse(&self) -> Somebody {
        self.house.somebody(self.house.visiting, JobTypeId::NURSE, "看護 花子").await
    }

    pub async fn care_worker(&self) -> Somebody {
        self.house.somebody(self.house.home, JobTypeId::CARE_WORKER, "介護 太郎").await
    }

    /// A client on a registered device, with its certificate and nobody signed in.
    pub async fn device(&self, device: DeviceId, protocol: Protocol) -> Client {
        let package = self.authority.issue_device_with_key("試験", 30, real_now()).unwrap();
        let certificate = package.certificate();
        let DeviceKey(digest) = certificate.facts.device_key;
        let serial: String =
            certificate.facts.serial.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.house
            .rows(move |batch| {
                let serial = serial.clone();
                Box::pin(async move {
                    let row = vec![
                        Value::Bytes(digest.to_vec()),
                        Value::Id(device.as_uuid()),
                        Value::Text(serial),
                        Value::Int(0),
                        Value::Int(i64::MAX),
                        Value::Int(i64::MAX),
                        Value::Int(i64::MAX),
                    ];
                    batch.stage(&DEVICE_KEY, row);
                    batch.policy_changed();
                    Ok(())
                })
            })
            .await;
        let identity = Identity::from_pem(
            &pem("CERTIFICATE", &certificate.der),
            &pem("PRIVATE KEY", package.key().expose_pkcs8()),
        )
        .unwrap();
        let door =
            ClientDoor::new(self.address, "tasuki.test", &self.authority_pem, Some(&identity), protocol)
                .unwrap();
        Client::new(door)
    }

    /// A client of somebody who is signed in on the own device.
    pub async fn client(&self, who: &Somebody, protocol: Protocol) -> Client {
        let client = self.device(who.session.device, protocol).await;
        let mut rng = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
        let token = SessionToken::generate(&mut rng);
        let pepper = self.services.store.keyring().token_pepper();
        let digest = token.digest(&pepper, TokenKind::Session);
        self.services.store.sessions().insert(*digest.as_bytes(), who.session.clone());
        client.put_cookie("__Host-tasuki", &token.text());
        client
    }

    /// A socket that has said hello.
    pub async fn socket(&self, who: &Somebody, protocol: Protocol) -> Socket {
        let mut socket = self.client(who, protocol).await.socket("/api/v1/socket").await.unwrap();
        socket.send(&json!({"type": "hello", "id": 0})).await.unwrap();
        let welcome = socket.next_where(SOON, |frame| frame["type"] == "welcome").await.unwrap();
        assert_eq!(welcome["protocol"], "tasuki.v1");
        assert_eq!(welcome["session"]["person"], who.person.to_string());
        socket
    }

    /// A socket with the patient's room open and read.
    pub async fn in_room(&self, who: &Somebody, protocol: Protocol) -> Socket {
        let mut socket = self.socket(who, protocol).await;
        let page = self.open_room(&mut socket, None).await;
        assert_eq!(page["more"], false);
        socket
    }

    /// Opens the room and gives the first page.
    pub async fn open_room(&self, socket: &mut Socket, after: Option<&str>) -> Json {
        let mut open = json!({"type": "open_room", "id": 1, "room": self.house.room});
        if let Some(cursor) = after {
            open["after"] = cursor.into();
        }
        socket.send(&open).await.unwrap();
        socket.next_where(SOON, |frame| frame["type"] == "opened" && frame["id"] == 1).await.unwrap();
        socket.next_where(SOON, |frame| frame["type"] == "page").await.unwrap()
    }

    /// A frame that posts in the patient's room.
    pub fn post(&self, id: u64, class: InfoClassId, text: &str) -> Json {
        let client = client_id(self.house.now());
        json!({"type": "post_message", "id": id, "room": self.house.room, "post": {
            "client_id": client, "class": class, "text": text, "written_at": self.house.now(),
        }})
    }

    /// Posts and waits for the acknowledgement.
    pub async fn say(&self, socket: &mut Socket, text: &str) -> Json {
        socket.send(&self.post(7, InfoClassId::GENERAL, text)).await.unwrap();
        socket.next_where(SOON, |frame| frame["id"] == 7).await.unwrap()
    }
}

/// The text of a message frame.
pub fn text(frame: &Json) -> &str {
    frame["message"]["words"]["text"].as_str().unwrap_or_default()
}

/// Whether a frame is a message.
pub fn is_message(frame: &Json) -> bool {
    frame["type"] == "message"
}
