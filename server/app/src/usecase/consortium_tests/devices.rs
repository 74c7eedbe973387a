//! The register: renewal, blocking, what a device could have shown, and the list that outlives a forgotten job.

use super::{
    enrolment::{coded, key_of, open, request, tablet, visitor},
    house::*,
};
use crate::{
    tls::RevocationList,
    usecase::{
        UseCaseError,
        change_device::{DeviceChange, change_device},
        device_authority::{found_authority, tend_revocations, trusted},
        enrol_device::{Wanted, enrol_device},
        read_devices::read_devices,
        read_patients::{read_patient, read_patients},
        register_device::register_device,
        renew_device::renew_device,
        revoke_device::revoke_device,
    },
};
use rcgen::KeyPair;
use tasuki_domain::{
    device::DeviceKind,
    id::{DeviceId, RequestId},
    job_type::JobTypeId,
    policy::{Actor, Caller, RefusalReason},
    session::SessionState,
    text::DeviceLabel,
    time::{DAY, HOUR, MINUTE},
};
use uuid::Uuid;

fn as_device(house: &House, device: DeviceId) -> Caller {
    Caller {
        actor: Actor::Device { device, organization: house.home },
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    }
}

async fn enrolled(house: &House) -> (DeviceId, KeyPair) {
    let (device, code) = coded(house).await;
    let key = KeyPair::generate().unwrap();
    let wanted = Wanted::Request(request(&key).into());
    enrol_device(&house.services, visitor(1), &code, wanted).await.unwrap();
    (device, key)
}

#[tokio::test]
async fn the_authority_is_founded_once() {
    for house in houses().await {
        let again = found_authority(&house.services, &console()).await;
        assert_eq!(conflict(again), "authority.exists");
        let system = house.system_administrator(house.home).await;
        let refused = found_authority(&house.services, &system).await;
        assert_eq!(reason(refused), RefusalReason::Actor);
        assert_eq!(house.number("SELECT number FROM revocation_list").await, 1);
    }
}

#[tokio::test]
async fn after_a_renewal_the_old_key_counts_for_a_day() {
    for house in houses().await {
        let services = &house.services;
        open(&house).await;
        let (device, old) = enrolled(&house).await;
        let (other, _) = enrolled(&house).await;
        let foreign = renew_device(services, &as_device(&house, other), device, b"").await;
        assert_eq!(reason(foreign), RefusalReason::Actor);
        let own = as_device(&house, device);
        let broken = renew_device(services, &own, device, b"-----BEGIN").await;
        assert_eq!(field(broken), ("csr", "field.form"));
        let same = renew_device(services, &own, device, request(&old).as_bytes()).await;
        assert_eq!(field(same), ("csr", "field.taken"));
        let new = KeyPair::generate().unwrap();
        let renewed = renew_device(services, &own, device, request(&new).as_bytes()).await.unwrap();
        assert_eq!(renewed.old_until, house.now().plus(DAY));
        let counts = |key: &KeyPair| services.store.facts().device_with_key(&key_of(key)).is_some();
        house.pass(23 * HOUR);
        tend_revocations(services).await.unwrap();
        assert!(counts(&old) && counts(&new));
        house.pass(HOUR);
        tend_revocations(services).await.unwrap();
        assert!(!counts(&old) && counts(&new));
        let list = trusted(services).await.unwrap().remove(0).revocations;
        let serials = "SELECT count(*) FROM device_key WHERE revoked_at < 9223372036854775807";
        assert_eq!(house.number(serials).await, 1);
        assert!(list.next_update() > house.now());
        // Answers that get lost do not fill the register.
        for _ in 0..3 {
            let key = KeyPair::generate().unwrap();
            renew_device(services, &own, device, request(&key).as_bytes()).await.unwrap();
        }
        let key = KeyPair::generate().unwrap();
        let many = renew_device(services, &own, device, request(&key).as_bytes()).await;
        assert_eq!(conflict(many), "device.renewals");
    }
}

#[tokio::test]
async fn a_lost_tablet_is_blocked_with_the_list_of_what_it_could_have_shown() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let carer = house.staff(house.home, JobTypeId::CARE_WORKER).await;
        house.let_in(patient, consent, &carer).await;
        read_patients(services, &carer).await.unwrap();
        read_patient(services, &carer, patient).await.unwrap();
        house.pass(MINUTE);
        let session = carer.session().unwrap().clone();
        let foreign = house.system_administrator(house.nurses).await;
        for device in [session.device, DeviceId::from_uuid(Uuid::new_v4())] {
            let refused = revoke_device(services, &foreign, device).await;
            assert_eq!(reason(refused), RefusalReason::Role);
        }
        assert_eq!(session.state(house.now()), SessionState::Live);
        let system = house.system_administrator(house.home).await;
        let revoked = revoke_device(services, &system, session.device).await.unwrap();
        assert_eq!(session.state(house.now()), SessionState::Ended);
        assert_eq!(reason(read_patient(services, &carer, patient).await), RefusalReason::Session);
        assert_eq!(revoked.exposure.lists, 1);
        let shown = &revoked.exposure.shown;
        assert_eq!((shown.len(), shown[0].patient, shown[0].person), (1, Some(patient), session.person));
        assert!(!shown[0].lent);
        let again = revoke_device(services, &system, session.device).await;
        assert_eq!(conflict(again), "device.revoked");
        // Blocking the device under one's own hands works, and its entry is kept.
        let own = system.session().unwrap().device;
        revoke_device(services, &system, own).await.unwrap();
        assert_eq!(reason(revoke_device(services, &system, own).await), RefusalReason::Session);
        let blocked = "SELECT count(*) FROM access_entry WHERE action = 292 AND outcome = 1";
        assert_eq!(house.number(blocked).await, 2);
    }
}

#[tokio::test]
async fn the_register_says_what_stands_where_and_how() {
    for house in houses().await {
        let services = &house.services;
        open(&house).await;
        let (device, _) = enrolled(&house).await;
        let system = house.system_administrator(house.home).await;
        let foreign = house.system_administrator(house.nurses).await;
        let refused = read_devices(services, &foreign, house.home).await;
        assert_eq!(reason(refused), RefusalReason::Role);
        let change = DeviceChange {
            label: Some(DeviceLabel::parse("label", "あおぞら1階 共用9").unwrap()),
            kind: Some(DeviceKind::Personal),
            place: Some(Some(house.first_floor)),
        };
        let refused = change_device(services, &foreign, device, change.clone()).await;
        assert_eq!(reason(refused), RefusalReason::Role);
        change_device(services, &system, device, change).await.unwrap();
        let nowhere = DeviceChange { place: Some(None), ..DeviceChange::default() };
        let waiting = register_device(services, &system, house.home, tablet(), 60).await.unwrap();
        let register = read_devices(services, &system, house.home).await.unwrap();
        let of = |id| register.devices.iter().find(|row| row.device == id).unwrap();
        let row = of(device);
        assert_eq!(row.label.as_str(), "あおぞら1階 共用9");
        assert_eq!((row.kind, row.place), (DeviceKind::Personal, Some(house.first_floor)));
        assert_eq!((row.keys.len(), row.code_until), (1, None));
        assert_eq!(of(waiting.device).code_until, Some(waiting.expires_at));
        change_device(services, &system, device, nowhere).await.unwrap();
        assert_eq!(services.store.facts().device(device).unwrap().place, None);
        house
            .tamper("UPDATE device SET label = (SELECT d.label FROM device d ORDER BY d.label LIMIT 1)")
            .await;
        let moved = read_devices(services, &system, house.home).await;
        assert!(matches!(moved, Err(UseCaseError::Failed(_))));
    }
}

#[tokio::test]
async fn the_list_is_signed_anew_long_before_it_ends() {
    for house in houses().await {
        let services = &house.services;
        let number = "SELECT number FROM revocation_list";
        tend_revocations(services).await.unwrap();
        assert_eq!(house.number(number).await, 1);
        house.pass(8 * DAY);
        tend_revocations(services).await.unwrap();
        assert_eq!(house.number(number).await, 2);
        let list: RevocationList = trusted(services).await.unwrap().remove(0).revocations;
        assert_eq!(list.next_update().0 / 1_000_000, house.now().plus(14 * DAY).0 / 1_000_000);
        let entries = "SELECT count(*) FROM access_entry WHERE action = 298 AND actor_kind = 4";
        assert_eq!(house.number(entries).await, 1);
    }
}
