//! The description of the API is committed, so that a change to it shows in review: `server/openapi.json`.

use crate::repository::top;

/// `TASUKI_UPDATE=1 cargo test -p tasuki-tests api_description` writes the file anew.
#[test]
fn the_committed_description_is_the_served_one() {
    let (_, description) = tasuki_app::http::routes().split_for_parts();
    let served = description.to_pretty_json().unwrap() + "\n";
    let file = top().join("server/openapi.json");
    if std::env::var_os("TASUKI_UPDATE").is_some() {
        std::fs::write(&file, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if served != committed {
        let differs = served.lines().zip(committed.lines()).position(|(one, other)| one != other);
        let line = differs.map_or(0, |line| line + 1);
        panic!("server/openapi.json differs from line {line} on; TASUKI_UPDATE=1 writes it anew");
    }
}
