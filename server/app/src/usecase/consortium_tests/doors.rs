//! Real doors: a blocked device loses its open connection, and the second door is there only while it is open.

use super::{
    enrolment::{coded, key_of, open},
    house::*,
};
use crate::{
    http,
    shutdown::Shutdown,
    tls::{
        Door, PrivateKey, listen,
        tests::client::{Client, PATIENCE, answer, get, wait_for_end},
    },
    usecase::{
        device_authority::{self, server_identity, trusted},
        enrol_device::{Enrolled, Wanted, enrol_device},
        enrolment_window::close_enrolment,
        revoke_device::revoke_device,
    },
};
use rcgen::KeyPair;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{net::SocketAddr, time::Duration};
use tokio::io::AsyncWriteExt;

fn free_port() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The device door of a house, served.
async fn device_door(house: &House) -> (SocketAddr, Shutdown) {
    let services = &house.services;
    let identity = server_identity(services, &services.config.server.name).await.unwrap();
    let limits = &services.config.limits;
    let authorities = trusted(services).await.unwrap();
    let door = Door::for_devices(&identity, authorities, limits, services.clock.clone()).unwrap();
    services.doors.opened(door.clone());
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::new(Duration::from_millis(500));
    let (router, stop) = (http::router(services.clone()), shutdown.clone());
    tokio::spawn(async move { door.serve(listener, router, &stop).await });
    (address, shutdown)
}

#[tokio::test]
async fn a_blocked_device_loses_its_connection_and_gets_no_other() {
    for house in houses().await {
        let services = &house.services;
        let (address, shutdown) = device_door(&house).await;
        let signing = device_authority::open(services).await.unwrap();
        open(&house).await;
        let (device, code) = coded(&house).await;
        let key = KeyPair::generate().unwrap();
        let wanted = Wanted::Request(super::enrolment::request(&key).into());
        let visitor = super::enrolment::visitor(1);
        let Enrolled::Chain { chain, .. } = enrol_device(services, visitor, &code, wanted).await.unwrap()
        else {
            panic!("a request is answered with a chain");
        };
        let certificates: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(chain.as_bytes()).map(Result::unwrap).collect();
        let private = PrivateKey::from_pkcs8(key.serialize_der());
        let client = Client {
            shows: Some((vec![certificates[0].clone()], &private)),
            ..Client::nobody(&signing.authority)
        };
        let mut connection = client.connect(address).await.unwrap();
        // Nobody is signed in, but the device is known: the guard asks for a session.
        let known = get(&mut connection, "/api/v1/patients").await.unwrap();
        assert!(known.starts_with("HTTP/1.1 401") && known.contains("session.ended"), "{known}");
        let system = house.system_administrator(house.home).await;
        let revoked = revoke_device(services, &system, device).await.unwrap();
        assert_eq!(revoked.connections, 1);
        tokio::time::timeout(Duration::from_secs(5), wait_for_end(&mut connection)).await.unwrap();
        assert!(services.store.facts().device_with_key(&key_of(&key)).is_none());
        if let Ok(mut again) = client.connect(address).await {
            // TLS 1.3 tells a client of the refusal with its first read.
            assert!(get(&mut again, "/api/v1/patients").await.is_err());
        }
        shutdown.cut();
    }
}

#[tokio::test]
async fn the_second_door_is_there_only_while_it_is_open() {
    for house in houses().await {
        let services = &house.services;
        let identity = server_identity(services, &services.config.server.name).await.unwrap();
        let limits = &services.config.limits;
        let door = Door::for_enrolment(&identity, limits, services.clock.clone()).unwrap();
        let (address, shutdown) = (free_port(), Shutdown::new(Duration::from_millis(500)));
        let (router, stop) = (http::enrolment::router(services.clone()), shutdown.clone());
        let (window, clock) = (services.doors.enrolment(), services.clock.clone());
        let served =
            tokio::spawn(async move { door.serve_while_open(address, router, (window, clock), &stop).await });
        let signing = device_authority::open(services).await.unwrap();
        let client = Client::nobody(&signing.authority);
        assert!(client.connect(address).await.is_err());
        let office = open(&house).await;
        let mut connection = patiently(&client, address).await;
        let pem = get(&mut connection, "/enrolment/authority.pem").await.unwrap();
        assert!(pem.contains("BEGIN CERTIFICATE") && pem.contains("x-content-type-options"), "{pem}");
        let (device, code) = coded(&house).await;
        let csr = super::enrolment::request(&KeyPair::generate().unwrap());
        for (body, expected) in [
            (serde_json::json!({ "code": code }), "field.missing"),
            (serde_json::json!({ "code": code, "csr": csr, "password": "x" }), "field.unexpected"),
            (serde_json::json!({ "code": code, "csr": csr, "role": "administrator" }), "body.form"),
            (serde_json::json!({ "code": "77777", "csr": csr }), "enrolment.typo"),
            (serde_json::json!({ "code": code, "csr": csr }), &device.to_string()),
            (serde_json::json!({ "code": code, "csr": csr }), "enrolment.refused"),
        ] {
            let told = post(&mut connection, &body.to_string()).await;
            assert!(told.contains(expected), "{expected}: {told}");
        }
        let elsewhere = get(&mut connection, "/api/v1/patients").await.unwrap();
        assert!(elsewhere.starts_with("HTTP/1.1 404"), "{elsewhere}");
        close_enrolment(services, &office).await.unwrap();
        // A connection that is still open is told so or ends; a new one finds nobody.
        if let Ok(told) = get(&mut connection, "/enrolment/authority.pem").await {
            assert!(told.contains("enrolment.closed"), "{told}");
        }
        wait_for_end(&mut connection).await;
        let gone = async {
            while client.connect(address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.unwrap();
        shutdown.begin();
        served.await.unwrap().unwrap();
    }
}

async fn patiently(client: &Client<'_>, address: SocketAddr) -> crate::tls::tests::client::Tls {
    let opened = async {
        loop {
            match client.connect(address).await {
                Ok(connection) => return connection,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    tokio::time::timeout(PATIENCE, opened).await.unwrap()
}

async fn post(connection: &mut crate::tls::tests::client::Tls, body: &str) -> String {
    let question = format!(
        "POST /enrolment HTTP/1.1\r\nhost: tasuki.test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(question.as_bytes()).await.unwrap();
    answer(connection).await.unwrap()
}
