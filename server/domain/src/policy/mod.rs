//! Rights: the one place where a [`Grant`] is made. The matrix is data, the rules are one table, the decision is pure.
//!
//! A grant exists only for a live actor (session, device, post, person), and for care data only within membership ×
//! consent × matrix. Roles administer; none of them reads content.

mod act;
mod caller;
mod decide;
mod facts;
mod grant;
mod refusal;
mod rule;

pub use act::*;
pub use caller::{Actor, Caller, JobKind, Operator};
pub use decide::decide;
pub use facts::{
    Facts, FactsBuilder, MatrixCell, OrganizationFact, PatientFact, PersonFact, PlaceFact, PostFact,
    ReaderScope,
};
pub use grant::Grant;
pub use refusal::{Refusal, RefusalReason};
pub use rule::{Act, Rule};

#[cfg(test)]
mod ending_tests;
#[cfg(test)]
mod tests;
