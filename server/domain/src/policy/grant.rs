//! A grant: the value that proves a decision. Made by [`super::decide`] alone, demanded by every store function.

use super::{Act, Caller, Facts, Refusal, RefusalReason, decide};
use crate::{
    access::{Detail, NewEntry, Outcome, Target},
    time::Timestamp,
};

/// The decision that a caller may do one act. Not `Clone`: one grant, one act, one entry.
#[derive(Debug)]
pub struct Grant<A> {
    act: A,
    caller: Caller,
    target: Target,
    job_type: Option<i16>,
    version: u64,
    decided_at: Timestamp,
}

impl<A: Act> Grant<A> {
    pub(super) const fn new(
        act: A,
        caller: Caller,
        (target, job_type): (Target, Option<i16>),
        version: u64,
        decided_at: Timestamp,
    ) -> Self {
        Self { act, caller, target, job_type, version, decided_at }
    }

    /// What was allowed.
    #[must_use]
    pub const fn act(&self) -> &A {
        &self.act
    }

    /// To whom.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The object, as the log names it.
    #[must_use]
    pub const fn target(&self) -> Target {
        self.target
    }

    /// The version of the facts that it was decided on.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// When it was decided.
    #[must_use]
    pub const fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// Decides again on newer facts, inside the transaction that uses the grant.
    ///
    /// # Errors
    /// The refusal, when the facts no longer allow it.
    pub fn renew(&self, facts: &Facts, now: Timestamp) -> Result<Self, Box<Refusal>> {
        decide(facts, &self.caller, self.act.clone(), now)
    }

    /// The entry that says what was done, with more facts for its sealed body.
    #[must_use]
    pub fn entry(&self, more: Detail) -> NewEntry {
        let mut detail = self.caller.detail();
        detail.job_type = self.job_type;
        detail.more.extend(more.more);
        NewEntry {
            action: A::ACTION,
            outcome: Outcome::Done,
            actor: self.caller.columns(),
            target: self.target,
            request: self.caller.request,
            detail,
        }
    }

    /// The same entry for an act that was allowed and failed.
    #[must_use]
    pub fn failed(&self, more: Detail) -> NewEntry {
        NewEntry { outcome: Outcome::Failed, ..self.entry(more) }
    }

    /// The refusal of what the facts allowed and only the stored rows could tell.
    #[must_use]
    pub fn refused(&self, reason: RefusalReason) -> Box<Refusal> {
        Box::new(Refusal { caller: self.caller.clone(), action: A::ACTION, target: self.target, reason })
    }
}
