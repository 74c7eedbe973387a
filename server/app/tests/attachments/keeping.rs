//! How files are kept: sealed, whole, and gone when no message wanted them.

use super::{
    files::{CANARY, contains, photo, picture, text},
    house::{GENERAL, House, houses},
};
use image::ImageFormat;
use std::sync::Arc;
use tasuki_app::usecase::{
    UseCaseError,
    read_attachment::{read_attachment, read_thumbnail},
    remove_orphans::remove_orphans,
};
use tasuki_domain::{
    access::Action,
    attachment::{AttachmentFacts, FileKind},
    id::AttachmentId,
    info_class::InfoClassId,
    policy::{AddAttachment, RefusalReason},
    time::{HOUR, MINUTE},
};
use tasuki_store::{on, table::attachment};
use uuid::Uuid;

const DONE: i64 = 1;

async fn posted(house: &House, name: &str, bytes: &[u8]) -> AttachmentId {
    let file = house.add(name, bytes).await.unwrap().attachment;
    house.post(&[file]).await.unwrap();
    file
}

fn reason(error: UseCaseError) -> RefusalReason {
    match error {
        UseCaseError::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

fn unopened<T>(result: Result<T, UseCaseError>) -> bool {
    matches!(result, Err(UseCaseError::Failed(_)))
}

#[tokio::test]
async fn the_largest_file_comes_back_as_it_was() {
    for house in houses().await {
        let bytes = text(20_971_520);
        let file = posted(&house, "大きな記録.txt", &bytes).await;
        assert_eq!(house.count("SELECT count(*) FROM attachment_chunk").await, 80);
        let (facts, read) = house.read(&house.colleague, file).await.unwrap();
        assert!(read == bytes, "20 MiB came back changed");
        assert_eq!(
            (facts.name.as_str(), facts.kind, facts.bytes),
            ("大きな記録.txt", FileKind::Text, 20_971_520)
        );
    }
}

#[tokio::test]
async fn sizes_around_a_chunk_come_back_as_they_were() {
    let house = houses().await.remove(0);
    for length in [1, 2, 262_143, 262_144, 262_145, 524_288, 1_048_576, 1_310_721] {
        let bytes = text(length);
        let file = posted(&house, "a.txt", &bytes).await;
        assert!(house.read(&house.nurse, file).await.unwrap().1 == bytes, "{length}");
    }
}

#[tokio::test]
async fn what_is_downloaded_of_a_photo_says_no_place() {
    for house in houses().await {
        assert!(contains(&photo(), CANARY));
        let added = house.add("傷.jpeg", &photo()).await.unwrap();
        assert!(added.thumbnail && !added.held);
        assert_eq!((added.facts.width, added.facts.height), (640, 400));
        house.post(&[added.attachment]).await.unwrap();
        let (facts, bytes) = house.read(&house.colleague, added.attachment).await.unwrap();
        let small = read_thumbnail(&house.services, &house.colleague, added.attachment).await.unwrap();
        for kept in [bytes.as_slice(), small.as_slice()] {
            assert!(!contains(kept, CANARY) && !contains(kept, b"Exif"));
            assert!(image::load_from_memory(kept).is_ok());
        }
        assert_eq!((facts.name.as_str(), facts.bytes), ("傷.jpeg", u64::try_from(bytes.len()).unwrap()));
        let webp = house.add("傷.webp", &picture(ImageFormat::WebP)).await.unwrap();
        assert_eq!((webp.facts.name.as_str(), webp.facts.kind), ("傷.jpg", FileKind::Jpeg));
        let text = posted(&house, "a.txt", b"x\n").await;
        let none = read_thumbnail(&house.services, &house.nurse, text).await;
        assert!(matches!(none, Err(UseCaseError::Missing)));
    }
}

#[tokio::test]
async fn only_readers_of_the_message_see_its_file_and_looks_come_first() {
    for house in houses().await {
        let sensitive = (house.room, InfoClassId::SENSITIVE);
        let file = house.add_as(&house.nurse, sensitive, "a.txt", b"x\n").await.unwrap().attachment;
        // Before a message has it, it is there for nobody, its owner included.
        for caller in [&house.nurse, &house.colleague] {
            assert_eq!(reason(house.read(caller, file).await.unwrap_err()), RefusalReason::Missing);
        }
        house.post_as(&house.nurse, sensitive, &[file]).await.unwrap();
        let refusals = [
            (&house.stranger, file, RefusalReason::Membership),
            (&house.care_worker, file, RefusalReason::Matrix),
            (&house.nurse, AttachmentId::from_uuid(Uuid::new_v4()), RefusalReason::Missing),
        ];
        for (caller, file, expected) in refusals {
            assert_eq!(reason(house.read(caller, file).await.unwrap_err()), expected);
            let small = read_thumbnail(&house.services, caller, file).await;
            assert_eq!(reason(small.unwrap_err()), expected);
        }
        assert_eq!(house.entries(Action::ReadAttachment, 2).await, 8);
        assert_eq!(house.entries(Action::ReadAttachment, DONE).await, 0);
        house.read(&house.colleague, file).await.unwrap();
        house.read(&house.colleague, file).await.unwrap();
        assert_eq!(house.entries(Action::ReadAttachment, DONE).await, 1);
        house.wait(MINUTE + 1);
        house.read(&house.colleague, file).await.unwrap();
        assert_eq!(house.entries(Action::ReadAttachment, DONE).await, 2);
    }
}

#[tokio::test]
async fn a_right_that_ends_also_ends_a_download() {
    for house in houses().await {
        let file = posted(&house, "a.txt", &text(600_000)).await;
        let (_, mut body) = read_attachment(&house.services, &house.colleague, file).await.unwrap();
        assert!(body.next().await.unwrap().is_some());
        house.change_rights("UPDATE membership SET until_at = 1", &[]).await;
        assert_eq!(reason(body.next().await.err().unwrap()), RefusalReason::Membership);
    }
}

#[tokio::test]
async fn a_moved_swapped_cut_or_missing_chunk_does_not_open() {
    for house in houses().await {
        let (bytes, other) = (text(700_000), text(700_001));
        let swaps: &[&[&'static str]] = &[
            // Chunks 0 and 1 change places.
            &[
                "UPDATE attachment_chunk SET number = 9 WHERE attachment = $1 AND number = 0",
                "UPDATE attachment_chunk SET number = 0 WHERE attachment = $1 AND number = 1",
                "UPDATE attachment_chunk SET number = 1 WHERE attachment = $1 AND number = 9",
            ],
            // The last chunk is cut off, and the row says so.
            &[
                "DELETE FROM attachment_chunk WHERE attachment = $1 AND number = 2",
                "UPDATE attachment SET chunks = 2 WHERE attachment = $1",
            ],
            &["DELETE FROM attachment_chunk WHERE attachment = $1 AND number = 1"],
            &["UPDATE attachment SET chunks = 4 WHERE attachment = $1"],
        ];
        for statements in swaps {
            let file = posted(&house, "a.txt", &bytes).await;
            assert!(house.read(&house.nurse, file).await.is_ok());
            for sql in *statements {
                house.tamper(sql, &[file.as_uuid()]).await;
            }
            assert!(unopened(house.read(&house.nurse, file).await), "{statements:?}");
        }
        // A chunk, and head and chunks together, of another file of the same room.
        let foreign: &[&[&'static str]] = &[
            &["UPDATE attachment_chunk SET content = (SELECT f.content FROM attachment_chunk f \
               WHERE f.attachment = $2 AND f.number = 0) WHERE attachment = $1 AND number = 0"],
            &[
                "UPDATE attachment SET header = (SELECT f.header FROM attachment f WHERE f.attachment = $2) WHERE attachment = $1",
                "UPDATE attachment_chunk SET content = (SELECT f.content FROM attachment_chunk f \
                 WHERE f.attachment = $2 AND f.number = attachment_chunk.number) WHERE attachment = $1",
            ],
            &[
                "UPDATE attachment SET facts = (SELECT f.facts FROM attachment f WHERE f.attachment = $2) WHERE attachment = $1",
            ],
        ];
        for statements in foreign {
            let file = posted(&house, "a.txt", &bytes).await;
            let source = posted(&house, "b.txt", &other).await;
            for sql in *statements {
                house.tamper(sql, &[file.as_uuid(), source.as_uuid()]).await;
            }
            assert!(unopened(house.read(&house.nurse, file).await), "{statements:?}");
        }
    }
}

#[tokio::test]
async fn a_row_that_was_given_another_class_or_room_does_not_open() {
    for house in houses().await {
        let sensitive = (house.room, InfoClassId::SENSITIVE);
        let file = house.add_as(&house.nurse, sensitive, "a.txt", b"x\n").await.unwrap().attachment;
        house.post_as(&house.nurse, sensitive, &[file]).await.unwrap();
        house.tamper("UPDATE attachment SET class = 2 WHERE attachment = $1", &[file.as_uuid()]).await;
        assert!(unopened(house.read(&house.care_worker, file).await));
        let small = read_thumbnail(&house.services, &house.care_worker, file).await;
        assert!(unopened(small));
    }
}

#[tokio::test]
async fn rows_say_nothing_of_what_a_file_is() {
    let house = houses().await.remove(0);
    let (name, content) = ("SECRET-NAME-CANARY.txt", b"SECRET-TEXT-CANARY\n".repeat(3));
    posted(&house, name, &content).await;
    let mut connection = house.store().reading().await.unwrap();
    let sql = "SELECT a.header, a.facts, a.thumbnail, c.content FROM attachment a \
               JOIN attachment_chunk c ON c.attachment = a.attachment";
    let (header, facts, thumbnail, stored): (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) =
        on!(&mut connection, c => sqlx::query_as(sql).fetch_one(&mut **c).await).unwrap();
    for column in [header, facts, thumbnail, stored] {
        assert!(!contains(&column, b"CANARY") && !contains(&column, b"text"));
    }
}

fn facts() -> AttachmentFacts {
    AttachmentFacts { name: "a.txt".into(), kind: FileKind::Text, bytes: 300_000, width: 0, height: 0 }
}

#[tokio::test]
async fn a_crash_leaves_an_orphan_that_goes_and_never_a_message_without_its_file() {
    for house in houses().await {
        let waiting = house.add("a.txt", &text(300_000)).await.unwrap().attachment;
        let kept = posted(&house, "b.txt", &text(300_000)).await;
        // Crashes: before the first chunk, and after the last one but before the file is complete.
        let mut broken = Vec::new();
        for filled in [false, true] {
            let attachment = AttachmentId::from_uuid(Uuid::new_v4());
            let act = AddAttachment { room: house.room, class: GENERAL, attachment };
            let grant = Arc::new(house.store().decide(&house.nurse, act).await.unwrap());
            let new = attachment::NewFile { facts: facts(), thumbnail: Vec::new() };
            let incoming = attachment::begin(house.store(), grant, new).await.unwrap();
            if filled {
                drop(incoming.fill(&text(300_000)).await.unwrap());
            }
            broken.push(attachment);
        }
        for file in broken {
            assert!(house.post(&[file]).await.is_err(), "an unfinished file was adopted");
        }
        assert_eq!(remove_orphans(&house.services).await.unwrap(), 0);
        house.wait(HOUR + 1);
        assert_eq!(remove_orphans(&house.services).await.unwrap(), 2);
        house.wait(23 * HOUR);
        assert_eq!(remove_orphans(&house.services).await.unwrap(), 1);
        assert_eq!(house.entries(Action::RemoveOrphan, DONE).await, 3);
        assert_eq!(house.count("SELECT count(*) FROM attachment").await, 1);
        assert_eq!(house.count("SELECT count(*) FROM attachment_chunk").await, 2);
        assert!(house.post(&[waiting]).await.is_err());
        house.read(&house.nurse, kept).await.unwrap();
        assert_eq!(remove_orphans(&house.services).await.unwrap(), 0);
    }
}
