//! Takes a backup while the house goes on: a picture of every row, the settings, and what says which house this was,
//! sealed to the recovery key. The look is in the log before a byte leaves, so the backup holds its own entry.

use super::{Services, UseCaseError};
use crate::backup::{
    BackupLock, BackupProblem, Connect, Dump, Engine, Finished, LogPosition, Manifest, Pack, Part,
    RECIPIENTS, Recipients, SealedFile, prune,
};
use crate::config::{Config, DatabaseUrl, read_secret_file};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, Outcome, Target},
    policy::{Backup, Caller},
};
use tasuki_store::{LogPicture, Picture, PictureSource};

/// Where to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackUp {
    /// The folder; without it, the configured one.
    pub folder: Option<PathBuf>,
}

/// A backup that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackedUp {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// How many entries the log had.
    pub log_size: u64,
    /// The tree's root over them.
    pub log_root: String,
    /// The newest signed head; empty before the first.
    pub head: String,
    /// Older generations that were removed.
    pub removed: usize,
    /// What is wrong with the log, in Japanese and English; the backup was taken all the same.
    pub findings: Vec<(String, String)>,
}

/// Takes a backup.
///
/// # Errors
/// [`UseCaseError::Refused`] for everybody but the console; [`UseCaseError::Failed`] with a [`BackupProblem`] or the
/// store's failure. No file bears a backup's name then, and the failure is in the log.
pub async fn back_up(
    services: &Services,
    caller: &Caller,
    command: BackUp,
) -> Result<BackedUp, UseCaseError> {
    let grant = services.store.decide(caller, Backup {}).await?;
    let columns = grant.caller().columns();
    let target = grant.target();
    match taken(services, grant, &command).await {
        Ok((done, detail)) => {
            let entry = outcome(caller, (columns, target), Outcome::Done, detail);
            services.store.append(entry).await?;
            Ok(done)
        }
        Err(error) => {
            let detail = caller.detail().with("stage", "failed");
            let entry = outcome(caller, (columns, target), Outcome::Failed, detail);
            // The first failure is the one to tell; when the store itself fails, this entry fails too.
            if let Err(second) = services.store.append(entry).await {
                tracing::warn!(error = ?second, "The failure of a backup could not be recorded");
            }
            Err(error)
        }
    }
}

fn outcome(
    caller: &Caller,
    (actor, target): (tasuki_domain::access::ActorColumns, Target),
    outcome: Outcome,
    detail: Detail,
) -> NewEntry {
    NewEntry { action: Action::Backup, outcome, actor, target, request: caller.request, detail }
}

async fn taken(
    services: &Services,
    grant: tasuki_domain::policy::Grant<Backup>,
    command: &BackUp,
) -> Result<(BackedUp, Detail), UseCaseError> {
    let config = &services.config;
    let folder = command.folder.as_ref().or(config.backup.folder.as_ref());
    let folder = folder.ok_or_else(|| UseCaseError::failed(NoFolder))?.clone();
    let recipients = Recipients::read(&recipients_path(config)).map_err(UseCaseError::failed)?;
    let caller = grant.caller().clone();
    let begun = Detail::default().with("stage", "begun").with("recipients", recipients.count());
    let look = services.store.reveal(grant, begun).await?;
    let lock = BackupLock::take(&config.server.data_folder).map_err(UseCaseError::failed)?;
    let picture = services.store.picture(&look, lock.folder()).await?;
    let log = picture.log.clone();
    let key = services.store.keyring().backup_key();
    let packing = Packing {
        config: config.clone(),
        tag: Box::new(move |manifest| key.tag(manifest)),
        manifest: manifest(services, &picture),
        recipients,
        folder: folder.clone(),
    };
    let source = picture.source.clone();
    let written = tokio::task::spawn_blocking(move || packing.write(&source)).await;
    let released = picture.release().await;
    drop(lock);
    let finished = written.map_err(UseCaseError::failed)?.map_err(UseCaseError::failed)?;
    released?;
    let removed = match command.folder {
        Some(_) => 0,
        None => generations(config, &folder, services.store.rp_id())?,
    };
    Ok(told(&caller, finished, &log, removed))
}

fn told(caller: &Caller, finished: Finished, log: &LogPicture, removed: usize) -> (BackedUp, Detail) {
    let detail = caller
        .detail()
        .with("stage", "finished")
        .with("bytes", finished.bytes)
        .with("log_size", log.size)
        .with("log_root", log.root)
        .with("removed", removed);
    let done = BackedUp {
        path: finished.path,
        bytes: finished.bytes,
        log_size: log.size,
        log_root: log.root.to_string(),
        head: log.note.clone(),
        removed,
        findings: log.findings(),
    };
    (done, detail)
}

fn generations(config: &Config, folder: &Path, rp_id: &str) -> Result<usize, UseCaseError> {
    prune(folder, rp_id, config.backup.generations.count())
        .map_err(|error| UseCaseError::failed(BackupProblem::Write(error)))
}

/// No folder was named.
#[derive(Debug, thiserror::Error)]
#[error("no folder for backups: name one with --to, or set backup.folder")]
pub struct NoFolder;

/// Where the public keys of those who can open a backup are read from.
#[must_use]
pub fn recipients_path(config: &Config) -> PathBuf {
    let own = || config.server.data_folder.join(RECIPIENTS);
    config.backup.recipients_file.clone().unwrap_or_else(own)
}

fn manifest(services: &Services, picture: &Picture) -> Manifest {
    let log = &picture.log;
    Manifest {
        format: Manifest::FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        at: picture.at.0,
        origin: services.store.origin().to_owned(),
        rp_id: services.store.rp_id().to_owned(),
        root_key: services.store.keyring().fingerprint().to_string(),
        engine: match picture.source {
            PictureSource::File(_) => Engine::Sqlite,
            PictureSource::Exported(_) => Engine::Postgres,
        },
        log: LogPosition {
            size: log.size,
            root: log.root.to_string(),
            last_at: log.last_at.0,
            note: log.note.clone(),
        },
        parts: Vec::new(),
    }
}

/// What the writing thread needs.
struct Packing {
    config: Arc<Config>,
    tag: Box<dyn Fn(&[u8]) -> [u8; 32] + Send>,
    manifest: Manifest,
    recipients: Recipients,
    folder: PathBuf,
}

impl Packing {
    fn write(&self, source: &PictureSource) -> Result<Finished, BackupProblem> {
        let at = jiff::Timestamp::from_microsecond(self.manifest.at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let mut file = SealedFile::begin(&self.folder, (&self.manifest.rp_id, at), &self.recipients)?;
        match self.fill(&mut file, source) {
            Ok(()) => file.finish(),
            Err(problem) => {
                file.abandon();
                Err(problem)
            }
        }
    }

    fn fill(&self, file: &mut SealedFile, source: &PictureSource) -> Result<(), BackupProblem> {
        let mut pack = Pack::begin(file)?;
        let settings = toml::to_string_pretty(&*self.config).map_err(io::Error::other);
        pack.part("settings.toml", settings.map_err(BackupProblem::Read)?.as_bytes())?;
        pack.part("backup.recipients", open(&recipients_path(&self.config))?)?;
        if let Some(attestation) = &self.config.sign_in.attestation_ca_file {
            pack.part("attestation.pem", open(attestation)?)?;
        }
        match source {
            PictureSource::File(path) => pack.part(Engine::Sqlite.part(), open(path)?)?,
            PictureSource::Exported(snapshot) => {
                let mut dump = Dump::start(&connect(&self.config)?, snapshot)?;
                let packed = dump.bytes().and_then(|bytes| pack.part(Engine::Postgres.part(), bytes));
                dump.finish()?;
                packed?;
            }
        }
        let complete = |parts: Vec<Part>| Manifest { parts, ..self.manifest.clone() };
        pack.end(complete, &self.tag).map(drop)
    }
}

fn open(path: &Path) -> Result<File, BackupProblem> {
    File::open(path).map_err(BackupProblem::Read)
}

/// How PostgreSQL's tools reach the configured database.
fn connect(config: &Config) -> Result<Connect, BackupProblem> {
    let DatabaseUrl::Postgres(url) = &config.database.url else { return Err(BackupProblem::Damaged) };
    let password = match &config.database.password_file {
        None => None,
        Some(file) => {
            let secret = read_secret_file("database.password_file", file)
                .map_err(|problem| BackupProblem::Read(io::Error::other(problem.to_string())))?;
            let text = String::from_utf8_lossy(secret.expose_secret()).into_owned();
            Some(zeroize::Zeroizing::new(text))
        }
    };
    Ok(Connect { url: url.clone(), password })
}
