//! An employer leaves the consortium.

use super::perform::perform;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, EndOrganization},
};
use tasuki_store::table::organization;

/// Ends an employer with its posts, roles, devices and places; every session of it ends at once.
///
/// # Errors
/// The refusal; conflicts `organization.ended` and `organization.has_patients`.
pub async fn end_organization(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<(), UseCaseError> {
    let act = EndOrganization { organization };
    perform(services, caller, act, ((), Detail::default()), |batch, grant, ()| {
        Box::pin(organization::end(batch, grant))
    })
    .await?;
    Ok(())
}
