//! files: judges what comes in as an attachment, by its content; knows no store, no web, no person.
//!
//! Order of use: [`FileName::parse`], [`sniff::sniff`] on the whole bytes, and for a picture
//! [`picture::clean`], whose result (never the original) is what is kept.

mod name;
mod office;
mod pdf;
pub mod picture;
mod plain_text;
mod refusal;
pub mod scanner;
pub mod sniff;

pub use name::FileName;
pub use picture::{CleanPicture, PictureRefusal};
pub use refusal::Refusal;
pub use sniff::{Kind, sniff};
