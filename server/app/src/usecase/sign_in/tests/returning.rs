//! 復帰: the passkey alone, within the shift, at the employer's own devices.

use super::{super::*, house::*};
use crate::{colleague::Behaviour, usecase::identify};
use tasuki_domain::{
    access::{Action, Outcome},
    id::PersonId,
    policy::RefusalReason,
    session::SessionState,
    time::{HOUR, MINUTE},
};
use uuid::Uuid;

#[tokio::test]
async fn an_idle_session_locks_and_the_passkey_brings_it_back_under_a_new_token() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        house.pass(5 * MINUTE);
        assert_eq!(begun.session.state(house.now()), SessionState::Locked);
        let first = house.log_size();
        let back = house.come_back(house.tablet, &sato).await.unwrap();
        assert_eq!(back.session.session, begun.session.session);
        assert_eq!(begun.session.state(house.now()), SessionState::Live);
        let entries = house.entries(first).await;
        assert_eq!(entries, [(Action::Return, Outcome::Done, begun.session.session.as_uuid())]);
        let device = house.on(house.tablet);
        let old = identify::session(&house.services, &device, &begun.token).await;
        assert_eq!(reason(old), RefusalReason::Session);
        assert!(identify::session(&house.services, &device, &back.token).await.is_ok());
    }
}

#[tokio::test]
async fn on_another_device_of_the_employer_a_session_begins_for_the_rest_of_the_shift() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        house.pass(10 * HOUR);
        let here = house.come_back(house.tablet_two, &sato).await.unwrap();
        assert_ne!(here.session.session, begun.session.session);
        assert_eq!(here.session.device, house.tablet_two);
        assert_eq!(here.session.post, begun.session.post);
        assert_eq!(here.session.expires_at, begun.session.expires_at);
        let elsewhere = house.come_back(house.foreign, &sato).await;
        assert_eq!(conflict(elsewhere), "return.full_sign_in");
        house.pass(3 * HOUR);
        let desk = house.come_back(house.desktop, &sato).await;
        assert_eq!(conflict(desk), "return.full_sign_in", "twelve hours at a desk are over");
        house.come_back(house.tablet, &sato).await.unwrap();
        house.pass(4 * HOUR);
        assert_eq!(conflict(house.come_back(house.tablet, &sato).await), "return.full_sign_in");
    }
}

#[tokio::test]
async fn a_return_needs_a_sign_in_of_this_shift_and_a_right_passkey() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        assert_eq!(conflict(house.come_back(house.tablet, &sato).await), "return.full_sign_in");
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        let asked = ask_return(&house.services, &house.on(house.tablet), sato.person).await.unwrap();
        let unverified = Behaviour { without_user_verification: true, ..Behaviour::default() };
        let answer = assertion(sato.misbehaved(&asked, unverified).await);
        let refused = finish_return(&house.services, &house.on(house.tablet), &asked.flow, &answer).await;
        assert!(failed(&refused));
        sign_out(&house.services, &house.as_person(&begun)).await.unwrap();
        assert_eq!(conflict(house.come_back(house.tablet, &sato).await), "return.full_sign_in");
    }
}

#[tokio::test]
async fn whoever_is_unknown_is_asked_in_the_same_form() {
    for house in houses().await {
        let stranger = PersonId::from_uuid(Uuid::new_v4());
        let device = house.on(house.tablet);
        let one = ask_return(&house.services, &device, stranger).await.unwrap();
        let two = ask_return(&house.services, &device, stranger).await.unwrap();
        let id = |asked: &PasskeyRequest| asked.options.public_key.allow_credentials[0].id.to_vec();
        assert_eq!(id(&one), id(&two), "the same every time");
        assert_ne!(one.options.public_key.challenge, two.options.public_key.challenge);
        let sato = house.somebody("sato").await;
        let of_sato = ask_return(&house.services, &device, sato.person).await.unwrap();
        let answer = assertion(sato.answer(&of_sato).await);
        assert!(failed(&finish_return(&house.services, &device, &one.flow, &answer).await));
        let known = serde_json::to_value(&of_sato.options).unwrap();
        let unknown = serde_json::to_value(&two.options).unwrap();
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value["publicKey"].as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&known), keys(&unknown));
    }
}

#[tokio::test]
async fn the_policy_can_switch_the_return_off() {
    let mut config = config();
    config.sign_in.return_by_passkey = false;
    for house in houses_with(config).await {
        let sato = house.somebody("sato").await;
        house.sign_in(house.tablet, &sato).await.unwrap();
        assert_eq!(conflict(house.come_back(house.tablet, &sato).await), "return.switched_off");
    }
}
