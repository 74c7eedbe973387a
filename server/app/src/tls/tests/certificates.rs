//! What the authority signs, for how long, and what it refuses.

use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData};
use secrecy::{ExposeSecret, SecretString};
use tasuki_domain::time::{DAY, HOUR};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{
    super::*,
    client::Client,
    house::{House, name, real_now},
};
use crate::config::DnsName;

fn request(key: &KeyPair) -> Vec<u8> {
    let params = CertificateParams::new(vec!["wished.example".to_owned()]).unwrap();
    params.serialize_request(key).unwrap().der().to_vec()
}

#[test]
fn the_authority_opens_again_with_its_own_key_only() {
    let now = real_now();
    let (authority, key) = Authority::create(&name(), now).unwrap();
    let stored = authority.certificate().to_vec();
    let again = Authority::open(&stored, &PrivateKey::from_pkcs8(key.expose_pkcs8().to_vec())).unwrap();
    assert_eq!(again.not_after(), authority.not_after());
    assert!(again.issue_device_with_key("tablet", 10, now).is_ok());
    let other = PrivateKey::generate().unwrap();
    assert!(matches!(Authority::open(&stored, &other), Err(TlsError::KeyMismatch)));
    let device = authority.issue_device_with_key("tablet", 10, now).unwrap();
    assert!(Authority::open(&device.certificate().der, device.key()).is_err());
    assert!(matches!(Authority::open(b"nonsense", &key), Err(TlsError::Unreadable)));
    assert_eq!(Authority::end_of(&stored).unwrap(), again.not_after());
    assert!(Authority::end_of(&device.certificate().der).is_err());
    assert!(matches!(Authority::open(&stored, &PrivateKey::from_pkcs8(vec![1, 2, 3])), Err(TlsError::Key)));
}

#[test]
fn lifetimes_stay_within_their_bounds() {
    let now = real_now();
    let (authority, _) = Authority::create(&name(), now).unwrap();
    let year = authority.issue_device_with_key("tablet", u16::MAX, now).unwrap();
    let facts = year.certificate().facts;
    assert!(facts.not_after.since(now) <= 365 * DAY + HOUR && facts.not_after.since(now) > 364 * DAY);
    assert!(facts.not_before <= now);
    let server = authority.issue_server(&name(), now).unwrap();
    let (_, parsed) = X509Certificate::from_der(&server.chain[0]).unwrap();
    let validity = parsed.validity();
    assert!(validity.not_after.timestamp() - validity.not_before.timestamp() <= 397 * 86_400);
    assert!(!parsed.is_ca());
    let nearly_over = authority.not_after().plus(-DAY);
    let last = authority.issue_device_with_key("tablet", 365, nearly_over).unwrap();
    assert!(last.certificate().facts.not_after.since(authority.not_after()) <= HOUR);
    let over = authority.not_after();
    assert!(matches!(authority.issue_device_with_key("tablet", 1, over), Err(TlsError::AuthorityExpired)));
    assert!(matches!(authority.sign_revocations(&[], 1, over), Err(TlsError::AuthorityExpired)));
}

#[test]
fn a_request_gives_its_key_and_nothing_else() {
    let now = real_now();
    let (authority, _) = Authority::create(&name(), now).unwrap();
    for key in [KeyPair::generate().unwrap(), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap()] {
        let public = DevicePublicKey::from_request(&request(&key)).unwrap();
        let signed = authority.issue_device("共用1", &public, 30, now).unwrap();
        assert_eq!(signed.facts.device_key, public.device_key().unwrap());
        let (_, parsed) = X509Certificate::from_der(&signed.der).unwrap();
        assert_eq!(parsed.public_key().raw, key.subject_public_key_info());
        assert!(parsed.subject_alternative_name().unwrap().is_none());
        assert_eq!(parsed.subject().iter_common_name().next().unwrap().as_str().unwrap(), "共用1");
    }
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(Vec::new()).unwrap();
    let pem = params.serialize_request(&key).unwrap().pem().unwrap();
    assert!(DevicePublicKey::from_request(pem.as_bytes()).is_ok());
}

#[test]
fn broken_or_weak_requests_are_refused() {
    let good = request(&KeyPair::generate().unwrap());
    let refused = |bytes: &[u8]| matches!(DevicePublicKey::from_request(bytes), Err(TlsError::Request));
    for place in [good.len() - 1, good.len() / 2] {
        let mut tampered = good.clone();
        tampered[place] ^= 1;
        assert!(refused(&tampered), "{place}");
    }
    assert!(refused(&[good.as_slice(), b"more"].concat()));
    assert!(refused(&good[..good.len() - 1]));
    assert!(refused(&vec![0x30; 100_000]));
    assert!(refused(b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"));
    assert!(refused(&request(&KeyPair::generate_for(&PKCS_ED25519).unwrap())));
}

#[test]
fn labels_name_devices_within_bounds() {
    let now = real_now();
    let (authority, _) = Authority::create(&name(), now).unwrap();
    for bad in ["", "   ", "a\nb", "a\u{0}b", &"あ".repeat(65)] {
        let issued = authority.issue_device_with_key(bad, 30, now);
        assert!(matches!(issued, Err(TlsError::Label)), "{bad:?}");
    }
    assert!(authority.issue_device_with_key(&"あ".repeat(64), 30, now).is_ok());
}

#[test]
fn the_package_opens_with_its_password_only() {
    let now = real_now();
    let (authority, _) = Authority::create(&name(), now).unwrap();
    let device = authority.issue_device_with_key("共用1", 30, now).unwrap();
    let password = SecretString::from("correct horse".to_owned());
    let package = device.to_pkcs12("共用1", &password).unwrap();
    let bytes = package.expose_secret();
    let opened = KeyStore::from_pkcs12(bytes, "correct horse", Pkcs12ImportPolicy::Strict).unwrap();
    let (_, chain) = opened.private_key_chain().unwrap();
    assert_eq!(chain.key().as_der(), device.key().expose_pkcs8());
    assert_eq!(chain.certs()[0].as_der(), &device.certificate().der[..]);
    assert_eq!(chain.certs()[1].as_der(), &authority.certificate()[..]);
    assert!(KeyStore::from_pkcs12(bytes, "wrong horse", Pkcs12ImportPolicy::Strict).is_err());
}

#[test]
fn revocation_lists_come_back_as_they_were_signed() {
    let now = real_now();
    let (authority, _) = Authority::create(&name(), now).unwrap();
    let device = authority.issue_device_with_key("tablet", 30, now).unwrap();
    let serial = device.certificate().facts.serial;
    assert_eq!(Serial::from_bytes(serial.bytes()), Some(serial));
    assert_eq!(serial.bytes().len(), 17);
    let list = authority.sign_revocations(&[Revocation { serial, at: now }], 7, now).unwrap();
    let stored = RevocationList::from_der(list.der().to_vec()).unwrap();
    assert!(stored.contains(&serial));
    assert_eq!(stored.next_update(), list.next_update());
    let other = authority.issue_device_with_key("tablet", 30, now).unwrap();
    assert!(!stored.contains(&other.certificate().facts.serial));
    assert!(RevocationList::from_der(vec![0x30, 0]).is_err());
    assert_eq!(Serial::from_bytes(&[0, 0, 5]).unwrap().bytes(), [5]);
    assert!(Serial::from_bytes(&[1; 21]).is_none());
}

#[tokio::test]
async fn the_authority_can_vouch_for_no_other_server() {
    let house = House::open();
    let device = house.device("tablet");
    let client = Client::of(&house.authority, &device);
    assert!(client.gets_in(house.address).await);
    // The same door with a certificate for both names, signed by an authority that is bound to another one.
    let (bound, _) = Authority::create(&DnsName::parse("elsewhere.test").unwrap(), house.now()).unwrap();
    house.door.reload_server(&bound.issue_server(&name(), house.now()).unwrap()).unwrap();
    let client = Client { trusted: bound.certificate(), ..client };
    assert!(client.connect(house.address).await.is_err());
    house.door.reload_server(&house.authority.issue_server(&name(), house.now()).unwrap()).unwrap();
    let client = Client { trusted: house.authority.certificate(), ..client };
    assert!(client.connect(house.address).await.is_ok());
}
