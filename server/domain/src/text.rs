//! Bounded texts: parsed once at the door, normalised (NFC), never printed by accident.

use crate::problem::{FieldProblem, FieldRule};
use unicode_normalization::UnicodeNormalization;

/// Checks and normalises a text: NFC, trimmed, `minimum..=maximum` characters, no control or bidirectional characters.
///
/// # Errors
/// The broken rule, with `field` as its name.
pub fn bounded(
    field: &'static str,
    text: &str,
    lengths: std::ops::RangeInclusive<usize>,
    lines: Lines,
) -> Result<String, FieldProblem> {
    let refuse = |rule| Err(FieldProblem::new(field, rule));
    // NFC never grows a text by more than a factor of three (UAX #15); four bytes is the longest character.
    if text.len() > lengths.end().saturating_mul(12) {
        return refuse(FieldRule::TooLong(*lengths.end()));
    }
    // Carriage returns go first: one between two marks would hide their order from the normalisation.
    let normal: String = text.trim().chars().filter(|character| *character != '\r').nfc().collect();
    let count = normal.chars().count();
    if count > *lengths.end() {
        return refuse(FieldRule::TooLong(*lengths.end()));
    }
    if count == 0 && *lengths.start() > 0 {
        return refuse(FieldRule::Empty);
    }
    if count < *lengths.start() {
        return refuse(FieldRule::TooShort(*lengths.start()));
    }
    if normal.chars().any(|character| forbidden(character, lines)) {
        return refuse(FieldRule::Character);
    }
    Ok(normal)
}

/// Whether a text may have line breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// One line.
    One,
    /// Line feeds and tabs are kept.
    Many,
}

fn forbidden(character: char, lines: Lines) -> bool {
    let allowed_break = lines == Lines::Many && matches!(character, '\n' | '\t');
    let invisible = matches!(character,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
    (character.is_control() && !allowed_break) || invisible
}

macro_rules! bounded_text {
    ($($(#[$meta:meta])* $name:ident = $minimum:literal ..= $maximum:literal, $lines:ident);+ $(;)?) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The fewest characters.
            pub const MINIMUM: usize = $minimum;
            /// The most characters.
            pub const MAXIMUM: usize = $maximum;

            /// Checks and normalises what was typed into `field`.
            ///
            /// # Errors
            /// The broken rule, with the field's name.
            pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldProblem> {
                bounded(field, text, $minimum..=$maximum, Lines::$lines).map(Self)
            }

            /// The text, for sealing or for the person who may see it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes back what was stored: it was checked when it came in.
            #[must_use]
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

bounded_text! {
    /// A person's or patient's name as written.
    Name = 1..=60, One;
    /// The reading of a name in kana.
    Reading = 0..=80, One;
    /// The name of an organization, place or room.
    Title = 1..=60, One;
    /// A login name.
    Login = 3..=40, One;
    /// The words of a message.
    Body = 1..=4000, Many;
    /// Words about a message that may be left out, such as the reason of a correction.
    Note = 0..=400, Many;
    /// A reason that must be given.
    Reason = 1..=400, Many;
    /// What one line of a patient's card says (allergies, care level and the like).
    Fact = 0..=200, One;
    /// The number of a patient's room, as on the door.
    RoomNumber = 0..=20, One;
    /// Where a patient is found: a bed, a wing, an address' district.
    Area = 0..=60, One;
    /// The number under which an organization knows a patient.
    PatientNumber = 1..=40, One;
    /// A telephone number as people write it.
    Telephone = 3..=30, One;
    /// The label of a device, as on its sticker.
    DeviceLabel = 1..=60, One;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_has_no_place_in_a_text() {
        let rule = |text: &str| Title::parse("title", text).unwrap_err().rule;
        assert_eq!(rule("  "), FieldRule::Empty);
        assert_eq!(rule(&"あ".repeat(61)), FieldRule::TooLong(60));
        assert_eq!(rule("a\u{202E}b"), FieldRule::Character);
        assert_eq!(rule("a\nb"), FieldRule::Character);
        assert_eq!(rule(&"x".repeat(100_000)), FieldRule::TooLong(60));
    }

    #[test]
    fn keeps_what_people_write() {
        assert_eq!(Name::parse("name", " 髙﨑 ﾊﾅｺ ").unwrap().as_str(), "髙﨑 ﾊﾅｺ");
        assert_eq!(Name::parse("name", "か\u{3099}").unwrap().as_str(), "が");
        assert_eq!(Body::parse("body", "一行\r\n二行").unwrap().as_str(), "一行\n二行");
        assert_eq!(Body::parse("body", "か\r\u{3099}").unwrap().as_str(), "が");
        assert_eq!(format!("{:?}", Name::parse("name", "山田").unwrap()), "Name(…)");
    }
}
