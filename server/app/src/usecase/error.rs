//! Why a use case did not happen, in terms that every door can tell a person.

use super::UploadRefusal;
use crate::{hasher::HasherError, limit::TooMany};
use tasuki_domain::{policy::Refusal, problem::FieldProblem};
use tasuki_store::{StoreError, WorkError};

/// A stable code of a state that has moved on, such as `handover.taken`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conflict(pub &'static str);

/// Why a use case did not happen. Nothing of it was kept; a refusal is in the log already.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// The policy refuses it.
    #[error("refused: {:?}", .0.reason)]
    Refused(Box<Refusal>),
    /// A sign-in step failed. Says nothing more, to anybody (unknown, wrong, locked and disabled are alike).
    #[error("the sign-in failed")]
    SignIn,
    /// A field breaks a rule.
    #[error(transparent)]
    Field(#[from] FieldProblem),
    /// The state has moved on.
    #[error("conflict: {}", .0.0)]
    Conflict(Conflict),
    /// There is no such thing, or none that this caller may know of.
    #[error("there is no such thing")]
    Missing,
    /// A file is not taken.
    #[error(transparent)]
    Upload(#[from] UploadRefusal),
    /// Too much is going on; worth another try after so many seconds.
    #[error("busy")]
    Busy {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// More than the allowance of this device, person or organization.
    #[error("too many requests")]
    TooMany {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The server itself failed; the cause goes to the operator's log only.
    #[error("the server failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl UseCaseError {
    /// A state that has moved on.
    #[must_use]
    pub const fn conflict(code: &'static str) -> Self {
        Self::Conflict(Conflict(code))
    }

    /// A failure of the server itself.
    pub fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(cause))
    }
}

impl From<WorkError> for UseCaseError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Refused(refusal) => Self::Refused(refusal),
            WorkError::Field(problem) => Self::Field(problem),
            WorkError::Conflict(code) => Self::conflict(code),
            WorkError::Missing => Self::Missing,
            WorkError::Store(error) => error.into(),
        }
    }
}

impl From<TooMany> for UseCaseError {
    fn from(error: TooMany) -> Self {
        Self::TooMany { retry_after: error.retry_after }
    }
}

impl From<HasherError> for UseCaseError {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Busy { retry_after } => Self::Busy { retry_after },
            other => Self::failed(other),
        }
    }
}

impl From<StoreError> for UseCaseError {
    fn from(error: StoreError) -> Self {
        Self::failed(error)
    }
}
