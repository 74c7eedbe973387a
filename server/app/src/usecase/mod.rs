//! Use cases: one file per thing a person can ask for. Knows no HTTP, no sockets, no command line.

pub mod access_log;
pub mod add_attachment;
pub mod back_up;
pub mod change_care_team;
pub mod change_consent;
pub mod change_device;
pub mod change_patient;
pub mod check_system;
pub mod consortium;
pub mod device_authority;
mod doors;
pub mod end_patient;
pub mod enrol_device;
pub mod enrolment_window;
mod error;
pub mod identify;
mod intake;
pub mod link_patients;
pub mod live;
mod owner;
pub mod read_attachment;
pub mod read_care_team;
pub mod read_devices;
pub mod read_patients;
pub mod register_device;
pub mod register_patient;
pub mod remove_orphans;
pub mod renew_device;
pub mod revoke_device;
pub mod rooms;
pub mod service;
mod services;
pub mod sign_in;
mod upload_refusal;

#[cfg(test)]
mod consortium_tests;

pub use doors::Doors;
pub use error::{Conflict, UseCaseError};
pub use intake::Intake;
pub use services::Services;
pub use upload_refusal::{UploadFault, UploadRefusal};
