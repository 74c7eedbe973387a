//! Folding a name so that people find it however they type it: width, case, kana and spaces do not count.

use unicode_normalization::UnicodeNormalization;

/// The folded form: NFKC, lower case, katakana as hiragana, without white space.
pub(super) fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|character| !character.is_whitespace())
        .map(|character| match u32::from(character) {
            code @ 0x30A1..=0x30F6 => char::from_u32(code - 0x60).unwrap_or(character),
            _ => character,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_name_however_it_is_typed() {
        for typed in ["ｻﾄｳ ﾊﾅｺ", "サトウハナコ", "さとう　はなこ"] {
            assert_eq!(fold(typed), "さとうはなこ", "{typed}");
        }
        assert_eq!(fold("ＳＡＴＯ Hanako"), "satohanako");
        assert_eq!(fold("髙﨑ヶ丘"), "髙﨑ゖ丘");
    }
}
