//! Whoever has the disk or an export in their hands: what they change is found by the operator's own command, or does
//! not open.

use super::child::program;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tasuki_tests::{Engine, Guest, House, now};
use tasuki_vault::log::{
    Hash,
    export::{ExportReader, ExportWriter, Frame, Header},
};
use uuid::Uuid;

/// A piece of an export, to be laid in another order.
#[derive(Clone)]
enum Piece {
    Entry(Hash, Vec<u8>),
    Head(String),
}

/// Exit code and words of `tasuki audit verify`.
fn verify(program: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(program).args(["audit", "verify"]).args(arguments).output().unwrap();
    let words = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&words).into_owned())
}

async fn post(guest: &Guest, room: &str, text: &str) -> Uuid {
    let post = json!({ "client_id": Uuid::now_v7(), "class": 2, "written_at": now(), "text": text });
    let posted = guest.expect(&format!("POST /api/v1/rooms/{room}/messages"), &post).await;
    posted["message"].as_str().unwrap().parse().unwrap()
}

async fn room(guest: &Guest) -> String {
    let list = guest.expect("GET /api/v1/patients", &Value::Null).await;
    list["patients"][0]["room"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_was_altered_cut_or_reordered_is_found_by_the_command() {
    let house = House::start(Engine::Sqlite).await;
    let care = house.signed_in("care").await;
    let room = room(&care).await;
    for number in 0..8 {
        post(&care, &room, &format!("記録 {number}")).await;
        // Some entries between two heads, and several heads.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let system = house.administrator("system").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let query = format!("from=0&until={}&format=proof", now() + 60_000_000);
    let export = system.client.get(&format!("/api/v1/access-log/export?{query}")).await.unwrap();
    assert_eq!(export.status, 200, "{}", export.json);
    let head = care.expect("GET /api/v1/access-log/head", &Value::Null).await["note"].clone();
    let folder = tempfile::tempdir().unwrap();
    let head = kept(folder.path(), "head", head.as_str().unwrap().as_bytes());
    house.close().await;

    let (header, pieces) = read(&export.body);
    let entries: Vec<usize> =
        (0..pieces.len()).filter(|at| matches!(pieces[*at], Piece::Entry(..))).collect();
    assert!(entries.len() > 30, "{} entries", entries.len());
    let one = entries[entries.len() / 2];
    let next = *entries.iter().find(|at| **at > one).unwrap();
    let program = program();
    let check = |name: &str, pieces: &[Piece], head: Option<&Path>| {
        let file = kept(folder.path(), name, &write(&header, pieces));
        let mut arguments = vec!["--export", file.to_str().unwrap()];
        arguments.extend(head.iter().flat_map(|head| ["--against", head.to_str().unwrap()]));
        verify(&program, &arguments)
    };
    let (code, words) = check("true", &pieces, Some(&head));
    assert_eq!(code, 0, "{words}");

    let mut altered = pieces.clone();
    let Piece::Entry(_, bytes) = &mut altered[one] else { unreachable!() };
    *bytes.last_mut().unwrap() ^= 1;
    let mut removed = pieces.clone();
    removed.remove(one);
    let mut doubled = pieces.clone();
    doubled.insert(one, pieces[one].clone());
    let mut swapped = pieces.clone();
    swapped.swap(one, next);
    let number = (header.before.size() + entries.len() as u64 / 2).to_string();
    for (name, pieces) in
        [("altered", &altered), ("removed", &removed), ("doubled", &doubled), ("swapped", &swapped)]
    {
        let (code, words) = check(name, pieces, None);
        assert_eq!(code, 1, "{name}: {words}");
        assert!(words.contains(&number), "{name}: entry {number} is not named: {words}");
    }
    // A tail cut off at an earlier head is found only by whoever kept a later one, and the command says so.
    let heads = pieces.iter().enumerate().filter(|(_, piece)| matches!(piece, Piece::Head(_)));
    let heads: Vec<usize> = heads.map(|(at, _)| at).collect();
    let cut = &pieces[..=heads[heads.len() / 2]];
    let (code, words) = check("cut", cut, None);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("cannot be known"), "it does not say what it cannot know: {words}");
    let (code, words) = check("cut-against", cut, Some(&head));
    assert_eq!(code, 1, "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_ciphertexts_do_not_open_and_a_tampered_entry_is_found() {
    let house = House::start(Engine::Sqlite).await;
    let care = house.signed_in("care").await;
    let room = room(&care).await;
    let (one, other) =
        (post(&care, &room, "ひとつめの記録").await, post(&care, &room, "ふたつめの記録").await);
    let premises = house.close().await;
    let database = premises.data().join("tasuki.db");
    let program = program();
    let settings = premises.settings();
    let verify_data = |expected: i32| {
        let mut command = Command::new(&program);
        let output = command.arg("--config").arg(&settings).args(["audit", "verify"]).output().unwrap();
        let words = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(expected), "{words}");
        words
    };
    verify_data(0);
    let mut hand =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&database)).await.unwrap();
    let moved = "UPDATE message SET body = (SELECT body FROM message WHERE message = $1) WHERE message = $2";
    let done = sqlx::query(moved).bind(one).bind(other).execute(&mut hand).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    hand.close().await.unwrap();
    let house = House::open(premises).await;
    let care = house.signed_in("care").await;
    let page = care.ask(&format!("GET /api/v1/rooms/{room}/messages"), &Value::Null).await.unwrap();
    assert_eq!(page.status, 500, "{}", page.json);
    assert!(!page.json.to_string().contains("記録"), "a moved text was shown: {}", page.json);
    let premises = house.close().await;

    let mut hand =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&database)).await.unwrap();
    let refused = sqlx::query("UPDATE access_entry SET outcome = 2 WHERE idx = 5").execute(&mut hand).await;
    assert!(refused.is_err(), "the table lets itself be changed");
    sqlx::query("DROP TRIGGER access_entry_no_update").execute(&mut hand).await.unwrap();
    let changed = "UPDATE access_entry SET outcome = 3 - outcome WHERE idx = 5 AND outcome IN (1, 2)";
    let done = sqlx::query(changed).execute(&mut hand).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    hand.close().await.unwrap();
    let words = verify_data(1);
    assert!(words.contains('5'), "the entry is not named: {words}");
    drop(premises);
}

fn kept(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

fn read(export: &[u8]) -> (Header, Vec<Piece>) {
    let mut reader = ExportReader::open(export).unwrap();
    let header = Header { key: reader.header().key.clone(), before: reader.header().before.clone() };
    let mut pieces = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        match frame {
            Frame::Entry { stored, leaf } => pieces.push(Piece::Entry(stored, leaf.to_vec())),
            Frame::Checkpoint(note) => pieces.push(Piece::Head(note.to_owned())),
            Frame::End(_) => {}
        }
    }
    (header, pieces)
}

fn write(header: &Header, pieces: &[Piece]) -> Vec<u8> {
    let mut writer = ExportWriter::begin(Vec::new(), header).unwrap();
    for piece in pieces {
        match piece {
            Piece::Entry(hash, leaf) => writer.entry(hash, leaf).unwrap(),
            Piece::Head(note) => writer.checkpoint(note).unwrap(),
        }
    }
    writer.end().unwrap()
}
