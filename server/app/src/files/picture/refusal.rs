//! files: why a picture could not be drawn anew.

/// One reason. Carries nothing of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("picture refused: {}", self.code())]
pub enum PictureRefusal {
    /// Not a readable JPEG, PNG or WebP.
    Unreadable,
    /// More than 40 million pixels, or a side above 20 000.
    TooManyPixels,
    /// The file, or what it would become, is too large.
    TooLarge,
    /// It took more time or memory than a picture may; the helper was ended.
    TooMuchWork,
    /// The helper could not be started: the machine's fault, not the picture's.
    HelperUnavailable,
}

impl PictureRefusal {
    /// Every reason.
    pub const ALL: &'static [PictureRefusal] =
        &[Self::Unreadable, Self::TooManyPixels, Self::TooLarge, Self::TooMuchWork, Self::HelperUnavailable];

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
            Self::Unreadable => (
                "picture_unreadable",
                "画像が壊れているか、読み取れません。撮り直すか、別の形式にしてください。",
                "The picture is damaged or cannot be read. Take it again or use another format.",
            ),
            Self::TooManyPixels => (
                "picture_too_many_pixels",
                "画像が大きすぎます(4,000万画素まで)。小さくして添付してください。",
                "The picture is too large (at most 40 million pixels). Make it smaller.",
            ),
            Self::TooLarge => (
                "picture_too_large",
                "画像のファイルが大きすぎます。小さくして添付してください。",
                "The picture file is too large. Make it smaller.",
            ),
            Self::TooMuchWork => (
                "picture_too_much_work",
                "画像を確認できませんでした。撮り直すか、小さくして添付してください。",
                "The picture could not be examined. Take it again or make it smaller.",
            ),
            Self::HelperUnavailable => (
                "picture_helper_unavailable",
                "いま画像を処理できません。少し待ってからもう一度お試しください。",
                "Pictures cannot be processed right now. Please try again shortly.",
            ),
        }
    }
}
