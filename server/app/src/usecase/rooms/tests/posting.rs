//! Posting: refusals first, then order, retries, names, and what a changed row does.

use super::house::{House, Somebody, client, houses};
use crate::usecase::{
    UseCaseError,
    rooms::{
        open_room::open_room,
        post_message::{PostOutcome, post_message},
    },
};
use std::collections::BTreeSet;
use tasuki_domain::{
    id::{MessageId, PersonId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Contract, Intent},
    message_view::Words,
    policy::RefusalReason,
    problem::FieldRule,
    time::{DAY, HOUR, MINUTE, Timestamp},
};
use uuid::Uuid;

async fn nurse(house: &House) -> Somebody {
    house.somebody(house.visiting, JobTypeId::NURSE, "看護 花子").await
}

async fn care_worker(house: &House) -> Somebody {
    house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await
}

async fn say(house: &House, who: &Somebody, class: InfoClassId, body: &str) -> MessageId {
    house.pass(1_000);
    post_message(&house.services, &who.caller, house.post(class, body)).await.unwrap().first().message
}

fn refusal(error: UseCaseError) -> RefusalReason {
    match error {
        UseCaseError::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

fn field(error: UseCaseError) -> (&'static str, FieldRule) {
    match error {
        UseCaseError::Field(problem) => (problem.field, problem.rule),
        other => panic!("{other:?}"),
    }
}

fn bodies(messages: &[tasuki_domain::message_view::MessageView]) -> Vec<String> {
    let body = |words: &Words| match words {
        Words::Original(body) | Words::Corrected { body, .. } => body.as_str().to_owned(),
        Words::Withdrawn { .. } => "取消".to_owned(),
    };
    messages.iter().map(|message| body(&message.words)).collect()
}

#[tokio::test]
async fn refuses_strangers_unwritable_classes_and_unknown_rooms() {
    for house in houses().await {
        let worker = care_worker(&house).await;
        let clerk = house.somebody(house.home, JobTypeId::CLERK, "事務 一郎").await;
        let size = *house.store().log_size().borrow();
        let post = house.post(InfoClassId::MEDICAL, "指示を変えました");
        let refused = post_message(&house.services, &worker.caller, post).await.unwrap_err();
        assert_eq!(refusal(refused), RefusalReason::Matrix);
        let post = house.post(InfoClassId::DAILY_LIFE, "入浴しました");
        let refused = post_message(&house.services, &clerk.caller, post).await.unwrap_err();
        assert_eq!(refusal(refused), RefusalReason::Matrix);
        let mut post = house.post(InfoClassId::GENERAL, "だれもいない部屋");
        post.room = RoomId::from_uuid(Uuid::new_v4());
        let refused = post_message(&house.services, &worker.caller, post).await.unwrap_err();
        assert_eq!(refusal(refused), RefusalReason::Missing);
        worker.session.end();
        let post = house.post(InfoClassId::GENERAL, "もう帰りました");
        let refused = post_message(&house.services, &worker.caller, post).await.unwrap_err();
        assert_eq!(refusal(refused), RefusalReason::Session);
        // Each refusal is in the log, and nothing else is.
        assert_eq!(*house.store().log_size().borrow(), size + 4);
    }
}

#[tokio::test]
async fn refuses_to_name_whoever_will_not_see_it() {
    for house in houses().await {
        let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
        let stranger = PersonId::from_uuid(Uuid::new_v4());
        let send = |post| post_message(&house.services, &nurse.caller, post);
        // A care worker may read 診療, but not 特に注意を要する情報.
        let mut post = house.post(InfoClassId::SENSITIVE, "内密に");
        post.mentions.people = vec![worker.person];
        assert_eq!(field(send(post).await.unwrap_err()), ("mentions", FieldRule::Choice));
        let mut post = house.post(InfoClassId::GENERAL, "薬剤師さんへ");
        post.mentions.job_types = vec![JobTypeId::PHARMACIST];
        assert_eq!(field(send(post).await.unwrap_err()), ("mentions", FieldRule::Choice));
        let mut post = house.post(InfoClassId::GENERAL, "お願いします");
        (post.asking.intent, post.asking.owner) = (Intent::Request, Some(stranger));
        post.asking.due = Some(house.now().plus(HOUR));
        assert_eq!(field(send(post).await.unwrap_err()), ("owner", FieldRule::Choice));
        let mut post = house.post(InfoClassId::SENSITIVE, "すぐ来てください");
        post.asking.contract = Contract::Urgent;
        (post.asking.first, post.asking.fallback) = (Some(nurse.post), Some(worker.post));
        assert_eq!(field(send(post).await.unwrap_err()), ("fallback", FieldRule::Choice));
        let mut post = house.post(InfoClassId::GENERAL, "代わりに");
        post.on_behalf_of = Some(stranger);
        assert_eq!(field(send(post).await.unwrap_err()), ("on_behalf_of", FieldRule::Choice));
        let mut post = house.post(InfoClassId::GENERAL, "写真です");
        post.attachments = vec![tasuki_domain::id::AttachmentId::from_uuid(Uuid::new_v4())];
        assert_eq!(field(send(post).await.unwrap_err()), ("attachments", FieldRule::Choice));
    }
}

#[tokio::test]
async fn a_reply_to_what_one_may_not_read_is_a_reply_to_nothing() {
    for house in houses().await {
        let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
        let hidden = say(&house, &nurse, InfoClassId::SENSITIVE, "内密のこと").await;
        let answers = [hidden, MessageId::from_uuid(Uuid::new_v4())].map(|target| {
            let mut post = house.post(InfoClassId::GENERAL, "どうしましたか");
            post.reply_to = Some(target);
            post
        });
        for post in answers {
            let refused = post_message(&house.services, &worker.caller, post).await.unwrap_err();
            assert_eq!(field(refused), ("reply_to", FieldRule::Choice));
        }
        // Who may read both sees the reply's target; who may not sees a plain post.
        let mut post = house.post(InfoClassId::GENERAL, "見守ります");
        post.reply_to = Some(hidden);
        post_message(&house.services, &nurse.caller, post).await.unwrap();
        let of_nurse = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        assert_eq!(of_nurse.messages[1].reply_to, Some(hidden));
        let of_worker = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!(of_worker.messages.len(), 1);
        assert_eq!((of_worker.messages[0].reply_to, of_worker.messages[0].reply_class), (None, None));
    }
}

#[tokio::test]
async fn two_hundred_at_once_leave_no_gap_and_no_double() {
    for house in houses().await {
        let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
        let posts = (0..200).map(|number| {
            let who = if number % 2 == 0 { &nurse } else { &worker };
            let post = house.post(InfoClassId::GENERAL, &format!("巡視 {number} 回目"));
            post_message(&house.services, &who.caller, post)
        });
        let outcomes = futures::future::join_all(posts).await;
        let mut sequences = BTreeSet::new();
        for outcome in outcomes {
            let PostOutcome::Fresh(committed, first) = outcome.unwrap() else { panic!("repeated") };
            let happened = committed.into_value();
            assert_eq!(happened.message.unwrap().message, first.message);
            assert!(sequences.insert(happened.events[0].sequence));
        }
        assert_eq!(sequences, (1..=200).collect());
        let opened = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        assert_eq!(opened.messages.len(), 50);
        assert!(opened.older);
        assert_eq!(opened.shown(), 200);
    }
}

#[tokio::test]
async fn the_same_client_id_gives_the_first_result_once() {
    for house in houses().await {
        let nurse = nurse(&house).await;
        let post = house.post(InfoClassId::GENERAL, "血圧 128/76");
        let send = |post| post_message(&house.services, &nurse.caller, post);
        // All at once, as a client does that lost its answers.
        let all = futures::future::join_all((0..10).map(|_| send(post.clone()))).await;
        let firsts: BTreeSet<_> = all.into_iter().map(|outcome| outcome.unwrap().first().message).collect();
        assert_eq!(firsts.len(), 1);
        let again = send(post.clone()).await.unwrap();
        assert!(matches!(again, PostOutcome::Repeated(first) if firsts.contains(&first.message)));
        let mut other = post.clone();
        other.body = tasuki_domain::text::Body::parse("body", "血圧 182/76").unwrap();
        let refused = send(other).await.unwrap_err();
        assert!(matches!(refused, UseCaseError::Conflict(code) if code.0 == "message.client_id_reused"));
        let opened = open_room(&house.services, &nurse.caller, house.room).await.unwrap();
        assert_eq!(bodies(&opened.messages), ["血圧 128/76"]);
    }
}

#[tokio::test]
async fn a_retry_is_known_from_the_rows_when_memory_has_forgotten() {
    for house in houses().await {
        let nurse = nurse(&house).await;
        let post = house.post(InfoClassId::GENERAL, "夜間は眠れています");
        let first = post_message(&house.services, &nurse.caller, post.clone()).await.unwrap().first();
        house.store().forget_recent_posts();
        // While the id is young only the rows' own constraint knows; later the rows are asked first.
        for later in [0, 5 * MINUTE] {
            house.pass(later);
            let again = post_message(&house.services, &nurse.caller, post.clone()).await.unwrap();
            assert!(matches!(again, PostOutcome::Repeated(known) if known == first));
        }
        let mut other = post;
        other.class = InfoClassId::DAILY_LIFE;
        house.store().forget_recent_posts();
        let refused = post_message(&house.services, &nurse.caller, other).await.unwrap_err();
        assert!(matches!(refused, UseCaseError::Conflict(code) if code.0 == "message.client_id_reused"));
    }
}

#[tokio::test]
async fn a_client_id_belongs_to_its_author() {
    for house in houses().await {
        let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
        let post = house.post(InfoClassId::GENERAL, "おはようございます");
        let one = post_message(&house.services, &nurse.caller, post.clone()).await.unwrap().first();
        let two = post_message(&house.services, &worker.caller, post).await.unwrap().first();
        assert_ne!(one.message, two.message);
    }
}

#[tokio::test]
async fn a_post_says_who_wrote_it_and_who_typed_it_in() {
    for house in houses().await {
        let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
        let mut post = house.post(InfoClassId::GENERAL, "電話で聞きました");
        post.on_behalf_of = Some(nurse.person);
        post.written_at = Timestamp(house.now().0 - MINUTE);
        post.occurred_at = Some(Timestamp(house.now().0 - DAY));
        let outcome = post_message(&house.services, &worker.caller, post.clone()).await.unwrap();
        let PostOutcome::Fresh(committed, _) = outcome else { panic!("repeated") };
        let live = committed.into_value().message.unwrap();
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        // What goes out live from memory is what the rows say.
        assert_eq!(*live, opened.messages[0]);
        assert_eq!(live.author.person, nurse.person);
        assert_eq!(live.author.name.as_ref().unwrap().as_str(), "看護 花子");
        assert_eq!(live.author.organization_name.as_ref().unwrap().as_str(), "つばめ訪問看護");
        assert_eq!(live.author.job_type, Some(JobTypeId::NURSE));
        assert_eq!((live.entered_by, live.confirmed), (Some(worker.person), false));
        assert_eq!((live.written_at, live.occurred_at), (post.written_at, post.occurred_at));
    }
}

#[tokio::test]
async fn a_changed_row_does_not_open() {
    let changes = [
        "UPDATE message SET class = 2 WHERE class = 8",
        "UPDATE message SET sequence = sequence + 40",
        "UPDATE message SET author = message",
        "UPDATE message SET body = (SELECT m.body FROM message m WHERE m.message <> message.message)",
    ];
    for change in changes {
        for house in houses().await {
            let (nurse, worker) = (nurse(&house).await, care_worker(&house).await);
            say(&house, &nurse, InfoClassId::SENSITIVE, "内密のこと").await;
            say(&house, &nurse, InfoClassId::GENERAL, "元気です").await;
            house.tamper(change).await;
            for who in [&nurse, &worker] {
                let opened = open_room(&house.services, &who.caller, house.room).await;
                let honest = opened.as_ref().is_ok_and(|opened| bodies(&opened.messages) == ["元気です"]);
                assert!(opened.is_err() || honest, "{change}");
            }
        }
    }
}

#[tokio::test]
async fn an_old_client_id_is_looked_up_and_a_fresh_one_is_not_needed_to_be() {
    for house in houses().await {
        let nurse = nurse(&house).await;
        let mut post = house.post(InfoClassId::GENERAL, "圏外で書きました");
        post.client = client(Timestamp(house.now().0 - 2 * HOUR));
        post.written_at = Timestamp(house.now().0 - 2 * HOUR);
        let outcome = post_message(&house.services, &nurse.caller, post).await.unwrap();
        assert!(matches!(outcome, PostOutcome::Fresh(..)));
    }
}
