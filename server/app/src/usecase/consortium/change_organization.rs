//! An employer's facts change; the old version stays.

use super::perform::{changed, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::OrganizationId,
    organization::OrganizationChange,
    policy::{Caller, ChangeOrganization},
};
use tasuki_store::table::organization;

/// Changes an employer's facts; says the version that now counts.
///
/// # Errors
/// The refusal; conflicts `organization.changed` and `organization.ended`.
pub async fn change_organization(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    change: OrganizationChange,
) -> Result<i64, UseCaseError> {
    let detail = changed(&[
        ("kind", change.kind.is_some()),
        ("name", change.name.is_some()),
        ("romaji", change.romaji.is_some()),
        ("telephone", change.telephone.is_some()),
    ])
    .with("version", change.version + 1);
    let act = ChangeOrganization { organization };
    let done = perform(services, caller, act, (change, detail), |batch, grant, change| {
        Box::pin(organization::change(batch, grant, change))
    });
    Ok(done.await?.into_value())
}
