//! Tasuki: the app floor.

pub mod colleague;
pub mod config;
