//! files: the name that a file is shown and saved under.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use super::{Kind, Refusal};

/// Most characters of a name.
const LONGEST: usize = 120;

/// Names that Windows gives to devices, whatever the extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A file name that is safe to show, to log nowhere, and to save on any system: NFC, 1 to 120
/// characters, no control, invisible, direction or path character, with an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Parses a client's name; composes it to NFC (macOS sends decomposed kana) and nothing else.
    ///
    /// # Errors
    /// `NameTooLong`, `NameHidden`, `NamePath`, `NameWithoutExtension`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        // Bounded before the work of composing.
        if text.len() > LONGEST * 16 {
            return Err(Refusal::NameTooLong);
        }
        let name: String = text.nfc().collect();
        if name.chars().count() > LONGEST {
            return Err(Refusal::NameTooLong);
        }
        if name.chars().any(hidden) {
            return Err(Refusal::NameHidden);
        }
        let edge = |letter: char| letter == '.' || letter.is_whitespace();
        if name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
            || name.starts_with(edge)
            || name.ends_with(edge)
        {
            return Err(Refusal::NamePath);
        }
        let (stem, extension) = name.rsplit_once('.').ok_or(Refusal::NameWithoutExtension)?;
        if extension.is_empty()
            || extension.len() > 8
            || !extension.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return Err(Refusal::NameWithoutExtension);
        }
        if device(stem) {
            return Err(Refusal::NamePath);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name for what the file has become, when its extension says another kind.
    #[must_use]
    pub fn for_kind(self, kind: Kind) -> Self {
        let extension = self.extension();
        match (kind.extensions(), self.0.rsplit_once('.')) {
            ([usual, ..], Some((stem, _))) if !kind.extensions().contains(&extension.as_str()) => {
                Self(format!("{stem}.{usual}"))
            }
            _ => self,
        }
    }

    /// The extension in lower case, without the dot.
    pub fn extension(&self) -> String {
        self.0.rsplit_once('.').map_or_else(String::new, |(_, last)| last.to_ascii_lowercase())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn device(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or("").trim_end().to_ascii_lowercase();
    let numbered = |word: &str| {
        first
            .strip_prefix(word)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    DEVICES.contains(&first.as_str()) || numbered("com") || numbered("lpt")
}

/// Control characters, and those that show as nothing or turn the direction of the text round them.
pub(super) fn hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::{FileName, Kind, Refusal};
    use proptest::prelude::*;

    #[test]
    fn takes_ordinary_names_and_composes_kana() {
        for good in ["写真.jpg", "退院 サマリー(2).PDF", "山田様_R7.4.1.docx", "①.png"] {
            assert_eq!(FileName::parse(good).map(|name| name.as_str().to_owned()), Ok(good.to_owned()));
        }
        let decomposed = FileName::parse("か\u{3099}.jpg").unwrap();
        assert_eq!(decomposed.as_str(), "が.jpg");
        assert_eq!(FileName::parse("x.JPG").unwrap().extension(), "jpg");
    }

    #[test]
    fn follows_what_a_picture_has_become() {
        let named = |name: &str, kind| FileName::parse(name).unwrap().for_kind(kind).as_str().to_owned();
        assert_eq!(named("傷.v2.webp", Kind::Jpeg), "傷.v2.jpg");
        assert_eq!(named("傷.JPEG", Kind::Jpeg), "傷.JPEG");
        assert_eq!(named("a.webp", Kind::Png), "a.png");
    }

    #[test]
    fn refuses_each_kind_of_bad_name() {
        let cases = [
            ("", Refusal::NameWithoutExtension),
            ("noextension", Refusal::NameWithoutExtension),
            ("a.拡張子", Refusal::NameWithoutExtension),
            ("evil\u{202e}gpj.exe", Refusal::NameHidden),
            ("a\u{200b}.jpg", Refusal::NameHidden),
            ("a\n.jpg", Refusal::NameHidden),
            ("../a.jpg", Refusal::NamePath),
            ("a/b.jpg", Refusal::NamePath),
            ("a\\b.jpg", Refusal::NamePath),
            ("a.jpg:stream", Refusal::NamePath),
            (".htaccess", Refusal::NamePath),
            ("a.jpg ", Refusal::NamePath),
            ("a.jpg.", Refusal::NamePath),
            ("CON.jpg", Refusal::NamePath),
            ("com1.txt", Refusal::NamePath),
        ];
        for (name, rule) in cases {
            assert_eq!(FileName::parse(name), Err(rule), "{name:?}");
        }
        let long = format!("{}.jpg", "あ".repeat(117));
        assert_eq!(FileName::parse(&long), Err(Refusal::NameTooLong));
        assert!(FileName::parse(&format!("{}.jpg", "あ".repeat(116))).is_ok());
    }

    proptest! {
        #[test]
        fn what_passes_is_safe_and_stable(text in "\\PC{0,130}|[a-z./\\\\\u{202e}\u{3099}か]{0,20}") {
            if let Ok(name) = FileName::parse(&text) {
                prop_assert!(name.as_str().chars().count() <= 120);
                let unsafe_here = name.as_str().contains(['/', '\\', '\0', '\u{202e}']);
                prop_assert!(!unsafe_here);
                prop_assert_eq!(FileName::parse(name.as_str()), Ok(name.clone()));
            }
        }
    }
}
