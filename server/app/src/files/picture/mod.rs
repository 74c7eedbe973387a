//! files: pictures are drawn anew in a bounded helper process; what comes back has no metadata
//! (no place, no camera, no preview), nothing appended, and is turned the right way up.

pub mod confinement;
pub mod helper;
mod letter;
mod redraw;
mod refusal;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

pub use refusal::PictureRefusal;

use super::Kind;

/// Largest picture file taken, bytes.
pub const LARGEST_INPUT: usize = 32 * 1024 * 1024;
/// Largest answer taken from the helper, bytes.
const LARGEST_OUTPUT: usize = 48 * 1024 * 1024;
/// How long one picture may take by the clock. Longer than the helper's CPU limit
/// ([`confinement::CPU_SECONDS`]), because waiting for a busy machine is no attack.
const WALL_LIMIT: Duration = Duration::from_secs(6);

/// The argument by which the program, started again, becomes the helper.
pub(crate) const HELPER_ARGUMENT: &str = "picture-helper";

/// A picture drawn anew: the only form that is kept.
#[derive(PartialEq, Eq)]
pub struct CleanPicture {
    /// JPEG, or PNG when the original was PNG or has transparency.
    pub kind: Kind,
    /// The file's bytes, without any metadata.
    pub bytes: Vec<u8>,
    /// A JPEG of at most 320 × 320 pixels on white.
    pub thumbnail: Vec<u8>,
    /// Width in pixels as shown (EXIF orientation applied), at most 4096.
    pub width: u32,
    /// Height in pixels as shown, at most 4096.
    pub height: u32,
}

/// Cleans pictures, a bounded number at once (each may take 512 MiB for a moment).
pub struct PictureCleaner {
    helper: PathBuf,
    wall_limit: Duration,
    places: Semaphore,
}

impl PictureCleaner {
    /// `helper` is this program itself: `/proc/self/exe` also works after the file was replaced by an update.
    pub fn new(helper: PathBuf, at_once: usize) -> Self {
        Self { helper, wall_limit: WALL_LIMIT, places: Semaphore::new(at_once) }
    }

    /// Another limit by the clock, for slower machines and for tests.
    pub fn within(mut self, wall_limit: Duration) -> Self {
        self.wall_limit = wall_limit;
        self
    }

    /// Cleans one picture; waits for a free place first. Dropping the future kills the helper.
    ///
    /// # Errors
    /// What the picture did wrong, or `HelperUnavailable` when this machine could not start the helper.
    pub async fn clean(&self, bytes: &[u8]) -> Result<CleanPicture, PictureRefusal> {
        let _place = self.places.acquire().await.map_err(|_| PictureRefusal::HelperUnavailable)?;
        clean_within(bytes, &self.helper, self.wall_limit).await
    }
}

/// Cleans one picture, without a bound on how many run at once. Errors as [`PictureCleaner::clean`].
pub async fn clean(bytes: &[u8], helper: &Path) -> Result<CleanPicture, PictureRefusal> {
    clean_within(bytes, helper, WALL_LIMIT).await
}

async fn clean_within(bytes: &[u8], helper: &Path, limit: Duration) -> Result<CleanPicture, PictureRefusal> {
    if bytes.len() > LARGEST_INPUT {
        return Err(PictureRefusal::TooLarge);
    }
    let mut child = Command::new(helper)
        .arg(HELPER_ARGUMENT)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| PictureRefusal::HelperUnavailable)?;
    let answer = tokio::time::timeout(limit, converse(&mut child, bytes)).await;
    // Reaped here, so that no dead process waits for the runtime to notice it.
    let _ = child.kill().await;
    match answer {
        Ok(Ok(answer)) if answer.len() > LARGEST_OUTPUT => Err(PictureRefusal::TooLarge),
        Ok(Ok(answer)) => letter::read_answer(&answer),
        Ok(Err(_)) => Err(PictureRefusal::HelperUnavailable),
        Err(_) => Err(PictureRefusal::TooMuchWork),
    }
}

/// Hands the picture over and takes everything that comes back. A helper that dies early closes both pipes.
async fn converse(child: &mut Child, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    };
    let give = async move {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        // An error means that the helper is gone; its answer, or the lack of one, says why.
        if input.write_all(&length.to_be_bytes()).await.is_ok() {
            let _ = input.write_all(bytes).await;
        }
        drop(input);
    };
    let most = u64::try_from(LARGEST_OUTPUT).unwrap_or(u64::MAX) + 1;
    let mut answer = Vec::new();
    let mut output = output.take(most);
    let (taken, ()) = tokio::join!(output.read_to_end(&mut answer), give);
    taken?;
    Ok(answer)
}
