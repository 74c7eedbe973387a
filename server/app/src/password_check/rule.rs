//! password_check: the rules, each with a code for programs and a sentence for people.

/// Why a password is not accepted. Carries nothing of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("password refused: {}", self.code())]
pub enum Rule {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 128 characters.
    TooLong,
    /// A common or leaked word, with or without digits, signs and replaced letters.
    Common,
    /// Contains the person's name or login.
    OwnName,
    /// Contains the name of an organization or of the product.
    Organization,
    /// The same part again and again.
    Repeated,
    /// Neighbouring letters, digits, kana or keys.
    Sequence,
    /// A birthday, telephone or other plain number.
    Number,
    /// Too few guesses for another reason.
    Guessable,
}

impl Rule {
    /// Every rule.
    pub const ALL: &'static [Rule] = &[
        Self::TooShort,
        Self::TooLong,
        Self::Common,
        Self::OwnName,
        Self::Organization,
        Self::Repeated,
        Self::Sequence,
        Self::Number,
        Self::Guessable,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// The sentence shown in Japanese.
    pub fn japanese(self) -> &'static str {
        self.words().1
    }

    /// The sentence shown in English.
    pub fn english(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::TooShort => ("too_short", "8文字以上にしてください。", "Use at least 8 characters."),
            Self::TooLong => ("too_long", "128文字以内にしてください。", "Use at most 128 characters."),
            Self::Common => (
                "common",
                "よく使われる言葉や、言葉に数字を付けただけのものは使えません。関係のない言葉を三つ以上つなげてください。",
                "Common words, also with digits added, cannot be used. Join three or more unrelated words.",
            ),
            Self::OwnName => (
                "contains_own_name",
                "自分の名前やログイン名を含めないでください。",
                "Do not use your own name or login.",
            ),
            Self::Organization => (
                "contains_organization",
                "法人名・事業所名やこのシステムの名前を含めないでください。",
                "Do not use the name of an organization or of this system.",
            ),
            Self::Repeated => (
                "repeated",
                "同じ文字や言葉の繰り返しは使えません。",
                "Repeated characters or words cannot be used.",
            ),
            Self::Sequence => (
                "sequence",
                "連続した文字やキーボードの並びは使えません。",
                "Sequences of letters, digits or keys cannot be used.",
            ),
            Self::Number => (
                "number",
                "誕生日や電話番号などの数字だけのものは使えません。",
                "Birthdays, telephone numbers and other plain numbers cannot be used.",
            ),
            Self::Guessable => (
                "guessable",
                "推測されやすいパスワードです。もう少し長くしてください。",
                "This is easy to guess. Make it longer.",
            ),
        }
    }
}
