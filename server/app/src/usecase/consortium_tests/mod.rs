//! Patients, consents, care teams and devices, through the use cases, on both databases.

mod care_team;
mod devices;
mod doors;
mod enrolment;
mod house;
mod patients;
