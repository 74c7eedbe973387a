//! Backup room: the file itself. It bears its name only when it is whole and synced; until then it is a hidden
//! `.partial` that no restore takes.

use super::{BackupProblem, Recipients, RecoveryIdentity};
use age::{DecryptError, stream::StreamWriter};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

const ENDING: &str = ".age";
const PARTIAL: &str = ".partial";

/// The name of a backup: the house and the time in UTC, so that names sort by time.
#[must_use]
pub fn file_name(rp_id: &str, at: jiff::Timestamp) -> String {
    format!("{}{}{ENDING}", prefix(rp_id), at.strftime("%Y%m%dT%H%M%SZ"))
}

fn prefix(rp_id: &str) -> String {
    format!("tasuki-{rp_id}-")
}

/// A backup that is being written.
pub struct SealedFile {
    to: StreamWriter<BufWriter<File>>,
    partial: PathBuf,
    path: PathBuf,
}

/// A whole, synced backup.
#[derive(Debug)]
pub struct Finished {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

impl SealedFile {
    /// Begins a backup of this house in `folder`, which must be there; clears away what a crash left of earlier ones.
    /// One process at a time: hold the [`BackupLock`](super::BackupLock).
    ///
    /// # Errors
    /// [`BackupProblem::Exists`], [`BackupProblem::Write`].
    pub fn begin(
        folder: &Path,
        (rp_id, at): (&str, jiff::Timestamp),
        recipients: &Recipients,
    ) -> Result<Self, BackupProblem> {
        let name = file_name(rp_id, at);
        let path = folder.join(&name);
        let left_over = format!(".{}", prefix(rp_id));
        if path.exists() {
            return Err(BackupProblem::Exists);
        }
        let partial = folder.join(format!(".{name}{PARTIAL}"));
        for left in std::fs::read_dir(folder).map_err(BackupProblem::Write)?.flatten() {
            let left_name = left.file_name();
            if left_name.to_str().is_some_and(|name| name.starts_with(&left_over) && name.ends_with(PARTIAL))
            {
                std::fs::remove_file(left.path()).map_err(BackupProblem::Write)?;
            }
        }
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&partial)
            .map_err(BackupProblem::Write)?;
        let to = recipients.encryptor()?.wrap_output(BufWriter::with_capacity(1 << 20, file));
        Ok(Self { to: to.map_err(BackupProblem::Write)?, partial, path })
    }

    /// Seals the last piece, syncs, and gives the file its name.
    ///
    /// # Errors
    /// [`BackupProblem::Write`]: then no file of that name is there.
    pub fn finish(self) -> Result<Finished, BackupProblem> {
        let Self { to, partial, path } = self;
        let finish = || -> io::Result<u64> {
            let file = to.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let bytes = file.metadata()?.len();
            std::fs::rename(&partial, &path)?;
            if let Some(folder) = path.parent() {
                File::open(folder)?.sync_all()?;
            }
            Ok(bytes)
        };
        let outcome = finish();
        if outcome.is_err() {
            let _gone = std::fs::remove_file(&partial);
        }
        Ok(Finished { bytes: outcome.map_err(BackupProblem::Write)?, path })
    }

    /// Gives up and removes what was written.
    pub fn abandon(self) {
        let _gone = std::fs::remove_file(&self.partial);
    }
}

impl Write for SealedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Opens a backup with the recovery key; what is read from it is whole or an error.
///
/// # Errors
/// [`BackupProblem::WrongIdentity`], [`BackupProblem::NotABackup`], [`BackupProblem::Damaged`], [`BackupProblem::Read`].
pub fn open_sealed(path: &Path, identity: &RecoveryIdentity) -> Result<impl Read + use<>, BackupProblem> {
    let file = File::open(path).map_err(BackupProblem::Read)?;
    let told = |error| match error {
        DecryptError::NoMatchingKeys => BackupProblem::WrongIdentity,
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => BackupProblem::Read(error),
        DecryptError::InvalidHeader | DecryptError::UnknownFormat | DecryptError::Io(_) => {
            BackupProblem::NotABackup
        }
        _ => BackupProblem::Damaged,
    };
    let decryptor = age::Decryptor::new_buffered(BufReader::with_capacity(1 << 20, file)).map_err(told)?;
    decryptor.decrypt(std::iter::once(identity.key() as &dyn age::Identity)).map_err(told)
}

/// The newest backup of this house in a folder and when it was finished; `None` when there is none.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest(folder: &Path, rp_id: &str) -> io::Result<Option<(PathBuf, SystemTime)>> {
    let Some(path) = of_house(folder, rp_id)?.pop() else { return Ok(None) };
    let at = std::fs::metadata(&path)?.modified()?;
    Ok(Some((path, at)))
}

/// Removes the oldest backups of this house until `keep` remain.
///
/// # Errors
/// When the folder cannot be read or a file not removed.
pub fn prune(folder: &Path, rp_id: &str, keep: usize) -> io::Result<usize> {
    let files = of_house(folder, rp_id)?;
    let old = files.len().saturating_sub(keep);
    files.iter().take(old).try_for_each(std::fs::remove_file)?;
    Ok(old)
}

/// Backups of this house by name, the oldest first.
fn of_house(folder: &Path, rp_id: &str) -> io::Result<Vec<PathBuf>> {
    let prefix = prefix(rp_id);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let time = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(ENDING));
        // 20261122T175206Z: another house's name may begin alike.
        let is_time = |time: &str| {
            time.len() == 16 && time.bytes().all(|b| b.is_ascii_digit() || b == b'T' || b == b'Z')
        };
        if time.is_some_and(is_time) && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
