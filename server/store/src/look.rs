//! The proof that a look is in the log, durably, before anything is shown.

use tasuki_domain::{
    policy::{Act, Grant},
    time::Timestamp,
};

/// A recorded, committed look: functions that open sealed content for a person demand it.
#[derive(Debug)]
pub struct Revealed<A> {
    grant: Grant<A>,
    entry: u64,
    at: Timestamp,
}

impl<A: Act> Revealed<A> {
    pub(crate) const fn new(grant: Grant<A>, entry: u64, at: Timestamp) -> Self {
        Self { grant, entry, at }
    }

    /// The grant that it rests on.
    #[must_use]
    pub const fn grant(&self) -> &Grant<A> {
        &self.grant
    }

    /// What was allowed.
    #[must_use]
    pub const fn act(&self) -> &A {
        self.grant.act()
    }

    /// The entry's index in the log.
    #[must_use]
    pub const fn entry(&self) -> u64 {
        self.entry
    }

    /// When it was recorded.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
