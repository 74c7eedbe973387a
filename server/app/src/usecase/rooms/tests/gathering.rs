//! Home, handover, rooms, drafts, lends: what is gathered for one reader, and never more than they may see.

use super::house::{House, Somebody, client, houses};
use crate::usecase::{
    UseCaseError,
    rooms::{
        InRoom,
        acknowledge::acknowledge,
        close_look::close_ended_looks,
        drafts::{discard_draft, read_draft, save_draft},
        keep_room::{change_members, create_group, open_direct, set_closed},
        lend_room::{lend_room, offline_look},
        mark_read::{flush_read_marks, mark_read},
        open_room::open_room,
        post_message::post_message,
        read_audience::read_audience,
        read_handover::read_handover,
        read_home::{Home, read_home},
        read_rooms::{read_room, read_rooms},
        take_over::take_over,
        withdraw_message::withdraw_message,
    },
};
use tasuki_domain::{
    id::{MessageId, PersonId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Contract, Intent},
    message_view::MessageView,
    policy::RefusalReason,
    post::{Draft, NewPost},
    room::RoomKind,
    text::{Reason, Title},
    time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};
use uuid::Uuid;

async fn people(house: &House) -> (Somebody, Somebody) {
    let nurse = house.somebody(house.visiting, JobTypeId::NURSE, "看護 花子").await;
    (nurse, house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await)
}

async fn send(house: &House, who: &Somebody, post: NewPost) -> MessageId {
    house.pass(1_000);
    post_message(&house.services, &who.caller, post).await.unwrap().first().message
}

async fn home(house: &House, who: &Somebody) -> Home {
    read_home(&house.services, &who.caller).await.unwrap()
}

fn ids(messages: &[MessageView]) -> Vec<MessageId> {
    messages.iter().map(|message| message.message).collect()
}

fn reply_wanted(house: &House, due: i64) -> NewPost {
    let mut post = house.post(InfoClassId::GENERAL, "ご意見をください");
    (post.asking.contract, post.asking.due) = (Contract::Reply, Some(house.now().plus(due)));
    post
}

#[tokio::test]
async fn home_shows_and_counts_only_what_may_be_seen() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        for body in ["一", "二", "三"] {
            send(&house, &nurse, house.post(InfoClassId::SENSITIVE, body)).await;
        }
        let mut hidden = reply_wanted(&house, HOUR);
        hidden.class = InfoClassId::SENSITIVE;
        send(&house, &nurse, hidden).await;
        let nothing = home(&house, &worker).await;
        assert!(nothing.rooms.is_empty() && nothing.to_read.is_empty() && nothing.today.is_empty());
        assert!(!read_rooms(&house.services, &worker.caller).await.unwrap()[0].unread);
        let shown = send(&house, &nurse, house.post(InfoClassId::GENERAL, "四")).await;
        let something = home(&house, &worker).await;
        assert_eq!(ids(&something.to_read), [shown]);
        assert_eq!((something.rooms[0].unread, something.rooms[0].owed), (1, 0));
        assert!(read_rooms(&house.services, &worker.caller).await.unwrap()[0].unread);
        // One's own posts are not unread; read posts are not either.
        assert!(home(&house, &nurse).await.rooms.is_empty());
        let opened = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        mark_read(&house.services, &opened.look, opened.shown());
        assert!(home(&house, &worker).await.rooms.is_empty());
        flush_read_marks(&house.services).await.unwrap();
        assert!(home(&house, &worker).await.rooms.is_empty());
        house.end_consents().await;
        assert!(read_rooms(&house.services, &worker.caller).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn who_has_said_that_they_understood_has_read_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let message = send(&house, &nurse, house.post(InfoClassId::GENERAL, "一")).await;
        assert_eq!(home(&house, &worker).await.rooms[0].unread, 1);
        acknowledge(&house.services, &worker.caller, InRoom { room: house.room, message }).await.unwrap();
        assert!(home(&house, &worker).await.rooms.is_empty());
    }
}

#[tokio::test]
async fn a_question_in_a_class_that_i_may_not_write_is_only_to_be_read() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let mut question = house.post(InfoClassId::MEDICAL, "増量してよいですか");
        question.asking.intent = Intent::Question;
        let question = send(&house, &nurse, question).await;
        let of_worker = home(&house, &worker).await;
        assert!(of_worker.today.is_empty());
        assert_eq!(ids(&of_worker.to_read), [question]);
    }
}

#[tokio::test]
async fn today_holds_what_i_owe_until_i_have_given_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let clerk = house.somebody(house.home, JobTypeId::CLERK, "事務 一郎").await;
        // It is 23:13 in Tokyo: what is due in an hour falls into this night, what is due in 13 does not.
        let tomorrow = send(&house, &nurse, reply_wanted(&house, 13 * HOUR)).await;
        let tonight = send(&house, &nurse, reply_wanted(&house, HOUR)).await;
        let mut named = reply_wanted(&house, 5 * MINUTE);
        named.mentions.people = vec![worker.person];
        let named = send(&house, &nurse, named).await;
        let of_worker = home(&house, &worker).await;
        assert_eq!(ids(&of_worker.today), [named, tonight]);
        assert_eq!(of_worker.rooms[0].owed, 3);
        assert_eq!(ids(&of_worker.to_read), [tomorrow]);
        assert_eq!(ids(&home(&house, &clerk).await.today), [tonight]);
        assert!(home(&house, &nurse).await.today.is_empty());
        // Anybody's reply settles what was asked of nobody by name; a name is settled by that person alone.
        for target in [tonight, named] {
            let mut reply = house.post(InfoClassId::GENERAL, "こう思います");
            reply.reply_to = Some(target);
            send(&house, &clerk, reply).await;
        }
        assert_eq!(ids(&home(&house, &worker).await.today), [named]);
        let mut reply = house.post(InfoClassId::GENERAL, "私もです");
        reply.reply_to = Some(named);
        send(&house, &worker, reply).await;
        assert!(home(&house, &worker).await.today.is_empty());
        // The next day it is overdue, and stays.
        house.pass(DAY);
        let (nurse, worker) = (house.sign_in_again(&nurse), house.sign_in_again(&worker));
        assert_eq!(ids(&home(&house, &worker).await.today), [tomorrow]);
        let wanted = InRoom { room: house.room, message: tomorrow };
        let reason = Reason::parse("reason", "もうよい").unwrap();
        withdraw_message(&house.services, &nurse.caller, wanted, reason).await.unwrap();
        assert!(home(&house, &worker).await.today.is_empty());
    }
}

#[tokio::test]
async fn by_day_today_ends_at_midnight_in_tokyo() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        // 9:13 in the morning.
        house.pass(10 * HOUR);
        let (nurse, worker) = (house.sign_in_again(&nurse), house.sign_in_again(&worker));
        send(&house, &nurse, reply_wanted(&house, 16 * HOUR)).await;
        let tonight = send(&house, &nurse, reply_wanted(&house, 14 * HOUR)).await;
        assert_eq!(ids(&home(&house, &worker).await.today), [tonight]);
    }
}

#[tokio::test]
async fn requests_questions_and_calls_reach_whom_they_concern() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let doctor = house.somebody(house.visiting, JobTypeId::DOCTOR, "医師 次郎").await;
        let mut request = house.post(InfoClassId::GENERAL, "爪を見てください");
        request.asking.intent = Intent::Request;
        (request.asking.owner, request.asking.due) = (Some(worker.person), Some(house.now().plus(MINUTE)));
        let request = send(&house, &nurse, request).await;
        let mut question = house.post(InfoClassId::GENERAL, "量は?");
        question.asking.intent = Intent::Question;
        question.mentions.job_types = vec![JobTypeId::DOCTOR];
        let question = send(&house, &worker, question).await;
        let mut call = house.post(InfoClassId::GENERAL, "苦しそうです");
        call.asking.contract = Contract::Urgent;
        (call.asking.first, call.asking.fallback) = (Some(doctor.post), Some(nurse.post));
        let call = send(&house, &worker, call).await;
        let of_worker = home(&house, &worker).await;
        assert_eq!((ids(&of_worker.urgent), ids(&of_worker.today)), (vec![call], vec![request]));
        let of_doctor = home(&house, &doctor).await;
        assert_eq!((ids(&of_doctor.urgent), ids(&of_doctor.today)), (vec![call], vec![question]));
        assert!(of_doctor.rooms[0].urgent);
        assert_eq!(ids(&of_doctor.to_read), [request]);
        let of_nurse = home(&house, &nurse).await;
        assert_eq!((ids(&of_nurse.urgent), ids(&of_nurse.today)), (vec![call], vec![]));
    }
}

#[tokio::test]
async fn home_is_one_entry_and_nothing_without_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        send(&house, &nurse, house.post(InfoClassId::GENERAL, "一")).await;
        let before = *house.store().log_size().borrow();
        home(&house, &worker).await;
        assert_eq!(*house.store().log_size().borrow(), before + 1);
        house.tamper("ALTER TABLE access_entry RENAME TO elsewhere").await;
        assert!(read_home(&house.services, &worker.caller).await.is_err());
        assert!(read_handover(&house.services, &worker.caller).await.is_err());
    }
}

#[tokio::test]
async fn a_handover_stays_until_somebody_takes_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let handover = |class, body| {
            let mut post = house.post(class, body);
            post.asking.intent = Intent::Handover;
            post
        };
        let hidden = handover(InfoClassId::SENSITIVE, "内密の申し送り");
        send(&house, &nurse, hidden).await;
        let old = send(&house, &nurse, handover(InfoClassId::GENERAL, "点滴が残っています")).await;
        let done = send(&house, &nurse, handover(InfoClassId::GENERAL, "靴を替えました")).await;
        let wanted = InRoom { room: house.room, message: done };
        take_over(&house.services, &worker.caller, wanted).await.unwrap();
        let list = read_handover(&house.services, &worker.caller).await.unwrap();
        assert_eq!(ids(&list.rooms[0].messages), [old, done]);
        // A later shift: what was taken before it is gone, what nobody took is still there.
        house.pass(3 * DAY);
        let later = house.sign_in_again(&worker);
        let list = read_handover(&house.services, &later.caller).await.unwrap();
        assert_eq!(ids(&list.rooms[0].messages), [old]);
    }
}

#[tokio::test]
async fn the_audience_is_who_could_read_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let general =
            read_audience(&house.services, &worker.caller, house.room, InfoClassId::GENERAL).await.unwrap();
        let names: Vec<_> = general.iter().map(|by| by.name.as_ref().unwrap().as_str()).collect();
        assert_eq!(names, ["介護 太郎", "看護 花子"]);
        assert_eq!(general[0].organization_name.as_ref().unwrap().as_str(), "ひまわり苑");
        let sensitive = InfoClassId::SENSITIVE;
        let own = read_audience(&house.services, &nurse.caller, house.room, sensitive).await.unwrap();
        assert_eq!(own.iter().map(|by| by.person).collect::<Vec<_>>(), [nurse.person]);
        let refused =
            read_audience(&house.services, &worker.caller, house.room, sensitive).await.unwrap_err();
        assert!(matches!(refused, UseCaseError::Refused(refusal) if refusal.reason == RefusalReason::Matrix));
    }
}

#[tokio::test]
async fn drafts_are_their_author_s_alone() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let draft =
            Draft { body: "書きかけ".into(), class: Some(InfoClassId::MEDICAL), ..Draft::default() };
        assert_eq!(read_draft(&house.services, &nurse.caller, house.room).await.unwrap(), None);
        for body in ["書き", "書きかけ"] {
            let draft = Draft { body: body.into(), ..draft.clone() };
            save_draft(&house.services, &nurse.caller, house.room, draft).await.unwrap();
        }
        let (read, _) = read_draft(&house.services, &nurse.caller, house.room).await.unwrap().unwrap();
        assert_eq!(read, draft);
        assert_eq!(read_draft(&house.services, &worker.caller, house.room).await.unwrap(), None);
        // Whoever can write rows cannot read it in another's name.
        house.tamper("UPDATE draft SET draft = person").await;
        assert!(matches!(
            read_draft(&house.services, &nurse.caller, house.room).await,
            Err(UseCaseError::Failed(_))
        ));
        discard_draft(&house.services, &nurse.caller, house.room).await.unwrap();
        assert_eq!(read_draft(&house.services, &nurse.caller, house.room).await.unwrap(), None);
        let elsewhere = RoomId::from_uuid(Uuid::new_v4());
        assert!(save_draft(&house.services, &nurse.caller, elsewhere, draft).await.is_err());
    }
}

fn title(text: &str) -> Title {
    Title::parse("title", text).unwrap()
}

#[tokio::test]
async fn a_group_is_its_owner_s_to_keep() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let clerk = house.somebody(house.home, JobTypeId::CLERK, "事務 一郎").await;
        let nobody = vec![PersonId::from_uuid(Uuid::new_v4())];
        let refused =
            create_group(&house.services, &nurse.caller, (title("会議"), nobody)).await.unwrap_err();
        assert!(matches!(refused, UseCaseError::Field(problem) if problem.field == "members"));
        let members = vec![worker.person, nurse.person];
        let (room, _) =
            create_group(&house.services, &nurse.caller, (title("夜勤の会"), members)).await.unwrap();
        let detail = read_room(&house.services, &worker.caller, room).await.unwrap();
        assert_eq!(detail.head.title.as_ref().unwrap().as_str(), "夜勤の会");
        assert_eq!((detail.members.len(), detail.owner), (2, Some(nurse.person)));
        assert!(read_room(&house.services, &clerk.caller, room).await.is_err());
        let mut post = house.post(InfoClassId::GENERAL, "よろしく");
        post.room = room;
        assert!(post_message(&house.services, &clerk.caller, post.clone()).await.is_err());
        post_message(&house.services, &worker.caller, post.clone()).await.unwrap();
        let change = (vec![clerk.person], vec![worker.person]);
        let by_member = change_members(&house.services, &worker.caller, room, change.clone()).await;
        assert!(
            matches!(by_member, Err(UseCaseError::Refused(refusal)) if refusal.reason == RefusalReason::Own)
        );
        change_members(&house.services, &nurse.caller, room, change).await.unwrap();
        assert!(open_room(&house.services, &worker.caller, room).await.is_err());
        assert_eq!(open_room(&house.services, &clerk.caller, room).await.unwrap().messages.len(), 1);
        let leave = change_members(&house.services, &nurse.caller, room, (vec![], vec![nurse.person])).await;
        assert!(matches!(leave, Err(UseCaseError::Conflict(code)) if code.0 == "room.owner_stays"));
        set_closed(&house.services, &nurse.caller, room, true).await.unwrap();
        post.client = client(house.now());
        let closed = post_message(&house.services, &nurse.caller, post.clone()).await;
        assert!(
            matches!(closed, Err(UseCaseError::Refused(refusal)) if refusal.reason == RefusalReason::Closed)
        );
        assert_eq!(open_room(&house.services, &clerk.caller, room).await.unwrap().messages.len(), 1);
        set_closed(&house.services, &nurse.caller, room, false).await.unwrap();
        post_message(&house.services, &nurse.caller, post).await.unwrap();
        let of_patient = change_members(&house.services, &nurse.caller, house.room, (vec![], vec![])).await;
        assert!(of_patient.is_err());
    }
}

#[tokio::test]
async fn two_people_have_one_conversation() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        let tries = [(&nurse, worker.person), (&worker, nurse.person), (&nurse, worker.person)]
            .map(|(who, other)| open_direct(&house.services, &who.caller, other));
        let rooms: Vec<RoomId> =
            futures::future::join_all(tries).await.into_iter().map(|made| made.unwrap().0).collect();
        assert!(rooms.iter().all(|room| *room == rooms[0]));
        let own = open_direct(&house.services, &nurse.caller, nurse.person).await.unwrap_err();
        assert!(matches!(own, UseCaseError::Field(problem) if problem.field == "person"));
        let heads = read_rooms(&house.services, &nurse.caller).await.unwrap();
        let head = heads.iter().find(|head| head.room == rooms[0]).unwrap();
        assert_eq!((head.kind, head.other.as_ref().unwrap().person), (RoomKind::Direct, worker.person));
        assert_eq!(head.other.as_ref().unwrap().name.as_ref().unwrap().as_str(), "介護 太郎");
    }
}

#[tokio::test]
async fn a_copy_is_lent_until_a_time_and_looked_at_within_it() {
    for house in houses().await {
        let (nurse, worker) = people(&house).await;
        send(&house, &nurse, house.post(InfoClassId::SENSITIVE, "内密")).await;
        let shown = send(&house, &nurse, house.post(InfoClassId::GENERAL, "一")).await;
        let now = house.now();
        let (services, caller, room) = (&house.services, &worker.caller, house.room);
        for (until, field) in [(now, "until"), (now.plus(13 * HOUR), "until")] {
            let refused = lend_room(services, caller, room, until).await.err().unwrap();
            assert!(matches!(refused, UseCaseError::Field(problem) if problem.field == field));
        }
        let unlent = offline_look(services, caller, room, (now, now)).await.unwrap_err();
        assert!(matches!(unlent, UseCaseError::Field(problem) if problem.field == "from"));
        let lent = lend_room(services, caller, room, now.plus(HOUR)).await.unwrap();
        assert_eq!(ids(&lent.messages), [shown]);
        let device = worker.session.device;
        let on_device = tasuki_store::table::lend::on_device(house.store(), device).await.unwrap();
        assert_eq!(on_device.len(), 1);
        house.pass(30 * MINUTE);
        let before = *house.store().log_size().borrow();
        offline_look(services, caller, room, (now.plus(MINUTE), now.plus(2 * MINUTE))).await.unwrap();
        assert_eq!(*house.store().log_size().borrow(), before + 1);
        for (from, until) in [(HOUR, HOUR), (2 * MINUTE, MINUTE), (MINUTE, 2 * HOUR)] {
            assert!(offline_look(services, caller, room, (now.plus(from), now.plus(until))).await.is_err());
        }
        let _open = open_room(services, caller, room).await.unwrap();
        house.pass(HOUR);
        let on_device = tasuki_store::table::lend::on_device(house.store(), device).await.unwrap();
        assert_eq!(on_device.iter().map(|shown| shown.until).collect::<Vec<_>>(), [Timestamp::OPEN_END]);
    }
}

#[tokio::test]
async fn a_look_ends_with_its_session() {
    for house in houses().await {
        let (_, worker) = people(&house).await;
        let _open = open_room(&house.services, &worker.caller, house.room).await.unwrap();
        assert_eq!(close_ended_looks(&house.services).await.unwrap(), 0);
        worker.session.lock();
        house.pass(SECOND);
        assert_eq!(close_ended_looks(&house.services).await.unwrap(), 0);
        worker.session.end();
        assert_eq!(close_ended_looks(&house.services).await.unwrap(), 1);
        assert_eq!(close_ended_looks(&house.services).await.unwrap(), 0);
    }
}
