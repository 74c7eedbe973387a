//! Files stay readable in one sitting: at most 600 production lines, and a first line that names the room.
//! (Functions are held to 60 lines by clippy's `too_many_lines`.)

use crate::repository::{files, production, text};

/// More than this many production lines in one file is refused.
const LONGEST: usize = 600;

#[test]
fn no_source_file_becomes_a_hall() {
    let mut sources = files("server", "rs");
    sources.extend(files("tests", "rs"));
    assert!(sources.len() > 10, "only {} sources found", sources.len());
    let long: Vec<String> = sources
        .iter()
        .map(|path| (path, production(&text(path)).lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{} ({lines} lines)", path.display()))
        .collect();
    assert!(long.is_empty(), "split by noun: {long:?}");
}

#[test]
fn every_source_file_says_which_room_it_is() {
    let silent: Vec<String> = files("server", "rs")
        .iter()
        .filter(|path| path.file_stem().is_some_and(|stem| stem != "tests"))
        .filter(|path| !text(path).starts_with("//! "))
        .map(|path| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "the first line is `//!` and names the room: {silent:?}");
}
