//! files: a conservative look through a PDF's bytes for names that make it act (ISO 32000-1, 12.6).
//!
//! Every name outside and inside compressed object streams is compared, in data too: a false alarm is
//! preferred. Not seen: object streams behind chained or exotic filters, which are refused as unreadable
//! when they say that they are object streams.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::Refusal;
use super::sniff::find;

/// Names that start something. `/S /JavaScript` is required in each script action, `/Rendition` is the
/// one action that may carry a script without it; so the short `/JS`, which random bytes contain, is not needed.
const ACTIONS: &[&[u8]] = &[
    b"JavaScript",
    b"Rendition",
    b"Launch",
    b"ImportData",
    b"SubmitForm",
    b"GoToE",
    b"RichMedia",
    b"RichMediaExecute",
    b"XFA",
    b"Movie",
];
const EMBEDDED: &[&[u8]] = &[b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment"];

/// Most bytes that all object streams together may open to.
const OPENED_LIMIT: u64 = 32 * 1024 * 1024;

/// Refuses a PDF that acts, carries files, is encrypted, has something behind its end, or cannot be read.
///
/// # Errors
/// `PdfAction`, `PdfEmbedded`, `PdfEncrypted`, `TwoKinds`, `BrokenPdf`.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    if !bytes.get(5..8).is_some_and(|version| matches!(version, [b'1' | b'2', b'.', b'0'..=b'9'])) {
        return Err(Refusal::BrokenPdf);
    }
    let end = bytes.windows(5).rposition(|window| window == b"%%EOF").ok_or(Refusal::BrokenPdf)?;
    let behind = bytes.get(end + 5..).unwrap_or(&[]);
    if behind.iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0) {
        return Err(Refusal::TwoKinds);
    }
    check_names(bytes)?;
    check_streams(bytes)
}

/// Compares every name in these bytes, `#xx` escapes undone.
fn check_names(bytes: &[u8]) -> Result<(), Refusal> {
    for (start, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        let name = name_at(bytes.get(start + 1..).unwrap_or(&[]));
        if name == b"Encrypt" {
            return Err(Refusal::PdfEncrypted);
        }
        if ACTIONS.contains(&name.as_slice()) {
            return Err(Refusal::PdfAction);
        }
        if EMBEDDED.contains(&name.as_slice()) {
            return Err(Refusal::PdfEmbedded);
        }
    }
    Ok(())
}

/// The name that begins here, up to a delimiter; at most 32 bytes, longer than any that is looked for.
fn name_at(bytes: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        if name.len() == 32 || byte <= b' ' || b"()<>[]{}/%".contains(&byte) {
            break;
        }
        let escaped = (byte == b'#').then(|| hex(rest.as_slice())).flatten();
        name.push(escaped.unwrap_or(byte));
        if escaped.is_some() {
            rest.nth(1);
        }
    }
    name
}

fn hex(bytes: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = digit(bytes.first()?)? * 16 + digit(bytes.get(1)?)?;
    u8::try_from(value).ok()
}

/// Opens every stream that is, or looks when opened like, an object stream, and compares its names.
fn check_streams(bytes: &[u8]) -> Result<(), Refusal> {
    let mut budget = OPENED_LIMIT;
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| find(rest, b"stream")) {
        let start = from + found;
        from = start + 6;
        if bytes.get(..start).is_some_and(|before| before.ends_with(b"end")) {
            continue;
        }
        let data = bytes.get(from..).unwrap_or(&[]);
        let data = data
            .strip_prefix(b"\r\n")
            .or_else(|| data.strip_prefix(b"\n"))
            .or_else(|| data.strip_prefix(b"\r"));
        let Some(data) = data else { continue };
        let head = dictionary_before(bytes, start);
        check_stream(head, data, &mut budget)?;
    }
    Ok(())
}

/// What stands before a stream since the object began, at most 4 KiB.
fn dictionary_before(bytes: &[u8], start: usize) -> &[u8] {
    let head = bytes.get(start.saturating_sub(4096)..start).unwrap_or(&[]);
    let object = head.windows(4).rposition(|window| window == b" obj");
    object.and_then(|place| head.get(place..)).unwrap_or(head)
}

fn check_stream(head: &[u8], data: &[u8], budget: &mut u64) -> Result<(), Refusal> {
    let names: Vec<Vec<u8>> = (head.iter().enumerate())
        .filter(|(_, byte)| **byte == b'/')
        .map(|(place, _)| name_at(head.get(place + 1..).unwrap_or(&[])))
        .collect();
    let says = names.iter().any(|name| name == b"ObjStm");
    let mut beginning = Vec::new();
    // An error here only means that the stream is not Flate; what could be opened is kept.
    let _ = ZlibDecoder::new(data).take(64).read_to_end(&mut beginning);
    if !says && !looks_like_objects(&beginning) {
        return Ok(());
    }
    let mut opened = Vec::new();
    let whole = if beginning.is_empty() && !names.iter().any(|name| name.ends_with(b"Decode")) {
        // An object stream may stand uncompressed; then the plain comparison has seen it.
        Ok(0)
    } else {
        ZlibDecoder::new(data).take(*budget + 1).read_to_end(&mut opened)
    };
    *budget = budget.saturating_sub(u64::try_from(opened.len()).unwrap_or(u64::MAX));
    check_names(&opened)?;
    let predicted = names.iter().any(|name| name == b"Predictor");
    if whole.is_err() || *budget == 0 || (says && predicted) {
        return Err(Refusal::BrokenPdf);
    }
    Ok(())
}

/// An object stream begins with pairs of object number and offset.
fn looks_like_objects(beginning: &[u8]) -> bool {
    let mut words = beginning.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let number = |word: Option<&[u8]>| word.is_some_and(|word| word.iter().all(u8::is_ascii_digit));
    number(words.next()) && number(words.next())
}
