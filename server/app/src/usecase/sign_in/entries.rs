//! Entries of steps in which nobody is signed in yet: the device acts, the object is the person where one is known.
//! What was typed is never part of them.

use crate::usecase::Services;
use tasuki_domain::{
    access::{Action, NewEntry, ObjectKind, Outcome, Target},
    id::PersonId,
    policy::{Caller, Facts, Refusal, RefusalReason},
};

/// The person as the object of a step; a nil person when unknown.
pub(super) fn target(facts: &Facts, person: Option<PersonId>) -> Target {
    let organization = person.and_then(|person| facts.person(person)).map(|fact| fact.organization);
    let id = person.map_or(uuid::Uuid::nil(), PersonId::as_uuid);
    Target::object(ObjectKind::Person, id).organization(organization)
}

/// A refused step.
pub(super) fn refusal(
    services: &Services,
    caller: &Caller,
    (action, reason): (Action, RefusalReason),
    person: Option<PersonId>,
) -> Box<Refusal> {
    let target = target(&services.store.facts(), person);
    Box::new(Refusal { caller: caller.clone(), action, target, reason })
}

/// A step that went well.
pub(super) fn done(facts: &Facts, caller: &Caller, action: Action, person: PersonId) -> NewEntry {
    NewEntry {
        action,
        outcome: Outcome::Done,
        actor: caller.columns(),
        target: target(facts, Some(person)),
        request: caller.request,
        detail: caller.detail(),
    }
}
