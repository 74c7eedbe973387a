//! The first sign-in, its one-time code, and resets.

use super::{super::*, house::*};
use crate::{colleague::Authenticator, usecase::UseCaseError};
use tasuki_domain::{
    access::{Action, Outcome},
    id::{DeviceId, PersonId},
    passkey::PasskeyKind,
    policy::{Caller, RefusalReason},
    role::Role,
    session::SessionState,
    text::Login,
    time::{HOUR, SECOND},
};
use zeroize::Zeroizing;

const CHOSEN: &str = "朝露に濡れた青い自転車の鈴";

async fn try_code(house: &House, login: &str, code: &str) -> Result<Zeroizing<String>, UseCaseError> {
    let login = Login::parse("login", login).unwrap();
    let typed = FirstCode { login, code: Zeroizing::new(code.into()) };
    check_code(&house.services, &house.on(house.tablet), typed).await
}

async fn enrol(house: &House, flow: &str, key: &mut Authenticator) -> Result<(), UseCaseError> {
    let device = house.on(house.tablet);
    choose_first_password(&house.services, &device, flow, CHOSEN).await?;
    let wish = PasskeyWish { kind: PasskeyKind::SecurityKey, label: label() };
    let options = ask_first_passkey(&house.services, &device, flow, &wish).await?;
    let answer = attestation(key.create(&serde_json::to_value(&options).unwrap()).unwrap());
    finish_first_sign_in(&house.services, &device, flow, &answer).await
}

/// Somebody who administers staff for the consortium, signed in with a fresh passkey.
async fn administrator(house: &House, login: &str, device: DeviceId) -> (Somebody, Caller) {
    let who = house.somebody(login).await;
    house.role(who.person, Role::StaffAdministration).await;
    let begun = house.sign_in(device, &who).await.unwrap();
    house.step_up(&begun, &who).await.unwrap();
    let caller = house.as_person(&begun);
    (who, caller)
}

#[tokio::test]
async fn the_console_alone_enrols_the_very_first_person_and_nobody_after() {
    for house in houses().await {
        let first = house.person("hajime", "山田 一").await;
        let code = issue_enrolment_code(&house.services, &console(), first).await.unwrap();
        assert!(!code.waits);
        let size = house.log_size();
        let flow = try_code(&house, "hajime", &code.code).await.unwrap();
        let mut key = Authenticator::new(ORIGIN);
        enrol(&house, &flow, &mut key).await.unwrap();
        let done = (Action::FirstSignIn, Outcome::Done, first.as_uuid());
        assert_eq!(house.entries(size).await, [done, done]);
        assert!(failed(&try_code(&house, "hajime", &code.code).await), "single use");
        let post = house.post(first, house.home).await;
        let asked = house.password(house.tablet, "hajime", CHOSEN).await.unwrap();
        let answer = key.get(&serde_json::to_value(&asked.options).unwrap()).unwrap();
        let begun = house.passkey(house.tablet, &asked.flow, Some(answer), None).await.unwrap();
        assert!(matches!(begun, PasskeyOutcome::Begun(begun) if begun.session.post == post));

        let again = issue_enrolment_code(&house.services, &console(), first).await;
        assert_eq!(conflict(again), "enrolment.signed_in_before");
        let second = house.person("tsugi", "山田 二").await;
        let code = issue_enrolment_code(&house.services, &console(), second).await.unwrap();
        assert!(code.waits);
        assert!(failed(&try_code(&house, "tsugi", &code.code).await));
        let alone = confirm_enrolment(&house.services, &console(), second).await;
        assert_eq!(reason(alone), RefusalReason::SecondPerson);
    }
}

#[tokio::test]
async fn whoever_closed_the_browsers_window_is_asked_for_the_key_again() {
    for house in houses().await {
        let first = house.person("hajime", "山田 一").await;
        let code = issue_enrolment_code(&house.services, &console(), first).await.unwrap();
        let flow = try_code(&house, "hajime", &code.code).await.unwrap();
        let device = house.on(house.tablet);
        choose_first_password(&house.services, &device, &flow, CHOSEN).await.unwrap();
        let wish = PasskeyWish { kind: PasskeyKind::SecurityKey, label: label() };
        let closed = ask_first_passkey(&house.services, &device, &flow, &wish).await.unwrap();
        let options = ask_first_passkey(&house.services, &device, &flow, &wish).await.unwrap();
        assert_ne!(closed.public_key.challenge, options.public_key.challenge);
        let mut key = Authenticator::new(ORIGIN);
        let answer = attestation(key.create(&serde_json::to_value(&options).unwrap()).unwrap());
        finish_first_sign_in(&house.services, &device, &flow, &answer).await.unwrap();
    }
}

#[tokio::test]
async fn a_code_counts_after_a_second_persons_yes() {
    for house in houses().await {
        let (_, one) = administrator(&house, "admin1", house.desktop).await;
        let (_, two) = administrator(&house, "admin2", house.phone).await;
        let person = house.person("atarashii", "新井 光").await;
        let code = issue_enrolment_code(&house.services, &one, person).await.unwrap();
        assert!(code.waits);
        assert!(failed(&try_code(&house, "atarashii", &code.code).await), "not confirmed");
        let oneself = confirm_enrolment(&house.services, &one, person).await;
        assert_eq!(reason(oneself), RefusalReason::SecondPerson);
        confirm_enrolment(&house.services, &two, person).await.unwrap();
        let flow = try_code(&house, "ＡＴＡＲＡＳＨＩＩ", &code.code.to_lowercase()).await.unwrap();
        enrol(&house, &flow, &mut Authenticator::new(ORIGIN)).await.unwrap();
        let nobody = PersonId::from_uuid(uuid::Uuid::new_v4());
        let missing = issue_enrolment_code(&house.services, &one, nobody).await;
        assert!(matches!(missing, Err(UseCaseError::Missing)));
        house.step_up_ends();
        let stale = issue_enrolment_code(&house.services, &one, person).await;
        assert!(matches!(reason(stale), RefusalReason::StepUp | RefusalReason::Locked));
    }
}

#[tokio::test]
async fn wrong_tries_and_time_end_a_code() {
    for house in houses().await {
        let person = house.person("hajime", "山田 一").await;
        let code = issue_enrolment_code(&house.services, &console(), person).await.unwrap();
        let other = house.person("dareka", "誰か 彼").await;
        let foreign = issue_enrolment_code(&house.services, &console(), other).await.unwrap();
        assert!(failed(&try_code(&house, "nobody", &code.code).await));
        for _ in 0..4 {
            assert!(failed(&try_code(&house, "hajime", &foreign.code).await));
        }
        try_code(&house, "hajime", &code.code).await.unwrap();
        assert!(failed(&try_code(&house, "hajime", &foreign.code).await));
        assert!(failed(&try_code(&house, "hajime", &code.code).await), "the fifth wrong try ended it");
        let typo = code.code.replace('-', "").replacen(char::is_alphanumeric, "#", 1);
        assert!(matches!(try_code(&house, "hajime", &typo).await, Err(UseCaseError::Field(_))));

        let code = issue_enrolment_code(&house.services, &console(), person).await.unwrap();
        let flow = try_code(&house, "hajime", &code.code).await.unwrap();
        house.pass(24 * HOUR - SECOND);
        assert!(failed(&enrol(&house, &flow, &mut Authenticator::new(ORIGIN)).await), "the flow is too old");
        let flow = try_code(&house, "hajime", &code.code).await.unwrap();
        house.pass(2 * SECOND);
        let late = enrol(&house, &flow, &mut Authenticator::new(ORIGIN)).await;
        assert!(failed(&late), "the code ended meanwhile");
        assert_eq!(house.count("SELECT count(*) FROM credential").await, 0);
        assert_eq!(house.count("SELECT count(*) FROM passkey").await, 0);
    }
}

#[tokio::test]
async fn a_weak_password_or_a_wrong_key_leaves_the_step_open() {
    for house in houses().await {
        let person = house.person("hanako", "佐藤 花子").await;
        let code = issue_enrolment_code(&house.services, &console(), person).await.unwrap();
        let flow = try_code(&house, "hanako", &code.code).await.unwrap();
        let device = house.on(house.tablet);
        for weak in ["short", "password123", "satohanako2026", "himawari-himawari", "ひまわり苑の春の朝"]
        {
            let judged = choose_first_password(&house.services, &device, &flow, weak).await;
            assert!(matches!(judged, Err(UseCaseError::Field(_))), "{weak}");
        }
        choose_first_password(&house.services, &device, &flow, CHOSEN).await.unwrap();
        let platform = PasskeyWish { kind: PasskeyKind::ThisDevice, label: label() };
        let asked = ask_first_passkey(&house.services, &device, &flow, &platform).await;
        assert_eq!(conflict(asked), "passkey.shared_device");
        let wish = PasskeyWish { kind: PasskeyKind::SecurityKey, label: label() };
        let options = ask_first_passkey(&house.services, &device, &flow, &wish).await.unwrap();
        let mut copied = Authenticator::new(ORIGIN);
        copied.behaviour.backup_eligible = true;
        let answer = attestation(copied.create(&serde_json::to_value(&options).unwrap()).unwrap());
        let refused = finish_first_sign_in(&house.services, &device, &flow, &answer).await;
        assert_eq!(conflict(refused), "passkey.not_a_security_key");
        let options = ask_first_passkey(&house.services, &device, &flow, &wish).await.unwrap();
        let mut key = Authenticator::new(ORIGIN);
        let answer = attestation(key.create(&serde_json::to_value(&options).unwrap()).unwrap());
        finish_first_sign_in(&house.services, &device, &flow, &answer).await.unwrap();
    }
}

#[tokio::test]
async fn a_reset_ends_everything_and_other_employers_confirm_anew() {
    for house in houses().await {
        let (admin, one) = administrator(&house, "admin1", house.desktop).await;
        let (_, two) = administrator(&house, "admin2", house.phone).await;
        let sato = house.somebody("sato").await;
        let elsewhere = house.post(sato.person, house.visiting).await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        let oneself = reset_person(&house.services, &one, admin.person).await;
        assert_eq!(reason(oneself), RefusalReason::SecondPerson);
        let code = reset_person(&house.services, &one, sato.person).await.unwrap();
        assert!(code.waits);
        assert_eq!(begun.session.state(house.now()), SessionState::Ended);
        let facts = house.services.store.facts();
        assert!(facts.post(elsewhere).unwrap().suspended && !facts.post(sato.post).unwrap().suspended);
        assert!(failed(&house.password(house.tablet, "sato", PASSWORD).await));
        let asked = ask_return(&house.services, &house.on(house.tablet), sato.person).await.unwrap();
        assert!(sato.key.lock().await.get(&serde_json::to_value(&asked.options).unwrap()).is_err());
        assert!(failed(&try_code(&house, "sato", &code.code).await), "waits for the second person");
        confirm_enrolment(&house.services, &two, sato.person).await.unwrap();
        let flow = try_code(&house, "sato", &code.code).await.unwrap();
        enrol(&house, &flow, &mut Authenticator::new(ORIGIN)).await.unwrap();
        house.pass(SECOND);
        assert!(house.password(house.tablet, "sato", CHOSEN).await.is_ok());
    }
}

impl House {
    /// Ten minutes later.
    fn step_up_ends(&self) {
        self.pass(STEP_UP_LASTS);
    }
}
