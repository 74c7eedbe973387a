//! Floor 2 of Tasuki: rows, blobs and transactions, on SQLite or PostgreSQL, one SQL text for both.
//!
//! - [`Store`]: opens the house, decides on current facts, writes, reveals
//! - [`Batch`], [`Work`]: one durable transaction for all work that is waiting (group commit)
//! - [`table`]: one file per noun; content is sealed and opened only here
#![deny(missing_docs)]

#[macro_use]
mod backend;
mod batch;
mod blob;
mod desk;
mod error;
mod facts;
mod key_book;
mod log_append;
mod look;
mod sessions;
mod snapshot;
mod stage;
mod start;
mod store;
pub mod table;
mod writer;

pub use backend::Connection;
pub use batch::{Batch, Done, EntryProof, Work};
pub use blob::BlobReader;
pub use desk::Lent;
pub use error::{StoreError, Trouble, WorkError};
pub use look::Revealed;
pub use sessions::Sessions;
pub use snapshot::{Examined, LogPicture, Picture, PictureSource};
pub use stage::{StagedTable, Value};
pub use start::{Founding, Opening};
pub use store::{Clock, Committed, Store};
