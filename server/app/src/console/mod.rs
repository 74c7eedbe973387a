//! The console: what root types at the server goes through the running server's Unix socket, or, without one, through
//! a house opened under the exclusive data lock. Nobody else writes (decision 28).

pub mod audit;
mod client;
mod command;
mod consortium;
mod devices;
mod identity;
mod people;
mod server;
mod told;

pub use client::ask;
pub use command::{Answer, ConsoleCommand, Question, execute};
pub use consortium::ConsortiumCommand;
pub use devices::DeviceCommand;
pub use identity::{host, user_name};
pub use people::PeopleCommand;
pub use server::serve;
pub use told::{Told, time};

/// Name of the socket in the data folder.
pub const SOCKET: &str = "control.sock";

/// Longest question or answer, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;
