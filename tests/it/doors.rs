//! Every route of the served description, asked by every kind of person: the answers are one table, `doors/table.txt`.
//!
//! A route without a row fails the test, which then prints the row that it saw. Read such a row before copying it:
//! it is what the server does, not what it should do.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod asking;
mod dummy;

use asking::Asking;
use std::{collections::BTreeMap, fmt::Write as _};
use tasuki_tests::{Engine, House};

/// Who asks, in the order of the table's columns.
pub const KINDS: [&str; 9] =
    ["nobody", "locked", "care", "nurse", "outsider", "staff", "system", "auditor", "maintenance"];

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

/// Route → the status for each kind of person; a cell may name alternatives (`200/409`).
fn table() -> BTreeMap<String, Vec<String>> {
    let lines = include_str!("doors/table.txt").lines();
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut words = line.split_whitespace();
        let route = format!("{} {}", words.next().unwrap(), words.next().unwrap());
        let cells: Vec<String> = words.map(str::to_owned).collect();
        assert_eq!(cells.len(), KINDS.len(), "{route} has a cell for each kind of person");
        (route, cells)
    });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_everybody_as_the_table_says() {
    let house = House::start(Engine::Sqlite).await;
    let mut asking = Asking::begin(&house).await;
    let seen = asking.every_route().await;
    let table = table();
    let mut wrong = String::new();
    for (route, answers) in &seen {
        let expected = table.get(route);
        let fits = |(cell, answer): (&String, &u16)| cell.split('/').any(|cell| cell == answer.to_string());
        let same = expected.is_some_and(|cells| cells.iter().zip(answers).all(fits));
        if !same {
            let words: Vec<String> = answers.iter().map(ToString::to_string).collect();
            writeln!(wrong, "saw    {route:<70} {}", words.join(" ")).unwrap();
            match expected {
                Some(cells) => writeln!(wrong, "table  {route:<70} {}\n", cells.join(" ")).unwrap(),
                None => writeln!(wrong, "table  has no such row\n").unwrap(),
            }
        }
    }
    for route in table.keys().filter(|route| !seen.contains_key(*route)) {
        writeln!(wrong, "{route} is in the table and not in the description").unwrap();
    }
    assert!(wrong.is_empty(), "columns: {}\n{wrong}", KINDS.join(" "));
    house.close().await;
}

/// What holds whatever the table says, so that a row copied without thinking is noticed.
#[test]
fn the_table_keeps_the_promises() {
    for (route, cells) in table() {
        let path = route.split_once(' ').unwrap().1;
        let at = |kind: &str| cells[KINDS.iter().position(|known| *known == kind).unwrap()].as_str();
        let succeeds = |kind: &str| at(kind).split('/').any(|cell| cell.starts_with('2') || cell == "101");
        let before_sign_in =
            path == "/api/v1/device" || BEFORE_SIGN_IN.iter().any(|start| path.starts_with(start));
        if !before_sign_in {
            assert_eq!(at("nobody"), "401", "{route}: nobody is signed in");
            let own = path.starts_with("/api/v1/session") || path.starts_with("/api/v1/events");
            let live = ["/api/v1/socket", "/api/v1/frames"].contains(&path);
            assert!(own || live || !succeeds("locked"), "{route}: the screen is locked");
        }
        assert!(cells.iter().all(|cell| !cell.contains("50")), "{route}: the server failed");
        if CONTENT.iter().any(|start| path.starts_with(start)) {
            for kind in ["outsider", "system", "auditor", "maintenance"] {
                assert!(!succeeds(kind), "{route}: {kind} is not in the care team");
            }
        }
    }
}
