//! Tasuki: the app floor.

pub mod clock;
pub mod colleague;
pub mod config;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
