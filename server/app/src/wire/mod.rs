//! The JSON that both doors speak: versioned, bounded, parsed into domain types at once.

pub mod problem;
