//! Tests of the vault floor: its laws, and its frozen vectors. Only through the public API, as a neighbour sees it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should fail where it stands"
)]

mod export;
mod keys;
mod log_formats;
mod people;
mod queue;
mod seal;
mod stream;
mod support;
mod tree;
mod verify;
