//! One file per noun: its SQL as named text at the top, its sealed columns, its rows.

#[macro_use]
mod statement;
mod assemble;
mod column;
mod live;
mod room_memory;
mod sealed;
pub mod system;
mod tile;

pub mod acknowledgement;
pub mod attachment;
pub mod attempt;
pub mod authority;
pub mod checkpoint;
pub mod consent;
pub mod correction;
pub mod credential;
pub mod cursor;
pub mod device;
pub mod draft;
pub mod enrolment_code;
pub mod exposure;
pub mod head;
pub mod home;
pub mod info_class;
pub mod job_type;
pub mod leader;
pub mod lend;
pub mod log;
pub mod log_export;
pub mod log_names;
pub mod log_page;
pub mod log_proof;
pub mod log_verify;
pub mod look;
pub mod matrix;
pub mod membership;
pub mod message;
pub mod name;
pub mod naming;
pub mod organization;
pub mod page;
pub mod passkey;
pub mod patient;
pub mod person;
pub mod place;
pub mod post;
pub mod queue;
pub mod receipt;
pub mod request;
pub mod role;
pub mod room;
pub mod session;
pub mod urgent;

pub use column::byline_of;
pub(crate) use room_memory::RoomMemory;

#[cfg(test)]
mod tests;
