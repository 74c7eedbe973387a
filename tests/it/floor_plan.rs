//! The rooms inside `server/app/src`: who may know whom. Cargo holds the floors, this test holds the rooms.
//!
//! A reference is any path that starts at the crate root (`crate::room`, or enough `super::`) or at a watched crate,
//! wherever it stands in production code. Rooms are the first folder or file below `src`.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use crate::repository::{files, production, text};

/// What one room may reach: other rooms by name, and the crates it must do without.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    without: &'static [&'static str],
}

const fn room(
    name: &'static str,
    may_use: &'static [&'static str],
    without: &'static [&'static str],
) -> Room {
    Room { name, may_use, without }
}

/// Crates that know the web.
const WEB: &[&str] =
    &["axum", "axum_server", "http", "hyper", "hyper_util", "tower", "tower_http", "tokio_tungstenite"];

/// Crates that know rows or keys.
const LOWER: &[&str] = &["tasuki_store", "tasuki_vault", "sqlx"];

const ROOMS: &[Room] = &[
    room("clock", &[], LOWER),
    room("config", &[], LOWER),
    room("telemetry", &["config"], LOWER),
    room("unlock", &["config"], WEB),
    room("limit", &["config", "clock"], LOWER),
    room("hasher", &["config", "clock", "limit"], WEB),
    room("hub", &["config", "clock", "limit"], WEB),
    // Files that leave the house, sealed; and age, PostgreSQL's tools.
    room("backup", &["config"], &["tasuki_store", "tasuki_vault", "sqlx", "axum", "hyper", "tower"]),
    // Opens a house out of a backup, so it stands beside start-up and not among the use cases.
    room("restore", &["backup"], WEB),
    // Puts every room's errors into words; knows their error types and nothing else.
    room("explain", &["backup", "restore", "startup", "unlock", "usecase"], WEB),
    // Of the TLS room the use cases know certificates and the handle of the open door.
    room(
        "usecase",
        &["backup", "files", "password_check", "hub", "limit", "hasher", "clock", "config", "tls"],
        WEB,
    ),
    room("wire", &[], &["tasuki_store", "tasuki_vault", "sqlx", "axum", "hyper", "tower"]),
    room("state", &["usecase", "hub", "limit", "hasher", "clock", "config"], &[]),
    // Of the TLS room the doors know who is at the other end (`Peer`), nothing more.
    room(
        "http",
        &[
            "usecase",
            "wire",
            "state",
            "hub",
            "limit",
            "clock",
            "config",
            "shutdown",
            "telemetry",
            "tls",
            "ws",
        ],
        LOWER,
    ),
    room(
        "ws",
        &["usecase", "wire", "state", "hub", "limit", "clock", "config", "shutdown", "tls", "http"],
        LOWER,
    ),
    room("console", &["usecase", "config", "clock", "explain"], WEB),
    room("data_lock", &[], LOWER),
    room("notify", &[], LOWER),
    room("demo", &["data_lock", "colleague", "config", "clock", "console", "startup", "usecase"], WEB),
    room("tls", &["config", "clock", "limit", "shutdown"], LOWER),
    room("jobs", &["usecase", "startup", "state", "hub", "limit", "clock", "config", "shutdown"], WEB),
    room("conformity", &["usecase", "state", "config", "clock"], WEB),
    room("shutdown", &["config", "clock"], LOWER),
    // A client at the public door, for the demo and the tests: it may know nothing of the inside.
    room("colleague", &["wire", "clock"], LOWER),
    // Judges of bytes and of words: pure, but for the helper process that draws pictures anew.
    room("files", &[], &["tasuki_store", "tasuki_vault", "sqlx", "axum", "hyper", "tower"]),
    room("password_check", &[], &["tasuki_store", "tasuki_vault", "sqlx", "axum", "hyper", "tower"]),
];

/// Rooms that stand above all others, and who may call them: start-up is known to the doors of the operator only.
const ENTRANCES: &[&str] = &["main", "lib", "cli", "startup"];

/// The name after each `root::`, groups in braces opened: `root::{a::b, c}` gives a and c.
fn names_after(source: &str, root: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (start, _) in source.match_indices(root) {
        let before = source.get(..start).unwrap().chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let after = source.get(start + root.len()..).unwrap();
        let Some(rest) = after.strip_prefix("::") else { continue };
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_heads(group)),
            None => names.extend([word(rest)]),
        }
    }
    names
}

/// The first word of every member of a brace group, up to its closing brace.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0_usize;
    let mut member = String::new();
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => heads.push(word(&std::mem::take(&mut member))),
            _ => {
                depth += usize::from(letter == '{');
                depth -= usize::from(letter == '}');
                member.push(letter);
            }
        }
    }
    heads.push(word(&member));
    heads.retain(|head| !head.is_empty());
    heads
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Whether the code names this crate: in a `use`, or at the head of a path.
fn names_crate(source: &str, name: &str) -> bool {
    !names_after(source, name).is_empty()
        || source.contains(&format!("use {name};"))
        || source.contains(&format!("use {name} as "))
}

fn without_comments(source: &str) -> String {
    source
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The room of a file, and how many `super::` lead from it to the crate root.
fn place(path: &Path) -> (String, usize) {
    let inside = path.strip_prefix("server/app/src").unwrap().with_extension("");
    let mut steps: Vec<String> = inside.iter().map(|step| step.to_str().unwrap().to_owned()).collect();
    if steps.last().is_some_and(|last| last == "mod") {
        steps.pop();
    }
    let depth = steps.len();
    (steps.into_iter().next().unwrap(), depth)
}

/// Whether a file or folder of this name holds tests alone: `tests`, `consortium_tests`.
fn is_tests(stem: &std::ffi::OsStr) -> bool {
    stem.to_str().is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"))
}

/// Every reference of this file that its room may not make, as a sentence each.
fn wrongs(path: &Path, source: &str) -> Vec<String> {
    let (name, depth) = place(path);
    let test = path.iter().any(|step| Path::new(step).file_stem().is_some_and(is_tests));
    if test || ENTRANCES.contains(&name.as_str()) {
        return Vec::new();
    }
    let file = path.display();
    let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
        return vec![format!("{file}: `{name}` is a new room: give it a line in tests/it/floor_plan.rs")];
    };
    let code = without_comments(production(source));
    let mut reached = names_after(&code, "crate");
    reached.extend(names_after(&code, &vec!["super"; depth].join("::")));
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).chain(ENTRANCES.iter().copied()).collect();
    let mut wrongs: Vec<String> = reached
        .iter()
        .filter(|other| rooms.contains(other.as_str()) && **other != name)
        .filter(|other| !room.may_use.contains(&other.as_str()))
        .map(|other| format!("{file}: {name} may not use {other}"))
        .collect();
    for stranger in room.without.iter().filter(|stranger| names_crate(&code, stranger)) {
        wrongs.push(format!("{file}: {name} may not know the crate {stranger}"));
    }
    if name == "usecase" {
        let keys = names_after(&code, "tasuki_vault");
        let other = keys.iter().filter(|taken| !["password", "token"].contains(&taken.as_str()));
        wrongs.extend(other.map(|taken| format!("{file}: from vault a use case takes no `{taken}`")));
    }
    wrongs
}

#[test]
fn nobody_climbs_the_stairs() {
    let sources = files("server/app/src", "rs");
    assert!(!sources.is_empty());
    let wrongs: Vec<String> = sources.iter().flat_map(|path| wrongs(path, &text(path))).collect();
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
}

#[test]
fn the_test_sees_every_way_to_climb() {
    let climbs = [
        ("http/messages.rs", "use tasuki_store::Store;"),
        ("http/messages.rs", "fn f() { tasuki_vault::seal::open(); }"),
        ("http/mod.rs", "use crate::{usecase::Read, startup};"),
        ("ws/socket.rs", "use super::super::startup::House;"),
        ("usecase/read_room.rs", "use crate::wire::Frame;"),
        ("usecase/read_room.rs", "use axum as web;"),
        ("usecase/read_room.rs", "use tasuki_vault::{password, seal};"),
        ("hub/local.rs", "use crate::startup::Opened;"),
        ("attic/thing.rs", ""),
    ];
    for (file, source) in climbs {
        let path = Path::new("server/app/src").join(file);
        assert_eq!(wrongs(&path, source).len(), 1, "{file}: {source}");
    }
    let fine = "//! use axum\nuse tasuki_vault::{password::Hash, token};\nuse crate::hub::{self, Live};\nuse super::post;\n\
                #[cfg(test)]\nmod tests { use crate::http; }\n";
    assert_eq!(wrongs(Path::new("server/app/src/usecase/read_room.rs"), fine), Vec::<String>::new());
}
