//! password_check: the words that belong to one person: name, login, organizations, the product.

use zeroize::Zeroizing;

use super::fold::{fold, normalise, read_kana};
use super::rule::Rule;
use super::words::readings;

/// What an attacker knows of the person. All strings as the records have them; readings in kana and
/// romaji may be given beside the kanji as further entries.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The login.
    pub login: &'a str,
    /// Names of the person: kanji, kana, romaji; family and given name separated by a blank.
    pub names: &'a [&'a str],
    /// Names of organizations and places.
    pub organizations: &'a [&'a str],
}

/// The product's own name; the kanji is looked for by itself.
const PRODUCT: &str = "tasuki";

/// Parts of organization names that belong to everybody.
const LEGAL_FORMS: &[&str] = &[
    "医療法人社団",
    "医療法人財団",
    "社会医療法人",
    "医療法人",
    "社会福祉法人",
    "株式会社",
    "有限会社",
    "合同会社",
    "一般社団法人",
    "公益社団法人",
    "npo法人",
    "法人",
];

impl Context<'_> {
    /// Refuses a password (normalised) that contains one of these words.
    pub(super) fn check(&self, text: &str) -> Result<(), Rule> {
        let readings = readings(text);
        let contains = |word: Word| readings.iter().any(|reading| contains(reading, &word));
        let own = self.names.iter().copied().chain([self.login]);
        if own.flat_map(parts).any(contains) {
            return Err(Rule::OwnName);
        }
        let organizations = self.organizations.iter().flat_map(|name| parts(&without_form(name)));
        if organizations.chain(parts(PRODUCT)).any(contains) || text.contains('襷') {
            return Err(Rule::Organization);
        }
        Ok(())
    }
}

fn without_form(name: &str) -> String {
    let mut name = normalise(name);
    for form in LEGAL_FORMS {
        name = name.replace(form, " ");
    }
    name
}

/// One word of a name: its letters as they are read, and folded to one spelling.
struct Word {
    read: String,
    folded: String,
}

/// The words of a name; single letters are left out.
fn parts(name: &str) -> Vec<Word> {
    normalise(name)
        .split(|letter: char| !letter.is_alphanumeric() && letter != 'ー')
        .map(|part| Word { read: letters(&read_kana(part)), folded: fold(part) })
        .filter(|word| word.folded.chars().count() >= 2)
        .collect()
}

fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphabetic()).collect()
}

/// Four letters or more may stand anywhere, and so may two kanji; a shorter word counts only when it
/// stands alone (`abe` is no part of `label`).
fn contains(reading: &str, word: &Word) -> bool {
    if word.folded.chars().count() >= 4 || !word.folded.is_ascii() {
        // Folding also looks across the seam to the next letters, so the plain letters count as well.
        return Zeroizing::new(fold(reading)).contains(&word.folded)
            || Zeroizing::new(letters(reading)).contains(&word.read);
    }
    reading
        .split(|letter: char| !letter.is_alphabetic())
        .any(|part| *Zeroizing::new(fold(part)) == word.folded)
}
