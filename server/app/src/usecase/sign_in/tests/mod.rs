//! Signing in, on SQLite always and on PostgreSQL where a server is given.

mod factors;
mod first;
pub(crate) mod house;
mod locking;
mod own;
mod returning;
mod sessions;
