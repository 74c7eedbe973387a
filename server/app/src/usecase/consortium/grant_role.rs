//! A role is given: never to oneself, and never 職員管理 and 監査 for the same employer to one person.

use super::perform::perform;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{PersonId, RoleId},
    policy::{Caller, GrantRole},
    role::{Role, Scope},
};
use tasuki_store::table;
use uuid::Uuid;

/// Gives a role from now on.
///
/// # Errors
/// The refusal (also `SecondPerson` and `RolesExclude`); conflicts `person.disabled`, `organization.ended`,
/// `role.held`.
pub async fn grant_role(
    services: &Services,
    caller: &Caller,
    person: PersonId,
    (role, scope): (Role, Scope),
) -> Result<RoleId, UseCaseError> {
    let held = RoleId::from_uuid(Uuid::new_v4());
    let act = GrantRole { person, role, scope, held };
    let detail = Detail::default().with("person", person).with("role", role.text());
    let detail = match scope {
        Scope::Consortium => detail.with("scope", "consortium"),
        Scope::Organization(organization) => detail.with("scope", organization),
    };
    perform(services, caller, act, ((), detail), |batch, grant, ()| {
        Box::pin(table::role::give(batch, grant))
    })
    .await?;
    Ok(held)
}
