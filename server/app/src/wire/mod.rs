//! The JSON that both doors speak: versioned, bounded, parsed into domain types at once.

pub mod attachment;
pub mod care_team;
pub mod consent;
pub mod device;
pub mod frame;
pub mod log;
pub mod matrix;
pub mod me;
pub mod message;
pub mod optional;
pub mod organization;
pub mod page;
pub mod patient;
pub mod patient_change;
pub mod person;
pub mod place;
pub mod post;
pub mod problem;
pub mod queue;
pub mod role;
pub mod room;
pub mod secret_text;
pub mod session;
pub mod sign_in;
pub mod system;
pub mod web_authn;
