//! The words of the log: a code once given keeps its meaning for as long as a log is kept.

use crate::access::Action;
use std::collections::{BTreeMap, BTreeSet};

const FROZEN: &str = include_str!("../../../../../tests/vectors/domain/actions.json");

#[test]
fn codes_and_texts_are_unique_and_come_back() {
    let codes: BTreeSet<u16> = Action::ALL.iter().map(|action| action.code()).collect();
    let texts: BTreeSet<&str> = Action::ALL.iter().map(|action| action.text()).collect();
    let words: BTreeSet<&str> = Action::ALL.iter().map(|action| action.japanese()).collect();
    let count = Action::ALL.len();
    assert_eq!((codes.len(), texts.len(), words.len()), (count, count, count));
    for action in Action::ALL {
        assert_eq!(Action::from_code(action.code()), Some(*action));
        assert_eq!(Action::from_text(action.text()), Some(*action));
        let told: Action = serde_json::from_str(&format!("\"{}\"", action.text())).unwrap();
        assert_eq!(told, *action);
    }
    assert_eq!((Action::from_code(0), Action::from_text("")), (None, None));
}

#[test]
fn codes_mean_what_they_have_always_meant() {
    let frozen: BTreeMap<u16, String> = serde_json::from_str(FROZEN).unwrap();
    let now: BTreeMap<u16, String> =
        Action::ALL.iter().map(|action| (action.code(), action.text().to_owned())).collect();
    assert_eq!(
        now, frozen,
        "a new action is added to tests/vectors/domain/actions.json; an old one never changes"
    );
}
