//! Attachments: the kinds of file that a post may carry, and what is known of one.

use crate::id::AttachmentId;
use serde::{Deserialize, Serialize};

macro_rules! file_kinds {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $media:literal, [$($extension:literal),+];)+) => {
        /// The accepted kinds of file.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum FileKind {
            $($(#[$meta])* #[serde(rename = $text)] $variant,)+
        }

        impl FileKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that the API and sealed rows use.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The media type to send the file with (with `nosniff`, as a download or in a sandbox).
            #[must_use]
            pub const fn media_type(self) -> &'static str {
                match self { $(Self::$variant => $media,)+ }
            }

            /// The extensions of such a file in lower case, the usual one first.
            #[must_use]
            pub const fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($extension),+],)+ }
            }
        }
    };
}

file_kinds! {
    /// JPEG picture.
    Jpeg = "jpeg", "image/jpeg", ["jpg", "jpeg", "jpe", "jfif"];
    /// PNG picture.
    Png = "png", "image/png", ["png"];
    /// WebP picture.
    Webp = "webp", "image/webp", ["webp"];
    /// PDF document.
    Pdf = "pdf", "application/pdf", ["pdf"];
    /// Word document without macros.
    Docx = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx"];
    /// Excel workbook without macros.
    Xlsx = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx"];
    /// PowerPoint presentation without macros.
    Pptx = "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx"];
    /// Plain text, UTF-8 or Shift_JIS.
    Text = "text", "text/plain", ["txt"];
}

impl FileKind {
    /// Whether it is a picture, which is kept only as drawn anew.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }
}

/// What is known of a file. All of it is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentFacts {
    /// The name that it is shown and saved under.
    pub name: String,
    /// What it is, by its content.
    pub kind: FileKind,
    /// How many bytes it has.
    pub bytes: u64,
    /// Width of a picture in pixels; 0 otherwise.
    pub width: u32,
    /// Height of a picture in pixels; 0 otherwise.
    pub height: u32,
}

/// A file as a reader of its message sees it listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttachmentView {
    /// The file.
    pub attachment: AttachmentId,
    /// What is known of it.
    pub facts: AttachmentFacts,
}
