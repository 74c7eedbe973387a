//! A new place of an employer.

use super::perform::perform;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PlaceId},
    organization::NewPlace,
    policy::{Caller, CreatePlace},
};
use tasuki_store::table::place;
use uuid::Uuid;

/// Registers a place.
///
/// # Errors
/// The refusal; conflict `organization.ended`; `parent` with `field.choice` or `field.too_many`.
pub async fn create_place(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    new: NewPlace,
) -> Result<PlaceId, UseCaseError> {
    let place = PlaceId::from_uuid(Uuid::new_v4());
    let detail = Detail::default().with("kind", new.kind.text());
    let act = CreatePlace { organization, place };
    perform(services, caller, act, (new, detail), |batch, grant, new| {
        Box::pin(place::create(batch, grant, new))
    })
    .await?;
    Ok(place)
}
