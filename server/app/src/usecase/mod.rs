//! Use cases: one file per thing a person can ask for. Knows no HTTP, no sockets, no command line.

pub mod back_up;
pub mod consortium;
mod error;
pub mod identify;
pub mod rooms;
mod services;

pub use error::{Conflict, UseCaseError};
pub use services::Services;
