//! Who administers an employer: its own roles and those of the consortium.

use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId},
    policy::{Caller, ReadPeople},
};
use tasuki_store::table::{
    person::{self, PersonName},
    role::{self, RoleRow},
};

/// A role as shown.
#[derive(Clone, Debug)]
pub struct RoleView {
    /// Who holds what.
    pub row: RoleRow,
    /// What the holder is called.
    pub name: Arc<PersonName>,
}

/// The roles that reach the employer now; of one person only, when asked so.
///
/// # Errors
/// The refusal.
pub async fn read_roles(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    only: Option<PersonId>,
) -> Result<Vec<RoleView>, UseCaseError> {
    let grant = services.store.decide(caller, ReadPeople { organization }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let mut rows = role::reaching(&services.store, &look).await?;
    rows.retain(|row| only.is_none_or(|person| row.person == person));
    let wanted: Vec<_> = rows.iter().map(|row| (row.person, None)).collect();
    let names = person::names(&services.store, &look, &wanted).await?;
    let view = |row: RoleRow| Some(RoleView { row, name: names.get(row.person, None)?.clone() });
    Ok(rows.into_iter().filter_map(view).collect())
}
