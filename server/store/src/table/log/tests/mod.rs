//! The log on both databases: SQLite always, PostgreSQL where a server is given.

mod heads;
mod house;
mod reading;
