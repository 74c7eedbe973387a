//! One's own factors: another passkey, one less, another password.

use super::{super::*, house::*};
use crate::{colleague::Authenticator, usecase::UseCaseError};
use tasuki_domain::{
    id::PasskeyId, passkey::PasskeyKind, policy::RefusalReason, session::SessionState, time::MINUTE,
};
use zeroize::Zeroizing;

const CHOSEN: &str = "朝露に濡れた青い自転車の鈴";

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current: Zeroizing::new(current.into()), new: Zeroizing::new(new.into()) }
}

async fn add(house: &House, begun: &BegunSession) -> Result<PasskeyId, UseCaseError> {
    let caller = house.as_person(begun);
    let wish = PasskeyWish { kind: PasskeyKind::SecurityKey, label: label() };
    let asked = ask_new_passkey(&house.services, &caller, wish).await?;
    let mut key = Authenticator::new(ORIGIN);
    let answer = attestation(key.create(&serde_json::to_value(&asked.options).unwrap()).unwrap());
    register_passkey(&house.services, &caller, &asked.flow, &answer).await
}

#[tokio::test]
async fn a_second_key_and_never_less_than_one() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        let caller = house.as_person(&begun);
        assert_eq!(reason(add(&house, &begun).await), RefusalReason::StepUp);
        let removed = remove_passkey(&house.services, &caller, sato.passkey).await;
        assert_eq!(reason(removed), RefusalReason::StepUp);
        house.step_up(&begun, &sato).await.unwrap();
        assert_eq!(conflict(remove_passkey(&house.services, &caller, sato.passkey).await), "passkey.last");
        let spare = add(&house, &begun).await.unwrap();
        let page = read_own_page(&house.services, &caller).await.unwrap();
        let labels: Vec<_> = page.passkeys.iter().map(|passkey| passkey.label.as_str()).collect();
        assert_eq!(labels, ["青いキー", "予備のキー"]);
        assert_eq!((page.person.login.as_str(), page.sessions.len()), ("sato", 1));
        remove_passkey(&house.services, &caller, sato.passkey).await.unwrap();
        let gone = remove_passkey(&house.services, &caller, sato.passkey).await;
        assert!(matches!(gone, Err(UseCaseError::Missing)));
        assert_eq!(conflict(remove_passkey(&house.services, &caller, spare).await), "passkey.last");
    }
}

#[tokio::test]
async fn a_fresh_passkey_counts_ten_minutes_and_for_its_own_session() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.desktop, &sato).await.unwrap();
        let until = house.step_up(&begun, &sato).await.unwrap();
        assert_eq!(until, house.now().plus(10 * MINUTE));
        house.pass(10 * MINUTE);
        assert_eq!(reason(add(&house, &begun).await), RefusalReason::StepUp);
        let other = house.sign_in(house.tablet, &sato).await.unwrap();
        let asked = ask_step_up(&house.services, &house.as_person(&begun)).await.unwrap();
        let answer = assertion(sato.answer(&asked).await);
        let crossed = finish_step_up(&house.services, &house.as_person(&other), &asked.flow, &answer).await;
        assert!(failed(&crossed));
    }
}

#[tokio::test]
async fn another_password_needs_the_present_one_and_ends_every_session() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let there = house.sign_in(house.desktop, &sato).await.unwrap();
        let here = house.sign_in(house.tablet, &sato).await.unwrap();
        let caller = house.as_person(&here);
        let services = &house.services;
        let early = change_password(services, &caller, change(PASSWORD, CHOSEN)).await;
        assert_eq!(reason(early), RefusalReason::StepUp);
        house.step_up(&here, &sato).await.unwrap();
        let wrong = change_password(services, &caller, change("wrong", CHOSEN)).await;
        assert!(matches!(wrong, Err(UseCaseError::Field(problem)) if problem.field == "current"));
        let weak = change_password(services, &caller, change(PASSWORD, "satohanako2026")).await;
        assert!(matches!(weak, Err(UseCaseError::Field(problem)) if problem.field == "new"));
        change_password(services, &caller, change(PASSWORD, CHOSEN)).await.unwrap();
        for begun in [&there, &here] {
            assert_eq!(begun.session.state(house.now()), SessionState::Ended);
        }
        assert!(house.password(house.tablet, "sato", CHOSEN).await.is_ok());
        assert!(failed(&house.password(house.tablet, "sato", PASSWORD).await));
    }
}
