//! Backup room: the container inside the age layer. A title, then frames: one byte of kind, a u32 length, that many
//! bytes. `N` name of the next part, `D` a piece of it (at most 64 KiB), `M` the manifest, `T` its tag: the end.

use super::{BackupProblem, Manifest, Part};
use sha2::{Digest, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

const TITLE: &[u8] = b"tasuki-backup\n";
/// Largest piece of a part.
const PIECE: usize = 64 * 1024;
/// Bytes of the manifest's tag.
const TAG: usize = 32;

/// Every name that a part may have.
pub const PART_NAMES: [&str; 5] =
    ["settings.toml", "backup.recipients", "attestation.pem", "database.sqlite", "database.pgdump"];

/// Writes a container.
pub struct Pack<W> {
    to: W,
    parts: Vec<Part>,
}

impl<W: Write> Pack<W> {
    /// Writes the title.
    ///
    /// # Errors
    /// When the stream fails.
    pub fn begin(mut to: W) -> Result<Self, BackupProblem> {
        to.write_all(TITLE).map_err(BackupProblem::Write)?;
        Ok(Self { to, parts: Vec::new() })
    }

    /// Writes one part to its end.
    ///
    /// # Errors
    /// When either stream fails.
    pub fn part(&mut self, name: &'static str, mut from: impl Read) -> Result<(), BackupProblem> {
        self.frame(b'N', name.as_bytes())?;
        let (mut digest, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
        loop {
            let read = match from.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(BackupProblem::Read(error)),
            };
            let filled = piece.get(..read).unwrap_or_default();
            digest.update(filled);
            bytes += filled.len() as u64;
            self.frame(b'D', filled)?;
        }
        self.parts.push(Part { name: name.to_owned(), bytes, sha256: hexadecimal(&digest.finalize()) });
        Ok(())
    }

    /// Writes the manifest, which `complete` makes from the parts, and its tag; gives the stream back.
    ///
    /// # Errors
    /// When the stream fails.
    pub fn end(
        mut self,
        complete: impl FnOnce(Vec<Part>) -> Manifest,
        tag: impl FnOnce(&[u8]) -> [u8; TAG],
    ) -> Result<(W, Manifest), BackupProblem> {
        let manifest = complete(std::mem::take(&mut self.parts));
        let text = serde_json::to_vec(&manifest).map_err(|error| BackupProblem::Write(error.into()))?;
        self.frame(b'M', &text)?;
        self.frame(b'T', &tag(&text))?;
        Ok((self.to, manifest))
    }

    fn frame(&mut self, kind: u8, payload: &[u8]) -> Result<(), BackupProblem> {
        let length = u32::try_from(payload.len()).map_err(|_| BackupProblem::Damaged)?;
        let mut write = || {
            self.to.write_all(&[kind])?;
            self.to.write_all(&length.to_be_bytes())?;
            self.to.write_all(payload)
        };
        write().map_err(BackupProblem::Write)
    }
}

/// A part as it was written into the folder.
#[derive(Debug)]
pub struct UnpackedPart {
    /// Name, length and digest as read.
    pub part: Part,
    /// The file.
    pub path: PathBuf,
}

/// A container that was read to its very end, and whose parts are those of its manifest.
#[derive(Debug)]
pub struct Unpacked {
    /// The manifest; believed only when its tag is.
    pub manifest: Manifest,
    /// The manifest's bytes, over which the tag was made.
    pub manifest_bytes: Vec<u8>,
    /// The tag.
    pub tag: [u8; TAG],
    /// The parts.
    pub parts: Vec<UnpackedPart>,
}

impl Unpacked {
    /// The file of a part.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.parts.iter().find(|part| part.part.name == name).map(|part| part.path.as_path())
    }
}

/// Reads a container to its end and writes its parts into `folder`, each for its user only.
///
/// # Errors
/// [`BackupProblem::Damaged`] for anything that is not exactly what [`Pack`] writes, [`BackupProblem::Future`], or a
/// stream's failure.
pub fn unpack(mut from: impl Read, folder: &Path) -> Result<Unpacked, BackupProblem> {
    let mut title = vec![0; TITLE.len()];
    fill(&mut from, &mut title)?;
    if title != TITLE {
        return Err(BackupProblem::NotABackup);
    }
    let (mut parts, mut payload) = (Vec::new(), Vec::new());
    let mut open: Option<Writing> = None;
    loop {
        let kind = frame(&mut from, &mut payload)?;
        match (kind, &mut open) {
            (b'D', Some(part)) => part.take(&payload)?,
            (b'N', _) => {
                parts.extend(open.take().map(Writing::close).transpose()?);
                open = Some(Writing::open(&payload, &parts, folder)?);
            }
            (b'M', _) => {
                parts.extend(open.take().map(Writing::close).transpose()?);
                break;
            }
            _ => return Err(BackupProblem::Damaged),
        }
    }
    let manifest_bytes = std::mem::take(&mut payload);
    let manifest = read_manifest(&manifest_bytes)?;
    let kind = frame(&mut from, &mut payload)?;
    let tag = <[u8; TAG]>::try_from(payload.as_slice()).map_err(|_| BackupProblem::Damaged)?;
    let as_written: Vec<&Part> = parts.iter().map(|part: &UnpackedPart| &part.part).collect();
    let rest = from.read(&mut [0]).map_err(reading)?;
    if kind != b'T' || rest != 0 || !manifest.parts.iter().eq(as_written) {
        return Err(BackupProblem::Damaged);
    }
    Ok(Unpacked { manifest, manifest_bytes, tag, parts })
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, BackupProblem> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_slice(bytes).map_err(|_| BackupProblem::Damaged)?;
    if format > Manifest::FORMAT {
        return Err(BackupProblem::Future(format));
    }
    serde_json::from_slice(bytes).map_err(|_| BackupProblem::Damaged)
}

/// A part that is being written.
struct Writing {
    name: &'static str,
    path: PathBuf,
    file: File,
    digest: Sha256,
    bytes: u64,
}

impl Writing {
    fn open(name: &[u8], before: &[UnpackedPart], folder: &Path) -> Result<Self, BackupProblem> {
        let name = PART_NAMES.into_iter().find(|known| known.as_bytes() == name);
        let name = name.filter(|name| before.iter().all(|part| part.part.name != *name));
        let name = name.ok_or(BackupProblem::Damaged)?;
        let path = folder.join(name);
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(BackupProblem::Write)?;
        Ok(Self { name, path, file, digest: Sha256::new(), bytes: 0 })
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), BackupProblem> {
        self.digest.update(piece);
        self.bytes += piece.len() as u64;
        self.file.write_all(piece).map_err(BackupProblem::Write)
    }

    fn close(self) -> Result<UnpackedPart, BackupProblem> {
        self.file.sync_all().map_err(BackupProblem::Write)?;
        let sha256 = hexadecimal(&self.digest.finalize());
        let part = Part { name: self.name.to_owned(), bytes: self.bytes, sha256 };
        Ok(UnpackedPart { part, path: self.path })
    }
}

fn frame(from: &mut impl Read, payload: &mut Vec<u8>) -> Result<u8, BackupProblem> {
    let mut head = [0; 5];
    fill(from, &mut head)?;
    let [kind, length @ ..] = head;
    let bound = match kind {
        b'N' => 64,
        b'D' => PIECE,
        b'M' => Manifest::LONGEST,
        b'T' => TAG,
        _ => return Err(BackupProblem::Damaged),
    };
    let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= bound);
    payload.resize(length.ok_or(BackupProblem::Damaged)?, 0);
    fill(from, payload)?;
    Ok(kind)
}

fn fill(from: &mut impl Read, place: &mut [u8]) -> Result<(), BackupProblem> {
    from.read_exact(place).map_err(reading)
}

/// The age layer tells a flipped bit as invalid data and a cut as an early end.
fn reading(error: io::Error) -> BackupProblem {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::Other => BackupProblem::Damaged,
        _ => BackupProblem::Read(error),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
