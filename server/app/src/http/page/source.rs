//! Where the built files are read from.

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, path::PathBuf};

/// In a development build: the folder to read instead of `client-web/dist` of the source tree.
const FOLDER: &str = "TASUKI_PAGE_FOLDER";

/// What Vite built, within this program. Empty when the page was not built first.
#[derive(RustEmbed)]
#[folder = "../../client-web/dist"]
#[allow_missing = true]
struct Embedded;

/// Where the built files are read from.
pub(super) enum Source {
    /// Out of this program.
    Embedded,
    /// Anew for each request, so that a new build shows at once.
    Folder(PathBuf),
}

impl Source {
    /// Out of this program; a development build reads a folder instead.
    pub(super) fn of_this_build() -> Self {
        if !cfg!(debug_assertions) {
            return Self::Embedded;
        }
        let built = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../client-web/dist").into();
        Self::Folder(std::env::var_os(FOLDER).map_or_else(built, PathBuf::from))
    }

    /// A file by its name, which holds neither `..` nor a first `/`, with its SHA-256.
    pub(super) fn read(&self, name: &str) -> Option<(Cow<'static, [u8]>, [u8; 32])> {
        match self {
            Self::Embedded => Embedded::get(name).map(|file| (file.data, file.metadata.sha256_hash())),
            Self::Folder(folder) => {
                let bytes = std::fs::read(folder.join(name)).ok()?;
                let hash = Sha256::digest(&bytes).into();
                Some((bytes.into(), hash))
            }
        }
    }
}
