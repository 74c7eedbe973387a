//! A refusal: its reason is recorded, and told only as far as it reveals nothing.

use super::Caller;
use crate::access::{Action, NewEntry, Outcome, Target};
use serde::{Deserialize, Serialize};

/// Why something was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The device is not in the register, or revoked.
    Device,
    /// The session has ended or expired.
    Session,
    /// The session is locked; a return with the passkey is needed.
    Locked,
    /// A fresh passkey is needed.
    StepUp,
    /// The person is disabled.
    Person,
    /// The post has ended, not begun or waits for re-confirmation.
    Post,
    /// The actor is of a kind that may not do this at all.
    Actor,
    /// The role is missing or does not reach this organization.
    Role,
    /// Not in the care team.
    Membership,
    /// No consent, or it was withdrawn, or it leaves this class out.
    Consent,
    /// The rights matrix does not give this class to this job type.
    Matrix,
    /// Not a member of the room.
    Room,
    /// The room is closed.
    Closed,
    /// Only the author, the owner or the person concerned may do this.
    Own,
    /// One person alone may not do this: a second one has to.
    SecondPerson,
    /// The two roles exclude each other for the same organization.
    RolesExclude,
    /// There is no such thing.
    Missing,
    /// A wrong, unknown or used-up secret; recorded only, never told apart.
    Secret,
    /// Locked after failures.
    TooManyFailures,
    /// Too many requests.
    Rate,
}

/// A decision against a caller: must be recorded before it is told.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Who asked.
    pub caller: Caller,
    /// For what.
    pub action: Action,
    /// Of which object.
    pub target: Target,
    /// Why it was refused.
    pub reason: RefusalReason,
}

impl Refusal {
    /// The entry that says so.
    #[must_use]
    pub fn entry(&self) -> NewEntry {
        let mut detail = self.caller.detail();
        detail.refusal = Some(self.reason);
        NewEntry {
            action: self.action,
            outcome: Outcome::Refused,
            actor: self.caller.columns(),
            target: self.target,
            request: self.caller.request,
            detail,
        }
    }

    /// Whether the caller must not even learn that the object exists (answered like a missing one).
    #[must_use]
    pub const fn hides_existence(&self) -> bool {
        matches!(
            self.reason,
            RefusalReason::Membership
                | RefusalReason::Consent
                | RefusalReason::Matrix
                | RefusalReason::Room
                | RefusalReason::Missing
        )
    }
}
