//! Config room: what is wrong with a setting, said in both languages. Never holds the value itself.

use std::fmt;

use figment::error::Kind;

/// Between the two languages of a rule while it travels through serde, which carries one text only.
const SEPARATOR: char = '\u{1f}';

/// Which kind of mistake it is; stable, so that tools can react to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemCode {
    /// The file is not TOML, or is not there.
    Unreadable,
    /// No setting has this name.
    UnknownKey,
    /// The value has another shape (a text instead of a number, say).
    WrongType,
    /// The value is outside what its own rule allows.
    OutOfRule,
    /// Two settings do not go together.
    Conflict,
    /// A file that the setting names is missing or not safe.
    File,
}

impl ProblemCode {
    /// The code as it is written in messages and in the operator's guide.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Unreadable => "config.unreadable",
            Self::UnknownKey => "config.unknown_key",
            Self::WrongType => "config.wrong_type",
            Self::OutOfRule => "config.out_of_rule",
            Self::Conflict => "config.conflict",
            Self::File => "config.file",
        }
    }
}

/// One mistake: the key, and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Dotted name of the setting, for example `limits.connections`.
    pub key: String,
    /// What would be right, in Japanese.
    pub rule_ja: String,
    /// What would be right, in English.
    pub rule_en: String,
    /// The kind of mistake.
    pub code: ProblemCode,
}

impl ConfigProblem {
    /// A problem with a rule that the caller words in both languages.
    #[must_use]
    pub fn new(key: &str, code: ProblemCode, rule_ja: &str, rule_en: &str) -> Self {
        Self { key: key.into(), rule_ja: rule_ja.into(), rule_en: rule_en.into(), code }
    }

    /// Translates what the reader of the values met. The value is left out on purpose: it may be a secret.
    pub(super) fn from_figment(error: &figment::Error) -> Self {
        let path = error.path.join(".");
        match &error.kind {
            Kind::UnknownField(name, _) => Self::unknown_key(&with_last(&path, name)),
            Kind::UnknownVariant(_, choices) => {
                let choices = choices.join(", ");
                Self::new(
                    &path,
                    ProblemCode::OutOfRule,
                    &format!("次のどれかにしてください: {choices}"),
                    &format!("must be one of: {choices}"),
                )
            }
            Kind::Message(text) => match text.split_once(SEPARATOR) {
                Some((rule_ja, rule_en)) => Self::new(&path, ProblemCode::OutOfRule, rule_ja, rule_en),
                None => Self::wrong_type(&path, "a valid value"),
            },
            Kind::InvalidType(_, expected) => Self::wrong_type(&path, expected),
            Kind::MissingField(name) => Self::wrong_type(&with_last(&path, name), "a value"),
            _ => Self::wrong_type(&path, "a valid value"),
        }
    }

    pub(super) fn unknown_key(key: &str) -> Self {
        Self::new(
            key,
            ProblemCode::UnknownKey,
            "この名前の設定はありません。つづりを確かめてください",
            "there is no setting of this name; check the spelling",
        )
    }

    fn wrong_type(key: &str, expected: &str) -> Self {
        match expected.split_once(SEPARATOR) {
            Some((rule_ja, rule_en)) => Self::new(key, ProblemCode::WrongType, rule_ja, rule_en),
            None => Self::new(
                key,
                ProblemCode::WrongType,
                "値の形が違います。見本の設定ファイルと同じ形にしてください",
                &format!("has the wrong shape; expected {expected}, as in the example file"),
            ),
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} [{}] {} / {}", self.key, self.code.text(), self.rule_ja, self.rule_en)
    }
}

/// All mistakes found in one reading, so that an operator mends them in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl fmt::Display for ConfigProblems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigProblems {}

/// Puts a rule in both languages into the one text that serde carries.
pub(super) fn two_languages(japanese: &str, english: &str) -> String {
    format!("{japanese}{SEPARATOR}{english}")
}

/// Appends a field to the path unless the reader has already done so.
fn with_last(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.into();
    }
    if path == name || path.ends_with(&format!(".{name}")) {
        return path.into();
    }
    format!("{path}.{name}")
}
