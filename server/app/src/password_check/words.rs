//! password_check: the common words, and whether a password is one of them in disguise.

use std::collections::HashSet;
use std::sync::LazyLock;

use zeroize::Zeroizing;

use super::fold::{fold, normalise, read_kana, unleet};
use super::rule::Rule;

/// The words in their order, as written.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("common_words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// The words and their one spelling after folding, for comparing with what kana give.
static AS_READ: LazyLock<(Vec<String>, HashSet<String>)> = LazyLock::new(|| {
    let folded: Vec<String> = WORDS.iter().map(|word| fold(&normalise(word))).collect();
    let set = folded.iter().cloned().collect();
    (folded, set)
});

static AS_READ_REFERENCES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| WORDS.iter().copied().chain(AS_READ.0.iter().map(String::as_str)).collect());

/// All words as written, most likely first.
pub(super) fn all() -> &'static [&'static str] {
    &WORDS
}

/// All words as written and in their folded spelling.
pub(super) fn all_as_read() -> &'static [&'static str] {
    &AS_READ_REFERENCES
}

/// Refuses a common word with digits and signs round it, letters replaced, or joined with another.
pub(super) fn check(text: &str) -> Result<(), Rule> {
    let known = &AS_READ.1;
    let edge = |letter: char| !letter.is_alphabetic();
    let cuts = [text, text.trim_matches(edge), text.trim_end_matches(edge), text.trim_start_matches(edge)];
    for cut in cuts {
        let disguises = [cut.to_owned(), unleet(cut, 'i'), unleet(cut, 'l')];
        for disguise in disguises.map(Zeroizing::new) {
            let word = Zeroizing::new(fold(&disguise));
            if !word.is_empty() && (known.contains(word.as_str()) || two_words(known, &word)) {
                return Err(Rule::Common);
            }
        }
    }
    Ok(())
}

/// Two listed words of three letters or more, joined: family and given name, a word said twice.
fn two_words(known: &HashSet<String>, word: &str) -> bool {
    word.char_indices()
        .filter_map(|(place, _)| word.split_at_checked(place))
        .filter(|(first, second)| first.len() >= 3 && second.len() >= 3)
        .any(|(first, second)| known.contains(first) && known.contains(second))
}

/// The letters of a password as they would be compared with a word: for the context rules.
pub(super) fn readings(text: &str) -> [Zeroizing<String>; 3] {
    [text.to_owned(), unleet(text, 'i'), unleet(text, 'l')].map(|reading| Zeroizing::new(read_kana(&reading)))
}
