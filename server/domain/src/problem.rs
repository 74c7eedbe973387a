//! What is wrong with an input: the field, the rule, a stable code, a Japanese and an English sentence.

/// A rule that a field broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldRule {
    /// Nothing but white space.
    Empty,
    /// More than so many characters.
    TooLong(usize),
    /// Fewer than so many characters.
    TooShort(usize),
    /// More than so many entries.
    TooMany(usize),
    /// A control, bidirectional or otherwise invisible character.
    Character,
    /// Not one of the allowed values.
    Choice,
    /// Not a date or time of the stated form.
    Time,
    /// An instant that must lie in the future.
    Past,
    /// An interval that ends before it begins.
    Interval,
    /// Not of the stated form (identifier, base64, number).
    Form,
    /// A number outside of its bounds.
    Range(i64, i64),
    /// Required with the other values that were given.
    Missing,
    /// Not allowed with the other values that were given.
    Unexpected,
    /// Already used by another.
    Taken,
    /// A rule of that field alone, such as those about new passwords.
    Own {
        /// The stable code.
        code: &'static str,
        /// A Japanese sentence.
        japanese: &'static str,
        /// An English sentence.
        english: &'static str,
    },
}

impl FieldRule {
    /// The stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "field.empty",
            Self::TooLong(_) => "field.too_long",
            Self::TooShort(_) => "field.too_short",
            Self::TooMany(_) => "field.too_many",
            Self::Character => "field.character",
            Self::Choice => "field.choice",
            Self::Time => "field.time",
            Self::Past => "field.past",
            Self::Interval => "field.interval",
            Self::Form => "field.form",
            Self::Range(..) => "field.range",
            Self::Missing => "field.missing",
            Self::Unexpected => "field.unexpected",
            Self::Taken => "field.taken",
            Self::Own { code, .. } => code,
        }
    }

    /// A Japanese sentence for the person who typed it.
    #[must_use]
    pub fn japanese(self) -> String {
        match self {
            Self::Empty => "入力してください。".into(),
            Self::TooLong(max) => format!("{max}文字以内で入力してください。"),
            Self::TooShort(min) => format!("{min}文字以上で入力してください。"),
            Self::TooMany(max) => format!("{max}件までにしてください。"),
            Self::Character => "使えない文字(制御文字など)が入っています。".into(),
            Self::Choice => "選べない値です。".into(),
            Self::Time => "日時の形が正しくありません。".into(),
            Self::Past => "これからの日時を入れてください。".into(),
            Self::Interval => "終わりは始まりより後にしてください。".into(),
            Self::Form => "形が正しくありません。".into(),
            Self::Range(low, high) => format!("{low}から{high}までの値にしてください。"),
            Self::Missing => "この場合は必要な項目です。".into(),
            Self::Unexpected => "この場合は指定できない項目です。".into(),
            Self::Taken => "すでに使われています。".into(),
            Self::Own { japanese, .. } => japanese.into(),
        }
    }

    /// An English sentence for the person who typed it.
    #[must_use]
    pub fn english(self) -> String {
        match self {
            Self::Empty => "Please fill this in.".into(),
            Self::TooLong(max) => format!("At most {max} characters."),
            Self::TooShort(min) => format!("At least {min} characters."),
            Self::TooMany(max) => format!("At most {max} entries."),
            Self::Character => "Contains a character that is not allowed.".into(),
            Self::Choice => "Not one of the allowed values.".into(),
            Self::Time => "Not a date or time of the expected form.".into(),
            Self::Past => "Must lie in the future.".into(),
            Self::Interval => "The end must come after the start.".into(),
            Self::Form => "Not of the expected form.".into(),
            Self::Range(low, high) => format!("Must be between {low} and {high}."),
            Self::Missing => "Required in this case.".into(),
            Self::Unexpected => "Not allowed in this case.".into(),
            Self::Taken => "Already in use.".into(),
            Self::Own { english, .. } => english.into(),
        }
    }
}

/// A field and the rule it broke. Never carries the value itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{field}: {}", rule.english())]
pub struct FieldProblem {
    /// The field's name as the client sent it, with dots into nested objects.
    pub field: &'static str,
    /// The rule.
    pub rule: FieldRule,
}

impl FieldProblem {
    /// Names a field and the rule that it broke.
    #[must_use]
    pub const fn new(field: &'static str, rule: FieldRule) -> Self {
        Self { field, rule }
    }
}
