//! Looking: nothing before the log, nothing outside of the reader's classes, cursors that only their reader can use.

use super::house::{House, Somebody, houses};
use crate::usecase::{
    UseCaseError,
    rooms::{
        close_look::{close_abandoned_looks, close_look, drop_look},
        mark_read::{flush_read_marks, mark_read, mark_read_by_cursor},
        open_room::{catch_up, message_at, open_room},
        post_message::post_message,
        read_history::{HistoryQuery, read_history},
    },
};
use jiff::civil::date;
use tasuki_domain::{
    id::{LookId, MessageId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message_view::RoomEventKind,
    policy::RefusalReason,
    time::{DAY, SECOND},
};
use uuid::Uuid;

async fn people(house: &House) -> (Somebody, Somebody) {
    let nurse = house.somebody(house.visiting, JobTypeId::NURSE, "看護 花子").await;
    (nurse, house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await)
}

async fn say(house: &House, who: &Somebody, class: InfoClassId, body: &str) -> MessageId {
    house.pass(1_000);
    post_message(&house.services, &who.caller, house.post(class, body)).await.unwrap().first().message
}

fn entries(house: &House) -> u64 {
    *house.store().log_size().borrow()
}

#[tokio::test]
async fn no_look_no_content() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        say(&house, &nurse, InfoClassId::GENERAL, "こんばんは").await;
        let stranger = RoomId::from_uuid(Uuid::new_v4());
        let refused = open_room(&house.services, &worker.caller, stranger).await.err().unwrap();
        assert!(
            matches!(refused, UseCaseError::Refused(refusal) if refusal.reason == RefusalReason::Missing)
        );
        // The entry cannot be written: then nothing is shown.
        house.tamper("DROP TABLE look").await;
        assert!(open_room(&house.services, &worker.caller, house.room).await.is_err());
        house.tamper("ALTER TABLE access_entry RENAME TO elsewhere").await;
        let latest = (HistoryQuery::Latest, 10);
        assert!(read_history(&house.services, &worker.caller, house.room, latest).await.is_err());
    }
}

#[tokio::test]
async fn one_sees_one_s_classes_live_in_pages_and_by_day() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        let shown = opened.shown();
        say(&house, &nurse, InfoClassId::SENSITIVE, "二").await;
        say(&house, &nurse, InfoClassId::MEDICAL, "三").await;
        let missed = catch_up(&house.services, &opened.look, shown).await.unwrap();
        assert_eq!(missed.iter().map(|message| message.sequence).collect::<Vec<_>>(), [3]);
        assert!(message_at(&house.services, &opened.look, 2).await.unwrap().is_none());
        assert!(message_at(&house.services, &opened.look, 3).await.unwrap().is_some());
        let day = date(2026, 9, 21);
        for query in [HistoryQuery::Latest, HistoryQuery::Day(day, None)] {
            let page = read_history(&house.services, &worker.caller, house.room, (query, 10)).await.unwrap();
            assert_eq!(page.messages.iter().map(|message| message.sequence).collect::<Vec<_>>(), [1, 3]);
            assert!(!page.more);
        }
        let other_day = (HistoryQuery::Day(date(2026, 9, 22), None), 10);
        let page = read_history(&house.services, &worker.caller, house.room, other_day).await.unwrap();
        assert!(page.messages.is_empty());
    }
}

#[tokio::test]
async fn pages_meet_without_gap_or_overlap() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        for number in 0..25 {
            let class = if number % 3 == 0 { InfoClassId::SENSITIVE } else { InfoClassId::GENERAL };
            say(&house, &nurse, class, &format!("記録 {number}")).await;
        }
        let readable: Vec<i64> = (1..=25).filter(|sequence| sequence % 3 != 1).collect();
        let read = |query| read_history(&house.services, &worker.caller, house.room, (query, 7));
        let (mut seen, mut query) = (Vec::new(), HistoryQuery::Latest);
        loop {
            let page = read(query).await.unwrap();
            let mut sequences: Vec<i64> = page.messages.iter().map(|message| message.sequence).collect();
            query = HistoryQuery::Before(page.reader.cursor(sequences[0]));
            sequences.extend(seen);
            seen = sequences;
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, readable);
        let (mut seen, mut query) = (Vec::new(), HistoryQuery::Day(date(2026, 9, 21), None));
        loop {
            let page = read(query).await.unwrap();
            seen.extend(page.messages.iter().map(|message| message.sequence));
            let cursor = page.reader.cursor(*seen.last().unwrap());
            query = HistoryQuery::After(cursor);
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, readable);
    }
}

#[tokio::test]
async fn a_page_begins_at_a_message_that_one_may_read_and_at_no_other() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let first = say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let hidden = say(&house, &nurse, InfoClassId::SENSITIVE, "二").await;
        let third = say(&house, &nurse, InfoClassId::GENERAL, "三").await;
        say(&house, &nurse, InfoClassId::GENERAL, "四").await;
        let read = |room, message| {
            read_history(&house.services, &worker.caller, room, (HistoryQuery::From(message), 2))
        };
        for (message, sequences, more) in [(first, vec![1, 3], true), (third, vec![3, 4], false)] {
            let page = read(house.room, message).await.unwrap();
            assert_eq!(page.messages.iter().map(|message| message.sequence).collect::<Vec<_>>(), sequences);
            assert_eq!(page.more, more);
        }
        let before = entries(&house);
        for message in [hidden, MessageId::from_uuid(Uuid::new_v4())] {
            assert!(matches!(read(house.room, message).await, Err(UseCaseError::Refused(_))));
        }
        assert_eq!(entries(&house), before + 2, "both tries are in the log");
    }
}

#[tokio::test]
async fn a_cursor_is_worth_nothing_to_others_and_cannot_be_made_up() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let opened = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        let foreign = opened.reader.cursor(1);
        let forged = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
        for cursor in [foreign, forged, "1".into(), String::new(), "あ".repeat(1000)] {
            for query in [HistoryQuery::Before(cursor.clone()), HistoryQuery::After(cursor.clone())] {
                let refused = read_history(&house.services, &worker.caller, house.room, (query, 10)).await;
                assert!(matches!(refused, Err(UseCaseError::Field(problem)) if problem.field == "cursor"));
            }
            let refused = mark_read_by_cursor(&house.services, &worker.caller, (house.room, &cursor))
                .await
                .unwrap_err();
            assert!(matches!(refused, UseCaseError::Field(problem) if problem.field == "cursor"));
        }
    }
}

#[tokio::test]
async fn looks_of_one_session_within_the_window_are_one() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let before = entries(&house);
        let one = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        house.pass(30 * SECOND);
        let two = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!((one.look.entry(), one.look.act().look), (two.look.entry(), two.look.act().look));
        assert_eq!(entries(&house), before + 1);
        let three = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        assert_ne!(three.look.entry(), one.look.entry());
        // The last holder closes it, with the last position shown to either.
        drop_look(&house.services, &one.look, 1).await.unwrap();
        assert_eq!(entries(&house), before + 2);
        let look = two.look.act().look;
        let cursor = two.reader.cursor(1);
        close_look(&house.services, &worker.caller, (house.room, look), Some(&cursor)).await.unwrap();
        assert_eq!(entries(&house), before + 3);
        let again = close_look(&house.services, &worker.caller, (house.room, look), None).await.unwrap_err();
        assert!(matches!(again, UseCaseError::Missing));
        // Opened again after the window it is another look.
        let four = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_ne!(four.look.entry(), one.look.entry());
        house.pass(61 * SECOND);
        let five = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_ne!(five.look.entry(), four.look.entry());
    }
}

#[tokio::test]
async fn nobody_closes_another_s_look() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let opened = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        let look = opened.look.act().look;
        for look in [look, LookId::from_uuid(Uuid::new_v4())] {
            let refused =
                close_look(&house.services, &worker.caller, (house.room, look), None).await.unwrap_err();
            assert!(matches!(refused, UseCaseError::Missing));
        }
    }
}

#[tokio::test]
async fn what_a_crash_left_open_is_closed_at_start_and_says_so() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let _lost = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let before = entries(&house);
        // Where instances share a database, a look is surely abandoned when it is older than any session.
        house.pass(2 * DAY);
        assert_eq!(close_abandoned_looks(&house.services).await.unwrap(), 1);
        assert_eq!(close_abandoned_looks(&house.services).await.unwrap(), 0);
        assert_eq!(entries(&house), before + 1);
    }
}

#[tokio::test]
async fn read_marks_are_joined_and_never_fall() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        for body in ["一", "二", "三"] {
            say(&house, &nurse, InfoClassId::GENERAL, body).await;
        }
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!(opened.read, 0);
        let before = entries(&house);
        mark_read(&house.services, &opened.look, 1);
        let cursor = opened.reader.cursor(3);
        mark_read_by_cursor(&house.services, &worker.caller, (house.room, &cursor)).await.unwrap();
        mark_read(&house.services, &opened.look, 2);
        let events = flush_read_marks(&house.services).await.unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(
            (events[0].sequence, &events[0].kind),
            (3, &RoomEventKind::Read { person: worker.person })
        );
        assert!(flush_read_marks(&house.services).await.unwrap().is_empty());
        mark_read(&house.services, &opened.look, 2);
        flush_read_marks(&house.services).await.unwrap();
        // The look covers them: no entry of their own.
        assert_eq!(entries(&house), before);
        let again = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!(again.read, 3);
        let cursor = house.store().room_reader(&nurse.caller, house.room).unwrap().cursor(3);
        let refused = mark_read_by_cursor(&house.services, &nurse.caller, (house.room, &cursor)).await;
        assert!(matches!(refused, Err(UseCaseError::Conflict(code)) if code.0 == "room.not_open"));
    }
}

#[tokio::test]
async fn a_right_that_ends_ends_what_an_open_look_shows() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!(catch_up(&house.services, &opened.look, 0).await.unwrap().len(), 1);
        worker.session.lock();
        assert!(catch_up(&house.services, &opened.look, 0).await.unwrap().is_empty());
        worker.session.unlock(house.now());
        assert_eq!(catch_up(&house.services, &opened.look, 0).await.unwrap().len(), 1);
        let left = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        nurse.session.end();
        assert!(catch_up(&house.services, &left.look, 0).await.unwrap().is_empty());
        house.end_consents().await;
        assert!(catch_up(&house.services, &opened.look, 0).await.unwrap().is_empty());
        assert!(open_room(&house.services, &worker.caller, house.room).await.is_err());
    }
}
