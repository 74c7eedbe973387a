//! Vault, log: the export, `tasuki-log-export v1`, written and read through streams that the caller opens. Foreign
//! bytes: every length is bounded before it is believed, nothing panics. The format is in `server/access-log.md`.

use std::io::{ErrorKind, Read, Write};

use super::leaf::{FIXED_BYTES, LONGEST_BODY};
use super::note::{LONGEST_NOTE, VerifierKey};
use super::tree::{Frontier, Hash};

const TITLE: &str = "tasuki-log-export v1";
/// Longest header, in bytes.
const LONGEST_HEADER: usize = 8 * 1024;
/// Longest payload of an entry frame, in bytes.
const LONGEST_ENTRY: usize = 32 + FIXED_BYTES + LONGEST_BODY;
const ENTRY: u8 = b'E';
const CHECKPOINT: u8 = b'C';
const END: u8 = b'Z';

/// What an export begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The log's public key; its name is the origin. A claim, until it is compared with one known otherwise.
    pub key: VerifierKey,
    /// The edge of the tree before the first entry: empty for a whole log. The first checkpoint proves it.
    pub before: Frontier,
}

/// One piece of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Frame<'a> {
    /// An entry: the leaf hash as stored, and its canonical bytes.
    Entry {
        /// Hash that the database held for this entry.
        stored: Hash,
        /// Canonical bytes of the entry.
        leaf: &'a [u8],
    },
    /// A signed checkpoint over all entries before it.
    Checkpoint(&'a str),
    /// The end, and how many entries the writer wrote.
    End(u64),
}

/// Why an export could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The stream failed.
    #[error("the export could not be read or written")]
    Stream(#[from] std::io::Error),
    /// The beginning is not an export's.
    #[error("this is not an access-log export of a known version")]
    NotAnExport,
    /// The file ends in the middle, or without its end mark.
    #[error("the export is cut short")]
    CutShort,
    /// A piece is of unknown kind, too long, or out of order.
    #[error("the export is damaged")]
    Damaged,
    /// An entry too long to be written.
    #[error("the entry is too long for an export")]
    TooLong,
}

/// Writes an export.
pub struct ExportWriter<W> {
    to: W,
    entries: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`ExportError::Stream`].
    pub fn begin(mut to: W, header: &Header) -> Result<Self, ExportError> {
        let mut text = format!("{TITLE}\nkey {}\nfirst {}\n", header.key, header.before.size());
        for peak in header.before.peaks() {
            text.push_str(&format!("peak {peak}\n"));
        }
        text.push('\n');
        to.write_all(text.as_bytes())?;
        Ok(Self { to, entries: 0 })
    }

    /// Writes one entry: the hash and the canonical bytes as the database holds them.
    ///
    /// # Errors
    /// [`ExportError::Stream`], [`ExportError::TooLong`].
    pub fn entry(&mut self, stored: &Hash, leaf: &[u8]) -> Result<(), ExportError> {
        if leaf.len() > LONGEST_ENTRY - 32 {
            return Err(ExportError::TooLong);
        }
        self.entries += 1;
        self.frame(ENTRY, &[&stored.0, leaf])
    }

    /// Writes a signed checkpoint; it must follow the last entry that it covers. An export ends with one.
    ///
    /// # Errors
    /// [`ExportError::Stream`], [`ExportError::TooLong`].
    pub fn checkpoint(&mut self, note: &str) -> Result<(), ExportError> {
        if note.len() > LONGEST_NOTE {
            return Err(ExportError::TooLong);
        }
        self.frame(CHECKPOINT, &[note.as_bytes()])
    }

    /// Writes the end mark and gives the stream back, to be synced.
    ///
    /// # Errors
    /// [`ExportError::Stream`].
    pub fn end(mut self) -> Result<W, ExportError> {
        self.frame(END, &[&self.entries.to_be_bytes()])?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn frame(&mut self, kind: u8, parts: &[&[u8]]) -> Result<(), ExportError> {
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        let length = u32::try_from(length).map_err(|_| ExportError::TooLong)?;
        self.to.write_all(&[kind])?;
        self.to.write_all(&length.to_be_bytes())?;
        for part in parts {
            self.to.write_all(part)?;
        }
        Ok(())
    }
}

/// Reads an export piece by piece, never holding more than one.
pub struct ExportReader<R> {
    from: R,
    header: Header,
    payload: Vec<u8>,
    ended: bool,
}

impl<R: Read> ExportReader<R> {
    /// Reads the header. Give it a buffered reader.
    ///
    /// # Errors
    /// [`ExportError::NotAnExport`], [`ExportError::Stream`].
    pub fn open(mut from: R) -> Result<Self, ExportError> {
        let mut text = Vec::new();
        while !text.ends_with(b"\n\n") {
            let mut byte = [0];
            from.read_exact(&mut byte).map_err(|error| match error.kind() {
                ErrorKind::UnexpectedEof => ExportError::NotAnExport,
                _ => ExportError::Stream(error),
            })?;
            text.extend_from_slice(&byte);
            let title = TITLE.as_bytes();
            let begins_right = text.iter().zip(title).all(|(found, expected)| found == expected);
            if text.len() > LONGEST_HEADER || !begins_right {
                return Err(ExportError::NotAnExport);
            }
        }
        let header = std::str::from_utf8(&text).ok().and_then(read_header).ok_or(ExportError::NotAnExport)?;
        Ok(Self { from, header, payload: Vec::new(), ended: false })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next piece; `None` after the end mark.
    ///
    /// # Errors
    /// [`ExportError::CutShort`], [`ExportError::Damaged`], [`ExportError::Stream`]. After an error, stop.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, ExportError> {
        if self.ended {
            return match self.from.read(&mut [0])? {
                0 => Ok(None),
                _ => Err(ExportError::Damaged),
            };
        }
        let mut kind = [0];
        let mut length = [0; 4];
        self.fill(&mut kind)?;
        self.fill(&mut length)?;
        let [kind] = kind;
        let bound = match kind {
            ENTRY => LONGEST_ENTRY,
            CHECKPOINT => LONGEST_NOTE,
            END => 8,
            _ => return Err(ExportError::Damaged),
        };
        let length = usize::try_from(u32::from_be_bytes(length))
            .ok()
            .filter(|length| *length <= bound)
            .ok_or(ExportError::Damaged)?;
        let mut payload = std::mem::take(&mut self.payload);
        payload.resize(length, 0);
        self.fill(&mut payload)?;
        self.payload = payload;
        self.ended = kind == END;
        read_frame(kind, &self.payload).map(Some).ok_or(ExportError::Damaged)
    }

    fn fill(&mut self, place: &mut [u8]) -> Result<(), ExportError> {
        self.from.read_exact(place).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => ExportError::CutShort,
            _ => ExportError::Stream(error),
        })
    }
}

fn read_frame(kind: u8, payload: &[u8]) -> Option<Frame<'_>> {
    match kind {
        ENTRY => {
            let (stored, leaf) = payload.split_first_chunk::<32>()?;
            Some(Frame::Entry { stored: Hash(*stored), leaf })
        }
        CHECKPOINT => std::str::from_utf8(payload).ok().map(Frame::Checkpoint),
        END => payload.try_into().ok().map(|count| Frame::End(u64::from_be_bytes(count))),
        _ => None,
    }
}

fn read_header(text: &str) -> Option<Header> {
    let mut lines = text.strip_suffix("\n\n")?.split('\n');
    (lines.next()? == TITLE).then_some(())?;
    let key = VerifierKey::parse(lines.next()?.strip_prefix("key ")?).ok()?;
    let first = lines.next()?.strip_prefix("first ")?;
    let first = first.parse::<u64>().ok().filter(|number| number.to_string() == first)?;
    let peaks =
        lines.map(|line| line.strip_prefix("peak ").and_then(Hash::parse)).collect::<Option<Vec<Hash>>>()?;
    Some(Header { key, before: Frontier::from_parts(first, peaks)? })
}
