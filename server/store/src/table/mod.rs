//! One file per noun: its SQL as named text at the top, its sealed columns, its rows.

pub mod authority;
pub mod consent;
pub mod device;
mod live;
pub mod membership;
pub mod patient;
