//! Founding a house and opening it: schema gate, root key check, data keys, facts, then the writer.

use crate::{
    backend::{Backend, Connection},
    error::StoreError,
    facts,
    key_book::KeyBook,
    log_append,
    sessions::Sessions,
    stage::{self, StagedRow, StagedTable, Value},
    store::{Clock, Heads, Inner, Store},
    table::checkpoint::LogWatch,
    table::name::NameBook,
    table::queue::SettledPeople,
    writer::Writer,
};
use arc_swap::ArcSwap;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tasuki_domain::{defaults, id::OrganizationId, policy::MatrixCell, time::MINUTE};
use tasuki_vault::{Keyring, secret::KeyFingerprint};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What is settled once and for all when a house is founded.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The log's origin line; says demo where the history is a demonstration.
    pub origin: String,
    /// The final DNS name, which passkeys are bound to.
    pub rp_id: String,
}

/// How a house is opened.
pub struct Opening {
    /// `sqlite:///path/to/file` or `postgres://…`.
    pub url: String,
    /// Where the time comes from.
    pub clock: Clock,
    /// The most pieces of work in one transaction.
    pub batch: usize,
    /// The most pieces of work that wait.
    pub queue: usize,
    /// Microseconds in which looks alike share an entry.
    pub look_window: i64,
    /// Connections for reading.
    pub readers: u32,
    /// How long a caller waits for a connection.
    pub wait: Duration,
    /// PostgreSQL's password, which never stands in the URL.
    pub password: Option<Zeroizing<String>>,
}

impl Opening {
    /// The usual numbers: 256 pieces in a batch, 4096 waiting, a window of 60 s.
    #[must_use]
    pub fn new(url: impl Into<String>, clock: Clock) -> Self {
        Self {
            url: url.into(),
            clock,
            batch: 256,
            queue: 4096,
            look_window: MINUTE,
            readers: 8,
            wait: Duration::from_secs(5),
            password: None,
        }
    }
}

const HOUSE: &str = "SELECT origin, rp_id, root_fingerprint FROM house WHERE one = 1";
const FOUND: StagedTable = StagedTable {
    insert: "INSERT INTO house (one, origin, rp_id, root_fingerprint, policy_version, revocation_generation, created_at) ",
    tail: "",
};
const LOG_HEAD: StagedTable = StagedTable { insert: "INSERT INTO log_head (one, size, last_at) ", tail: "" };
const JOB_TYPE: StagedTable =
    StagedTable { insert: "INSERT INTO job_type (job_type, japanese, english) ", tail: "" };
const INFO_CLASS: StagedTable =
    StagedTable { insert: "INSERT INTO info_class (info_class, japanese, english) ", tail: "" };
pub(crate) const MATRIX_CELL: StagedTable = StagedTable {
    insert: "INSERT INTO matrix_cell (organization, version, job_type, info_class, may_read, may_write, at) ",
    tail: "",
};

impl Store {
    /// Founds a house in an empty database and opens it.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] when it was founded before; otherwise as [`Store::open`].
    pub async fn found(opening: Opening, keyring: Keyring, founding: Founding) -> Result<Self, StoreError> {
        let backend = Backend::open(&opening).await?;
        backend.migrate().await?;
        let mut connection = backend.writer().await?;
        connection.begin().await?;
        let exists: Option<(String, String, Vec<u8>)> =
            on!(&mut connection, c => sqlx::query_as(HOUSE).fetch_optional(&mut **c).await)?;
        if exists.is_some() {
            connection.run("ROLLBACK").await?;
            return Err(StoreError::NotEmpty);
        }
        stage::flush(&mut connection, first_rows(&founding, &keyring, (opening.clock)().0)).await?;
        connection.run("COMMIT").await?;
        drop(connection);
        Self::open_on(backend, opening, keyring).await
    }

    /// Opens the house and starts its writer. Takes the keyring: nothing opens sealed content but this floor.
    ///
    /// # Errors
    /// [`StoreError::FutureSchema`], [`StoreError::Empty`], [`StoreError::WrongKey`], or the database's own failure.
    pub async fn open(opening: Opening, keyring: Keyring) -> Result<Self, StoreError> {
        let backend = Backend::open(&opening).await?;
        backend.migrate().await?;
        Self::open_on(backend, opening, keyring).await
    }

    async fn open_on(backend: Backend, opening: Opening, keyring: Keyring) -> Result<Self, StoreError> {
        let mut connection = backend.writer().await?;
        let house: Option<(String, String, Vec<u8>)> =
            on!(&mut connection, c => sqlx::query_as(HOUSE).fetch_optional(&mut **c).await)?;
        let (origin, rp_id, fingerprint) = house.ok_or(StoreError::Empty)?;
        let fingerprint = <[u8; KeyFingerprint::BYTES]>::try_from(fingerprint.as_slice())
            .map_err(|_| StoreError::Damaged("root key fingerprint"))?;
        keyring.check(KeyFingerprint::from_bytes(fingerprint))?;
        let keys = KeyBook::default();
        keys.load(&mut connection, &keyring).await?;
        let facts = facts::load(&mut connection).await?;
        let head = log_append::read_head(&mut connection, false).await?;
        let settled = SettledPeople::load(&mut connection).await?;
        drop(connection);
        let inner = Arc::new(Inner {
            backend,
            keyring: Arc::new(keyring),
            keys,
            facts: ArcSwap::from_pointee(facts),
            sessions: Sessions::default(),
            heads: Heads::default(),
            names: NameBook::default(),
            settled,
            clock: opening.clock,
            log_size: watch::Sender::new(head.size),
            look_window: opening.look_window,
            looks: Mutex::new(HashMap::new()),
            rooms: crate::table::RoomMemory::default(),
            log: LogWatch::default(),
            origin,
            rp_id,
        });
        let (queue, waiting) = mpsc::channel(opening.queue);
        tokio::spawn(Writer::new(inner.clone()).serve(waiting, opening.batch));
        Ok(Self { inner, queue })
    }

    /// Whether the database answers, for the health check.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection: Connection = self.reading().await?;
        connection.run("SELECT 1").await?;
        Ok(())
    }
}

fn first_rows(founding: &Founding, keyring: &Keyring, now: i64) -> Vec<StagedRow> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut rows = vec![
        StagedRow {
            table: &FOUND,
            values: vec![
                Value::Int(1),
                text(&founding.origin),
                text(&founding.rp_id),
                Value::Bytes(keyring.fingerprint().as_bytes().to_vec()),
                Value::Int(1),
                Value::Int(1),
                Value::Int(now),
            ],
        },
        StagedRow { table: &LOG_HEAD, values: vec![Value::Int(1), Value::Int(0), Value::Int(0)] },
    ];
    rows.extend(defaults::JOB_TYPES.iter().map(|(id, japanese, english)| StagedRow {
        table: &JOB_TYPE,
        values: vec![Value::Int(i64::from(id.0)), text(japanese), text(english)],
    }));
    rows.extend(defaults::INFO_CLASSES.iter().map(|(id, japanese, english)| StagedRow {
        table: &INFO_CLASS,
        values: vec![Value::Int(i64::from(id.0)), text(japanese), text(english)],
    }));
    rows.extend(
        defaults::matrix()
            .iter()
            .map(|cell| StagedRow { table: &MATRIX_CELL, values: matrix_row(cell, 1, now) }),
    );
    rows
}

/// A cell of the rights matrix as stored.
pub(crate) fn matrix_row(cell: &MatrixCell, version: i64, now: i64) -> Vec<Value> {
    vec![
        Value::Id(cell.organization.map_or(Uuid::nil(), OrganizationId::as_uuid)),
        Value::Int(version),
        Value::Int(i64::from(cell.job_type.0)),
        Value::Int(i64::from(cell.class.0)),
        Value::Int(i64::from(cell.read)),
        Value::Int(i64::from(cell.write)),
        Value::Int(now),
    ]
}

#[cfg(test)]
mod tests;
