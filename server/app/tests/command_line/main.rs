//! The command line, as a person at the console meets it: the real program, its questions answered line by line.
#![expect(clippy::unwrap_used, reason = "tests")]

mod backup;
mod check;
mod house;
mod init;
mod program;
mod register;
