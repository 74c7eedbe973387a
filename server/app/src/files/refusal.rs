//! files: why a file is refused: a code for programs, a sentence for people in both languages.

/// One rule that a file broke. Carries nothing of the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("file refused: {}", self.code())]
pub enum Refusal {
    /// The name is empty or has no extension.
    NameWithoutExtension,
    /// The name is longer than 120 characters.
    NameTooLong,
    /// The name has control, invisible or direction-changing characters.
    NameHidden,
    /// The name has path characters, or begins or ends with a dot or a space.
    NamePath,
    /// The file is empty.
    Empty,
    /// Not one of the accepted kinds.
    Unknown,
    /// The extension says another kind than the content.
    ExtensionDisagrees,
    /// A program or script.
    Program,
    /// HTML, SVG or other XML that a browser would run.
    ActivePage,
    /// A GIF picture.
    Gif,
    /// A HEIC picture.
    Heic,
    /// An Office file of the old binary form, or one with a password.
    OldOffice,
    /// Two kinds in one file.
    TwoKinds,
    /// An Office file with macros.
    Macros,
    /// An Office file with an embedded object, control or program.
    Embedded,
    /// An Office file that fetches something from elsewhere.
    OutsideLink,
    /// An Office file that cannot be examined.
    BrokenOffice,
    /// A PDF with a script or an action that starts something.
    PdfAction,
    /// A PDF with a file inside.
    PdfEmbedded,
    /// A PDF with a password or restrictions.
    PdfEncrypted,
    /// A PDF that cannot be examined.
    BrokenPdf,
    /// A text file that is neither UTF-8 nor Shift_JIS, or has control characters.
    BrokenText,
}

impl Refusal {
    /// Every rule, for tables and documents.
    pub const ALL: &'static [Refusal] = &[
        Self::NameWithoutExtension,
        Self::NameTooLong,
        Self::NameHidden,
        Self::NamePath,
        Self::Empty,
        Self::Unknown,
        Self::ExtensionDisagrees,
        Self::Program,
        Self::ActivePage,
        Self::Gif,
        Self::Heic,
        Self::OldOffice,
        Self::TwoKinds,
        Self::Macros,
        Self::Embedded,
        Self::OutsideLink,
        Self::BrokenOffice,
        Self::PdfAction,
        Self::PdfEmbedded,
        Self::PdfEncrypted,
        Self::BrokenPdf,
        Self::BrokenText,
    ];

    /// The stable code of the rule.
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
            Self::NameWithoutExtension | Self::NameTooLong | Self::NameHidden | Self::NamePath => {
                self.name_words()
            }
            Self::OldOffice | Self::Macros | Self::Embedded | Self::OutsideLink | Self::BrokenOffice => {
                self.office_words()
            }
            Self::PdfAction | Self::PdfEmbedded | Self::PdfEncrypted | Self::BrokenPdf => self.pdf_words(),
            Self::Empty => ("file_empty", "ファイルが空です。", "The file is empty."),
            Self::ExtensionDisagrees => (
                "file_extension_disagrees",
                "ファイル名の拡張子と中身の種類が合いません。",
                "The file's extension does not match its content.",
            ),
            Self::Program => (
                "file_program",
                "プログラムやスクリプトは添付できません。",
                "Programs and scripts cannot be attached.",
            ),
            Self::ActivePage => (
                "file_active_page",
                "HTMLやSVGなど、ブラウザーで動作する形式は添付できません。",
                "HTML, SVG and other formats that run in a browser cannot be attached.",
            ),
            Self::Gif => (
                "file_gif",
                "GIF画像は添付できません。JPEGまたはPNGにしてください。",
                "GIF pictures cannot be attached. Please use JPEG or PNG.",
            ),
            Self::Heic => (
                "file_heic",
                "HEIC画像は添付できません。カメラの設定を「互換性優先」にするか、JPEGにしてください。",
                "HEIC pictures cannot be attached. Set the camera to “Most Compatible” or use JPEG.",
            ),
            Self::TwoKinds => (
                "file_two_kinds",
                "一つのファイルに別の種類のファイルが隠れているため、添付できません。",
                "Another file is hidden in this file, so it cannot be attached.",
            ),
            Self::BrokenText => (
                "file_text_unreadable",
                "文字として読めないテキストファイルです。UTF-8で保存し直してください。",
                "The text file cannot be read as text. Please save it as UTF-8.",
            ),
            Self::Unknown => (
                "file_kind_unknown",
                "この種類のファイルは添付できません。写真(JPEG・PNG・WebP)、PDF、Word、Excel、PowerPoint、テキストが使えます。",
                "This kind of file cannot be attached. Pictures (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint and text can.",
            ),
        }
    }

    fn name_words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NameTooLong => (
                "file_name_too_long",
                "ファイル名は120文字以内にしてください。",
                "The file name may have at most 120 characters.",
            ),
            Self::NameHidden => (
                "file_name_hidden_characters",
                "ファイル名に見えない文字や向きを変える文字が含まれています。",
                "The file name contains invisible or direction-changing characters.",
            ),
            Self::NamePath => (
                "file_name_path",
                "ファイル名に / \\ : * ? \" < > | や、先頭・末尾の「.」や空白は使えません。",
                "The file name may not contain / \\ : * ? \" < > | nor begin or end with a dot or a space.",
            ),
            _ => (
                "file_name_without_extension",
                "ファイル名に拡張子(.jpg、.pdfなど)を付けてください。",
                "The file name needs an extension such as .jpg or .pdf.",
            ),
        }
    }

    fn office_words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::OldOffice => (
                "file_office_old_or_locked",
                "古い形式(.doc・.xls・.ppt)やパスワード付きの文書は添付できません。新しい形式で、パスワードなしで保存してください。",
                "Old formats (.doc, .xls, .ppt) and documents with a password cannot be attached. Save in the new format without a password.",
            ),
            Self::Macros => (
                "file_office_macros",
                "マクロを含む文書は添付できません。",
                "Documents with macros cannot be attached.",
            ),
            Self::Embedded => (
                "file_office_embedded",
                "ほかのファイルや部品が埋め込まれた文書は添付できません。PDFにしてください。",
                "Documents with embedded objects cannot be attached. Please use PDF.",
            ),
            Self::OutsideLink => (
                "file_office_outside_link",
                "外部から内容を読み込む文書は添付できません。PDFにしてください。",
                "Documents that load content from elsewhere cannot be attached. Please use PDF.",
            ),
            _ => (
                "file_office_unreadable",
                "文書が壊れているか、確認できない形式です。",
                "The document is damaged or cannot be examined.",
            ),
        }
    }

    fn pdf_words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::PdfAction => (
                "file_pdf_action",
                "スクリプトや自動動作を含むPDFは添付できません。印刷機能でPDFを作り直してください。",
                "PDFs with scripts or actions cannot be attached. Please print it to a new PDF.",
            ),
            Self::PdfEmbedded => (
                "file_pdf_embedded",
                "ほかのファイルが埋め込まれたPDFは添付できません。",
                "PDFs with embedded files cannot be attached.",
            ),
            Self::PdfEncrypted => (
                "file_pdf_locked",
                "パスワードや制限の付いたPDFは添付できません。",
                "PDFs with a password or restrictions cannot be attached.",
            ),
            _ => (
                "file_pdf_unreadable",
                "PDFが壊れているか、確認できない形式です。印刷機能でPDFを作り直してください。",
                "The PDF is damaged or cannot be examined. Please print it to a new PDF.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_its_own_code_and_both_languages() {
        let codes: BTreeSet<_> = Refusal::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for rule in Refusal::ALL {
            assert!(rule.japanese().ends_with('。'), "{rule}");
            assert!(rule.english().ends_with('.'), "{rule}");
            assert!(!rule.japanese().is_ascii(), "{rule}");
        }
    }
}
