//! A role is taken back.

use super::perform::{missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::RoleId,
    policy::{Caller, EndRole},
    role::Scope,
};
use tasuki_store::table;

/// Takes a role back.
///
/// # Errors
/// The refusal; conflict `role.ended`.
pub async fn end_role(services: &Services, caller: &Caller, held: RoleId) -> Result<(), UseCaseError> {
    let Some(row) = table::role::find(&services.store, held).await? else {
        return Err(missing(services, caller, &EndRole { organization: None, held }).await);
    };
    let organization = match row.role.scope {
        Scope::Consortium => None,
        Scope::Organization(organization) => Some(organization),
    };
    let detail = Detail::default().with("person", row.person).with("role", row.role.role.text());
    let act = EndRole { organization, held };
    perform(services, caller, act, ((), detail), |batch, grant, ()| Box::pin(table::role::end(batch, grant)))
        .await?;
    Ok(())
}
