//! The places of an employer in the order of the round, which everybody in the consortium may know.

use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PlaceId},
    policy::{Caller, PlaceFact, ReadConsortium},
};
use tasuki_store::table::place::{self, PlaceName};

/// A place as shown.
#[derive(Clone, Debug)]
pub struct PlaceView {
    /// What it is, what it lies in, where it stands in the round.
    pub fact: PlaceFact,
    /// What it is called.
    pub name: Arc<PlaceName>,
}

/// The places in use, parents before what lies in them, in the order of the round.
///
/// # Errors
/// The refusal; [`UseCaseError::Missing`] for an employer that is not there.
pub async fn read_places(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Vec<PlaceView>, UseCaseError> {
    let detail = Detail::default().with("organization", organization);
    let grant = services.store.decide(caller, ReadConsortium {}).await?;
    let look = services.store.reveal_within_window(grant, detail).await?;
    let (facts, now) = (services.store.facts(), services.store.now());
    if facts.organization(organization).is_none() {
        return Err(UseCaseError::Missing);
    }
    let mut found: Vec<PlaceFact> = facts
        .places()
        .filter(|fact| fact.organization == organization && fact.period.contains(now))
        .copied()
        .collect();
    found.sort_by_cached_key(|fact| place::round_order(&facts, Some(fact.place)));
    let wanted: Vec<PlaceId> = found.iter().map(|fact| fact.place).collect();
    let names = place::names(&services.store, &look, &wanted).await?;
    let view = |fact: PlaceFact| Some(PlaceView { fact, name: names.get(fact.place, None)?.clone() });
    Ok(found.into_iter().filter_map(view).collect())
}
