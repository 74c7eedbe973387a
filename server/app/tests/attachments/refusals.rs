//! What is not taken, and that the log says so.

use super::{
    files::{bomb, docx, pdf, photo, picture, text},
    house::{GENERAL, House, houses, houses_with, rule},
};
use bytes::Bytes;
use futures::stream;
use image::ImageFormat;
use tasuki_app::{
    config::Number,
    usecase::add_attachment::{NewAttachment, add_attachment},
};
use tasuki_domain::{access::Action, info_class::InfoClassId};
use tokio::sync::oneshot;

const REFUSED: i64 = 2;
const FAILED: i64 = 3;

async fn nothing_kept(house: &House) {
    assert_eq!(house.count("SELECT count(*) FROM attachment").await, 0);
    assert_eq!(house.count("SELECT count(*) FROM attachment_chunk").await, 0);
}

#[tokio::test]
async fn bad_files_are_refused_by_the_name_of_the_rule_and_recorded() {
    let polyglot = [pdf(), docx(&[])].concat();
    let hidden = [picture(ImageFormat::Jpeg), docx(&[])].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a.txt", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(), "file_program"),
        ("a.jpg", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec(), "file_program"),
        ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec(), "file_active_page"),
        ("a.html", b"<!DOCTYPE html><html><script>1</script></html>".to_vec(), "file_active_page"),
        ("a.docx", docx(&[("word/vbaProject.bin", "x")]), "file_office_macros"),
        ("a.docm", docx(&[]), "file_office_macros"),
        ("a.pdf", polyglot, "file_two_kinds"),
        ("a.jpg", hidden, "file_two_kinds"),
        ("a.png", photo(), "file_extension_disagrees"),
        ("a.txt", Vec::new(), "file_empty"),
        ("a.png", bomb(), "picture_too_many_pixels"),
        ("a.jpg", b"\xff\xd8\xff\xe0broken".to_vec(), "picture_unreadable"),
        ("evil\u{202e}gpj.txt", b"x".to_vec(), "file_name_hidden_characters"),
        ("../a.txt", b"x".to_vec(), "file_name_path"),
    ];
    for house in houses().await {
        for (name, bytes, code) in &cases {
            let before = house.entries(Action::AddAttachment, FAILED).await;
            assert_eq!(rule(house.add(name, bytes).await), *code, "{name}");
            assert_eq!(house.entries(Action::AddAttachment, FAILED).await, before + 1, "{name}");
        }
        nothing_kept(&house).await;
    }
}

#[tokio::test]
async fn too_large_is_noticed_before_and_while_it_comes_in() {
    let least =
        |config: &mut tasuki_app::config::Config| config.limits.attachment_bytes = Number::of(1_048_576);
    for house in houses_with(least).await {
        let large = text(1_048_577);
        assert_eq!(rule(house.add("a.txt", &large).await), "file_too_large");
        for announced in [None, Some(10)] {
            let pieces =
                large.chunks(4096).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)));
            let new = NewAttachment { room: house.room, class: GENERAL, name: "a.txt".into(), announced };
            let taken = add_attachment(&house.services, &house.nurse, new, stream::iter(pieces)).await;
            assert_eq!(rule(taken), "file_too_large");
        }
        let broken = [Ok(Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))];
        let new = NewAttachment { room: house.room, class: GENERAL, name: "a.txt".into(), announced: None };
        let taken = add_attachment(&house.services, &house.nurse, new, stream::iter(broken)).await;
        assert_eq!(rule(taken), "file_interrupted");
        nothing_kept(&house).await;
        assert_eq!(house.entries(Action::AddAttachment, FAILED).await, 4);
        assert_eq!(rule(house.add("a.txt", &text(1_048_576)).await), "taken");
    }
}

#[tokio::test]
async fn nobody_adds_where_they_may_not_write_and_no_byte_is_read() {
    for house in houses().await {
        let unread = || {
            stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, std::io::Error>>> {
                panic!("a byte was asked for before the right was decided")
            })
        };
        let cases = [
            (&house.stranger, house.room, GENERAL),
            (&house.care_worker, house.room, InfoClassId::MEDICAL),
            (&house.care_worker, house.staff_room, GENERAL),
        ];
        for (number, (caller, room, class)) in (1..).zip(cases) {
            let new = NewAttachment { room, class, name: "a.txt".into(), announced: Some(1) };
            let taken = add_attachment(&house.services, caller, new, unread()).await;
            assert!(["matrix", "membership", "refused"].contains(&rule(taken)));
            assert_eq!(house.entries(Action::AddAttachment, REFUSED).await, number);
        }
        nothing_kept(&house).await;
    }
}

#[tokio::test]
async fn files_that_come_in_together_share_a_bounded_memory() {
    let little = |config: &mut tasuki_app::config::Config| {
        config.limits.attachment_bytes = Number::of(1_048_576);
        config.files.upload_memory_bytes = Number::of(1_048_576);
        config.files.upload_wait_seconds = Number::of(1);
    };
    let house = houses_with(little).await.remove(0);
    let (go, wait) = oneshot::channel::<()>();
    let (here, arrived) = oneshot::channel::<()>();
    let slow = stream::once(async move {
        here.send(()).unwrap();
        wait.await.unwrap();
        Ok::<_, std::io::Error>(Bytes::from_static(b"slow\n"))
    });
    let new =
        NewAttachment { room: house.room, class: GENERAL, name: "slow.txt".into(), announced: Some(900_000) };
    let (services, nurse) = (house.services.clone(), house.nurse.clone());
    let first = tokio::spawn(async move { add_attachment(&services, &nurse, new, slow).await });
    arrived.await.unwrap();
    assert_eq!(rule(house.add("b.txt", &text(200_000)).await), "busy");
    assert_eq!(rule(house.add("c.txt", b"small\n").await), "taken");
    go.send(()).unwrap();
    assert_eq!(rule(first.await.unwrap()), "taken");
    assert_eq!(rule(house.add("b.txt", &text(200_000)).await), "taken");
}

#[tokio::test]
async fn nobody_piles_up_files_without_posting() {
    for house in houses().await {
        let mut last = None;
        for _ in 0..30 {
            last = Some(house.add("a.txt", b"x\n").await.unwrap());
        }
        assert_eq!(rule(house.add("a.txt", b"x\n").await), "attachment.too_many_waiting");
        assert_eq!(house.entries(Action::AddAttachment, FAILED).await, 1);
        house.post(&[last.unwrap().attachment]).await.unwrap();
        assert_eq!(rule(house.add("a.txt", b"x\n").await), "taken");
    }
}
