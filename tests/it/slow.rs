//! Tests of more than about ten seconds; `make check` leaves this module out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod child;
mod crash;
mod witness;
