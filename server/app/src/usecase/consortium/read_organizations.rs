//! The employers of the consortium, which everybody in it may know.

use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    policy::{Caller, OrganizationFact, ReadConsortium},
};
use tasuki_store::table::organization::{self, OrganizationName};

/// An employer as shown.
#[derive(Clone, Debug)]
pub struct OrganizationView {
    /// What it is, since when, in which version.
    pub fact: OrganizationFact,
    /// What it is called.
    pub name: Arc<OrganizationName>,
}

/// Every employer, past ones too, by the time of joining.
///
/// # Errors
/// The refusal.
pub async fn read_organizations(
    services: &Services,
    caller: &Caller,
) -> Result<Vec<OrganizationView>, UseCaseError> {
    let grant = services.store.decide(caller, ReadConsortium {}).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let facts = services.store.facts();
    let mut found: Vec<OrganizationFact> = facts.organizations().copied().collect();
    found.sort_unstable_by_key(|fact| (fact.period.from, fact.organization));
    let wanted: Vec<_> = found.iter().map(|fact| (fact.organization, Some(fact.version))).collect();
    let names = organization::names(&services.store, &look, &wanted).await?;
    let view = |fact: OrganizationFact| {
        let name = names.get(fact.organization, Some(fact.version))?.clone();
        Some(OrganizationView { fact, name })
    };
    Ok(found.into_iter().filter_map(view).collect())
}
