//! password_check: brings different writings of the same word together.

use unicode_normalization::UnicodeNormalization as _;

/// NFKC (full-width and half-width forms become one) and lower case.
pub(super) fn normalise(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Kana read as romaji (Kunrei spelling), everything else as it is. `さくら`, `サクラ` give `sakura`.
pub(super) fn read_kana(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut doubled = false;
    for letter in text.chars().map(hiragana) {
        if letter == 'っ' {
            doubled = true;
            continue;
        }
        if let Some(small) = small_vowel(letter) {
            // きゃ: the i of "ki" gives way to "ya".
            if read.ends_with(['i', 'e', 'u']) {
                read.pop();
            }
            read.push_str(small);
            continue;
        }
        match sound(letter) {
            Some(sound) => {
                if std::mem::take(&mut doubled) {
                    read.extend(sound.chars().next());
                }
                read.push_str(sound);
            }
            None if letter == 'ー' => read.extend(read.clone().chars().next_back()),
            None => read.push(letter),
        }
        doubled = false;
    }
    read
}

fn hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        other => other,
    }
}

fn small_vowel(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ゃ' => "ya",
        'ゅ' => "yu",
        'ょ' => "yo",
        'ぁ' => "a",
        'ぃ' => "i",
        'ぅ' => "u",
        'ぇ' => "e",
        'ぉ' => "o",
        _ => return None,
    })
}

/// The rows of the syllabary: initial sound and its kana for a, i, u, e, o (`_`: none).
const ROWS: &[(&str, &str)] = &[
    ("", "あいうえお"),
    ("k", "かきくけこ"),
    ("s", "さしすせそ"),
    ("t", "たちつてと"),
    ("n", "なにぬねの"),
    ("h", "はひふへほ"),
    ("m", "まみむめも"),
    ("y", "や_ゆ_よ"),
    ("r", "らりるれろ"),
    ("w", "わゐ_ゑを"),
    ("g", "がぎぐげご"),
    ("z", "ざじずぜぞ"),
    ("d", "だぢづでど"),
    ("b", "ばびぶべぼ"),
    ("p", "ぱぴぷぺぽ"),
    ("v", "__ゔ__"),
];

fn sound(letter: char) -> Option<&'static str> {
    // Built once: a lookup per letter must not search the rows again.
    static SOUNDS: std::sync::LazyLock<std::collections::HashMap<char, String>> =
        std::sync::LazyLock::new(|| {
            let mut sounds: std::collections::HashMap<char, String> = (ROWS.iter())
                .flat_map(|(initial, kana)| {
                    kana.chars().zip("aiueo".chars()).map(move |(k, v)| (k, format!("{initial}{v}")))
                })
                .collect();
            sounds.remove(&'_');
            sounds.insert('ん', "n".to_owned());
            sounds
        });
    SOUNDS.get(&letter).map(String::as_str)
}

/// Spellings that name the same sounds; longer ones first.
const SPELLINGS: &[(&str, &str)] = &[
    ("tch", "ch"),
    ("shi", "si"),
    ("chi", "ti"),
    ("tsu", "tu"),
    ("sh", "sy"),
    ("ch", "ty"),
    ("ji", "zi"),
    ("jy", "zy"),
    ("j", "zy"),
    ("fu", "hu"),
    ("mb", "nb"),
    ("mp", "np"),
    ("mm", "nm"),
    ("ou", "o"),
    ("oh", "o"),
    ("dzu", "zu"),
    ("du", "zu"),
    ("di", "zi"),
];

/// A word's letters in one spelling, long sounds and doubled letters made single, all else left out:
/// `Satoh`, `サトウ`, `satou`, `sa-tou` become the same. Kanji stay.
pub(super) fn fold(text: &str) -> String {
    let mut letters: String = read_kana(text).chars().filter(|letter| letter.is_alphabetic()).collect();
    for (spelling, same) in SPELLINGS {
        letters = letters.replace(spelling, same);
    }
    let mut folded = String::with_capacity(letters.len());
    for letter in letters.chars() {
        if !folded.ends_with(letter) {
            folded.push(letter);
        }
    }
    folded
}

/// Letters for the digits and signs that stand for them; `one` is what `1`, `!` and `|` become.
pub(super) fn unleet(text: &str, one: char) -> String {
    text.chars()
        .map(|letter| match letter {
            '0' => 'o',
            '1' | '!' | '|' => one,
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' | '+' => 't',
            '8' => 'b',
            '9' => 'g',
            other => other,
        })
        .collect()
}
