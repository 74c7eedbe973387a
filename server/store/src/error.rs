//! What can go wrong on this floor. Causes are kept for the operator; the edge tells strangers none of them.

use tasuki_domain::{policy::Refusal, problem::FieldProblem};

/// The store itself failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or did not answer.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the schema could not be brought up to date")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// A later program has changed the schema.
    #[error("the database was written by a newer version of this program (schema {0})")]
    FutureSchema(i64),
    /// The data folder belongs to another root key.
    #[error("this is not the root key of this data")]
    WrongKey(#[from] tasuki_vault::keyring::WrongRootKey),
    /// A wrapped key does not open.
    #[error("a data key does not open")]
    DataKey(#[from] tasuki_vault::keyring::WrappedKeyError),
    /// A stored value does not open: altered, moved, or its key is gone.
    #[error("a stored value does not open")]
    Open(#[from] tasuki_vault::OpenError),
    /// A value could not be sealed.
    #[error("a value could not be sealed")]
    Seal(#[from] tasuki_vault::SealError),
    /// A stored value has a form that this program never writes.
    #[error("a stored {0} is damaged")]
    Damaged(&'static str),
    /// `init` has not been run on this database.
    #[error("the database is empty: run `tasuki init` first")]
    Empty,
    /// `init` was already run on this database.
    #[error("the database is in use already")]
    NotEmpty,
    /// Another program holds the embedded database.
    #[error("another program holds the database")]
    Locked,
    /// A file could not be made, on a full disk for example.
    #[error("a file could not be made")]
    File(#[source] std::io::Error),
    /// A sync failed: nothing is acknowledged until a clean restart.
    #[error("writing has stopped after a failed sync; restart the service")]
    Stopped,
}

/// What kind of trouble a database is in, for words to the operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// No room is left on the disk, or a limit of the system is reached.
    Full,
    /// Another program holds the database.
    Locked,
    /// The file may not be read or written.
    Permission,
    /// The disk refuses a read or a write.
    Disk,
    /// The bytes are not those of a database.
    Damaged,
    /// The database server does not answer, or all connections are taken.
    Unreachable,
    /// The database server refuses the user or the password.
    Denied,
    /// There is no database of that name.
    NoDatabase,
    /// Something else.
    Other,
}

impl StoreError {
    /// What kind of trouble the database is in; [`Trouble::Other`] for everything that has a variant of its own.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Database(error) => trouble(error),
            Self::Schema(sqlx::migrate::MigrateError::Execute(error)) => trouble(error),
            Self::File(error) => file_trouble(error),
            Self::Locked => Trouble::Locked,
            _ => Trouble::Other,
        }
    }
}

fn file_trouble(error: &std::io::Error) -> Trouble {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Trouble::Full,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Trouble::Permission,
        _ => Trouble::Other,
    }
}

fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => Trouble::Unreachable,
        sqlx::Error::Io(_) => Trouble::Unreachable,
        sqlx::Error::Database(database) => {
            of_code(database.code().as_deref().unwrap_or_default(), database.message())
        }
        // The writer tells callers the message only.
        sqlx::Error::Protocol(message) => of_code("", message),
        _ => Trouble::Other,
    }
}

/// SQLite's result codes (the low byte is the kind) and PostgreSQL's SQLSTATE.
fn of_code(code: &str, message: &str) -> Trouble {
    if code.len() == 5 {
        return match code {
            "53100" | "53200" => Trouble::Full,
            "28P01" | "28000" | "42501" => Trouble::Denied,
            "3D000" => Trouble::NoDatabase,
            "55P03" => Trouble::Locked,
            code if code.starts_with("08") || code.starts_with("57P") || code == "53300" => {
                Trouble::Unreachable
            }
            _ => Trouble::Other,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(13) => Trouble::Full,
        Ok(5 | 6) => Trouble::Locked,
        Ok(10) => Trouble::Disk,
        Ok(3 | 8 | 14) => Trouble::Permission,
        Ok(11 | 26) => Trouble::Damaged,
        _ if message.contains("disk is full") || message.contains("No space left") => Trouble::Full,
        _ if message.contains("database is locked") => Trouble::Locked,
        _ if message.contains("disk I/O error") => Trouble::Disk,
        _ => Trouble::Other,
    }
}

/// A piece of work did not happen; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The policy refuses it; the refusal is in the log.
    #[error("refused: {:?}", .0.reason)]
    Refused(Box<Refusal>),
    /// A value breaks a rule that only the stored data can tell.
    #[error(transparent)]
    Field(#[from] FieldProblem),
    /// The state has moved on; the code says how.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// There is no such thing.
    #[error("there is no such thing")]
    Missing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for WorkError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Box<Refusal>> for WorkError {
    fn from(refusal: Box<Refusal>) -> Self {
        Self::Refused(refusal)
    }
}

impl From<tasuki_vault::OpenError> for WorkError {
    fn from(error: tasuki_vault::OpenError) -> Self {
        Self::Store(error.into())
    }
}
