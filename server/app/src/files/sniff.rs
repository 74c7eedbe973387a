//! files: what a file is, by its content alone; the declared name must then agree.

#[cfg(test)]
mod tests;

use super::{FileName, Refusal, office, pdf, plain_text};

pub use tasuki_domain::attachment::FileKind as Kind;

/// Judges a whole file. What passes is one of the accepted kinds, named accordingly, and free of the
/// named dangers as far as a look at its bytes can tell; the virus scanner comes after it, not instead.
///
/// Limits, stated plainly: a PDF's compressed object streams are opened and searched, but only where
/// they are plain Flate; other filters on them are refused. Field codes (DDE) in the text of an Office
/// document are not searched for. Pictures are judged by their header only and are made harmless by
/// being drawn anew in [`super::picture::clean`].
///
/// # Errors
/// The first rule that the file breaks.
pub fn sniff(bytes: &[u8], name: &FileName) -> Result<Kind, Refusal> {
    let kind = by_content(bytes)?;
    let extension = name.extension();
    if matches!(
        extension.as_str(),
        "docm" | "dotm" | "xlsm" | "xltm" | "xlsb" | "xlam" | "pptm" | "ppsm" | "potm"
    ) {
        return Err(Refusal::Macros);
    }
    // Text has no mark of its own: with any other name it is no text file but something unknown.
    if kind == Kind::Text && extension != "txt" {
        return Err(script_extension(&extension).unwrap_or(Refusal::ExtensionDisagrees));
    }
    if !kind.extensions().contains(&extension.as_str()) {
        return Err(script_extension(&extension).unwrap_or(Refusal::ExtensionDisagrees));
    }
    match kind {
        Kind::Jpeg | Kind::Png | Kind::Webp => refuse_second_kind(bytes, false)?,
        Kind::Pdf => {
            refuse_second_kind(bytes, true)?;
            pdf::check(bytes)?;
        }
        Kind::Docx | Kind::Xlsx | Kind::Pptx => {}
        Kind::Text => plain_text::check(bytes)?,
    }
    Ok(kind)
}

fn by_content(bytes: &[u8]) -> Result<Kind, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if let Some(kind) = by_magic(bytes)? {
        return Ok(kind);
    }
    // A PDF reader accepts the mark anywhere in the first KiB; something stands before it here.
    if find(bytes.get(..1024).unwrap_or(bytes), b"%PDF-").is_some() {
        return Err(Refusal::TwoKinds);
    }
    if let Some(found) = infer::get(bytes) {
        return Err(match found.matcher_type() {
            infer::MatcherType::App => Refusal::Program,
            _ if found.mime_type() == "text/html" || found.mime_type() == "text/xml" => Refusal::ActivePage,
            _ if found.mime_type() == "text/x-shellscript" => Refusal::Program,
            _ => Refusal::Unknown,
        });
    }
    plain_text::check(bytes).map(|()| Kind::Text).map_err(|rule| match rule {
        Refusal::BrokenText => Refusal::Unknown,
        other => other,
    })
}

fn by_magic(bytes: &[u8]) -> Result<Option<Kind>, Refusal> {
    let starts = |mark: &[u8]| bytes.starts_with(mark);
    let at = |offset: usize, mark: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    if starts(b"\xff\xd8\xff") {
        return Ok(Some(Kind::Jpeg));
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Ok(Some(Kind::Png));
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Ok(Some(Kind::Webp));
    }
    if starts(b"%PDF-") {
        return Ok(Some(Kind::Pdf));
    }
    if starts(b"PK\x03\x04") {
        return office::check(bytes).map(Some);
    }
    if starts(b"GIF8") {
        return Err(Refusal::Gif);
    }
    if at(4, b"ftyp") && [b"heic", b"heix", b"hevc", b"mif1", b"msf1"].iter().any(|brand| at(8, *brand)) {
        return Err(Refusal::Heic);
    }
    if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(Refusal::OldOffice);
    }
    if starts(b"MZ") || starts(b"\x7fELF") || starts(b"\xca\xfe\xba\xbe") || starts(b"\xcf\xfa\xed\xfe") {
        return Err(Refusal::Program);
    }
    Ok(None)
}

/// Looks for the marks of a second file: a ZIP directory at the end, a PDF or page at the beginning.
fn refuse_second_kind(bytes: &[u8], is_pdf: bool) -> Result<(), Refusal> {
    // A ZIP comment has at most 65 535 bytes, so the directory's end mark lies in this stretch.
    let tail = bytes.get(bytes.len().saturating_sub(65_557)..).unwrap_or(bytes);
    let head = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let page = [&b"<script"[..], b"<html", b"<!doctype", b"<svg", b"<?php"]
        .iter()
        .any(|mark| find(&head, mark).is_some());
    if find(tail, b"PK\x05\x06").is_some() || page || (!is_pdf && find(&head, b"%pdf-").is_some()) {
        return Err(Refusal::TwoKinds);
    }
    Ok(())
}

fn script_extension(extension: &str) -> Option<Refusal> {
    match extension {
        "exe" | "com" | "scr" | "pif" | "bat" | "cmd" | "ps1" | "vbs" | "vbe" | "js" | "jse" | "wsf"
        | "wsh" | "hta" | "msi" | "lnk" | "jar" | "sh" | "reg" | "cpl" | "dll" | "url" | "py" => {
            Some(Refusal::Program)
        }
        "html" | "htm" | "xhtml" | "svg" | "xml" | "mht" | "mhtml" => Some(Refusal::ActivePage),
        _ => None,
    }
}

/// The first place of `mark` in `bytes`.
pub(super) fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}
