//! Guessing: unknown, wrong, locked and disabled are alike; the lock grows and ends by itself.

use super::house::*;
use tasuki_domain::{
    access::{Action, Outcome},
    id::DeviceId,
    time::{DAY, MINUTE, SECOND},
};
use uuid::Uuid;

const WRONG: &str = "まったく違う言葉の並び";

/// Wrong passwords with enough time between them.
async fn fail(house: &House, login: &str, times: usize) {
    fail_on(house, house.tablet, login, times).await;
}

async fn fail_on(house: &House, device: DeviceId, login: &str, times: usize) {
    for _ in 0..times {
        assert!(failed(&house.password(device, login, WRONG).await));
        house.pass(31 * SECOND);
    }
}

#[tokio::test]
async fn unknown_wrong_locked_and_disabled_cost_and_say_the_same() {
    for house in houses().await {
        let (wrong, locked) = (house.somebody("wrong").await, house.somebody("locked").await);
        let disabled = house.somebody("disabled").await;
        fail(&house, "locked", 5).await;
        house.disable(disabled.person).await;
        let hasher = house.services.sign_in.hasher().clone();
        let cases = [
            ("nobody", WRONG, Uuid::nil()),
            ("wrong", WRONG, wrong.person.as_uuid()),
            ("locked", PASSWORD, locked.person.as_uuid()),
            ("locked", WRONG, locked.person.as_uuid()),
            ("disabled", PASSWORD, disabled.person.as_uuid()),
        ];
        for (login, password, object) in cases {
            let (first, hashes) = (house.log_size(), hasher.done());
            assert!(failed(&house.password(house.phone, login, password).await), "{login}");
            assert_eq!(hasher.done(), hashes + 1, "{login}");
            let entries = house.entries(first).await;
            assert_eq!(entries, [(Action::PasswordStep, Outcome::Refused, object)], "{login}");
            house.pass(31 * SECOND);
        }
    }
}

#[tokio::test]
async fn five_failures_lock_the_step_longer_each_time_and_it_opens_by_itself() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        fail(&house, "sato", 4).await;
        assert!(house.password(house.phone, "sato", PASSWORD).await.is_ok(), "four are not enough");
        fail(&house, "sato", 1).await;
        let open = || async { house.password(house.phone, "sato", PASSWORD).await.is_ok() };
        for minutes in [15, 30, 60, 120, 120] {
            assert!(!open().await);
            house.pass((minutes * 60 - 31 - 1) * SECOND);
            assert!(!open().await, "{minutes} minutes are not over");
            house.pass(SECOND);
            assert!(open().await, "{minutes} minutes are over");
            fail(&house, "sato", 1).await;
        }
        house.pass(DAY);
        assert!(open().await);
        fail(&house, "sato", 1).await;
        assert!(open().await, "failures of the day before are forgotten");
        house.sign_in(house.phone, &sato).await.unwrap();
    }
}

#[tokio::test]
async fn a_full_sign_in_begins_the_count_anew() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        fail(&house, "sato", 4).await;
        house.sign_in(house.tablet, &sato).await.unwrap();
        fail(&house, "sato", 4).await;
        house.sign_in(house.tablet, &sato).await.unwrap();
        assert_eq!(house.count("SELECT count(*) FROM sign_in_attempt").await, 0);
    }
}

#[tokio::test]
async fn failures_count_per_device_too_and_unknown_names_lock_like_known_ones() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        for number in 0..5 {
            fail(&house, &format!("nobody{number}"), 1).await;
        }
        assert!(failed(&house.password(house.tablet, "sato", PASSWORD).await), "the tablet is closed");
        house.sign_in(house.phone, &sato).await.unwrap();
        assert_eq!(house.count("SELECT count(*) FROM sign_in_attempt WHERE kind = 1").await, 5);
    }
}

#[tokio::test]
async fn of_many_guesses_at_once_the_first_failure_closes_the_step_for_the_others() {
    for house in houses().await {
        house.somebody("sato").await;
        let guesses = (0..12).map(|number| {
            let password = if number == 11 { PASSWORD } else { WRONG };
            house.password(house.tablet, "sato", password)
        });
        let answers = futures::future::join_all(guesses).await;
        let right = answers.iter().filter(|answer| answer.is_ok()).count();
        let counted = house.count("SELECT CAST(max(failures) AS BIGINT) FROM sign_in_attempt").await;
        assert!(right + usize::try_from(counted).unwrap() <= 2, "{right} right, {counted} counted");
    }
}

#[tokio::test]
async fn a_wrong_password_is_slowed_down_before_it_is_locked() {
    for house in houses().await {
        house.somebody("sato").await;
        assert!(failed(&house.password(house.tablet, "sato", WRONG).await));
        assert!(failed(&house.password(house.tablet, "sato", PASSWORD).await), "at once");
        house.pass(SECOND / 2);
        assert!(house.password(house.tablet, "sato", PASSWORD).await.is_ok(), "half a second later");
    }
}

#[tokio::test]
async fn nobody_can_lock_a_ward_out() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        house.sign_in(house.tablet, &sato).await.unwrap();
        fail(&house, "sato", 6).await;
        house.pass(5 * MINUTE);
        house.come_back(house.tablet, &sato).await.unwrap();
        fail_on(&house, house.phone, "suzuki", 5).await;
        let first = house.log_size();
        assert_eq!(conflict(house.come_back(house.tablet, &suzuki).await), "sign_in.locked");
        house.disable(suzuki.person).await;
        assert_eq!(conflict(house.come_back(house.tablet, &suzuki).await), "sign_in.disabled");
        let refused = (Action::Return, Outcome::Refused, suzuki.person.as_uuid());
        let entries = house.entries(first).await;
        assert_eq!(entries.iter().filter(|entry| **entry == refused).count(), 2);
    }
}

#[tokio::test]
async fn two_hundred_sign_in_at_the_same_time() {
    let mut config = config();
    config.limits.hashing.queue = crate::config::Number::of(256);
    for house in houses_with(config).await {
        let mut people = Vec::new();
        for number in 0..200 {
            people.push(house.somebody(&format!("person{number}")).await);
        }
        let all = people.iter().map(|who| house.sign_in(house.tablet_two, who));
        let begun = futures::future::join_all(all).await;
        assert!(begun.iter().all(Result::is_ok));
        assert_eq!(house.services.store.sessions().len(), 200);
        let awake = begun.iter().flatten().filter(|begun| !begun.session.is_locked()).count();
        assert!(awake >= 1, "the last one is not locked by anybody");
    }
}
