//! Looking for texts in bytes, in every form in which somebody could have kept them by mistake.

use base64::{
    Engine as _, engine::general_purpose::STANDARD_NO_PAD, engine::general_purpose::URL_SAFE_NO_PAD,
};
use std::collections::BTreeSet;

/// What is looked for: the name of a form, the canary, its bytes.
struct Needle {
    form: String,
    canary: String,
    bytes: Vec<u8>,
}

/// A set of needles, sorted by their first two bytes so that one pass finds all.
pub struct Search {
    needles: Vec<Needle>,
    by_start: Vec<Vec<usize>>,
}

impl Search {
    /// Looks for these texts. Each is at least 12 bytes long, hiragana or ASCII.
    pub fn new<'a>(canaries: impl IntoIterator<Item = &'a str>) -> Self {
        let mut needles = Vec::new();
        for canary in canaries {
            assert!(canary.len() >= 12, "{canary} could turn up by chance");
            let forms = forms(canary).into_iter();
            needles.extend(forms.map(|(form, bytes)| Needle { form, canary: canary.to_owned(), bytes }));
        }
        let mut by_start = vec![Vec::new(); 0x1_0000];
        for (number, needle) in needles.iter().enumerate() {
            by_start[start(&needle.bytes)].push(number);
        }
        Self { needles, by_start }
    }

    /// Every canary that stands in the bytes, with its form.
    pub fn found(&self, bytes: &[u8]) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(1) {
            for number in &self.by_start[start(&bytes[at..])] {
                let needle = &self.needles[*number];
                if bytes[at..].starts_with(&needle.bytes) {
                    found.insert((needle.canary.clone(), needle.form.clone()));
                }
            }
        }
        found
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A text in every form, each with its name.
pub fn forms(text: &str) -> Vec<(String, Vec<u8>)> {
    let plain = text.as_bytes();
    let hexadecimal: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut forms = vec![
        ("UTF-8".to_owned(), plain.to_vec()),
        ("UTF-16LE".to_owned(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE".to_owned(), text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("JSON escapes".to_owned(), escaped.into_bytes()),
        ("Shift_JIS".to_owned(), text.chars().flat_map(shift_jis).collect()),
        ("EUC-JP".to_owned(), text.chars().flat_map(euc_jp).collect()),
        ("hex".to_owned(), hexadecimal.clone().into_bytes()),
        ("HEX".to_owned(), hexadecimal.to_uppercase().into_bytes()),
    ];
    for shift in 0..3 {
        let shifted = [&vec![0; shift], plain].concat();
        // What depends on the bytes before and behind is cut off.
        let before = [0, 2, 3][shift];
        let behind = usize::from(shifted.len() % 3 != 0);
        for (name, text) in
            [("base64", STANDARD_NO_PAD.encode(&shifted)), ("base64url", URL_SAFE_NO_PAD.encode(&shifted))]
        {
            let cut = text.as_bytes()[before..text.len() - behind].to_vec();
            forms.push((format!("{name} shifted by {shift}"), cut));
        }
    }
    forms
}

/// Hiragana are row 4 of JIS X 0208.
fn hiragana(character: char) -> Option<u8> {
    let number = u32::from(character).checked_sub(0x3041)?;
    u8::try_from(number).ok().filter(|number| *number < 83)
}

fn shift_jis(character: char) -> Vec<u8> {
    match hiragana(character) {
        Some(number) => vec![0x82, 0x9f + number],
        None => ascii(character),
    }
}

fn euc_jp(character: char) -> Vec<u8> {
    match hiragana(character) {
        Some(number) => vec![0xa4, 0xa1 + number],
        None => ascii(character),
    }
}

fn ascii(character: char) -> Vec<u8> {
    assert!(character.is_ascii(), "canaries are hiragana or ASCII");
    vec![u8::try_from(character).unwrap()]
}

#[test]
fn every_form_is_found_in_a_planted_file_and_nothing_elsewhere() {
    for canary in ["かなりあのことば", "canary in a mine", "canary+?/~~~>>>"] {
        let search = Search::new([canary]);
        for (form, bytes) in forms(canary) {
            for before in 0..4 {
                let planted = [vec![b'.'; before], bytes.clone(), b"..".to_vec()].concat();
                let found = search.found(&planted);
                assert!(found.contains(&(canary.to_owned(), form.clone())), "{canary} as {form}");
            }
            let spoilt = bytes[..bytes.len() - 1].to_vec();
            assert!(!search.found(&spoilt).contains(&(canary.to_owned(), form)));
        }
        // A whole file in base64, as a real encoder writes it, at each alignment.
        for before in 0..6 {
            let file = STANDARD_NO_PAD.encode(format!("{}{canary} and more", "x".repeat(before)));
            assert!(!search.found(file.as_bytes()).is_empty(), "{canary} behind {before} bytes");
        }
    }
    // Known bytes of かな in the two old encodings.
    assert_eq!(forms("かな")[4].1, [0x82, 0xa9, 0x82, 0xc8]);
    assert_eq!(forms("かな")[5].1, [0xa4, 0xab, 0xa4, 0xca]);
}
