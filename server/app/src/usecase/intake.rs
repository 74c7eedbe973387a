//! What takes files in: a bound on memory, the one place where pictures are drawn anew, and the virus scanner.

use super::UseCaseError;
use crate::{
    config::{Config, ScannerAddress},
    files::{
        picture::PictureCleaner,
        scanner::{Address, Scanner},
    },
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Memory is counted in pieces of this many bytes.
const PIECE: u64 = 64 * 1024;

/// What takes files in.
pub struct Intake {
    memory: Arc<Semaphore>,
    patience: Duration,
    /// Draws pictures anew.
    pub(super) cleaner: PictureCleaner,
    /// The virus scanner, where there is one.
    pub(super) scanner: Option<Scanner>,
    /// The most bytes of a file.
    pub(super) largest: u64,
    /// Until a file must have come in.
    pub(super) limit: Duration,
}

impl Intake {
    /// `helper` is the program that draws pictures anew: this program itself.
    #[must_use]
    pub fn new(config: &Config, helper: PathBuf) -> Self {
        let files = &config.files;
        let scanner = files.scanner.as_ref().map(|address| {
            let address = match address {
                ScannerAddress::Unix(path) => Address::Unix(path.clone()),
                ScannerAddress::Tcp(address) => Address::Tcp(*address),
            };
            Scanner::new(address, files.scanner_seconds.seconds())
        });
        Self {
            memory: Arc::new(Semaphore::new(pieces(files.upload_memory_bytes.get()) as usize)),
            patience: files.upload_wait_seconds.seconds(),
            cleaner: PictureCleaner::new(helper, files.pictures_at_once.count()),
            scanner,
            largest: config.limits.attachment_bytes.get(),
            limit: files.upload_seconds.seconds(),
        }
    }

    /// Waits for memory for so many bytes; it is free again when the permit is dropped.
    ///
    /// # Errors
    /// [`UseCaseError::Busy`] when there is none for a while.
    pub(super) async fn room(&self, bytes: u64) -> Result<OwnedSemaphorePermit, UseCaseError> {
        let busy = || UseCaseError::Busy { retry_after: 5 };
        let permit = self.memory.clone().acquire_many_owned(pieces(bytes));
        tokio::time::timeout(self.patience, permit).await.map_err(|_| busy())?.map_err(|_| busy())
    }
}

fn pieces(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(PIECE)).unwrap_or(u32::MAX)
}
