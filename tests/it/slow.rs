//! Tests of more than about ten seconds; `make check` leaves this module out.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
#![expect(clippy::print_stdout, reason = "a run says its seed, by which it can be repeated")]

mod child;
mod crash;
mod tampered;
mod witness;
