//! TLS room, tests: real clients over loopback TCP against a real door.

mod certificates;
pub mod client;
mod ending;
mod handshake;
mod house;
mod limits;
mod protocols;
