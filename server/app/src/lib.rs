//! Tasuki: the app floor.

pub mod config;
