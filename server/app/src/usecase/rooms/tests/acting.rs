//! Acting on messages: refusals first, honest corrections and withdrawals, one taker, states, calls on a moved clock.

use super::house::{House, Somebody, houses};
use crate::usecase::{
    UseCaseError,
    rooms::{
        InRoom,
        acknowledge::acknowledge,
        answer_question::answer_question,
        answer_urgent::{advance_urgent, answer_urgent, record_telephone},
        change_request::change_request,
        correct_message::{Correction, correct_message},
        open_room::open_room,
        post_message::{PostOutcome, post_message},
        read_receipts::read_receipts,
        read_versions::{copy_for_record, read_versions},
        take_over::{TakeOverOutcome, take_over},
        withdraw_message::withdraw_message,
    },
};
use tasuki_domain::{
    id::MessageId,
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Contract, Intent, WorkState},
    message_view::{MessageView, RoomEventKind, Words},
    policy::RefusalReason,
    text::{Body, Note, Reason},
    time::{HOUR, MINUTE, SECOND},
    urgent::{UrgentAnswer, UrgentState},
};
use uuid::Uuid;

async fn people(house: &House) -> (Somebody, Somebody) {
    let nurse = house.somebody(house.visiting, JobTypeId::NURSE, "看護 花子").await;
    (nurse, house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await)
}

async fn say(house: &House, who: &Somebody, class: InfoClassId, body: &str) -> InRoom {
    let post = house.post(class, body);
    let first = post_message(&house.services, &who.caller, post).await.unwrap().first();
    InRoom { room: house.room, message: first.message }
}

/// The message as somebody sees it now.
async fn seen(house: &House, who: &Somebody, wanted: InRoom) -> MessageView {
    let opened = open_room(&house.services, &who.caller, house.room).await.unwrap();
    opened.messages.into_iter().find(|view| view.message == wanted.message).unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> RefusalReason {
    match result.unwrap_err() {
        UseCaseError::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

fn conflict<T: std::fmt::Debug>(result: Result<T, UseCaseError>) -> &'static str {
    match result.unwrap_err() {
        UseCaseError::Conflict(code) => code.0,
        other => panic!("{other:?}"),
    }
}

fn reason(text: &str) -> Reason {
    Reason::parse("reason", text).unwrap()
}

fn note(text: &str) -> Note {
    Note::parse("note", text).unwrap()
}

fn correction(version: i64, body: &str) -> Correction {
    Correction { version, body: Body::parse("body", body).unwrap(), reason: reason("数字のまちがい") }
}

#[tokio::test]
async fn nobody_acts_on_what_they_may_not_see_or_what_is_not_there() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let hidden = say(&house, &nurse, InfoClassId::SENSITIVE, "内密のこと").await;
        let nowhere = InRoom { message: MessageId::from_uuid(Uuid::new_v4()), ..hidden };
        for (wanted, why) in [(hidden, RefusalReason::Matrix), (nowhere, RefusalReason::Missing)] {
            let (services, caller) = (&house.services, &worker.caller);
            assert_eq!(refusal(acknowledge(services, caller, wanted).await), why);
            assert_eq!(refusal(take_over(services, caller, wanted).await), why);
            assert_eq!(refusal(read_receipts(services, caller, wanted).await), why);
            assert_eq!(refusal(read_versions(services, caller, wanted).await), why);
            assert_eq!(refusal(copy_for_record(services, caller, wanted).await), why);
            assert_eq!(refusal(withdraw_message(services, caller, wanted, reason("x")).await), why);
            assert_eq!(refusal(correct_message(services, caller, wanted, correction(1, "x")).await), why);
            let step = (WorkState::Done, note(""));
            assert_eq!(refusal(change_request(services, caller, wanted, step).await), why);
            assert_eq!(refusal(answer_urgent(services, caller, wanted, UrgentAnswer::Coming).await), why);
            assert_eq!(refusal(record_telephone(services, caller, wanted, note("")).await), why);
            let post = house.post(InfoClassId::GENERAL, "答え");
            assert_eq!(refusal(answer_question(services, caller, wanted.message, post).await), why);
        }
    }
}

#[tokio::test]
async fn only_the_author_corrects_and_every_version_stays() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let wanted = say(&house, &nurse, InfoClassId::VITAL_SIGNS, "体温 37.6").await;
        let by_other =
            correct_message(&house.services, &worker.caller, wanted, correction(1, "体温 36.7")).await;
        assert_eq!(refusal(by_other), RefusalReason::Own);
        house.pass(MINUTE);
        let corrected = correct_message(&house.services, &nurse.caller, wanted, correction(1, "体温 36.7"))
            .await
            .unwrap();
        let kind = RoomEventKind::Corrected { message: wanted.message, version: 2 };
        assert_eq!(corrected.value().events[0].kind, kind);
        let stale = correct_message(&house.services, &nurse.caller, wanted, correction(1, "体温 36.8")).await;
        assert_eq!(conflict(stale), "message.changed");
        let view = seen(&house, &worker, wanted).await;
        let Words::Corrected { body, by, reason } = view.words else { panic!("not corrected") };
        assert_eq!((body.as_str(), reason.as_str()), ("体温 36.7", "数字のまちがい"));
        assert_eq!((by.person, by.name.unwrap().as_str()), (nurse.person, "看護 花子"));
        assert!(by.at > view.received_at);
        let versions = read_versions(&house.services, &worker.caller, wanted).await.unwrap();
        let words: Vec<_> = versions.iter().map(|version| (version.version, version.body.as_str())).collect();
        assert_eq!(words, [(1, "体温 37.6"), (2, "体温 36.7")]);
    }
}

#[tokio::test]
async fn what_is_withdrawn_says_so_and_stays_for_the_record() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let wanted = say(&house, &nurse, InfoClassId::GENERAL, "別の方のことでした").await;
        correct_message(&house.services, &nurse.caller, wanted, correction(1, "やはり別の方")).await.unwrap();
        let by_other = withdraw_message(&house.services, &worker.caller, wanted, reason("x")).await;
        assert_eq!(refusal(by_other), RefusalReason::Own);
        withdraw_message(&house.services, &nurse.caller, wanted, reason("人違い")).await.unwrap();
        let again = withdraw_message(&house.services, &nurse.caller, wanted, reason("人違い")).await;
        assert_eq!(conflict(again), "message.withdrawn");
        let view = seen(&house, &worker, wanted).await;
        let Words::Withdrawn { by, reason } = view.words else { panic!("not withdrawn") };
        assert_eq!((by.person, reason.as_str()), (nurse.person, "人違い"));
        let versions = read_versions(&house.services, &worker.caller, wanted).await.unwrap();
        assert_eq!(versions[0].body.as_str(), "別の方のことでした");
        assert_eq!(conflict(acknowledge(&house.services, &worker.caller, wanted).await), "message.withdrawn");
        assert_eq!(
            conflict(copy_for_record(&house.services, &worker.caller, wanted).await),
            "message.withdrawn"
        );
        let correct =
            correct_message(&house.services, &nurse.caller, wanted, correction(2, "もう一度")).await;
        assert_eq!(conflict(correct), "message.changed");
    }
}

#[tokio::test]
async fn an_exchanged_correction_does_not_open() {
    for house in houses().await {
        let (nurse, _) = people(&house).await;
        let wanted = say(&house, &nurse, InfoClassId::GENERAL, "一").await;
        correct_message(&house.services, &nurse.caller, wanted, correction(1, "二")).await.unwrap();
        correct_message(&house.services, &nurse.caller, wanted, correction(2, "三")).await.unwrap();
        house.tamper("UPDATE correction SET version = version + 10").await;
        house.tamper("UPDATE correction SET version = 15 - version").await;
        assert!(open_room(&house.services, &nurse.caller, house.room).await.is_err());
        assert!(read_versions(&house.services, &nurse.caller, wanted).await.is_err());
    }
}

#[tokio::test]
async fn an_acknowledgement_has_a_name_and_reading_is_none() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let clerk = house.somebody(house.home, JobTypeId::CLERK, "事務 一郎").await;
        let wanted = say(&house, &nurse, InfoClassId::DAILY_LIFE, "入浴は中止です").await;
        let receipts = read_receipts(&house.services, &nurse.caller, wanted).await.unwrap();
        // The clerk may not read the class: not in the list. The author neither.
        assert_eq!(receipts.len(), 1);
        assert_eq!((receipts[0].read, receipts[0].acknowledged_at), (false, None));
        assert_eq!(receipts[0].reader.name.as_ref().unwrap().as_str(), "介護 太郎");
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        super::super::mark_read::mark_read(&house.services, &opened.look, opened.shown());
        super::super::mark_read::flush_read_marks(&house.services).await.unwrap();
        let receipts = read_receipts(&house.services, &nurse.caller, wanted).await.unwrap();
        assert_eq!((receipts[0].read, receipts[0].acknowledged_at), (true, None));
        house.pass(SECOND);
        let first = acknowledge(&house.services, &worker.caller, wanted).await.unwrap();
        house.pass(SECOND);
        let again = acknowledge(&house.services, &worker.caller, wanted).await.unwrap();
        assert_eq!(first.value().events[0].kind, again.value().events[0].kind);
        let receipts = read_receipts(&house.services, &nurse.caller, wanted).await.unwrap();
        assert_eq!(receipts[0].acknowledged_at, Some(first.at()));
        let view = seen(&house, &nurse, wanted).await;
        assert_eq!(view.acknowledged.iter().map(|by| by.person).collect::<Vec<_>>(), [worker.person]);
        assert_eq!(refusal(acknowledge(&house.services, &clerk.caller, wanted).await), RefusalReason::Matrix);
    }
}

#[tokio::test]
async fn the_author_confirms_what_somebody_else_typed_in() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let mut post = house.post(InfoClassId::GENERAL, "電話で聞きました");
        post.on_behalf_of = Some(nurse.person);
        let first = post_message(&house.services, &worker.caller, post).await.unwrap().first();
        let wanted = InRoom { room: house.room, message: first.message };
        acknowledge(&house.services, &worker.caller, wanted).await.unwrap();
        assert!(!seen(&house, &worker, wanted).await.confirmed);
        acknowledge(&house.services, &nurse.caller, wanted).await.unwrap();
        assert!(seen(&house, &worker, wanted).await.confirmed);
    }
}

#[tokio::test]
async fn one_takes_over_and_the_others_learn_who() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let plain = say(&house, &nurse, InfoClassId::GENERAL, "ただの気づき").await;
        assert_eq!(conflict(take_over(&house.services, &worker.caller, plain).await), "handover.not_one");
        let mut post = house.post(InfoClassId::GENERAL, "夜間の体位変換をお願いします");
        post.asking.intent = Intent::Handover;
        let first = post_message(&house.services, &nurse.caller, post).await.unwrap().first();
        let wanted = InRoom { room: house.room, message: first.message };
        let tries = [&worker, &nurse, &worker].map(|who| take_over(&house.services, &who.caller, wanted));
        let mut takers = Vec::new();
        for outcome in futures::future::join_all(tries).await {
            match outcome.unwrap() {
                TakeOverOutcome::Taken(committed) => {
                    let RoomEventKind::Taken { by, .. } = committed.value().events[0].kind.clone() else {
                        panic!("another event")
                    };
                    takers.push(by.person);
                }
                TakeOverOutcome::AlreadyTaken(by) => takers.push(by.person),
            }
        }
        assert!(takers.iter().all(|taker| *taker == takers[0]));
        let view = seen(&house, &nurse, wanted).await;
        assert_eq!(view.taken.unwrap().person, takers[0]);
        assert_eq!(view.state, WorkState::Accepted);
    }
}

#[tokio::test]
async fn a_request_goes_its_way_by_owner_and_author() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let mut post = house.post(InfoClassId::GENERAL, "爪を見てください");
        post.asking.intent = Intent::Request;
        (post.asking.owner, post.asking.due) = (Some(worker.person), Some(house.now().plus(HOUR)));
        let first = post_message(&house.services, &nurse.caller, post).await.unwrap().first();
        let wanted = InRoom { room: house.room, message: first.message };
        let step = |who: &Somebody, state| {
            let (services, caller) = (house.services.clone(), who.caller.clone());
            async move { change_request(&services, &caller, wanted, (state, note("はい"))).await }
        };
        assert_eq!(refusal(step(&nurse, WorkState::Done).await), RefusalReason::Own);
        assert_eq!(refusal(step(&worker, WorkState::Open).await), RefusalReason::Own);
        assert_eq!(refusal(step(&nurse, WorkState::None).await), RefusalReason::Own);
        assert_eq!(conflict(step(&nurse, WorkState::Open).await), "request.changed");
        for (who, state) in [
            (&worker, WorkState::Accepted),
            (&worker, WorkState::Declined),
            (&nurse, WorkState::Open),
            (&worker, WorkState::Done),
        ] {
            step(who, state).await.unwrap();
            assert_eq!(seen(&house, &worker, wanted).await.state, state);
        }
        assert_eq!(conflict(step(&worker, WorkState::Declined).await), "request.changed");
        let plain = say(&house, &nurse, InfoClassId::GENERAL, "ただの気づき").await;
        let none = change_request(&house.services, &nurse.caller, plain, (WorkState::Done, note(""))).await;
        assert_eq!(conflict(none), "request.not_one");
    }
}

#[tokio::test]
async fn a_question_is_answered_once_by_name() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let mut post = house.post(InfoClassId::GENERAL, "トロミは何gですか");
        post.asking.intent = Intent::Question;
        let question = post_message(&house.services, &worker.caller, post).await.unwrap().first().message;
        let wanted = InRoom { room: house.room, message: question };
        let send = |post| answer_question(&house.services, &nurse.caller, question, post);
        let other_class = send(house.post(InfoClassId::MEDICAL, "3gです")).await.unwrap_err();
        assert!(matches!(other_class, UseCaseError::Field(problem) if problem.field == "class"));
        let answer = house.post(InfoClassId::GENERAL, "3gです");
        let outcome = send(answer.clone()).await.unwrap();
        let first = outcome.first();
        let PostOutcome::Fresh(committed, _) = outcome else { panic!("repeated") };
        assert!(
            matches!(committed.value().events[1].kind, RoomEventKind::State { message, .. } if message == question)
        );
        assert!(matches!(send(answer).await.unwrap(), PostOutcome::Repeated(again) if again == first));
        let second = send(house.post(InfoClassId::GENERAL, "2gです")).await;
        assert_eq!(conflict(second), "request.changed");
        let view = seen(&house, &worker, wanted).await;
        assert_eq!((view.state, view.answered_by), (WorkState::Done, Some(first.message)));
        let reply = seen(&house, &worker, InRoom { message: first.message, ..wanted }).await;
        assert!(reply.answers);
        assert_eq!((reply.author.person, reply.reply_to), (nurse.person, Some(question)));
        // The asker may say that it is still open; a plain post is not a question.
        change_request(&house.services, &worker.caller, wanted, (WorkState::Open, note(""))).await.unwrap();
        let plain = say(&house, &nurse, InfoClassId::GENERAL, "気づき").await;
        let post = house.post(InfoClassId::GENERAL, "答え");
        let none = answer_question(&house.services, &worker.caller, plain.message, post).await;
        assert_eq!(conflict(none), "question.not_one");
    }
}

/// An urgent post by the worker that rings the nurse, then the doctor.
async fn call(house: &House) -> (InRoom, Somebody, Somebody, Somebody) {
    let (nurse, worker) = people(house).await;
    let doctor = house.somebody(house.visiting, JobTypeId::DOCTOR, "医師 次郎").await;
    let mut post = house.post(InfoClassId::GENERAL, "呼吸が苦しそうです");
    post.asking.contract = Contract::Urgent;
    (post.asking.first, post.asking.fallback) = (Some(nurse.post), Some(doctor.post));
    let outcome = post_message(&house.services, &worker.caller, post).await.unwrap();
    let wanted = InRoom { room: house.room, message: outcome.first().message };
    let PostOutcome::Fresh(committed, _) = outcome else { panic!("repeated") };
    let rings = vec![nurse.post];
    assert_eq!(committed.value().events[0].kind, RoomEventKind::Posted { message: wanted.message, rings });
    (wanted, nurse, doctor, worker)
}

fn urgent(kind: &RoomEventKind) -> (UrgentState, usize) {
    match kind {
        RoomEventKind::Urgent { state, rings, .. } => (*state, rings.len()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_moves_on_with_time_and_ends_at_the_telephone() {
    for house in houses().await {
        let (wanted, nurse, doctor, worker) = call(&house).await;
        let early = record_telephone(&house.services, &worker.caller, wanted, note("")).await;
        assert_eq!(conflict(early), "urgent.not_telephone");
        let answer = |who: &Somebody, answer| {
            let (services, caller) = (house.services.clone(), who.caller.clone());
            async move { answer_urgent(&services, &caller, wanted, answer).await }
        };
        // Whoever is not rung cannot answer; the doctor is not rung yet.
        assert_eq!(refusal(answer(&worker, UrgentAnswer::Coming).await), RefusalReason::Own);
        assert_eq!(refusal(answer(&doctor, UrgentAnswer::Coming).await), RefusalReason::Own);
        house.pass(89 * SECOND);
        assert!(advance_urgent(&house.services).await.unwrap().is_empty());
        house.pass(SECOND);
        let moved = advance_urgent(&house.services).await.unwrap();
        assert_eq!(urgent(&moved[0].value().events[0].kind), (UrgentState::RingingFallback, 2));
        assert!(advance_urgent(&house.services).await.unwrap().is_empty());
        house.pass(90 * SECOND);
        let moved = advance_urgent(&house.services).await.unwrap();
        assert_eq!(urgent(&moved[0].value().events[0].kind), (UrgentState::Telephone, 0));
        record_telephone(&house.services, &worker.caller, wanted, note("救急車を呼びました")).await.unwrap();
        let view = seen(&house, &nurse, wanted).await.urgent.unwrap();
        assert_eq!(view.state, UrgentState::Telephoned);
        assert_eq!(view.settled.unwrap().person, worker.person);
        assert_eq!(view.result.unwrap().as_str(), "救急車を呼びました");
        assert_eq!(conflict(answer(&nurse, UrgentAnswer::Coming).await), "urgent.settled");
    }
}

#[tokio::test]
async fn a_late_job_delays_nobody() {
    for house in houses().await {
        let (wanted, _, doctor, worker) = call(&house).await;
        house.pass(100 * SECOND);
        // By the clock the doctor is rung, whether the job has said so or not.
        answer_urgent(&house.services, &doctor.caller, wanted, UrgentAnswer::Unable).await.unwrap();
        record_telephone(&house.services, &worker.caller, wanted, note("到着待ち")).await.unwrap();
        assert!(advance_urgent(&house.services).await.unwrap().is_empty());
        let second = record_telephone(&house.services, &worker.caller, wanted, note("もう一度")).await;
        assert_eq!(conflict(second), "urgent.not_telephone");
    }
}

#[tokio::test]
async fn answers_move_a_call_and_a_coming_ends_it() {
    for house in houses().await {
        let (wanted, nurse, doctor, worker) = call(&house).await;
        let unable =
            answer_urgent(&house.services, &nurse.caller, wanted, UrgentAnswer::Unable).await.unwrap();
        assert_eq!(urgent(&unable.value().events[0].kind), (UrgentState::RingingFallback, 2));
        // The first says it again: nothing changes for the doctor.
        let again =
            answer_urgent(&house.services, &nurse.caller, wanted, UrgentAnswer::Unable).await.unwrap();
        assert_eq!(urgent(&again.value().events[0].kind).0, UrgentState::RingingFallback);
        let coming =
            answer_urgent(&house.services, &doctor.caller, wanted, UrgentAnswer::Coming).await.unwrap();
        assert_eq!(urgent(&coming.value().events[0].kind), (UrgentState::Answered, 0));
        let late = answer_urgent(&house.services, &nurse.caller, wanted, UrgentAnswer::Coming).await;
        assert_eq!(conflict(late), "urgent.settled");
        house.pass(HOUR);
        assert!(advance_urgent(&house.services).await.unwrap().is_empty());
        let view = seen(&house, &worker, wanted).await.urgent.unwrap();
        assert_eq!(view.settled.unwrap().name.unwrap().as_str(), "医師 次郎");
        let answers: Vec<_> = view.answers.iter().map(|(answer, by)| (*answer, by.person)).collect();
        let expected = [
            (UrgentAnswer::Unable, nurse.person),
            (UrgentAnswer::Unable, nurse.person),
            (UrgentAnswer::Coming, doctor.person),
        ];
        assert_eq!(answers.len(), expected.len());
        assert!(expected.iter().all(|answer| answers.contains(answer)));
    }
}

#[tokio::test]
async fn a_withdrawn_call_rings_no_more() {
    for house in houses().await {
        let (wanted, nurse, _, worker) = call(&house).await;
        withdraw_message(&house.services, &worker.caller, wanted, reason("まちがい")).await.unwrap();
        house.pass(HOUR);
        assert!(advance_urgent(&house.services).await.unwrap().is_empty());
        let late = answer_urgent(&house.services, &nurse.caller, wanted, UrgentAnswer::Coming).await;
        assert_eq!(conflict(late), "urgent.not_one");
    }
}

#[tokio::test]
async fn a_copy_for_the_record_names_author_and_time() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let wanted = say(&house, &nurse, InfoClassId::GENERAL, "バイタル安定").await;
        let before = *house.store().log_size().borrow();
        let copy = copy_for_record(&house.services, &worker.caller, wanted).await.unwrap();
        assert_eq!(copy.author.name.unwrap().as_str(), "看護 花子");
        assert_eq!(*house.store().log_size().borrow(), before + 1);
    }
}
