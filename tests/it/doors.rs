//! Every route of the served description, asked by every kind of person: the answers are one table, `doors/table.txt`.
//!
//! A new route fails the test, which then prints the row that it saw: copy it into the table after judging whether that
//! is who should be allowed; it is what the server does, not what it should do. Where the description alone makes no
//! request that reaches the right (all rows `422`), say in `doors/asks.json` what is asked; `$name` there is something
//! of the house (`doors/known.rs`). Frames are the same: `doors/frames.txt` and `doors/frames.rs`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod asking;
mod dummy;
mod enrolment;
mod frames;
mod known;

use crate::repository::top;
use asking::Asking;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};
use tasuki_tests::{Engine, House};

/// Who asks, in the order of the table's columns.
pub const KINDS: [&str; 11] = [
    "nobody",
    "locked",
    "care",
    "nurse",
    "outsider",
    "staff",
    "system",
    "auditor",
    "maintenance",
    "foreign",
    "office",
];

/// What a device without a person may ask for: beginnings of paths.
const BEFORE_SIGN_IN: &[&str] = &[
    "/api/v1/sign-in/",
    "/api/v1/first-sign-in/",
    "/api/v1/return",
    "/api/v1/device/",
    "/api/v1/devices/renewal",
    "/api/v1/openapi.json",
];

/// Routes with what was written about patients: nobody outside of the team ever gets an answer, role or not.
const CONTENT: &[&str] = &[
    "/api/v1/rooms/{room}",
    "/api/v1/messages/{message}",
    "/api/v1/attachments/{attachment}",
    "/api/v1/patients/{patient}/care-team",
];

/// The rows of a table: what is asked (its first words) and a cell for each kind of person, which may name
/// alternatives (`200/409`).
fn rows(text: &str, words: usize) -> BTreeMap<String, Vec<String>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows = lines.map(|line| {
        let all: Vec<&str> = line.split_whitespace().collect();
        let (asked, cells) = all.split_at(words);
        assert_eq!(cells.len(), KINDS.len(), "{line} has a cell for each kind of person");
        (asked.join(" "), cells.iter().map(|cell| (*cell).to_owned()).collect())
    });
    rows.collect()
}

/// Where what was seen is not what the table says, with the rows to compare.
fn wrong_rows(table: &BTreeMap<String, Vec<String>>, seen: &BTreeMap<String, Vec<String>>) -> String {
    let mut wrong = String::new();
    for (asked, answers) in seen {
        let expected = table.get(asked);
        let fits = |(cell, answer): (&String, &String)| cell.split('/').any(|cell| cell == answer);
        if !expected.is_some_and(|cells| cells.iter().zip(answers).all(fits)) {
            writeln!(wrong, "saw    {asked:<70} {}", answers.join(" ")).unwrap();
            match expected {
                Some(cells) => writeln!(wrong, "table  {asked:<70} {}\n", cells.join(" ")).unwrap(),
                None => writeln!(wrong, "table  has no such row\n").unwrap(),
            }
        }
    }
    for asked in table.keys().filter(|asked| !seen.contains_key(*asked)) {
        writeln!(wrong, "{asked} is in the table and is not there to be asked").unwrap();
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_everybody_as_the_table_says() {
    let house = House::start(Engine::Sqlite).await;
    let mut asking = Asking::begin(&house).await;
    let seen = asking.every_route().await;
    let wrong = wrong_rows(&rows(include_str!("doors/table.txt"), 2), &seen);
    assert!(wrong.is_empty(), "columns: {}\n{wrong}", KINDS.join(" "));
    house.close().await;
}

/// A route that was put beside the description would escape the table.
#[test]
fn no_route_stands_beside_the_description() {
    let folder = top().join("server/app/src/http");
    for file in files_below(&folder).iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        for (_, rest) in text.match_indices(".route(").map(|(at, found)| text.split_at(at + found.len())) {
            let path = rest.split('"').nth(1).unwrap_or_default();
            let known = asking::BESIDE.iter().any(|(_, beside)| *beside == path)
                || (file.ends_with("enrolment/page.rs") && enrolment::PAGE.contains(&path));
            assert!(known, "{}: {path:?} is neither described nor asked by the doors test", file.display());
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// What holds whatever the table says, so that a row copied without thinking is noticed.
#[test]
fn the_table_keeps_the_promises() {
    for (route, cells) in rows(include_str!("doors/table.txt"), 2) {
        let path = route.split_once(' ').unwrap().1;
        let at = |kind: &str| cells[KINDS.iter().position(|known| *known == kind).unwrap()].as_str();
        let succeeds = |kind: &str| at(kind).split('/').any(|cell| cell.starts_with('2') || cell == "101");
        let before_sign_in = path == "/api/v1/device"
            || !path.starts_with("/api/")
            || BEFORE_SIGN_IN.iter().any(|start| path.starts_with(start));
        if !before_sign_in {
            assert_eq!(at("nobody"), "401", "{route}: nobody is signed in");
            let own = path.starts_with("/api/v1/session") || path.starts_with("/api/v1/events");
            let live = ["/api/v1/socket", "/api/v1/frames"].contains(&path);
            assert!(own || live || !succeeds("locked"), "{route}: the screen is locked");
        }
        assert!(cells.iter().all(|cell| !cell.contains("50")), "{route}: the server failed");
        if CONTENT.iter().any(|start| path.starts_with(start)) {
            for kind in ["outsider", "system", "auditor", "maintenance", "foreign"] {
                assert!(!succeeds(kind), "{route}: {kind} is not in the care team");
            }
            // Managers put people into teams; what is written they never see.
            let team = path.contains("/care-team");
            assert!(team || !(succeeds("staff") || succeeds("office")), "{route}: a role gives no content");
        }
    }
}
