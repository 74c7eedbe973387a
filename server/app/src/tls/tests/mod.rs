//! TLS room, tests: real clients over loopback TCP against a real door.

mod certificates;
mod client;
mod ending;
mod handshake;
mod house;
mod limits;
mod protocols;
