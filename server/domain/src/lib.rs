//! Floor 0 of Tasuki: what exists and who may do what. Pure: no input or output, no clock, no randomness.
//!
//! - [`id`], [`time`], [`text`], [`problem`]: the values that everything is made of, bounded at the door
//! - [`organization`], [`person`], [`job_type`], [`role`], [`device`], [`passkey`], [`session`]: the consortium and who
//!   stands in it
//! - [`patient`], [`care_team`], [`info_class`], [`room`], [`message`], [`post`], [`message_view`], [`attachment`],
//!   [`urgent`]: the work
//! - [`access`]: what the access log records
//! - [`policy`]: the only place where a [`policy::Grant`] is made
#![deny(missing_docs)]

pub mod access;
pub mod attachment;
pub mod care_team;
mod coded;
pub mod defaults;
pub mod device;
pub mod id;
pub mod info_class;
pub mod job_type;
pub mod message;
pub mod message_view;
pub mod organization;
pub mod passkey;
pub mod patient;
pub mod person;
pub mod policy;
pub mod post;
pub mod problem;
pub mod queued;
pub mod role;
pub mod room;
pub mod session;
pub mod text;
pub mod time;
pub mod urgent;
