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
    /// A sync failed: nothing is acknowledged until a clean restart.
    #[error("writing has stopped after a failed sync; restart the service")]
    Stopped,
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
