//! The two databases: one enum of pools, one enum of connections, one macro that runs the same text on either.

use crate::{
    desk::{Desk, Lent},
    error::StoreError,
    start::Opening,
};
use sqlx::{
    Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{str::FromStr, sync::Arc};

/// Statements that a connection keeps prepared; multi-row inserts have one text per number of rows.
const STATEMENTS: usize = 1024;

/// Runs an expression on whichever connection it is: `on!(connection, c => sqlx::query(SQL).execute(&mut **c).await)`.
#[macro_export]
macro_rules! on {
    ($connection:expr, $name:ident => $body:expr) => {
        match $connection {
            $crate::Connection::Sqlite($name) => $body,
            $crate::Connection::Postgres($name) => $body,
        }
    };
}

/// One connection, for reading or inside of the writer's transaction.
pub enum Connection {
    /// SQLite.
    Sqlite(Lent),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

pub(crate) enum Backend {
    Sqlite { writer: Arc<Desk>, readers: Arc<Desk> },
    Postgres { writer: PgPool, readers: PgPool },
}

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");

impl Backend {
    /// Opens the pools of a database URL: `sqlite:///path/to/file` or `postgres://…`.
    pub(crate) async fn open(opening: &Opening) -> Result<Self, StoreError> {
        if opening.url.starts_with("postgres:") || opening.url.starts_with("postgresql:") {
            Self::open_postgres(opening).await
        } else {
            Self::open_sqlite(opening).await
        }
    }

    async fn open_postgres(opening: &Opening) -> Result<Self, StoreError> {
        let mut options = PgConnectOptions::from_str(&opening.url)?.statement_cache_capacity(STATEMENTS);
        if let Some(password) = &opening.password {
            options = options.password(password);
        }
        let pool = || PgPoolOptions::new().acquire_timeout(opening.wait);
        let writer = pool().max_connections(1).connect_with(options.clone()).await?;
        let readers = pool().max_connections(opening.readers).connect_with(options).await?;
        Ok(Self::Postgres { writer, readers })
    }

    async fn open_sqlite(opening: &Opening) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(&opening.url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(opening.wait)
            .pragma("recursive_triggers", "ON")
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .statement_cache_capacity(STATEMENTS);
        let writer = Desk::new(options.clone(), 1, opening.wait);
        // Opened at once: another program that holds the file is to be noticed here.
        let first = writer.lend().await.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => StoreError::Locked,
            error => error.into(),
        })?;
        drop(first);
        let readers = Desk::new(options.read_only(true), opening.readers, opening.wait);
        Ok(Self::Sqlite { writer, readers })
    }

    /// Brings the schema to this program's version; refuses a schema that a later program has made.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let outcome = match self {
            Self::Sqlite { writer, .. } => SQLITE_MIGRATIONS.run(&mut *writer.lend().await?).await,
            Self::Postgres { writer, .. } => POSTGRES_MIGRATIONS.run(writer).await,
        };
        outcome.map_err(|error| match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => StoreError::FutureSchema(version),
            other => StoreError::Schema(other),
        })
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::Sqlite(readers.lend().await?),
            Self::Postgres { readers, .. } => Connection::Postgres(readers.acquire().await?),
        })
    }

    /// The connection that writes; there is one.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Connection::Sqlite(writer.lend().await?),
            Self::Postgres { writer, .. } => Connection::Postgres(writer.acquire().await?),
        })
    }

    pub(crate) const fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

impl Connection {
    /// Runs a statement without parameters or rows.
    pub(crate) async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        on!(self, c => sqlx::raw_sql(sql).execute(&mut **c).await.map(drop))
    }

    /// Begins a writing transaction.
    pub(crate) async fn begin(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(_) => self.run("BEGIN IMMEDIATE").await,
            Self::Postgres(_) => self.run("BEGIN").await,
        }
    }
}
