//! Use cases of the consortium: employers, places, people, posts, roles, rights, the directory.

mod change_info_classes;
mod change_job_types;
mod change_matrix;
mod change_organization;
mod change_person;
mod change_place;
mod create_organization;
mod create_person;
mod create_place;
mod create_post;
mod disable_person;
mod end_organization;
mod end_place;
mod end_post;
mod end_role;
mod fold;
mod found_consortium;
mod grant_role;
pub(in crate::usecase) mod perform;
mod read_directory;
mod read_matrix;
mod read_organizations;
mod read_people;
mod read_places;
mod read_roles;
mod reconfirm_post;

pub use change_info_classes::{create_info_class, rename_info_class};
pub use change_job_types::{create_job_type, rename_job_type};
pub use change_matrix::{MatrixCommand, change_matrix};
pub use change_organization::change_organization;
pub use change_person::change_person;
pub use change_place::change_place;
pub use create_organization::create_organization;
pub use create_person::{CreatedPerson, FirstPost, create_person};
pub use create_place::create_place;
pub use create_post::create_post;
pub use disable_person::disable_person;
pub use end_organization::end_organization;
pub use end_place::end_place;
pub use end_post::end_post;
pub use end_role::end_role;
pub use found_consortium::{Founded, FoundingCommand, found_consortium};
pub use grant_role::grant_role;
pub use read_directory::{DirectoryEntry, DirectoryPage, DirectoryQuestion, read_directory};
pub use read_matrix::{MatrixView, RightsView, Word, read_matrix};
pub use read_organizations::{OrganizationView, read_organizations};
pub use read_people::{PeoplePage, PeopleQuestion, PersonView, read_people};
pub use read_places::{PlaceView, read_places};
pub use read_roles::{RoleView, read_roles};
pub use reconfirm_post::reconfirm_post;

#[cfg(test)]
pub(crate) mod tests;
