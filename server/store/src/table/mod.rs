//! One file per noun: its SQL as named text at the top, its sealed columns, its rows.

#[macro_use]
mod statement;
mod live;
mod sealed;

pub mod attempt;
pub mod authority;
pub mod consent;
pub mod credential;
pub mod device;
pub mod enrolment_code;
pub mod info_class;
pub mod job_type;
pub mod matrix;
pub mod membership;
pub mod name;
pub mod organization;
pub mod passkey;
pub mod patient;
pub mod person;
pub mod place;
pub mod post;
pub mod role;
pub mod session;

#[cfg(test)]
mod tests;
