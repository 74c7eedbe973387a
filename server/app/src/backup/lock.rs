//! Backup room: one backup at a time.

use super::BackupProblem;
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Held while a backup is made; also owns the private folder for its temporary files, which goes with it.
pub struct BackupLock {
    _file: File,
    folder: PathBuf,
}

impl BackupLock {
    /// Takes the lock in the data folder and makes an empty folder for temporary files; what a crash left is removed.
    ///
    /// # Errors
    /// [`BackupProblem::Busy`], [`BackupProblem::Write`].
    pub fn take(data_folder: &Path) -> Result<Self, BackupProblem> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(data_folder.join("backup.lock"))
            .map_err(BackupProblem::Write)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(BackupProblem::Busy),
            Err(error) => return Err(BackupProblem::Write(error.into())),
        }
        let folder = data_folder.join("backup.tmp");
        clear(&folder).map_err(BackupProblem::Write)?;
        private_folder(&folder).map_err(BackupProblem::Write)?;
        Ok(Self { _file: file, folder })
    }

    /// The folder for temporary files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for BackupLock {
    fn drop(&mut self) {
        let _left_for_the_next = clear(&self.folder);
    }
}

fn clear(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}
