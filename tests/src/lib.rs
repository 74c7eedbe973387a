//! The harness that starts the whole service: real keys, real doors, real certificates, people who sign in.

pub mod guest;
pub mod house;

pub use guest::Guest;
pub use house::{Engine, House, now};
pub use tasuki_app::demo::Story;
