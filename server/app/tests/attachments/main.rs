//! Attachments, through the use cases and the door, on every database that is at hand.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod adoption;
mod door;
mod files;
mod house;
mod keeping;
mod refusals;
mod scanner;
