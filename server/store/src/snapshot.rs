//! A consistent picture of the house at one moment, for a backup; and the judgement of a house that comes out of one.

use crate::{
    backend::{Backend, Connection},
    batch::{Batch, Done, Work},
    desk::Desk,
    error::{StoreError, WorkError},
    look::Revealed,
    start::Opening,
    store::Store,
};
use sqlx::sqlite::SqliteConnectOptions;
use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};
use tasuki_domain::{
    access::Detail,
    policy::{Backup, Grant, Restore},
    time::Timestamp,
};
use tasuki_vault::{
    Keyring,
    log::{
        Finding, Frontier, Hash, Report,
        export::Header,
        report::Language,
        verify::{Trust, Verifier},
    },
    secret::KeyFingerprint,
};

mod entries;

const HOUSE: &str = "SELECT origin, rp_id, root_fingerprint FROM house WHERE one = 1";
const LAST_NOTE: &str = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const EXPORT: &str = "SELECT pg_export_snapshot()";
const TABLES: &str = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
const END_SESSIONS: &str = "UPDATE session SET ended_at = $1, ending = 3 WHERE ended_at > $1";
const END_CODES: &str = "UPDATE enrolment_code SET used_at = $1 WHERE used_at > $1";
const END_DEVICE_CODES: &str = "UPDATE device_code SET used_at = $1 WHERE used_at > $1";
const CLOSE_WINDOW: &str = "UPDATE enrolment_window SET open_until = $1 WHERE open_until > $1";

/// A consistent picture of every row. Call [`Picture::release`] when its bytes were taken.
pub struct Picture {
    /// When it was taken.
    pub at: Timestamp,
    /// How far the log goes in it.
    pub log: LogPicture,
    /// Where its bytes come from.
    pub source: PictureSource,
    held: Option<Connection>,
}

/// How far the log goes in a picture.
#[derive(Clone, Debug)]
pub struct LogPicture {
    /// Number of entries.
    pub size: u64,
    /// The tree's root over them, computed from the stored bytes.
    pub root: Hash,
    /// Time of the last entry.
    pub last_at: Timestamp,
    /// The newest signed head; empty before the first.
    pub note: String,
    /// What is wrong with the log, if anything; entries that no head covers yet are not.
    pub report: Report,
}

impl LogPicture {
    /// What is wrong with the log in Japanese and English, the first twenty.
    #[must_use]
    pub fn findings(&self) -> Vec<(String, String)> {
        let sentence =
            |finding: &Finding| (finding.text(Language::Japanese), finding.text(Language::English));
        self.report.findings.iter().take(20).map(sentence).collect()
    }
}

/// Where a picture's bytes come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PictureSource {
    /// A database file of its own.
    File(PathBuf),
    /// An exported snapshot of PostgreSQL, good until the release.
    Exported(String),
}

/// A house that came out of a backup, judged before it is used.
#[derive(Debug)]
pub struct Examined {
    /// The log's origin line.
    pub origin: String,
    /// The DNS name that passkeys are bound to.
    pub rp_id: String,
    /// How far its log goes, and what is wrong with it.
    pub log: LogPicture,
}

impl Store {
    /// Takes a picture while the house goes on. On SQLite it is a file in `folder`, which must be private: its rows
    /// are sealed as they are in the house.
    ///
    /// # Errors
    /// [`StoreError::File`] when the file cannot be made (a full disk, say), or the database's own failure.
    pub async fn picture(&self, _look: &Revealed<Backup>, folder: &Path) -> Result<Picture, StoreError> {
        let at = self.now();
        let mut connection = self.reading().await?;
        if let Connection::Sqlite(reader) = &mut connection {
            let file = folder.join("picture.sqlite");
            OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(&file)
                .map_err(StoreError::File)?;
            let path = file.to_string_lossy().into_owned();
            sqlx::query("VACUUM INTO $1").bind(path).execute(&mut **reader).await?;
            drop(connection);
            let options = SqliteConnectOptions::new().filename(&file).read_only(true).immutable(true);
            let desk = Desk::new(options, 1, Duration::from_secs(5));
            let log = look_at_log(&mut Connection::Sqlite(desk.lend().await?), self.keyring(), None).await?;
            desk.close().await;
            return Ok(Picture { at, log, source: PictureSource::File(file), held: None });
        }
        connection.run(READ_ONLY).await?;
        match exported(&mut connection, self.keyring()).await {
            Ok((name, log)) => {
                Ok(Picture { at, log, source: PictureSource::Exported(name), held: Some(connection) })
            }
            Err(error) => {
                connection.run("ROLLBACK").await?;
                Err(error)
            }
        }
    }

    /// Judges a house without opening it for use: its root key, and its whole log, also against a signed head that was
    /// kept elsewhere when there is one.
    ///
    /// # Errors
    /// [`StoreError::Empty`], [`StoreError::WrongKey`], or the database's own failure.
    pub async fn examine(
        opening: &Opening,
        keyring: &Keyring,
        against: Option<&str>,
    ) -> Result<Examined, StoreError> {
        let backend = Backend::open(opening).await?;
        let mut connection = backend.writer().await?;
        let outcome = examine(&mut connection, keyring, against).await;
        drop(connection);
        backend.close().await;
        outcome
    }

    /// Whether nothing at all is in a PostgreSQL database; for SQLite, whether its file is not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_vacant(opening: &Opening) -> Result<bool, StoreError> {
        if let Some(path) = opening.url.strip_prefix("sqlite://") {
            return Ok(!Path::new(path).exists());
        }
        let backend = Backend::open(opening).await?;
        let mut connection = backend.reader().await?;
        let tables: i64 = on!(&mut connection, c => sqlx::query_scalar(TABLES).fetch_one(&mut **c).await)?;
        drop(connection);
        backend.close().await;
        Ok(tables == 0)
    }

    /// Records the restore and closes what was open when the picture was taken: sessions, one-time codes, the
    /// enrolment door. Their end may be among what is missing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle_restored(&self, grant: Grant<Restore>, detail: Detail) -> Result<u64, WorkError> {
        let committed = self.write(Settle { grant, detail }).await?;
        self.synchronise_sessions().await?;
        Ok(committed.entry())
    }
}

impl Picture {
    /// Lets the database go on without it. A file stays until its folder is removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn release(self) -> Result<(), StoreError> {
        match self.held {
            Some(mut connection) => Ok(connection.run("ROLLBACK").await?),
            None => Ok(()),
        }
    }
}

struct Settle {
    grant: Grant<Restore>,
    detail: Detail,
}

impl Work for Settle {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, self.detail.clone()).await?;
        let now = batch.now().0;
        for sql in [END_SESSIONS, END_CODES, END_DEVICE_CODES, CLOSE_WINDOW] {
            on!(batch.writing().await?, c => sqlx::query(sql).bind(now).execute(&mut **c).await.map(drop))?;
        }
        batch.revoked();
        Ok(Done::new((), proof))
    }
}

async fn exported(
    connection: &mut Connection,
    keyring: &Keyring,
) -> Result<(String, LogPicture), StoreError> {
    let name: String = on!(&mut *connection, c => sqlx::query_scalar(EXPORT).fetch_one(&mut **c).await)?;
    Ok((name, look_at_log(connection, keyring, None).await?))
}

async fn examine(
    connection: &mut Connection,
    keyring: &Keyring,
    against: Option<&str>,
) -> Result<Examined, StoreError> {
    let house: Option<(String, String, Vec<u8>)> =
        on!(&mut *connection, c => sqlx::query_as(HOUSE).fetch_optional(&mut **c).await)?;
    let (origin, rp_id, fingerprint) = house.ok_or(StoreError::Empty)?;
    let fingerprint = <[u8; KeyFingerprint::BYTES]>::try_from(fingerprint.as_slice())
        .map_err(|_| StoreError::Damaged("root key fingerprint"))?;
    keyring.check(KeyFingerprint::from_bytes(fingerprint))?;
    Ok(Examined { origin, rp_id, log: look_at_log(connection, keyring, against).await? })
}

/// Reads the whole log back, hashes every entry again, and checks every signed head.
async fn look_at_log(
    connection: &mut Connection,
    keyring: &Keyring,
    against: Option<&str>,
) -> Result<LogPicture, StoreError> {
    let (origin, ..): (String, String, Vec<u8>) =
        on!(&mut *connection, c => sqlx::query_as(HOUSE).fetch_one(&mut **c).await)?;
    let signer = keyring.log_signer(&origin).map_err(|_| StoreError::Damaged("log origin"))?;
    let key = signer.verifier_key();
    let header = Header { key: key.clone(), before: Frontier::new() };
    let verifier = Verifier::new(&header, Trust { key: Some(key), against });
    let report = entries::walk(connection, verifier).await?;
    let note: Option<String> =
        on!(&mut *connection, c => sqlx::query_scalar(LAST_NOTE).fetch_optional(&mut **c).await)?;
    let last_at = Timestamp(report.span.map_or(0, |(_, last)| last));
    Ok(LogPicture {
        size: report.entries,
        root: report.root,
        last_at,
        note: note.unwrap_or_default(),
        report,
    })
}
