//! Consents and care teams: who gets in, on whose word, and how at once it ends.

use super::house::*;
use crate::usecase::{
    UseCaseError,
    change_care_team::{Proposal, confirm_membership, end_membership, propose_membership},
    change_consent::{record_consent, withdraw_consent},
    read_care_team::{read_care_team, read_consents},
    read_patients::{read_patient, read_patients},
};
use tasuki_domain::{
    care_team::Subject,
    id::{ConsentId, MembershipId, PatientId},
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    policy::RefusalReason,
    time::{DAY, Interval, Timestamp},
};
use uuid::Uuid;

#[tokio::test]
async fn one_person_alone_lets_nobody_in() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        let one = house.staff_administrator(house.home).await;
        let foreign = house.staff_administrator(house.nurses).await;
        for stranger in [&nurse, &foreign] {
            let proposal = house.proposal(consent, &nurse);
            let refused = propose_membership(services, stranger, patient, proposal).await;
            assert_eq!(reason(refused), RefusalReason::Membership);
        }
        let membership =
            propose_membership(services, &one, patient, house.proposal(consent, &nurse)).await.unwrap();
        assert_eq!(reason(read_patient(services, &nurse, patient).await), RefusalReason::Membership);
        let alone = confirm_membership(services, &one, patient, membership).await;
        assert_eq!(reason(alone), RefusalReason::SecondPerson);
        for stranger in [&nurse, &foreign] {
            let refused = confirm_membership(services, stranger, patient, membership).await;
            assert_eq!(reason(refused), RefusalReason::Membership);
        }
        assert_eq!(reason(read_patient(services, &nurse, patient).await), RefusalReason::Membership);
        let two = house.staff_administrator(house.home).await;
        let missing = MembershipId::from_uuid(Uuid::new_v4());
        assert!(matches!(
            confirm_membership(services, &two, patient, missing).await,
            Err(UseCaseError::Missing)
        ));
        confirm_membership(services, &two, patient, membership).await.unwrap();
        let again = confirm_membership(services, &two, patient, membership).await;
        assert_eq!(conflict(again), "membership.confirmed");
        read_patient(services, &nurse, patient).await.unwrap();
        let refusals = house.number("SELECT count(*) FROM access_entry WHERE outcome = 2").await;
        assert_eq!(refusals, 7);
        let team = read_care_team(services, &nurse, patient).await.unwrap();
        let row = &team.rows[0];
        assert_eq!(row.proposer, Some(one.session().unwrap().person));
        assert_eq!(row.confirmed.unwrap().0, two.session().unwrap().person);
    }
}

#[tokio::test]
async fn a_withdrawn_consent_ends_everything_at_once() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        house.let_in(patient, consent, &nurse).await;
        assert_eq!(read_patients(services, &nurse).await.unwrap().len(), 1);
        for stranger in [house.staff_administrator(house.nurses).await, nurse.clone()] {
            let refused = withdraw_consent(services, &stranger, patient, consent).await;
            assert_eq!(reason(refused), RefusalReason::Role);
        }
        let generation = house.number("SELECT revocation_generation FROM house").await;
        let administrator = house.staff_administrator(house.home).await;
        withdraw_consent(services, &administrator, patient, consent).await.unwrap();
        assert_eq!(reason(read_patient(services, &nurse, patient).await), RefusalReason::Consent);
        assert!(read_patients(services, &nurse).await.unwrap().is_empty());
        assert_eq!(house.number("SELECT revocation_generation FROM house").await, generation + 1);
        let again = withdraw_consent(services, &administrator, patient, consent).await;
        assert_eq!(conflict(again), "consent.ended");
        let missing = ConsentId::from_uuid(Uuid::new_v4());
        let unknown = withdraw_consent(services, &administrator, patient, missing).await;
        assert!(matches!(unknown, Err(UseCaseError::Missing)));
        let proposal = house.proposal(consent, &nurse);
        let late = propose_membership(services, &administrator, patient, proposal).await;
        assert_eq!(field(late), ("consent", "field.choice"));
        let listed = read_consents(services, &administrator, patient).await.unwrap();
        assert_eq!(listed.rows[0].said.note.as_str(), "長女より書面で");
        assert!(!listed.rows[0].said.period.contains(listed.at));
    }
}

#[tokio::test]
async fn a_consent_that_runs_out_refuses_by_itself() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        house.let_in(patient, consent, &nurse).await;
        nurse.session().unwrap().touch(house.now().plus(366 * DAY));
        house.pass(20 * DAY);
        read_patient(services, &nurse, patient).await.unwrap();
        let facts = services.store.facts();
        let post = facts.post(nurse.session().unwrap().post).unwrap();
        assert!(!facts.cares_for(post, patient, house.now().plus(346 * DAY)));
        assert!(facts.cares_for(post, patient, house.now().plus(344 * DAY)));
    }
}

#[tokio::test]
async fn either_side_ends_a_stay() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        let membership = house.let_in(patient, consent, &nurse).await;
        let third = house.staff_administrator(house.pharmacy).await;
        let refused = end_membership(services, &third, patient, membership).await;
        assert_eq!(reason(refused), RefusalReason::Membership);
        let other = PatientId::from_uuid(Uuid::new_v4());
        let refused = end_membership(services, &third, other, membership).await;
        assert_eq!(reason(refused), RefusalReason::Missing);
        let employer = house.staff_administrator(house.nurses).await;
        end_membership(services, &employer, patient, membership).await.unwrap();
        assert_eq!(reason(read_patient(services, &nurse, patient).await), RefusalReason::Membership);
        let home = house.staff_administrator(house.home).await;
        let again = end_membership(services, &home, patient, membership).await;
        assert_eq!(conflict(again), "membership.ended");
        // A member may leave by itself, and a proposal may be taken back before it counts.
        let second = house.let_in(patient, consent, &nurse).await;
        end_membership(services, &nurse, patient, second).await.unwrap();
        let proposal = house.proposal(consent, &nurse);
        let third = propose_membership(services, &home, patient, proposal).await.unwrap();
        end_membership(services, &home, patient, third).await.unwrap();
        let confirmer = house.staff_administrator(house.home).await;
        let late = confirm_membership(services, &confirmer, patient, third).await;
        assert_eq!(conflict(late), "membership.ended");
    }
}

#[tokio::test]
async fn a_home_of_thirty_is_one_row() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let consent = house.consent(patient).await;
        let (one, two) =
            (house.staff_administrator(house.home).await, house.staff_administrator(house.home).await);
        let staff = |organization, place, job_types: &[JobTypeId]| Proposal {
            subject: Subject::Staff { organization, place, job_types: job_types.to_vec() },
            consent,
            period: Interval::open(house.now()),
        };
        let carers = [JobTypeId::CARE_WORKER];
        let nobody = tasuki_domain::id::OrganizationId::from_uuid(Uuid::new_v4());
        for (proposal, wrong) in [
            (staff(nobody, None, &carers), "subject.organization"),
            (staff(house.nurses, Some(house.first_floor), &carers), "subject.place"),
            (staff(house.home, None, &[]), "subject.job_types"),
            (staff(house.home, None, &[JobTypeId(55)]), "subject.job_types"),
        ] {
            let refused = propose_membership(services, &one, patient, proposal).await;
            assert_eq!(field(refused), (wrong, "field.choice"));
        }
        let mut late = staff(house.home, None, &carers);
        late.period.from = house.now().plus(-DAY);
        let refused = propose_membership(services, &one, patient, late).await;
        assert_eq!(field(refused), ("from", "field.past"));
        let membership =
            propose_membership(services, &one, patient, staff(house.home, None, &carers)).await.unwrap();
        confirm_membership(services, &two, patient, membership).await.unwrap();
        let carer = house.staff(house.home, JobTypeId::CARE_WORKER).await;
        read_patient(services, &carer, patient).await.unwrap();
        let cook = house.staff(house.home, JobTypeId::DIETITIAN).await;
        assert_eq!(reason(read_patient(services, &cook, patient).await), RefusalReason::Membership);
        let elsewhere = house.staff(house.nurses, JobTypeId::CARE_WORKER).await;
        assert_eq!(reason(read_patient(services, &elsewhere, patient).await), RefusalReason::Membership);
    }
}

#[tokio::test]
async fn a_consent_says_what_until_when_and_nothing_impossible() {
    for house in houses().await {
        let services = &house.services;
        let (patient, _) = house.patient("佐藤 花", None, "101").await;
        let administrator = house.staff_administrator(house.home).await;
        let now = house.now();
        let with = |from: Timestamp, until: Timestamp, classes: &[i16]| {
            let mut new = consent(now);
            new.period = Interval { from, until };
            new.classes = classes.iter().copied().map(InfoClassId).collect::<ClassSet>();
            new
        };
        for (new, wrong) in [
            (with(now, now, &[1]), ("until", "field.interval")),
            (with(now.plus(-2 * DAY), now.plus(-DAY), &[1]), ("until", "field.past")),
            (with(Timestamp(0), now.plus(DAY), &[1]), ("from", "field.time")),
            (with(now, now.plus(DAY), &[]), ("classes", "field.empty")),
            (with(now, now.plus(DAY), &[60]), ("classes", "field.choice")),
        ] {
            assert_eq!(field(record_consent(services, &administrator, patient, new).await), wrong);
        }
        let foreign = house.staff_administrator(house.nurses).await;
        let refused = record_consent(services, &foreign, patient, consent(now)).await;
        assert_eq!(reason(refused), RefusalReason::Role);
        // A consent without one class: the rest of the matrix stays out of reach.
        let narrow = with(now, now.plus(DAY), &[1, 2]);
        let narrow = record_consent(services, &administrator, patient, narrow).await.unwrap();
        let nurse = house.staff(house.nurses, JobTypeId::NURSE).await;
        house.let_in(patient, narrow, &nurse).await;
        let facts = services.store.facts();
        let scope = facts.about(facts.post(nurse.session().unwrap().post).unwrap(), patient, house.now());
        assert_eq!(scope.read.iter().map(|class| class.0).collect::<Vec<_>>(), [1, 2]);
    }
}
