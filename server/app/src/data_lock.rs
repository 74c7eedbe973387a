//! The data folder's lock: one process writes, the running server or one command.

use rustix::fs::{FlockOperation, flock};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Held as long as this process may write; the kernel gives it back when the process ends, however it ends.
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock of a data folder, which is made (for its user only) when it is missing. `None` when another
    /// process holds it.
    ///
    /// # Errors
    /// When the folder or its lock file cannot be made or opened.
    pub fn take(folder: &Path) -> io::Result<Option<Self>> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(folder.join("lock"))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let held = DataLock::take(folder.path()).unwrap();
        assert!(held.is_some());
        assert!(DataLock::take(folder.path()).unwrap().is_none());
        drop(held);
        assert!(DataLock::take(folder.path()).unwrap().is_some());
    }
}
