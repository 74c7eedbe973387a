//! files: Word, Excel and PowerPoint files (ISO/IEC 29500-2): which they are, and that they carry nothing that acts.

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::Refusal;
use super::sniff::Kind;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

const MOST_PARTS: usize = 5_000;
const MOST_OPENED: u64 = 512 * 1024 * 1024;
/// Longest part that is read here: content types and relationships.
const MOST_READ: u64 = 4 * 1024 * 1024;

/// Decides the kind of a ZIP file that should be an Office document.
///
/// # Errors
/// `Unknown` for other ZIP files; `TwoKinds`, `Macros`, `Embedded`, `OutsideLink`, `BrokenOffice`.
pub(super) fn check(bytes: &[u8]) -> Result<Kind, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::BrokenOffice)?;
    // The directory's end is the file's end and its start is the file's start: nothing before, nothing behind.
    let ends = bytes
        .len()
        .checked_sub(22)
        .and_then(|place| bytes.get(place..))
        .is_some_and(|end| end.starts_with(b"PK\x05\x06"));
    if !ends || archive.offset() != 0 || !archive.comment().is_empty() {
        return Err(Refusal::TwoKinds);
    }
    let names = names(&mut archive)?;
    if !names.contains("[content_types].xml") {
        return Err(Refusal::Unknown);
    }
    let has = |part: &str| names.contains(part);
    let kind = match (has("word/document.xml"), has("xl/workbook.xml"), has("ppt/presentation.xml")) {
        (true, false, false) => Kind::Docx,
        (false, true, false) => Kind::Xlsx,
        (false, false, true) => Kind::Pptx,
        _ => return Err(Refusal::Unknown),
    };
    for name in &names {
        check_part_name(name)?;
    }
    check_content_types(&mut archive)?;
    check_relationships(&mut archive)?;
    Ok(kind)
}

/// All part names in lower case (parts are compared without case), after the bounds against bombs.
fn names(archive: &mut Archive<'_>) -> Result<BTreeSet<String>, Refusal> {
    if archive.len() > MOST_PARTS || archive.has_duplicate_names() {
        return Err(Refusal::BrokenOffice);
    }
    let mut names = BTreeSet::new();
    let mut opened: u64 = 0;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| Refusal::BrokenOffice)?;
        opened = opened.saturating_add(part.size());
        let name = part.name().map_err(|_| Refusal::BrokenOffice)?.to_ascii_lowercase();
        if part.encrypted()
            || opened > MOST_OPENED
            || name.contains("..")
            || name.contains('\\')
            || name.starts_with('/')
        {
            return Err(Refusal::BrokenOffice);
        }
        // Two names that differ in case only are one part to Office and two to others.
        if !names.insert(name) {
            return Err(Refusal::BrokenOffice);
        }
    }
    Ok(names)
}

fn check_part_name(name: &str) -> Result<(), Refusal> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let extension = file.rsplit_once('.').map_or("", |(_, last)| last);
    if file.starts_with("vbaproject") || file.starts_with("vbadata") || name.contains("macrosheets/") {
        return Err(Refusal::Macros);
    }
    if name.contains("/activex/") || name.contains("/embeddings/") || name.contains("/webextensions/") {
        return Err(Refusal::Embedded);
    }
    // Excel keeps values of other workbooks in externalLinks and fetches them anew when asked.
    if name.contains("/externallinks/") && extension == "xml" {
        return Err(Refusal::OutsideLink);
    }
    let harmless = matches!(
        extension,
        "" | "xml"
            | "rels"
            | "vml"
            | "png"
            | "jpg"
            | "jpeg"
            | "gif"
            | "bmp"
            | "tif"
            | "tiff"
            | "emf"
            | "wmf"
            | "wdp"
            | "webp"
            | "odttf"
            | "fntdata"
            | "ttf"
            | "psmdcp"
            | "thmx"
            | "mp4"
            | "m4a"
            | "mp3"
            | "wav"
    ) || file.starts_with("printersettings");
    if harmless { Ok(()) } else { Err(Refusal::Embedded) }
}

fn check_content_types(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    let index = (0..archive.len())
        .find(|index| {
            archive
                .name_for_index(*index)
                .is_some_and(|name| name.is_ok_and(|name| name.eq_ignore_ascii_case("[content_types].xml")))
        })
        .ok_or(Refusal::BrokenOffice)?;
    for tag in tags(&read(archive, index)?)? {
        let kind = tag.attribute("ContentType").unwrap_or("").to_ascii_lowercase();
        if kind.contains("macroenabled") || kind.contains("vbaproject") {
            return Err(Refusal::Macros);
        }
        if kind.contains("oleobject") || kind.contains("activex") {
            return Err(Refusal::Embedded);
        }
    }
    Ok(())
}

/// Every relationship points into the file, but for hyperlinks that a person has to click.
fn check_relationships(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    for index in 0..archive.len() {
        let is_rels = archive
            .name_for_index(index)
            .is_some_and(|name| name.is_ok_and(|name| name.to_ascii_lowercase().ends_with(".rels")));
        if !is_rels {
            continue;
        }
        for tag in tags(&read(archive, index)?)?.iter().filter(|tag| tag.name == "Relationship") {
            check_relationship(tag)?;
        }
    }
    Ok(())
}

fn check_relationship(tag: &Tag) -> Result<(), Refusal> {
    let kind = tag.attribute("Type").unwrap_or("").to_ascii_lowercase();
    let target = tag.attribute("Target").unwrap_or("").to_ascii_lowercase();
    if kind.ends_with("/vbaproject") {
        return Err(Refusal::Macros);
    }
    if kind.ends_with("/oleobject") || kind.ends_with("/package") || kind.ends_with("/control") {
        return Err(Refusal::Embedded);
    }
    match tag.attribute("TargetMode") {
        None | Some("Internal")
            if !target.contains(':') && !target.starts_with("//") && !target.starts_with("\\\\") =>
        {
            Ok(())
        }
        Some("External")
            if kind.ends_with("/hyperlink")
                && ["http://", "https://", "mailto:", "tel:", "#"]
                    .iter()
                    .any(|scheme| target.starts_with(scheme)) =>
        {
            Ok(())
        }
        _ => Err(Refusal::OutsideLink),
    }
}

fn read(archive: &mut Archive<'_>, index: usize) -> Result<String, Refusal> {
    let part = archive.by_index(index).map_err(|_| Refusal::BrokenOffice)?;
    let mut text = String::new();
    let length = part.take(MOST_READ + 1).read_to_string(&mut text).map_err(|_| Refusal::BrokenOffice)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > MOST_READ {
        return Err(Refusal::BrokenOffice);
    }
    Ok(text)
}

/// A start tag: local name and attributes as written (entities stay; a value that hides behind them fits no rule).
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The start tags of a small XML text. Document types, entities and sections are refused, not understood.
fn tags(text: &str) -> Result<Vec<Tag>, Refusal> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = rest.get(start + 1..).unwrap_or("");
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or(Refusal::BrokenOffice)?.1;
        } else if rest.starts_with('!') {
            return Err(Refusal::BrokenOffice);
        } else if rest.starts_with('?') || rest.starts_with('/') {
            rest = rest.split_once('>').ok_or(Refusal::BrokenOffice)?.1;
        } else {
            let (tag, behind) = tag(rest)?;
            tags.push(tag);
            rest = behind;
        }
    }
    Ok(tags)
}

fn tag(text: &str) -> Result<(Tag, &str), Refusal> {
    let end = text.find(|c: char| c.is_whitespace() || c == '>' || c == '/').ok_or(Refusal::BrokenOffice)?;
    let (name, mut rest) = text.split_at(end);
    let local = |name: &str| name.rsplit(':').next().unwrap_or(name).to_owned();
    let mut tag = Tag { name: local(name), attributes: Vec::new() };
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
            return Ok((tag, behind));
        }
        let (name, behind) = rest.split_once('=').ok_or(Refusal::BrokenOffice)?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|c| *c == '"' || *c == '\'').ok_or(Refusal::BrokenOffice)?;
        let (value, behind) =
            behind.get(1..).and_then(|text| text.split_once(quote)).ok_or(Refusal::BrokenOffice)?;
        let name = name.trim();
        if name.contains(|c: char| c.is_whitespace() || "<>/\"'".contains(c))
            || value.contains(['<', '&']) && name == "TargetMode"
        {
            return Err(Refusal::BrokenOffice);
        }
        tag.attributes.push((name.to_owned(), value.to_owned()));
        rest = behind;
    }
}
