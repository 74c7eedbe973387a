//! Which message may have which file.

use super::house::{GENERAL, House, houses};
use tasuki_app::usecase::{
    UseCaseError,
    rooms::{
        open_room::open_room,
        post_message::{PostOutcome, post_message},
    },
};
use tasuki_domain::{
    attachment::AttachmentView, id::AttachmentId, info_class::InfoClassId, problem::FieldRule,
};
use uuid::Uuid;

fn refused(result: Result<tasuki_domain::id::MessageId, UseCaseError>) -> FieldRule {
    match result {
        Err(UseCaseError::Field(problem)) if problem.field == "attachments" => problem.rule,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_the_same_person_room_and_class_and_only_once() {
    for house in houses().await {
        let file = house.add("a.txt", b"x\n").await.unwrap().attachment;
        let here = (house.room, GENERAL);
        let wrong = [
            house.post_as(&house.colleague, here, &[file]).await,
            house.post_as(&house.nurse, (house.staff_room, GENERAL), &[file]).await,
            house.post_as(&house.nurse, (house.room, InfoClassId::MEDICAL), &[file]).await,
            house.post(&[AttachmentId::from_uuid(Uuid::new_v4())]).await,
        ];
        for result in wrong {
            assert_eq!(refused(result), FieldRule::Choice);
        }
        assert_eq!(house.count("SELECT count(*) FROM attachment WHERE position > 0").await, 0);
        house.post(&[file]).await.unwrap();
        assert_eq!(refused(house.post(&[file]).await), FieldRule::Choice);
        let twice = house.add("a.txt", b"x\n").await.unwrap().attachment;
        assert_eq!(refused(house.post(&[twice, twice]).await), FieldRule::Taken);
        let many: Vec<_> = (0..11).map(|_| AttachmentId::from_uuid(Uuid::new_v4())).collect();
        assert_eq!(refused(house.post(&many).await), FieldRule::TooMany(10));
    }
}

#[tokio::test]
async fn one_bad_file_keeps_the_whole_message_back() {
    for house in houses().await {
        let good = house.add("a.txt", b"x\n").await.unwrap().attachment;
        let unknown = AttachmentId::from_uuid(Uuid::new_v4());
        assert_eq!(refused(house.post(&[good, unknown]).await), FieldRule::Choice);
        assert_eq!(house.entries(tasuki_domain::access::Action::PostMessage, 1).await, 0);
        // The good one was not taken by the message that did not happen.
        house.post(&[good]).await.unwrap();
    }
}

#[tokio::test]
async fn a_right_that_ended_between_upload_and_post_counts_no_more() {
    for house in houses().await {
        let file = house.add("a.txt", b"x\n").await.unwrap().attachment;
        house.change_rights("UPDATE consent SET until_at = 1", &[]).await;
        assert!(matches!(house.post(&[file]).await, Err(UseCaseError::Refused(_))));
        assert_eq!(house.count("SELECT count(*) FROM attachment WHERE position > 0").await, 0);
    }
}

#[tokio::test]
async fn the_same_post_twice_has_its_file_once() {
    for house in houses().await {
        let file = house.add("a.txt", b"x\n").await.unwrap().attachment;
        let post = house.message((house.room, GENERAL), &[file]);
        let send = || post_message(&house.services, &house.nurse, post.clone());
        let (one, two) = tokio::join!(send(), send());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.first().message, two.first().message);
        assert_eq!(send().await.unwrap().first().message, one.first().message);
        assert_eq!(house.count("SELECT count(*) FROM message").await, 1);
    }
}

#[tokio::test]
async fn readers_of_a_message_see_its_files_in_order_until_it_is_taken_back() {
    for house in houses().await {
        let mut files = Vec::new();
        for name in ["一.txt", "二.txt", "三.txt"] {
            files.push(house.add(name, b"x\n").await.unwrap().attachment);
        }
        let order = [files[2], files[0], files[1]];
        let message = house.message((house.room, GENERAL), &order);
        let PostOutcome::Fresh(told, _) = post_message(&house.services, &house.nurse, message).await.unwrap()
        else {
            panic!("a first try was taken for a second");
        };
        let names = |files: &[AttachmentView]| -> Vec<String> {
            files.iter().map(|file| file.facts.name.clone()).collect()
        };
        let expected = ["三.txt", "一.txt", "二.txt"];
        assert_eq!(names(&told.value().message.as_ref().unwrap().attachments), expected);
        assert_eq!(names(&shown(&house).await), expected);
        assert!(house.read(&house.colleague, files[0]).await.is_ok());
        house.tamper("UPDATE message SET withdrawn_at = 1790000000000001", &[]).await;
        assert!(house.read(&house.colleague, files[0]).await.is_err());
    }
}

/// The files of the newest message, as the colleague's page shows them.
async fn shown(house: &House) -> Vec<AttachmentView> {
    let opened = open_room(&house.services, &house.colleague, house.room).await.unwrap();
    opened.messages.last().unwrap().attachments.clone()
}
