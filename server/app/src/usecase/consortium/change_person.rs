//! A person's facts change; the old version stays.

use super::perform::{changed, missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::{OrganizationId, PersonId},
    person::PersonChange,
    policy::{Caller, ChangePerson},
};
use tasuki_store::table::person;
use uuid::Uuid;

/// Changes a person's facts, by the employer that registered them; says the version that now counts.
///
/// # Errors
/// The refusal; `login` with `field.taken`; conflicts `person.changed` and `person.disabled`.
pub async fn change_person(
    services: &Services,
    caller: &Caller,
    person: PersonId,
    change: PersonChange,
) -> Result<i64, UseCaseError> {
    let Some(fact) = services.store.facts().person(person).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &ChangePerson { organization: nowhere, person }).await);
    };
    let detail = changed(&[
        ("login", change.login.is_some()),
        ("name", change.name.is_some()),
        ("reading", change.reading.is_some()),
        ("romaji", change.romaji.is_some()),
    ])
    .with("version", change.version + 1);
    let act = ChangePerson { organization: fact.organization, person };
    let done = perform(services, caller, act, (change, detail), |batch, grant, change| {
        Box::pin(person::change(batch, grant, change))
    });
    Ok(done.await?.into_value())
}
