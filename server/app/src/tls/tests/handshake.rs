//! Who gets in, and over which cryptography.

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, SerialNumber};
use rustls::{
    CipherSuite, HandshakeKind, NamedGroup,
    crypto::aws_lc_rs::{cipher_suite, default_provider, kx_group},
};
use tasuki_domain::time::DAY;

use super::{
    super::*,
    client::{Client, connect, get},
    house::{House, name, real_now},
};

#[tokio::test]
async fn a_registered_certificate_gets_in_and_is_named_by_its_key_not_by_a_header() {
    let house = House::open();
    let device = house.device("あおぞら2階 共用1");
    let mut stream = Client::of(&house.authority, &device).connect(house.address).await.unwrap();
    let answer = get(&mut stream, "/who").await.unwrap();
    let key = device.certificate().facts.device_key;
    assert!(answer.contains(&format!("{:?} 127.0.0.1 127.0.0.1", key.0)), "{answer}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_certificate() {
    let house = House::open();
    assert!(!Client::nobody(&house.authority).gets_in(house.address).await);
    assert_eq!(house.door.connections().count(), 0);
}

#[tokio::test]
async fn a_foreign_authority_vouches_for_nobody_even_under_the_same_name() {
    let house = House::open();
    let (foreign, _) = Authority::create(&name(), real_now()).unwrap();
    let device = foreign.issue_device_with_key("tablet", 365, real_now()).unwrap();
    let client = Client { trusted: house.authority.certificate(), ..Client::of(&foreign, &device) };
    assert!(!client.gets_in(house.address).await);
}

#[tokio::test]
async fn an_expired_or_future_certificate_does_not_get_in() {
    let house = House::open();
    for shift in [-400 * DAY, 2 * DAY] {
        let then = house.now().plus(shift);
        let device = house.authority.issue_device_with_key("tablet", 30, then).unwrap();
        assert!(!Client::of(&house.authority, &device).gets_in(house.address).await, "{shift}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_purpose_does_not_get_in() {
    let house = House::open();
    let server = house.authority.issue_server(&name(), house.now()).unwrap();
    let client = Client { shows: Some((server.chain, &server.key)), ..Client::nobody(&house.authority) };
    assert!(!client.gets_in(house.address).await, "the server's certificate");
    let root = vec![house.authority.certificate().clone()];
    let client = Client { shows: Some((root, &house.authority_key)), ..Client::nobody(&house.authority) };
    assert!(!client.gets_in(house.address).await, "the authority's certificate");
    let both = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    for (purposes, allowed) in [
        (vec![], false),
        (vec![ExtendedKeyUsagePurpose::Any], false),
        (both, false),
        (vec![ExtendedKeyUsagePurpose::ClientAuth], true),
    ] {
        let key = PrivateKey::generate().unwrap();
        let mut params = CertificateParams::default();
        params.serial_number = Some(SerialNumber::from(77_u64));
        params.extended_key_usages = purposes.clone();
        let public = DevicePublicKey::of(&key).unwrap();
        let signed = params.signed_by(public.info(), &house.authority.issuer).unwrap();
        let chain = vec![signed.der().clone()];
        let client = Client { shows: Some((chain, &key)), ..Client::nobody(&house.authority) };
        assert_eq!(client.gets_in(house.address).await, allowed, "{purposes:?}");
    }
}

#[tokio::test]
async fn tls_1_2_is_refused_at_both_doors() {
    let house = House::open();
    let device = house.device("tablet");
    let old = Client { version: &rustls::version::TLS12, ..Client::of(&house.authority, &device) };
    assert!(!old.gets_in(house.address).await);
    let house = House::enrolment();
    let old = Client { version: &rustls::version::TLS12, ..Client::nobody(&house.authority) };
    assert!(!old.gets_in(house.address).await);
    assert!(Client::nobody(&house.authority).gets_in(house.address).await);
}

#[tokio::test]
async fn the_enrolment_door_knows_no_peer() {
    let house = House::enrolment();
    let device = house.device("tablet");
    for client in [Client::nobody(&house.authority), Client::of(&house.authority, &device)] {
        let mut stream = client.connect(house.address).await.unwrap();
        assert!(get(&mut stream, "/who").await.unwrap().ends_with("nobody"));
    }
    assert_eq!(house.door.reload_authorities(Vec::new()).unwrap(), 0);
    assert!(Client::nobody(&house.authority).gets_in(house.address).await);
}

#[tokio::test]
async fn nothing_is_resumed() {
    let house = House::open();
    let device = house.device("tablet");
    let config = Client::of(&house.authority, &device).config();
    for _ in 0..3 {
        let mut stream = connect(config.clone(), house.address).await.unwrap();
        get(&mut stream, "/who").await.unwrap();
        let session = stream.get_ref().1;
        assert_eq!(session.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(session.tls13_tickets_received(), 0);
        assert!(!session.is_early_data_accepted());
    }
}

#[tokio::test]
async fn the_strongest_suite_and_the_post_quantum_group_win() {
    let house = House::open();
    let device = house.device("tablet");
    let mut provider = default_provider();
    provider.cipher_suites = vec![
        cipher_suite::TLS13_AES_128_GCM_SHA256,
        cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        cipher_suite::TLS13_AES_256_GCM_SHA384,
    ];
    let client = Client { provider, ..Client::of(&house.authority, &device) };
    let stream = client.connect(house.address).await.unwrap();
    let session = stream.get_ref().1;
    assert_eq!(session.negotiated_cipher_suite().unwrap().suite(), CipherSuite::TLS13_AES_256_GCM_SHA384);
    assert_eq!(session.negotiated_key_exchange_group().unwrap().name(), NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn each_classical_group_is_good_enough_alone() {
    let house = House::open();
    let device = house.device("tablet");
    for group in [kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1] {
        let mut provider = default_provider();
        provider.kx_groups = vec![group];
        let client = Client { provider, ..Client::of(&house.authority, &device) };
        assert!(client.gets_in(house.address).await, "{group:?}");
    }
}
