//! A place is given up.

use super::perform::{missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PlaceId},
    policy::{Caller, EndPlace},
};
use tasuki_store::table::place;
use uuid::Uuid;

/// Gives a place up.
///
/// # Errors
/// The refusal; conflicts `place.ended` and `place.in_use`.
pub async fn end_place(services: &Services, caller: &Caller, place: PlaceId) -> Result<(), UseCaseError> {
    let Some(fact) = services.store.facts().place(place).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &EndPlace { organization: nowhere, place }).await);
    };
    let act = EndPlace { organization: fact.organization, place };
    perform(services, caller, act, ((), Detail::default()), |batch, grant, ()| {
        Box::pin(place::end(batch, grant))
    })
    .await?;
    Ok(())
}
