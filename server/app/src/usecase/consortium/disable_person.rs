//! A person is cut off, at once.

use super::perform::{missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId},
    policy::{Caller, DisablePerson},
};
use tasuki_store::table::person;
use uuid::Uuid;

/// Cuts a person off, by the employer that registered them: posts, roles and every session end at once.
///
/// # Errors
/// The refusal; conflicts `person.disabled` and `person.posts_elsewhere`.
pub async fn disable_person(
    services: &Services,
    caller: &Caller,
    person: PersonId,
) -> Result<(), UseCaseError> {
    let Some(fact) = services.store.facts().person(person).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &DisablePerson { organization: nowhere, person }).await);
    };
    let act = DisablePerson { organization: fact.organization, person };
    perform(services, caller, act, ((), Detail::default()), |batch, grant, ()| {
        Box::pin(person::disable(batch, grant))
    })
    .await?;
    Ok(())
}
