//! Use cases of rooms and messages, on SQLite always and on PostgreSQL where a server is given.

mod acting;
mod gathering;
pub(crate) mod house;
mod looking;
mod posting;
