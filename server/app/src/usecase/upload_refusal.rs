//! Why a file is not taken: a named rule, with a sentence in both languages and the sort of mistake that it is.

use crate::files::{PictureRefusal, Refusal};

/// Why a file is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("file not taken: {}", self.code())]
pub enum UploadRefusal {
    /// A rule on names and contents.
    File(Refusal),
    /// A rule on pictures.
    Picture(PictureRefusal),
    /// More bytes than a file may have.
    TooLarge,
    /// The file stopped coming in.
    Interrupted,
    /// It took too long.
    TooSlow,
    /// The virus scanner found something.
    Infected,
}

/// What sort of mistake a refusal is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UploadFault {
    /// The kind of file is not taken.
    Kind,
    /// The file or its name breaks a rule.
    Content,
    /// It is too large.
    Size,
    /// It did not come in in time.
    Time,
    /// The server cannot take it now.
    Server,
}

impl UploadRefusal {
    /// The stable code of the rule.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::File(rule) => rule.code(),
            Self::Picture(rule) => rule.code(),
            _ => self.words().0,
        }
    }

    /// The sentence shown in Japanese.
    #[must_use]
    pub fn japanese(self) -> &'static str {
        match self {
            Self::File(rule) => rule.japanese(),
            Self::Picture(rule) => rule.japanese(),
            _ => self.words().1,
        }
    }

    /// The sentence shown in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Self::File(rule) => rule.english(),
            Self::Picture(rule) => rule.english(),
            _ => self.words().2,
        }
    }

    /// What sort of mistake it is.
    #[must_use]
    pub const fn fault(self) -> UploadFault {
        match self {
            Self::File(
                Refusal::Unknown
                | Refusal::ExtensionDisagrees
                | Refusal::Program
                | Refusal::ActivePage
                | Refusal::Gif
                | Refusal::Heic
                | Refusal::OldOffice,
            ) => UploadFault::Kind,
            Self::Picture(PictureRefusal::TooManyPixels | PictureRefusal::TooLarge) | Self::TooLarge => {
                UploadFault::Size
            }
            Self::Picture(PictureRefusal::HelperUnavailable) => UploadFault::Server,
            Self::File(_) | Self::Picture(_) | Self::Infected => UploadFault::Content,
            Self::Interrupted | Self::TooSlow => UploadFault::Time,
        }
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::TooLarge => (
                "file_too_large",
                "ファイルが大きすぎます。小さくするか、分けて添付してください。",
                "The file is too large. Make it smaller or split it.",
            ),
            Self::Interrupted => (
                "file_interrupted",
                "ファイルを最後まで受け取れませんでした。もう一度お試しください。",
                "The file did not come in completely. Please try again.",
            ),
            Self::TooSlow => (
                "file_too_slow",
                "ファイルの受け取りに時間がかかりすぎました。電波のよい所でもう一度お試しください。",
                "The file took too long to come in. Please try again with a better connection.",
            ),
            _ => (
                "file_infected",
                "ウイルス検査で問題が見つかったため、添付できません。システム管理の担当者に知らせてください。",
                "The virus scanner found something in this file. Please tell whoever administers the system.",
            ),
        }
    }
}
