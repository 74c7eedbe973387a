//! Names beside what people did: in the versions of then, opened once and kept in memory.

use super::{
    name::Witness,
    organization::{self, OrganizationNames},
    person::{self, PersonNames},
};
use crate::{Store, error::StoreError};
use tasuki_domain::{
    id::{OrganizationId, PersonId},
    message_view::{Byline, MessageView, Words},
    text::{Name, Title},
};

/// Everybody who is named in a message.
fn bylines(view: &mut MessageView) -> impl Iterator<Item = &mut Byline> {
    let words = match &mut view.words {
        Words::Original(_) => None,
        Words::Corrected { by, .. } | Words::Withdrawn { by, .. } => Some(by),
    };
    let urgent = view.urgent.as_mut();
    let (settled, answers) = match urgent {
        Some(urgent) => (urgent.settled.as_mut(), Some(urgent.answers.iter_mut())),
        None => (None, None),
    };
    std::iter::once(&mut view.author)
        .chain(words)
        .chain(view.acknowledged.iter_mut())
        .chain(view.taken.as_mut())
        .chain(settled)
        .chain(answers.into_iter().flatten().map(|(_, by)| by))
}

/// Fills in the names of a page of messages.
///
/// # Errors
/// When a name does not open or the database does not answer.
pub async fn name_messages(
    store: &Store,
    witness: &impl Witness,
    views: &mut [MessageView],
) -> Result<(), StoreError> {
    name_bylines(store, witness, views.iter_mut().flat_map(bylines).collect()).await
}

/// Fills in names, in the versions of then.
///
/// # Errors
/// When a name does not open or the database does not answer.
pub async fn name_bylines(
    store: &Store,
    witness: &impl Witness,
    bylines: Vec<&mut Byline>,
) -> Result<(), StoreError> {
    let mut people: Vec<(PersonId, Option<i64>)> = Vec::with_capacity(bylines.len());
    let mut employers: Vec<(OrganizationId, Option<i64>)> = Vec::with_capacity(bylines.len());
    for byline in &bylines {
        people.push((byline.person, Some(byline.person_version)));
        employers.extend(byline.organization.map(|employer| (employer, Some(byline.organization_version))));
    }
    let people = person::names(store, witness, &people).await?;
    let employers = organization::names(store, witness, &employers).await?;
    for byline in bylines {
        fill(byline, &people, &employers);
    }
    Ok(())
}

fn fill(byline: &mut Byline, people: &PersonNames, employers: &OrganizationNames) {
    let person = people.get(byline.person, Some(byline.person_version));
    byline.name = person.map(|name| Name::from_stored(name.name.clone()));
    byline.organization_name = byline
        .organization
        .and_then(|employer| employers.get(employer, Some(byline.organization_version)))
        .map(|name| Title::from_stored(name.name.clone()));
}
