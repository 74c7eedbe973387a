//! A place is renamed, moved or put elsewhere in the round.

use super::perform::{changed, missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::{OrganizationId, PlaceId},
    organization::PlaceChange,
    policy::{Caller, ChangePlace},
};
use tasuki_store::table::place;
use uuid::Uuid;

/// Changes a place.
///
/// # Errors
/// The refusal; conflicts `place.changed` and `place.ended`; `parent` with `field.choice` or `field.too_many`.
pub async fn change_place(
    services: &Services,
    caller: &Caller,
    place: PlaceId,
    change: PlaceChange,
) -> Result<(), UseCaseError> {
    let Some(fact) = services.store.facts().place(place).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &ChangePlace { organization: nowhere, place }).await);
    };
    let mut detail = changed(&[
        ("kind", change.kind.is_some()),
        ("name", change.name.is_some()),
        ("parent", change.parent.is_some()),
        ("position", change.position.is_some()),
    ]);
    // Staff of a place are in the care teams of that place: a move may let people in, so the entry says where to.
    if let Some(parent) = change.parent {
        detail = detail.with("parent", parent.map_or(Uuid::nil(), PlaceId::as_uuid));
    }
    let act = ChangePlace { organization: fact.organization, place };
    perform(services, caller, act, (change, detail), |batch, grant, change| {
        Box::pin(place::change(batch, grant, change))
    })
    .await?;
    Ok(())
}
