//! password_check: whether a new password is acceptable. Pure; knows no store, no web; keeps, prints and
//! returns nothing of the password.
//!
//! The bar is 10^8 guesses as zxcvbn counts them: what eight random characters reach, and what its score 3
//! begins with. It suffices because the password is never alone (a passkey with user verification always
//! follows), is hashed with Argon2id, and tries are limited. Length rules follow NIST SP 800-63B: at least
//! 8, long ones welcome, no forced mixture of characters. What zxcvbn does not know (Japanese words, kana,
//! names, eras) the rules and the word list here add.

mod context;
mod fold;
mod pattern;
mod rule;
#[cfg(test)]
mod tests;
mod words;

pub use context::Context;
pub use rule::Rule;

use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Score};

/// Fewest characters, after NFKC.
pub const SHORTEST: usize = 8;
/// Most characters, after NFKC.
pub const LONGEST: usize = 128;
/// zxcvbn takes time that grows faster than the length; it sees this many characters.
const ESTIMATED: usize = 100;
/// The bar, as a power of ten.
const ENOUGH: f64 = 8.0;

/// An accepted password's strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// Guesses needed, as a power of ten, rounded down; 8 or more.
    pub guesses_log10: u8,
    /// For a bar of four steps: 2 (just enough), 3 or 4.
    pub score: u8,
}

/// Judges a new password for the person that `context` describes.
///
/// # Errors
/// The first rule that the password breaks.
pub fn check(password: &str, context: &Context<'_>) -> Result<Strength, Rule> {
    // Bounded by bytes before any work that depends on the length.
    if password.len() > LONGEST * 8 {
        return Err(Rule::TooLong);
    }
    let text = Zeroizing::new(fold::normalise(password));
    let length = text.chars().count();
    if length < SHORTEST {
        return Err(Rule::TooShort);
    }
    if length > LONGEST {
        return Err(Rule::TooLong);
    }
    context.check(&text)?;
    pattern::check(&text)?;
    words::check(&text)?;
    estimate(&text)
}

fn estimate(text: &str) -> Result<Strength, Rule> {
    let seen: Zeroizing<String> = Zeroizing::new(text.chars().take(ESTIMATED).collect());
    let read = Zeroizing::new(fold::read_kana(&seen));
    let mut weakest = zxcvbn::zxcvbn(&seen, words::all());
    if *read != *seen {
        // Kana count as letters of their own above; read as romaji they may be ordinary words.
        let cut: Zeroizing<String> = Zeroizing::new(read.chars().take(ESTIMATED).collect());
        let as_romaji = zxcvbn::zxcvbn(&cut, words::all_as_read());
        if as_romaji.guesses_log10() < weakest.guesses_log10() {
            weakest = as_romaji;
        }
    }
    if weakest.guesses_log10() < ENOUGH {
        return Err(cause(&weakest));
    }
    let score = match weakest.score() {
        Score::Four => 4,
        Score::Three => 3,
        _ => 2,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 8 and 255 by min and the bar"
    )]
    let guesses_log10 = weakest.guesses_log10().min(255.0) as u8;
    Ok(Strength { guesses_log10, score })
}

/// Names what made the estimate low: the kind of the longest recognised part.
fn cause(entropy: &Entropy) -> Rule {
    let longest = entropy
        .sequence()
        .iter()
        .filter(|part| part.pattern != MatchPattern::BruteForce)
        .max_by_key(|part| part.token.chars().count());
    match longest.map(|part| &part.pattern) {
        Some(MatchPattern::Dictionary(_)) => Rule::Common,
        Some(MatchPattern::Repeat(_)) => Rule::Repeated,
        Some(MatchPattern::Sequence(_) | MatchPattern::Spatial(_)) => Rule::Sequence,
        Some(MatchPattern::Date(_) | MatchPattern::Regex(_)) => Rule::Number,
        _ => Rule::Guessable,
    }
}
