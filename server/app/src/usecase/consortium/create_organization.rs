//! A new employer joins the consortium.

use super::perform::perform;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    organization::NewOrganization,
    policy::{Caller, CreateOrganization},
};
use tasuki_store::table::organization;
use uuid::Uuid;

/// Takes an employer into the consortium.
///
/// # Errors
/// The refusal.
pub async fn create_organization(
    services: &Services,
    caller: &Caller,
    new: NewOrganization,
) -> Result<OrganizationId, UseCaseError> {
    let organization = OrganizationId::from_uuid(Uuid::new_v4());
    let detail = Detail::default().with("kind", new.kind.text());
    perform(services, caller, CreateOrganization { organization }, (new, detail), |batch, grant, new| {
        Box::pin(organization::create(batch, grant, new))
    })
    .await?;
    Ok(organization)
}
