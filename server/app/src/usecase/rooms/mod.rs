//! What people do in rooms: one file per thing that can be asked for.
//!
//! Whatever changes something gives `Committed<Happened>`: the live delivery tells others from it, and from nothing else.

mod audience;
pub mod close_look;
mod happened;
pub mod mark_read;
pub mod open_room;
pub mod post_message;
pub mod read_history;

pub use happened::Happened;

#[cfg(test)]
mod tests;
