//! Attachments on the wire: what comes back after an upload, and file names in headers (RFC 6266, RFC 8187).

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    attachment::{AttachmentFacts, FileKind},
    id::AttachmentId,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The header that carries a file's name, percent-encoded UTF-8. A name never stands in a URL.
pub const FILE_NAME: &str = "x-file-name";

/// For which posts a file comes in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AddAttachmentQuery {
    /// The information class of the post that will have the file.
    pub class: i16,
}

/// A file of a message, or one that waits for its message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// The file.
    pub attachment: Uuid,
    /// The name that it is shown and saved under, at most 120 characters.
    pub name: String,
    /// What it is, by its content.
    #[schema(example = "jpeg")]
    pub kind: String,
    /// Its media type.
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Width in pixels; pictures only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels; pictures only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Whether `/thumbnail` has a small picture of it.
    pub thumbnail: bool,
}

impl Attachment {
    /// A file as it is told.
    #[must_use]
    pub fn new(attachment: AttachmentId, facts: AttachmentFacts) -> Self {
        let picture = facts.kind.is_picture();
        Self {
            attachment: attachment.as_uuid(),
            name: facts.name,
            kind: facts.kind.text().to_owned(),
            media_type: facts.kind.media_type().to_owned(),
            bytes: facts.bytes,
            width: picture.then_some(facts.width),
            height: picture.then_some(facts.height),
            thumbnail: picture,
        }
    }
}

/// The answer to an upload. Name, kind and size are those of what is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddedAttachment {
    /// The file.
    #[serde(flatten)]
    pub attachment: Attachment,
    /// Whether no post can use it before the virus scanner has answered (`attachment.held` until then).
    pub held: bool,
}

/// Decodes the header's text; `None` when it is no percent-encoded UTF-8.
#[must_use]
pub fn decoded_name(header: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(header.len());
    let mut rest = header.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let high = char::from(*rest.next()?).to_digit(16)?;
                let low = char::from(*rest.next()?).to_digit(16)?;
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            b' '..=b'~' => bytes.push(*byte),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

/// Percent-encodes a name for the header, or for `filename*`: all but RFC 8187's `attr-char`.
#[must_use]
pub fn encoded_name(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// `Content-Disposition` of a download: never inline; a plain name for old programs, the real one encoded.
#[must_use]
pub fn disposition(name: &str, kind: FileKind) -> String {
    let extension = kind.extensions().first().unwrap_or(&"bin");
    format!("attachment; filename=\"attachment.{extension}\"; filename*=UTF-8''{}", encoded_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_cannot_end_the_header_or_its_quotes() {
        let shown = disposition("傷\"; x=1\r\n.jpg", FileKind::Jpeg);
        assert_eq!(
            shown,
            "attachment; filename=\"attachment.jpg\"; filename*=UTF-8''%E5%82%B7%22%3B%20x%3D1%0D%0A.jpg"
        );
        for wrong in [&b"%"[..], b"%4", b"%zz", b"%ff.jpg", b"\xe5\x82\xb7.jpg", b"a\tb"] {
            assert_eq!(decoded_name(wrong), None, "{wrong:?}");
        }
        assert_eq!(decoded_name(b"a b.jpg").as_deref(), Some("a b.jpg"));
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "\\PC{0,40}") {
            let encoded = encoded_name(&name);
            prop_assert_eq!(decoded_name(encoded.as_bytes()), Some(name));
        }
    }
}
