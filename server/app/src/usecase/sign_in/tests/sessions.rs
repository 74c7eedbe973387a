//! The life of sessions: locking, ending, expiry, and what a restart finds.

use super::{super::*, house::*};
use crate::usecase::identify;
use tasuki_domain::{
    access::{Action, Outcome},
    id::SessionId,
    policy::RefusalReason,
    session::SessionState,
    time::{HOUR, MINUTE, SECOND},
};
use tasuki_store::table::session;
use uuid::Uuid;

#[tokio::test]
async fn sessions_last_a_shift_on_care_devices_and_less_at_a_desk() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        for (device, idle, longest) in [
            (house.tablet, 5 * MINUTE, 17 * HOUR),
            (house.phone, 3 * MINUTE, 17 * HOUR),
            (house.desktop, 15 * MINUTE, 12 * HOUR),
        ] {
            let begun = house.sign_in(device, &sato).await.unwrap();
            assert_eq!(begun.session.idle, idle);
            assert_eq!(begun.session.expires_at, house.now().plus(longest));
        }
    }
}

#[tokio::test]
async fn whoever_comes_locks_the_others_on_the_device_and_replaces_oneself() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let mut changes = house.services.store.sessions().changes();
        let old = house.sign_in(house.tablet, &sato).await.unwrap();
        let elsewhere = house.sign_in(house.tablet_two, &sato).await.unwrap();
        let other = house.sign_in(house.tablet, &suzuki).await.unwrap();
        assert_eq!(old.session.state(house.now()), SessionState::Locked);
        assert!(changes.has_changed().unwrap(), "sockets are told to look");
        changes.mark_unchanged();
        let new = house.sign_in(house.tablet, &sato).await.unwrap();
        assert_eq!(old.session.state(house.now()), SessionState::Ended);
        assert_eq!(other.session.state(house.now()), SessionState::Locked);
        assert_eq!(elsewhere.session.state(house.now()), SessionState::Live);
        assert_eq!(new.session.state(house.now()), SessionState::Live);
        assert!(changes.has_changed().unwrap());
    }
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let one = house.sign_in(house.tablet, &sato).await.unwrap();
        let two = house.sign_in(house.desktop, &sato).await.unwrap();
        lock_session(&house.services, &house.as_person(&one)).await.unwrap();
        assert_eq!(
            reason(end_sessions(&house.services, &house.as_person(&one)).await),
            RefusalReason::Locked
        );
        sign_out(&house.services, &house.as_person(&one)).await.unwrap();
        assert_eq!(one.session.state(house.now()), SessionState::Ended);
        let gone = identify::session(&house.services, &house.on(house.tablet), &one.token).await;
        assert_eq!(reason(gone), RefusalReason::Session);
        let three = house.sign_in(house.phone, &sato).await.unwrap();
        end_sessions(&house.services, &house.as_person(&two)).await.unwrap();
        assert_eq!(three.session.state(house.now()), SessionState::Ended);
        assert_eq!(house.count("SELECT count(*) FROM session WHERE ending = 0").await, 0);
    }
}

#[tokio::test]
async fn one_session_is_ended_by_its_own_person_alone() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let here = house.sign_in(house.desktop, &sato).await.unwrap();
        let there = house.sign_in(house.tablet, &sato).await.unwrap();
        let other = house.sign_in(house.phone, &suzuki).await.unwrap();
        let over = house.sign_in(house.tablet_two, &sato).await.unwrap();
        sign_out(&house.services, &house.as_person(&over)).await.unwrap();
        let caller = house.as_person(&here);
        let unknown = SessionId::from_uuid(Uuid::new_v4());
        for not_mine in [other.session.session, unknown, over.session.session] {
            let first = house.log_size();
            let refused = end_session(&house.services, &caller, not_mine).await;
            assert_eq!(reason(refused), RefusalReason::Missing, "the three are not told apart");
            let entries = house.entries(first).await;
            assert_eq!(entries, [(Action::EndSession, Outcome::Refused, not_mine.as_uuid())]);
        }
        assert_eq!(other.session.state(house.now()), SessionState::Live);
        lock_session(&house.services, &caller).await.unwrap();
        let locked = end_session(&house.services, &caller, there.session.session).await;
        assert_eq!(reason(locked), RefusalReason::Locked);
        assert_eq!(there.session.state(house.now()), SessionState::Live);
    }
}

#[tokio::test]
async fn ending_one_session_leaves_the_others_and_names_the_device() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let here = house.sign_in(house.desktop, &sato).await.unwrap();
        let there = house.sign_in(house.tablet, &sato).await.unwrap();
        let third = house.sign_in(house.phone, &sato).await.unwrap();
        // A locked one too: it may lie on a tablet that somebody else has in hand.
        lock_session(&house.services, &house.as_person(&there)).await.unwrap();
        let mut changes = house.services.store.sessions().changes();
        changes.mark_unchanged();
        let first = house.log_size();
        end_session(&house.services, &house.as_person(&here), there.session.session).await.unwrap();
        assert!(changes.has_changed().unwrap(), "sockets are told to look");
        let entries = house.entries(first).await;
        assert_eq!(entries, [(Action::EndSession, Outcome::Done, there.session.session.as_uuid())]);
        assert_eq!(there.session.state(house.now()), SessionState::Ended);
        for stays in [&here, &third] {
            assert_eq!(stays.session.state(house.now()), SessionState::Live);
        }
        let gone = identify::session(&house.services, &house.on(house.tablet), &there.token).await;
        assert_eq!(reason(gone), RefusalReason::Session);
        assert_eq!(house.count("SELECT count(*) FROM session WHERE ending = 0").await, 2);
        house.services.store.synchronise_sessions().await.unwrap();
        assert_eq!(house.services.store.sessions().len(), 2, "the table says the same");
    }
}

#[tokio::test]
async fn the_shift_ends_and_so_does_what_rests_on_a_right_that_ended() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        house.pass(17 * HOUR - SECOND);
        let other = house.sign_in(house.tablet_two, &suzuki).await.unwrap();
        assert_eq!(expire_sessions(&house.services).await.unwrap(), 0);
        house.pass(SECOND);
        let first = house.log_size();
        assert_eq!(expire_sessions(&house.services).await.unwrap(), 1);
        let entries = house.entries(first).await;
        assert_eq!(entries, [(Action::SessionExpired, Outcome::Done, begun.session.session.as_uuid())]);
        assert_eq!(begun.session.state(house.now()), SessionState::Ended);
        assert_eq!(other.session.state(house.now()), SessionState::Live);
        house.disable(suzuki.person).await;
        assert_eq!(expire_sessions(&house.services).await.unwrap(), 1);
        assert_eq!(other.session.state(house.now()), SessionState::Ended);
        assert!(house.services.store.sessions().is_empty());
    }
}

#[tokio::test]
async fn a_restart_finds_the_sessions_as_they_were() {
    for house in houses().await {
        let (sato, suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        let active = house.sign_in(house.tablet, &sato).await.unwrap();
        let locked = house.sign_in(house.phone, &suzuki).await.unwrap();
        lock_session(&house.services, &house.as_person(&locked)).await.unwrap();
        house.pass(4 * MINUTE);
        active.session.touch(house.now());
        keep_activity(&house.services).await.unwrap();
        house.pass(4 * MINUTE);
        let store = &house.services.store;
        let rows = session::load(&mut store.reading().await.unwrap(), house.now()).await.unwrap();
        let state = |of: &BegunSession| {
            let row = rows.iter().find(|(_, row)| row.session == of.session.session);
            row.map(|(_, row)| row.state(house.now()))
        };
        assert_eq!(state(&active), Some(SessionState::Live));
        assert_eq!(state(&locked), Some(SessionState::Locked));
        store.sessions().end(|_| true);
        assert!(identify::session(&house.services, &house.on(house.tablet), &active.token).await.is_err());
        store.synchronise_sessions().await.unwrap();
        let found = identify::session(&house.services, &house.on(house.tablet), &active.token).await.unwrap();
        assert_eq!(found.session, active.session.session);
        assert_eq!(store.sessions().len(), 2);
    }
}

#[tokio::test]
async fn another_instance_sees_what_ended_here() {
    for house in houses().await {
        let sato = house.somebody("sato").await;
        let begun = house.sign_in(house.tablet, &sato).await.unwrap();
        let store = &house.services.store;
        store.synchronise_sessions().await.unwrap();
        assert_eq!(begun.session.state(house.now()), SessionState::Live, "nothing has changed");
        let id = house.literal(begun.session.session.as_uuid());
        house.tamper(&format!("UPDATE session SET ended_at = 1 WHERE session = {id}")).await;
        store.synchronise_sessions().await.unwrap();
        assert_eq!(begun.session.state(house.now()), SessionState::Ended);
        assert!(store.sessions().is_empty());
    }
}

#[tokio::test]
async fn the_start_screen_shows_who_works_here_and_the_look_is_recorded() {
    for house in houses().await {
        let (sato, _suzuki) = (house.somebody("sato").await, house.somebody("suzuki").await);
        house.sign_in(house.tablet, &sato).await.unwrap();
        let first = house.log_size();
        let screen = read_start_screen(&house.services, &house.on(house.tablet), false).await.unwrap();
        let entries = house.entries(first).await;
        assert_eq!(entries, [(Action::ReadStartScreen, Outcome::Done, house.tablet.as_uuid())]);
        assert_eq!(screen.people.len(), 2);
        let shown: Vec<_> =
            screen.people.iter().flat_map(|who| &who.posts).map(|post| post.job_type).collect();
        assert!(!shown.is_empty() && screen.job_types.iter().all(|word| shown.contains(&word.id)));
        assert!(shown.iter().all(|job_type| screen.job_types.iter().any(|word| word.id == *job_type)));
        assert_eq!((screen.organization_name.as_str(), screen.idle), ("ひまわり苑", 5 * MINUTE));
        let returns =
            |who: &Somebody| screen.people.iter().find(|shown| shown.person == who.person).unwrap().returns;
        assert!(returns(&sato) && !returns(&_suzuki));
        let foreign = read_start_screen(&house.services, &house.on(house.foreign), true).await.unwrap();
        assert!(foreign.people.is_empty());
    }
}
