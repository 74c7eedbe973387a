//! Patients: refusals first, then what a register does in a year.

use super::house::*;
use crate::usecase::{
    UseCaseError,
    change_patient::{Change, change_patient, hand_over_patient},
    end_patient::{Ending, end_patient, return_patient},
    link_patients::link_patients,
    read_patients::{read_patient, read_patient_register, read_patients},
    register_patient::{Registration, register_patient},
};
use tasuki_domain::{
    id::PatientId,
    job_type::JobTypeId,
    patient::{Dnar, PatientChange},
    policy::RefusalReason,
    role::Role,
    text::{Name, PatientNumber},
    time::DAY,
};
use uuid::Uuid;

fn rename(name: &str) -> Change {
    let name = Some(Name::parse("name", name).unwrap());
    Change { facts: PatientChange { name, ..PatientChange::default() }, ..Change::default() }
}

#[tokio::test]
async fn the_register_is_closed_to_others() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", Some(house.first_floor), "101").await;
        let missing = PatientId::from_uuid(Uuid::new_v4());
        let foreign = house.staff_administrator(house.nurses).await;
        let worker = house.staff(house.home, JobTypeId::CARE_WORKER).await;
        let system = house.system_administrator(house.home).await;
        for caller in [&foreign, &worker, &system] {
            // What is foreign and what does not exist are answered alike.
            for patient in [patient, missing] {
                assert_eq!(
                    reason(change_patient(services, caller, patient, rename("別名")).await),
                    RefusalReason::Role
                );
                let ended = end_patient(services, caller, patient, Ending::Discharged).await;
                assert_eq!(reason(ended), RefusalReason::Role);
                assert_eq!(
                    reason(return_patient(services, caller, patient, None).await),
                    RefusalReason::Role
                );
                let handed = hand_over_patient(services, caller, patient, house.nurses, None).await;
                assert_eq!(reason(handed), RefusalReason::Role);
                assert_eq!(
                    reason(link_patients(services, caller, patient, missing).await),
                    RefusalReason::Role
                );
                // Administering the register gives no look at the card either.
                let card = read_patient(services, caller, patient).await;
                assert!(matches!(reason(card), RefusalReason::Membership | RefusalReason::Missing));
            }
            assert_eq!(
                reason(read_patient_register(services, caller, house.home).await),
                RefusalReason::Role
            );
            let registration = Registration {
                organization: house.home,
                place: None,
                facts: facts("鈴木 一", ""),
                number: None,
            };
            assert_eq!(reason(register_patient(services, caller, registration).await), RefusalReason::Role);
            assert!(read_patients(services, caller).await.unwrap().is_empty());
        }
        let own = house.staff_administrator(house.home).await;
        own.session().unwrap().step_up(house.now());
        assert_eq!(
            reason(change_patient(services, &own, patient, rename("別名")).await),
            RefusalReason::StepUp
        );
        let office = house.administrator(house.nurses, Role::StaffAdministration, None).await;
        let changed = change_patient(services, &office, missing, rename("別名")).await;
        assert!(matches!(changed, Err(UseCaseError::Missing)));
    }
}

#[tokio::test]
async fn a_change_is_a_new_version_and_the_past_stays() {
    for house in houses().await {
        let services = &house.services;
        let administrator = house.staff_administrator(house.home).await;
        let (patient, _) = house.patient("佐藤 花", Some(house.first_floor), "101").await;
        let consent = house.consent(patient).await;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        house.let_in(patient, consent, &nurse).await;
        let before = read_patient(services, &nurse, patient).await.unwrap();
        assert_eq!((before.line.header.version, before.line.header.facts.safety.dnar), (1, Dnar::Unknown));
        let mut change = rename("佐藤 花子");
        change.facts.dnar = Some(Dnar::DoNotResuscitate);
        change.place = Some(Some(house.second_floor));
        change.number = Some(PatientNumber::parse("number", "Ａ-００１").unwrap());
        assert_eq!(change_patient(services, &administrator, patient, change).await.unwrap(), 2);
        let after = read_patient(services, &nurse, patient).await.unwrap();
        let header = &after.line.header;
        assert_eq!(header.facts.identity.name.as_str(), "佐藤 花子");
        assert_eq!(header.facts.safety.allergies.as_str(), "そば");
        assert_eq!(header.facts.safety.dnar, Dnar::DoNotResuscitate);
        assert_eq!((header.version, header.place), (2, Some(house.second_floor)));
        assert_eq!(after.facts.numbers.len(), 1);
        assert_eq!(after.team, 1);
        assert_eq!(house.number("SELECT count(*) FROM patient_version").await, 2);
        // Another patient of the same organization cannot have that number, however it is typed.
        let (other, _) = house.patient("鈴木 一", None, "").await;
        let taken =
            Change { number: Some(PatientNumber::parse("number", "a-001").unwrap()), ..Change::default() };
        let refused = change_patient(services, &administrator, other, taken).await;
        assert_eq!(field(refused), ("number", "field.taken"));
        assert_eq!(house.number("SELECT max(version) FROM patient WHERE version = 1").await, 1);
        let nowhere = Change {
            place: Some(Some(tasuki_domain::id::PlaceId::from_uuid(Uuid::new_v4()))),
            ..Change::default()
        };
        let refused = change_patient(services, &administrator, other, nowhere).await;
        assert_eq!(field(refused), ("place", "field.choice"));
    }
}

#[tokio::test]
async fn the_room_closes_with_the_care_and_opens_at_the_return() {
    for house in houses().await {
        let services = &house.services;
        let administrator = house.staff_administrator(house.home).await;
        let (patient, room) = house.patient("佐藤 花", None, "101").await;
        let closed = || services.store.facts().room(room).unwrap().closed;
        assert!(!closed());
        let back = return_patient(services, &administrator, patient, None).await;
        assert_eq!(conflict(back), "patient.in_care");
        end_patient(services, &administrator, patient, Ending::Discharged).await.unwrap();
        assert!(closed());
        let again = end_patient(services, &administrator, patient, Ending::Discharged).await;
        assert_eq!(conflict(again), "patient.ended");
        end_patient(services, &administrator, patient, Ending::Deceased).await.unwrap();
        return_patient(services, &administrator, patient, Some(house.second_floor)).await.unwrap();
        assert!(!closed());
        assert_eq!(services.store.facts().patient(patient).unwrap().place, Some(house.second_floor));
    }
}

#[tokio::test]
async fn my_patients_come_in_round_order_and_the_entry_names_them() {
    for house in houses().await {
        let services = &house.services;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        let (one, two) = (Some(house.first_floor), Some(house.second_floor));
        for (name, place, room) in
            [("丙", two, "201"), ("丁", None, ""), ("乙", one, "110"), ("甲", one, "12"), ("戊", one, "1")]
        {
            let (patient, _) = house.patient(name, place, room).await;
            let consent = house.consent(patient).await;
            if name != "戊" {
                house.let_in(patient, consent, &nurse).await;
            }
        }
        let lines = read_patients(services, &nurse).await.unwrap();
        let names: Vec<&str> = lines.iter().map(|line| line.header.facts.identity.name.as_str()).collect();
        assert_eq!(names, ["甲", "乙", "丙", "丁"]);
        assert!(lines.iter().all(|line| line.consent.is_some_and(|consent| !consent.ends_soon)));
        house.pass(340 * DAY);
        let entries = house.number("SELECT count(*) FROM access_entry WHERE action = 255").await;
        assert_eq!(entries, 1);
    }
}

#[tokio::test]
async fn another_organization_takes_over_and_the_former_one_has_no_say() {
    for house in houses().await {
        let services = &house.services;
        let former = house.staff_administrator(house.home).await;
        let (patient, room) = house.patient("佐藤 花", Some(house.first_floor), "101").await;
        let same = hand_over_patient(services, &former, patient, house.home, None).await;
        assert_eq!(conflict(same), "patient.same_organization");
        let foreign_place =
            hand_over_patient(services, &former, patient, house.nurses, Some(house.first_floor)).await;
        assert_eq!(field(foreign_place), ("place", "field.choice"));
        house.pass(DAY);
        hand_over_patient(services, &former, patient, house.nurses, None).await.unwrap();
        let refused = change_patient(services, &former, patient, rename("別名")).await;
        assert_eq!(reason(refused), RefusalReason::Role);
        let new = house.staff_administrator(house.nurses).await;
        change_patient(services, &new, patient, rename("佐藤 花子")).await.unwrap();
        let register = read_patient_register(services, &new, house.nurses).await.unwrap();
        assert_eq!(register.len(), 1);
        assert_eq!(register[0].identity.name.as_str(), "佐藤 花子");
        assert!(read_patient_register(services, &former, house.home).await.unwrap().is_empty());
        assert_eq!(services.store.facts().room(room).unwrap().organization, house.nurses);
        assert_eq!(house.number("SELECT count(*) FROM patient_organization").await, 2);
    }
}

#[tokio::test]
async fn duplicates_are_linked_once_by_whoever_administers_both() {
    for house in houses().await {
        let services = &house.services;
        let administrator = house.staff_administrator(house.home).await;
        let (one, _) = house.patient("佐藤 花", None, "").await;
        let (two, _) = house.patient("佐藤 花子", None, "").await;
        let (three, _) = house.patient("佐藤 ハナ", None, "").await;
        let office = house.administrator(house.pharmacy, Role::StaffAdministration, None).await;
        house.pass(DAY);
        hand_over_patient(services, &administrator, three, house.nurses, None).await.unwrap();
        let itself = link_patients(services, &administrator, one, one).await;
        assert_eq!(field(itself), ("other", "field.choice"));
        let foreign = link_patients(services, &administrator, one, three).await;
        assert_eq!(reason(foreign), RefusalReason::Role);
        link_patients(services, &office, one, three).await.unwrap();
        let again = link_patients(services, &administrator, one, two).await;
        assert_eq!(conflict(again), "patient.linked");
        let chain = link_patients(services, &administrator, two, one).await;
        assert_eq!(conflict(chain), "patient.linked");
        let register = read_patient_register(services, &administrator, house.home).await.unwrap();
        let linked = register.iter().find(|row| row.patient == one).unwrap().linked;
        assert_eq!(linked, Some(three));
    }
}

#[tokio::test]
async fn a_moved_ciphertext_does_not_open() {
    for house in houses().await {
        let services = &house.services;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        let administrator = house.staff_administrator(house.home).await;
        let (patient, _) = house.patient("佐藤 花", None, "").await;
        let consent = house.consent(patient).await;
        house.let_in(patient, consent, &nurse).await;
        change_patient(services, &administrator, patient, rename("佐藤 花子")).await.unwrap();
        read_patient(services, &nurse, patient).await.unwrap();
        // The same patient's own earlier version in the place of the newer one: not even that.
        house
            .tamper(
                "UPDATE patient_version SET facts = (SELECT v.facts FROM patient_version v WHERE v.version = 1) \
                 WHERE version = 2",
            )
            .await;
        assert!(matches!(read_patient(services, &nurse, patient).await, Err(UseCaseError::Failed(_))));
        assert!(matches!(read_patients(services, &nurse).await, Err(UseCaseError::Failed(_))));
        let change = change_patient(services, &administrator, patient, rename("別名")).await;
        assert!(matches!(change, Err(UseCaseError::Failed(_))));
    }
}
