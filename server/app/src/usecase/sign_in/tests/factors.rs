//! Two factors, always: each alone, spoiled ones, and which key counts where.

use super::{super::*, house::*};
use crate::{
    colleague::{AttestationAuthority, Authenticator, Behaviour},
    usecase::{UseCaseError, identify},
};
use serde_json::json;
use tasuki_domain::{
    access::{Action, Outcome},
    passkey::PasskeyKind,
    policy::RefusalReason,
    role::Role,
    session::SessionState,
};

#[tokio::test]
async fn password_and_key_sign_in_and_every_step_is_recorded() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let first = house.log_size();
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        assert_eq!((begun.session.person, begun.session.post), (sato.person, sato.post));
        assert_eq!(begun.session.state(house.now()), SessionState::Live);
        let entries = house.entries(first).await;
        let session = begun.session.session.as_uuid();
        assert_eq!(entries[0], (Action::PasswordStep, Outcome::Done, sato.person.as_uuid()));
        assert_eq!(entries[1], (Action::SignIn, Outcome::Done, session));
        assert_eq!(entries.len(), 2);
        let found = identify::session(&house.services, &house.on(house.tablet), &begun.token).await.unwrap();
        assert_eq!(found.session, begun.session.session);
    }
}

#[tokio::test]
async fn a_cookie_is_worth_nothing_on_another_device_and_the_attempt_is_recorded() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        for device in [house.tablet_two, house.phone, house.foreign] {
            let first = house.log_size();
            let stolen = identify::session(&house.services, &house.on(device), &begun.token).await;
            assert_eq!(reason(stolen), RefusalReason::Device);
            let entries = house.entries(first).await;
            assert_eq!(entries, [(Action::SignIn, Outcome::Refused, begun.session.session.as_uuid())]);
        }
    }
}

#[tokio::test]
async fn neither_factor_alone_signs_in() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        assert!(house.services.store.sessions().is_empty(), "a password alone");
        assert!(house.passkey(house.tablet, &asked.flow, None, None).await.is_err(), "no passkey");
        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let answer = sato.answer(&asked).await;
        let never = "A".repeat(43);
        for flow in ["", "flow", &never] {
            let alone = house.passkey(house.tablet, flow, Some(answer.clone()), None).await;
            assert!(failed(&alone), "a passkey without the password");
        }
        let elsewhere = house.passkey(house.tablet_two, &asked.flow, Some(answer.clone()), None).await;
        assert!(failed(&elsewhere), "the password was typed on another device");
        assert!(failed(&house.passkey(house.tablet, &asked.flow, Some(answer), None).await), "spent by then");
        assert!(house.services.store.sessions().is_empty());
    }
}

#[tokio::test]
async fn a_spoiled_passkey_is_refused_and_spends_the_flow() {
    let spoiled = [
        Behaviour { without_user_verification: true, ..Behaviour::default() },
        Behaviour { without_user_presence: true, ..Behaviour::default() },
        Behaviour { origin: Some("https://care.test.example:8443".into()), ..Behaviour::default() },
        Behaviour { origin: Some("https://care.test:9443".into()), ..Behaviour::default() },
        Behaviour { rp_id: Some("example".into()), ..Behaviour::default() },
        Behaviour { challenge: Some(vec![7; 32]), ..Behaviour::default() },
        Behaviour { wrong_signature: true, ..Behaviour::default() },
        Behaviour { backup_eligible: true, ..Behaviour::default() },
    ];
    for house in houses().await {
        let sato = house.somebody("sato").await;
        for behaviour in spoiled.clone() {
            let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
            let first = house.log_size();
            let answer = sato.misbehaved(&asked, behaviour.clone()).await;
            let refused = house.passkey(house.tablet, &asked.flow, Some(answer), None).await;
            assert!(failed(&refused), "{behaviour:?}");
            let entries = house.entries(first).await;
            assert_eq!(entries, [(Action::SignIn, Outcome::Refused, sato.person.as_uuid())]);
            let good = sato.answer(&asked).await;
            let again = house.passkey(house.tablet, &asked.flow, Some(good), None).await;
            assert!(failed(&again), "the flow was spent: {behaviour:?}");
        }
        assert!(house.services.store.sessions().is_empty());
        house.sign_in(house.tablet, &sato).await.unwrap();
    }
}

#[tokio::test]
async fn a_flow_signs_in_once() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let answer = sato.answer(&asked).await;
        let once = house.passkey(house.tablet, &asked.flow, Some(answer.clone()), None).await;
        assert!(matches!(once, Ok(PasskeyOutcome::Begun(_))));
        assert!(failed(&house.passkey(house.tablet, &asked.flow, Some(answer), None).await));
        assert_eq!(house.services.store.sessions().len(), 1);
    }
}

#[tokio::test]
async fn another_persons_key_does_not_finish_a_sign_in() {
    for house in houses().await {
        let (_sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let of_sato = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let of_suzuki = house.password(house.tablet, "suzuki", PASSWORD).await.unwrap();
        let answer = suzuki.answer(&of_suzuki).await;
        assert!(failed(&house.passkey(house.tablet, &of_sato.flow, Some(answer), None).await));
    }
}

#[tokio::test]
async fn a_counter_that_goes_back_is_an_incident() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        house.sign_in(house.tablet, &sato).await.unwrap();
        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let first = house.log_size();
        let copy = Behaviour { counter: Some(5), ..Behaviour::default() };
        let answer = sato.misbehaved(&asked, copy).await;
        assert!(failed(&house.passkey(house.tablet, &asked.flow, Some(answer), None).await));
        let entries = house.entries(first).await;
        assert_eq!(entries, [(Action::SignIn, Outcome::Refused, sato.person.as_uuid())]);
        assert_eq!(
            house.count("SELECT count(*) FROM passkey WHERE flagged_at < 9223372036854775807").await,
            1
        );
        let flagged = house.password(house.tablet, "sato", PASSWORD).await;
        assert_eq!(conflict(flagged), "sign_in.no_passkey_here");
    }
}

#[tokio::test]
async fn two_answers_with_one_counter_sign_in_once() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let one = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let two = house.password(house.tablet_two, "sato", PASSWORD).await.unwrap();
        let same = Behaviour { counter: Some(u32::MAX), ..Behaviour::default() };
        let first = sato.misbehaved(&one, same.clone()).await;
        let second = sato.misbehaved(&two, same).await;
        assert!(house.passkey(house.tablet, &one.flow, Some(first), None).await.is_ok());
        assert!(failed(&house.passkey(house.tablet_two, &two.flow, Some(second), None).await));
        assert_eq!(
            house.count("SELECT count(*) FROM passkey WHERE flagged_at < 9223372036854775807").await,
            1
        );
    }
}

#[tokio::test]
async fn a_platform_passkey_counts_on_its_own_device_and_never_on_a_shared_one() {
    let platform = |mut answer: serde_json::Value| {
        answer["authenticatorAttachment"] = json!("platform");
        answer["response"]["transports"] = json!(["internal"]);
        answer
    };
    for house in houses().await {
        let person = house.person("sato", "佐藤 花子").await;
        house.post(person, house.home).await;
        let mut key = Authenticator::new(ORIGIN);
        let shared = house.factors(person, &mut key, (PasskeyKind::ThisDevice, house.tablet)).await;
        assert_eq!(conflict(shared), "passkey.shared_device");
        let wish = (PasskeyKind::SecurityKey, house.tablet);
        let posing = house.factors_as(person, &mut key, wish, platform).await;
        assert_eq!(conflict(posing), "passkey.not_a_security_key");
        let own = (PasskeyKind::ThisDevice, house.phone);
        house.factors_as(person, &mut key, own, platform).await.unwrap();
        house.password(house.phone, "sato", PASSWORD).await.unwrap();
        for elsewhere in [house.tablet, house.desktop] {
            let asked = house.password(elsewhere, "sato", PASSWORD).await;
            assert_eq!(conflict(asked), "sign_in.no_passkey_here");
        }
    }
}

#[tokio::test]
async fn what_can_be_copied_counts_for_nobody_who_administers() {
    for house in houses().await {
        let person = house.person("sato", "佐藤 花子").await;
        house.post(person, house.home).await;
        let mut key = Authenticator::new(ORIGIN);
        key.behaviour.backup_eligible = true;
        key.behaviour.backed_up = true;
        house.factors(person, &mut key, (PasskeyKind::ThisDevice, house.phone)).await.unwrap();
        house.password(house.phone, "sato", PASSWORD).await.unwrap();
        house.role(person, Role::Audit).await;
        let asked = house.password(house.phone, "sato", PASSWORD).await;
        assert_eq!(conflict(asked), "sign_in.no_passkey_here");
        let wish = (PasskeyKind::ThisDevice, house.phone);
        let again = house.factors(person, &mut Authenticator::new(ORIGIN), wish).await;
        assert!(again.is_ok(), "one that stays on its device counts");
    }
}

#[tokio::test]
async fn only_keys_of_listed_makers_count_where_a_list_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("makers.pem");
    let listed = AttestationAuthority::generate("Tasuki test maker 1").unwrap();
    let other = AttestationAuthority::generate("Tasuki test maker 2").unwrap();
    std::fs::write(&file, listed.certificate_pem()).unwrap();
    let mut config = config();
    config.sign_in.attestation_ca_file = Some(file);
    for house in houses_with(config).await {
        let person = house.person("sato", "佐藤 花子").await;
        let wish = (PasskeyKind::SecurityKey, house.tablet);
        let model = uuid::Uuid::from_u128(77);
        let mut key = Authenticator::new(ORIGIN);
        assert_eq!(conflict(house.factors(person, &mut key, wish).await), "passkey.not_attested");
        let mut key = Authenticator::attested(ORIGIN, other.attester(model).unwrap());
        assert_eq!(conflict(house.factors(person, &mut key, wish).await), "passkey.not_attested");
        let mut key = Authenticator::attested(ORIGIN, listed.attester(model).unwrap());
        house.factors(person, &mut key, wish).await.unwrap();
        house.post(person, house.home).await;
        house.password(house.tablet, "sato", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn who_works_twice_for_one_employer_says_as_what_and_nobody_works_for_another() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let second = house.post(sato.person, house.home).await;
        let foreign = house.post(sato.person, house.visiting).await;
        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let answer = sato.answer(&asked).await;
        let Ok(PasskeyOutcome::ChoosePost(posts)) =
            house.passkey(house.tablet, &asked.flow, Some(answer), None).await
        else {
            panic!("a choice was expected")
        };
        let mut offered: Vec<_> = posts.iter().map(|choice| choice.post).collect();
        let mut own = vec![sato.post, second];
        offered.sort_unstable();
        own.sort_unstable();
        assert_eq!(offered, own);
        let begun = house.passkey(house.tablet, &asked.flow, None, Some(second)).await;
        assert!(matches!(begun, Ok(PasskeyOutcome::Begun(begun)) if begun.session.post == second));
        assert!(failed(&house.passkey(house.tablet, &asked.flow, None, Some(second)).await), "once more");

        let asked = house.password(house.tablet, "sato", PASSWORD).await.unwrap();
        let answer = sato.answer(&asked).await;
        let other = house.passkey(house.tablet, &asked.flow, Some(answer), Some(foreign)).await;
        assert_eq!(reason(other), RefusalReason::Post);
        let suzuki = house.somebody("suzuki").await;
        let nothing: Result<_, UseCaseError> = house.sign_in(house.foreign, &suzuki).await;
        assert_eq!(reason(nothing), RefusalReason::Post);
    }
}
