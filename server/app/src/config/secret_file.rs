//! Config room: secrets come from files that only the server's user can read.

use std::{fs::File, io::Read, os::unix::fs::MetadataExt, path::Path};

use secrecy::{ExposeSecret, SecretSlice};

use super::{ConfigProblem, ProblemCode};

/// Largest secret that is read.
const LONGEST: u64 = 64 * 1024;

/// Permission bits that let the group or others in.
const OTHERS: u32 = 0o077;

/// Reads the secret that setting `key` names; a final line break is not part of it.
///
/// # Errors
/// A [`ConfigProblem`] with [`ProblemCode::File`] when the file is missing, empty, larger than 64 KiB, or open to others.
pub fn read_secret_file(key: &str, path: &Path) -> Result<SecretSlice<u8>, ConfigProblem> {
    let file = File::open(path).map_err(|_| missing(key))?;
    let metadata = file.metadata().map_err(|_| missing(key))?;
    if let Some(problem) = unsafe_metadata(key, &metadata) {
        return Err(problem);
    }
    // Room for the whole file at once: a growing buffer would leave copies behind in freed memory.
    let size = usize::try_from(metadata.len()).map_err(|_| missing(key))?;
    let mut bytes = vec![0; size];
    let read = (&file).take(LONGEST).read_exact(&mut bytes);
    let secret = SecretSlice::from(bytes);
    read.map_err(|_| missing(key))?;
    let kept = secret.expose_secret();
    let trimmed = kept.strip_suffix(b"\n").map_or(kept, |kept| kept.strip_suffix(b"\r").unwrap_or(kept));
    if trimmed.len() == kept.len() { Ok(secret) } else { Ok(SecretSlice::from(trimmed.to_vec())) }
}

/// The same checks without reading.
pub(super) fn problem(key: &str, path: &Path) -> Option<ConfigProblem> {
    match std::fs::metadata(path) {
        Ok(metadata) => unsafe_metadata(key, &metadata),
        Err(_) => Some(missing(key)),
    }
}

fn unsafe_metadata(key: &str, metadata: &std::fs::Metadata) -> Option<ConfigProblem> {
    if !metadata.is_file() || metadata.len() == 0 || metadata.len() > LONGEST {
        return Some(missing(key));
    }
    (metadata.mode() & OTHERS != 0).then(|| {
        ConfigProblem::new(
            key,
            ProblemCode::File,
            "ほかの利用者が読めるファイルです。chmod 600 にしてください",
            "names a file that others may read; run chmod 600 on it",
        )
    })
}

fn missing(key: &str) -> ConfigProblem {
    ConfigProblem::new(
        key,
        ProblemCode::File,
        "ファイルがないか、空か、大きすぎます",
        "names a file that is missing, empty or too large",
    )
}
