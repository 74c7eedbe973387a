//! Every integration test, in one binary, so that linking happens once.
//!
//! Tests that take more than about ten seconds live in a module named `slow`: `make check` leaves those out.

mod advisories;
mod api_description;
mod canary;
mod dependencies;
mod documents;
mod doors;
mod file_sizes;
mod floor_plan;
mod migrations_match;
mod repository;
mod slow;
mod stolen;
