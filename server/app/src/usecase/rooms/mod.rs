//! What people do in rooms: one file per thing that can be asked for.
//!
//! Whatever changes something gives `Committed<Happened>`: the live delivery tells others from it, and from nothing else.

pub mod acknowledge;
pub mod answer_question;
pub mod answer_urgent;
mod audience;
pub mod change_request;
pub mod close_look;
pub mod correct_message;
pub mod drafts;
mod found;
mod happened;
pub mod keep_room;
pub mod lend_room;
pub mod mark_read;
pub mod open_room;
pub mod post_message;
pub mod read_audience;
pub mod read_handover;
pub mod read_history;
pub mod read_home;
pub mod read_receipts;
pub mod read_rooms;
pub mod read_versions;
pub mod take_over;
pub mod withdraw_message;

pub use found::InRoom;
pub use happened::Happened;
pub use tasuki_store::table::patient::PatientHeader;

#[cfg(test)]
pub(crate) mod tests;
