//! password_check: repetitions, sequences and plain numbers.

use super::rule::Rule;

/// Rows that fingers follow or people recite, forwards and backwards.
const ROWS: &[&str] = &[
    "qwertyuiop@[",
    "asdfghjkl;:]",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "!\"#$%&'()",
    "!@#$%^&*()",
    "いろはにほへとちりぬるを",
    "あいうえおかきくけこさしすせそたちつてと",
];

/// Words that turn a number into a date or a telephone number.
const NUMBER_WORDS: &[&str] = &[
    "reiwa", "heisei", "showa", "shouwa", "taisho", "令和", "平成", "昭和", "大正", "年", "月", "日", "生",
    "tel",
];

/// # Errors
/// `Repeated`, `Sequence` or `Number`.
pub(super) fn check(text: &str) -> Result<(), Rule> {
    let letters: Vec<char> = text.chars().collect();
    if repeated(&letters) {
        return Err(Rule::Repeated);
    }
    // Up to two characters added to a run do not make it another thing.
    if in_runs(&letters) + 2 >= letters.len() {
        return Err(Rule::Sequence);
    }
    if plain_number(text) {
        return Err(Rule::Number);
    }
    Ok(())
}

/// At most three different characters, or one part of up to a third of the length said again and again,
/// or a short half said twice.
fn repeated(letters: &[char]) -> bool {
    let mut different = letters.to_vec();
    different.sort_unstable();
    different.dedup();
    let again =
        |size: usize| letters.iter().skip(size).eq(letters.iter().take(letters.len().saturating_sub(size)));
    let half = letters.len() / 2;
    different.len() <= 3
        || (1..=letters.len() / 3).any(again)
        || (letters.len().is_multiple_of(2) && half < super::SHORTEST && again(half))
}

/// How many characters stand in runs of at least three with the same step, or along a row.
fn in_runs(letters: &[char]) -> usize {
    let mut counted = 0;
    let mut start = 0;
    while start < letters.len() {
        let rest = letters.get(start..).unwrap_or(&[]);
        let length = stepping(rest).max(along_row(rest));
        if length >= 3 {
            counted += length;
            start += length;
        } else {
            start += 1;
        }
    }
    counted
}

/// The length of the run of neighbouring code points that begins here: `abc`, `987`.
fn stepping(letters: &[char]) -> usize {
    let step = |pair: &[char]| match pair {
        [first, second] => i64::from(u32::from(*second)) - i64::from(u32::from(*first)),
        _ => 0,
    };
    let mut pairs = letters.windows(2).map(step);
    match pairs.next() {
        Some(first @ (1 | -1)) => 2 + pairs.take_while(|next| *next == first).count(),
        _ => 1,
    }
}

/// The length of the stretch that begins here and follows a row in either direction.
fn along_row(letters: &[char]) -> usize {
    let longest = |row: Vec<char>| {
        (0..row.len())
            .map(|from| {
                let row = row.get(from..).unwrap_or(&[]);
                row.iter().zip(letters).take_while(|(wanted, seen)| wanted == seen).count()
            })
            .max()
            .unwrap_or(0)
    };
    ROWS.iter()
        .map(|row| longest(row.chars().collect()).max(longest(row.chars().rev().collect())))
        .max()
        .unwrap_or(0)
}

/// Digits with separators only, perhaps with an era or one letter before: `1990-01-01`, `s600101`,
/// `昭和60年1月1日`, `090-1234-5678`. Sixteen digits and more are left to the estimate.
fn plain_number(text: &str) -> bool {
    let mut rest = text.to_owned();
    for word in NUMBER_WORDS {
        rest = rest.replace(word, "");
    }
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let letters = rest.chars().filter(|letter| letter.is_alphabetic()).count();
    let others = rest
        .chars()
        .filter(|letter| !letter.is_alphanumeric() && !"-/.,_ :()年月日".contains(*letter))
        .count();
    let era_letter = letters == 1 && rest.starts_with(['m', 't', 's', 'h', 'r']);
    (4..16).contains(&digits) && others == 0 && (letters == 0 || era_letter)
}
