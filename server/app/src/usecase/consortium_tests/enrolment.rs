//! Codes and certificates: what a code is worth, to whom, how often and how long.

use super::house::*;
use crate::{
    tls::DevicePublicKey,
    usecase::{
        UseCaseError,
        enrol_device::{Enrolled, EnrolmentError, Visitor, Wanted, enrol_device},
        enrolment_window::{close_enrolment, open_enrolment},
        register_device::{NewDevice, issue_device_code, register_device},
        revoke_device::revoke_device,
    },
};
use rcgen::{CertificateParams, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use std::net::IpAddr;
use tasuki_domain::{
    device::{DeviceKey, DeviceKind},
    id::{DeviceId, RequestId},
    policy::{Caller, RefusalReason},
    role::Role,
    text::DeviceLabel,
    time::{MINUTE, SECOND},
};
use uuid::Uuid;

pub fn visitor(last: u8) -> Visitor {
    let source = IpAddr::from([10, 0, 0, last]);
    Visitor { request: RequestId::from_uuid(Uuid::new_v4()), source }
}

pub fn request(key: &KeyPair) -> String {
    CertificateParams::new(Vec::new()).unwrap().serialize_request(key).unwrap().pem().unwrap()
}

pub fn key_of(key: &KeyPair) -> DeviceKey {
    DevicePublicKey::from_request(request(key).as_bytes()).unwrap().device_key().unwrap()
}

pub fn tablet() -> NewDevice {
    let label = DeviceLabel::parse("label", "あおぞら2階 共用1").unwrap();
    NewDevice { label, kind: DeviceKind::Shared, place: None }
}

/// Opens the door for two hours.
pub async fn open(house: &House) -> Caller {
    let office = house.administrator(house.home, Role::SystemAdministration, None).await;
    open_enrolment(&house.services, &office, 120).await.unwrap();
    office
}

pub async fn coded(house: &House) -> (DeviceId, String) {
    let system = house.system_administrator(house.home).await;
    let issued = register_device(&house.services, &system, house.home, tablet(), 60).await.unwrap();
    (issued.device, issued.code.as_str().to_owned())
}

async fn enrol(house: &House, code: &str, key: &KeyPair) -> Result<Enrolled, EnrolmentError> {
    // Each try comes from an address of its own, so that the allowance is not what refuses.
    let last = u8::try_from(house.services.store.log_size().borrow().rem_euclid(250)).unwrap();
    enrol_device(&house.services, visitor(last), code, Wanted::Request(request(key).into())).await
}

/// The same code with other symbols behind its first group; the check symbol fits.
fn guess(code: &str) -> String {
    let (first, rest) = code.split_at(5);
    let symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let wrong = if rest.as_bytes()[1] == b'7' { '8' } else { '7' };
    let body = format!("{first}-{wrong}{}", &rest[2..rest.len() - 1]);
    symbols
        .chars()
        .map(|check| format!("{body}{check}"))
        .find(|guess| tasuki_vault::token::OneTimeCode::parse(guess).is_ok())
        .unwrap()
}

#[tokio::test]
async fn nobody_but_the_owner_s_administrator_issues_codes() {
    for house in houses().await {
        let services = &house.services;
        let (device, _) = coded(&house).await;
        let missing = DeviceId::from_uuid(Uuid::new_v4());
        let foreign = house.system_administrator(house.nurses).await;
        let staff = house.staff_administrator(house.home).await;
        for caller in [&foreign, &staff] {
            for device in [device, missing] {
                let refused = issue_device_code(services, caller, device, 60).await;
                assert_eq!(reason(refused), RefusalReason::Role);
            }
            let refused = register_device(services, caller, house.home, tablet(), 60).await;
            assert_eq!(reason(refused), RefusalReason::Role);
            assert_eq!(reason(open_enrolment(services, caller, 10).await), RefusalReason::Role);
            assert_eq!(reason(close_enrolment(services, caller).await), RefusalReason::Role);
        }
        let own = house.system_administrator(house.home).await;
        // The second door is the consortium's: one employer alone does not open it.
        assert_eq!(reason(open_enrolment(services, &own, 10).await), RefusalReason::Role);
        for minutes in [0, 1441] {
            let refused = register_device(services, &own, house.home, tablet(), minutes).await;
            assert_eq!(field(refused), ("minutes", "field.range"));
        }
        let office = open(&house).await;
        assert_eq!(field(open_enrolment(services, &office, 121).await), ("minutes", "field.range"));
        let mut elsewhere = tablet();
        elsewhere.place = Some(house.first_floor);
        let refused = register_device(services, &foreign, house.nurses, elsewhere, 60).await;
        assert_eq!(field(refused), ("place", "field.choice"));
    }
}

#[tokio::test]
async fn a_code_is_worth_one_certificate_within_its_time_while_the_door_is_open() {
    for house in houses().await {
        let services = &house.services;
        let (device, code) = coded(&house).await;
        let key = KeyPair::generate().unwrap();
        let closed = enrol(&house, &code, &key).await;
        assert!(matches!(closed, Err(EnrolmentError::Closed)));
        let office = open(&house).await;
        let other = if &code[6..7] == "7" { "8" } else { "7" };
        let typed = format!("{}{other}{}", &code[..6], &code[7..]);
        let typo = enrol(&house, &typed, &key).await;
        assert!(matches!(typo, Err(EnrolmentError::Typo)));
        assert!(services.store.facts().device_with_key(&key_of(&key)).is_none());
        let Ok(Enrolled::Chain { device: enrolled, chain, not_after }) = enrol(&house, &code, &key).await
        else {
            panic!("a good code was refused");
        };
        assert_eq!(enrolled, device);
        assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 2);
        assert!(not_after > house.now());
        let facts = services.store.facts();
        assert_eq!(facts.device_with_key(&key_of(&key)).unwrap().device, device);
        let again = enrol(&house, &code, &KeyPair::generate().unwrap()).await;
        assert!(matches!(again, Err(EnrolmentError::Refused)));
        close_enrolment(services, &office).await.unwrap();
        let (_, next) = coded(&house).await;
        assert!(matches!(enrol(&house, &next, &key).await, Err(EnrolmentError::Closed)));
        open(&house).await;
        house.pass(61 * MINUTE);
        let late = enrol(&house, &next, &KeyPair::generate().unwrap()).await;
        assert!(matches!(late, Err(EnrolmentError::Refused)));
        house.pass(60 * MINUTE);
        assert!(matches!(enrol(&house, &next, &key).await, Err(EnrolmentError::Closed)));
        let done = "SELECT count(*) FROM access_entry WHERE action = 291 AND outcome = 1 AND actor_kind = 2";
        assert_eq!(house.number(done).await, 1);
        let refused = "SELECT count(*) FROM access_entry WHERE action = 291 AND outcome = 2";
        assert_eq!(house.number(refused).await, 2);
    }
}

#[tokio::test]
async fn five_wrong_tries_close_a_code() {
    for house in houses().await {
        let (device, code) = coded(&house).await;
        let (_, other) = coded(&house).await;
        open(&house).await;
        let key = KeyPair::generate().unwrap();
        for _ in 0..5 {
            let wrong = enrol(&house, &guess(&code), &key).await;
            assert!(matches!(wrong, Err(EnrolmentError::Refused)));
        }
        let closed = enrol(&house, &code, &key).await;
        assert!(matches!(closed, Err(EnrolmentError::Refused)));
        // The code of another device is not touched by it, and a new one starts afresh.
        enrol(&house, &other, &KeyPair::generate().unwrap()).await.unwrap();
        let system = house.system_administrator(house.home).await;
        let fresh = issue_device_code(&house.services, &system, device, 60).await.unwrap();
        let old = enrol(&house, &code, &key).await;
        assert!(matches!(old, Err(EnrolmentError::Refused)));
        enrol(&house, &fresh.code, &key).await.unwrap();
    }
}

#[tokio::test]
async fn one_address_has_its_tries_and_no_more() {
    for house in houses().await {
        open(&house).await;
        let (_, code) = coded(&house).await;
        let allowed = house.services.config.limits.rate.enrolment_per_minute.get();
        let attempt = || async {
            let key = KeyPair::generate().unwrap();
            enrol_device(&house.services, visitor(1), "", Wanted::Request(request(&key).into())).await
        };
        for _ in 0..allowed {
            assert!(matches!(attempt().await, Err(EnrolmentError::Typo)));
        }
        assert!(matches!(attempt().await, Err(EnrolmentError::TooMany { retry_after: 1.. })));
        let key = KeyPair::generate().unwrap();
        let wanted = || Wanted::Request(request(&key).into());
        enrol_device(&house.services, visitor(2), &code, wanted()).await.unwrap();
        house.pass(61 * SECOND);
        assert!(matches!(attempt().await, Err(EnrolmentError::Typo)));
    }
}

#[tokio::test]
async fn a_broken_request_costs_no_try() {
    let good = request(&KeyPair::generate().unwrap());
    let der = CertificateParams::new(Vec::new())
        .unwrap()
        .serialize_request(&KeyPair::generate().unwrap())
        .unwrap()
        .der()
        .to_vec();
    let ed25519 = request(&KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap());
    let mut corpus: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"-----BEGIN CERTIFICATE REQUEST-----".to_vec(),
        b"-----BEGIN CERTIFICATE REQUEST-----\n!!!!\n-----END CERTIFICATE REQUEST-----\n".to_vec(),
        good.replace("CERTIFICATE REQUEST", "CERTIFICATE").into_bytes(),
        ed25519.into_bytes(),
        vec![0x30; 16 * 1024],
        vec![0xff; 20 * 1024],
        [der.clone(), vec![0]].concat(),
    ];
    corpus.extend((0..der.len()).step_by(7).map(|length| der[..length].to_vec()));
    corpus.extend((0..der.len()).step_by(3).map(|place| {
        let mut broken = der.clone();
        broken[place] ^= 0x55;
        broken
    }));
    for house in houses().await {
        let services = &house.services;
        let (_, code) = coded(&house).await;
        open(&house).await;
        for (number, broken) in corpus.iter().enumerate() {
            let from = visitor(u8::try_from(number % 250).unwrap());
            match enrol_device(services, from, &code, Wanted::Request(broken.clone())).await {
                Err(EnrolmentError::Other(UseCaseError::Field(problem))) => assert_eq!(problem.field, "csr"),
                Err(other) => panic!("request {number}: {other:?}"),
                Ok(_) => panic!("request {number} was signed"),
            }
        }
        for (password, code_of_rule) in [("kurzes", "field.too_short"), (&*"a".repeat(129), "field.too_long")]
        {
            let wanted = Wanted::Package(SecretString::from(password));
            let refused = enrol_device(services, visitor(251), &code, wanted).await;
            let Err(EnrolmentError::Other(UseCaseError::Field(problem))) = refused else {
                panic!("such a password was taken");
            };
            assert_eq!((problem.field, problem.rule.code()), ("password", code_of_rule));
        }
        assert_eq!(house.number("SELECT count(*) FROM access_entry WHERE action = 291").await, 0);
        enrol(&house, &code, &KeyPair::generate().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_holds_a_key_that_nobody_else_has() {
    for house in houses().await {
        let (device, code) = coded(&house).await;
        open(&house).await;
        let password = "ひらがなのあいことば!";
        let wanted = Wanted::Package(SecretString::from(format!("{password}00")));
        let enrolled = enrol_device(&house.services, visitor(1), &code, wanted).await;
        let Ok(Enrolled::Package { device: enrolled, file, .. }) = enrolled else {
            panic!("a good code was refused");
        };
        assert_eq!(enrolled, device);
        let open = |password: &str| {
            p12_keystore::KeyStore::from_pkcs12(
                file.expose_secret(),
                password,
                p12_keystore::Pkcs12ImportPolicy::Strict,
            )
        };
        assert!(open("another password").is_err());
        let store = open(&format!("{password}00")).unwrap();
        let (_, chain) = store.private_key_chain().unwrap();
        assert_eq!(chain.certs().len(), 2);
        assert_eq!(house.number("SELECT count(*) FROM device_key").await, 1);
    }
}

#[tokio::test]
async fn another_code_replaces_the_key_and_a_blocked_device_gets_none() {
    for house in houses().await {
        let services = &house.services;
        let (device, code) = coded(&house).await;
        open(&house).await;
        let (old, new) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        enrol(&house, &code, &old).await.unwrap();
        house.pass(SECOND);
        let system = house.system_administrator(house.home).await;
        let fresh = issue_device_code(services, &system, device, 60).await.unwrap();
        let same = enrol(&house, &fresh.code, &old).await;
        let Err(EnrolmentError::Other(error)) = same else { panic!("the old key was signed again") };
        assert_eq!(field::<()>(Err(error)), ("csr", "field.taken"));
        enrol(&house, &fresh.code, &new).await.unwrap();
        let facts = services.store.facts();
        assert!(facts.device_with_key(&key_of(&old)).is_none());
        assert_eq!(facts.device_with_key(&key_of(&new)).unwrap().device, device);
        assert_eq!(house.number("SELECT number FROM revocation_list").await, 2);
        let waiting = issue_device_code(services, &system, device, 60).await.unwrap();
        revoke_device(services, &system, device).await.unwrap();
        let blocked = enrol(&house, &waiting.code, &KeyPair::generate().unwrap()).await;
        assert!(matches!(blocked, Err(EnrolmentError::Refused)));
        let gone = issue_device_code(services, &system, device, 60).await;
        assert!(matches!(gone, Err(UseCaseError::Missing)));
    }
}
