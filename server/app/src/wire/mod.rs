//! The JSON that both doors speak: versioned, bounded, parsed into domain types at once.

pub mod matrix;
pub mod organization;
pub mod page;
pub mod person;
pub mod place;
pub mod post;
pub mod problem;
pub mod role;
