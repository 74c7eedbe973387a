//! Restore room: puts a backup back into an empty place. Everything is read and judged first; only then is a file given its name or a
//! row written. Nothing is ever put over existing data.

use crate::backup::{
    BackupProblem, Connect, Engine, Manifest, RecoveryIdentity, Unpacked, open_sealed, restore_dump, unpack,
};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};
use tasuki_domain::{
    access::Detail,
    policy::{Caller, Restore},
};
use tasuki_store::{Examined, Opening, Store, StoreError, WorkError};
use tasuki_vault::{
    Keyring,
    log::{Checkpoint, Finding, report::Language},
};

/// What is restored, and with what it is opened.
pub struct Restoration {
    /// The backup.
    pub file: PathBuf,
    /// Line 6 of the recovery sheet.
    pub identity: RecoveryIdentity,
    /// Where the rows go.
    pub target: Target,
    /// A signed head that was kept elsewhere, to know how much is missing.
    pub against: Option<String>,
    /// A private, empty folder on the disk of the data, for what is unpacked; the caller removes it.
    pub folder: PathBuf,
}

/// Where the rows go.
pub enum Target {
    /// A database file that is not there yet.
    File(PathBuf),
    /// An empty PostgreSQL database.
    Postgres(Connect),
}

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreProblem {
    /// The backup cannot be opened or believed.
    #[error(transparent)]
    Backup(#[from] BackupProblem),
    /// The place is taken.
    #[error("there is data in this place already: a restore never goes over existing data")]
    Occupied,
    /// Another root key.
    #[error("this backup belongs to another root key: it needs {expected}, the one given is {found}")]
    RootKey {
        /// Check value in the manifest.
        expected: String,
        /// Check value of the key given.
        found: String,
    },
    /// The other engine.
    #[error("this backup is of {0}; restore it to that database")]
    Engine(&'static str),
    /// The log in the backup is not the one that was logged.
    #[error("the access log in this backup does not hold: {}", .0.text(Language::English))]
    Log(Finding),
    /// The rows are not those that the manifest speaks of.
    #[error("the log in the rows is not the one that the manifest speaks of")]
    OtherLog,
    /// The head given with `--against`.
    #[error("the head given belongs to another log or is not rightly signed")]
    Head,
    /// A file could not be written.
    #[error("a file could not be written")]
    Io(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The restore could not be recorded.
    #[error(transparent)]
    Work(#[from] WorkError),
}

/// A backup that was opened, read to its end, and believed.
pub struct Prepared {
    unpacked: Unpacked,
    target: Target,
    against: Option<String>,
}

/// A restored house, recorded as such.
pub struct Restored {
    /// What the backup said of itself.
    pub manifest: Manifest,
    /// The open house.
    pub store: Store,
    /// Its number in the log.
    pub entry: u64,
}

/// Opens a backup, reads all of it, and judges it: the manifest was written by the house of this root key, and every
/// part is what the manifest says. On SQLite the whole log is verified already; nothing outside `folder` is touched.
/// Takes as long as the backup is large: call it off the asynchronous threads where others wait.
///
/// # Errors
/// [`RestoreProblem`]: nothing was changed.
pub async fn prepare(
    restoration: Restoration,
    opening: &Opening,
    keyring: &Keyring,
) -> Result<Prepared, RestoreProblem> {
    let Restoration { file, identity, target, against, folder } = restoration;
    if !Store::is_vacant(opening).await? {
        return Err(RestoreProblem::Occupied);
    }
    let reading = tokio::task::spawn_blocking(move || unpack(open_sealed(&file, &identity)?, &folder));
    let unpacked = reading.await.map_err(io::Error::other)??;
    let manifest = &unpacked.manifest;
    let found = keyring.fingerprint().to_string();
    if manifest.root_key != found {
        return Err(RestoreProblem::RootKey { expected: manifest.root_key.clone(), found });
    }
    if !keyring.backup_key().verify(&unpacked.manifest_bytes, &unpacked.tag) {
        return Err(BackupProblem::Foreign.into());
    }
    match (manifest.engine, &target) {
        (Engine::Sqlite, Target::File(_)) | (Engine::Postgres, Target::Postgres(_)) => {}
        (Engine::Sqlite, _) => return Err(RestoreProblem::Engine("SQLite")),
        (Engine::Postgres, _) => return Err(RestoreProblem::Engine("PostgreSQL")),
    }
    let prepared = Prepared { target, unpacked, against };
    if let Target::File(_) = prepared.target {
        let rows = prepared.rows()?.to_owned();
        let opening = Opening::new(format!("sqlite://{}", rows.display()), unused_clock());
        prepared.judge(&Store::examine(&opening, keyring, prepared.against.as_deref()).await?)?;
    }
    Ok(prepared)
}

impl Prepared {
    /// What the backup says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.unpacked.manifest
    }

    /// The file of a part, as unpacked.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&Path> {
        self.unpacked.path(name)
    }

    /// How many entries the head that was kept elsewhere knows beyond this backup; `None` without such a head.
    ///
    /// # Errors
    /// [`RestoreProblem::Head`] when it belongs to another log or is not rightly signed.
    pub fn missing(&self, keyring: &Keyring) -> Result<Option<u64>, RestoreProblem> {
        let Some(note) = &self.against else { return Ok(None) };
        let signer = keyring.log_signer(&self.manifest().origin).map_err(|_| RestoreProblem::Head)?;
        let known = Checkpoint::verify(note, signer.verifier_key()).map_err(|_| RestoreProblem::Head)?;
        Ok(Some(known.size.saturating_sub(self.manifest().log.size)))
    }

    /// Puts the rows in their place, opens the house, and records the restore. What was open when the backup was
    /// taken (sessions, one-time codes, the enrolment door) is closed.
    ///
    /// # Errors
    /// [`RestoreProblem`].
    pub async fn put_in_place(
        self,
        caller: &Caller,
        opening: Opening,
        keyring: Keyring,
    ) -> Result<Restored, RestoreProblem> {
        if !Store::is_vacant(&opening).await? {
            return Err(RestoreProblem::Occupied);
        }
        match &self.target {
            Target::File(path) => {
                std::fs::rename(self.rows()?, path)?;
                if let Some(folder) = path.parent() {
                    File::open(folder)?.sync_all()?;
                }
            }
            Target::Postgres(connect) => {
                restore_dump(connect, self.rows()?)?;
                self.judge(&Store::examine(&opening, &keyring, self.against.as_deref()).await?)?;
            }
        }
        let store = Store::open(opening, keyring).await?;
        let grant = store.decide(caller, Restore {}).await?;
        let manifest = self.unpacked.manifest;
        let detail = Detail::default()
            .with("backup_at", manifest.at)
            .with("log_size", manifest.log.size)
            .with("log_root", &manifest.log.root)
            .with("program", &manifest.program);
        let entry = store.settle_restored(grant, detail).await?;
        Ok(Restored { manifest, store, entry })
    }

    fn rows(&self) -> Result<&Path, BackupProblem> {
        self.unpacked.path(self.unpacked.manifest.engine.part()).ok_or(BackupProblem::Damaged)
    }

    /// The log holds, and is the one that the manifest speaks of.
    fn judge(&self, found: &Examined) -> Result<(), RestoreProblem> {
        let manifest = self.manifest();
        // A backup is older than the head: that the end is missing is what a restore means, and is told.
        let mut findings = found.log.report.findings.iter();
        if let Some(finding) = findings.find(|finding| !matches!(finding, Finding::TailCut { .. })) {
            return Err(RestoreProblem::Log(finding.clone()));
        }
        let same = found.origin == manifest.origin
            && found.rp_id == manifest.rp_id
            && found.log.size == manifest.log.size
            && found.log.root.to_string() == manifest.log.root;
        if same { Ok(()) } else { Err(RestoreProblem::OtherLog) }
    }
}

/// A house that is only judged asks for no time.
fn unused_clock() -> tasuki_store::Clock {
    std::sync::Arc::new(|| tasuki_domain::time::Timestamp(0))
}
