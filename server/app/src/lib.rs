//! Floor 3 of Tasuki: the doors, the use cases behind them, and start-up.

pub mod backup;
pub mod cli;
pub mod clock;
pub mod colleague;
pub mod config;
pub mod console;
pub mod data_lock;
pub mod demo;
pub mod explain;
pub mod files;
pub mod hasher;
pub mod http;
pub mod hub;
pub mod jobs;
pub mod limit;
pub mod notify;
pub mod password_check;
pub mod restore;
pub mod shutdown;
pub mod startup;
pub mod telemetry;
pub mod tls;
pub mod unlock;
pub mod usecase;
pub mod wire;
pub mod ws;
