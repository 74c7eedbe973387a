//! The staff register of an employer: who works or worked there, and as what.

use crate::usecase::{Services, UseCaseError};
use std::collections::{BTreeSet, HashMap};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId},
    policy::{Caller, PostFact, ReadPeople},
};
use tasuki_store::table::person::{self, PersonRecord};

/// Which part of the register.
#[derive(Clone, Copy, Debug)]
pub struct PeopleQuestion {
    /// Whose register.
    pub organization: OrganizationId,
    /// The last person of the page before.
    pub after: Option<PersonId>,
    /// The most people on the page.
    pub limit: usize,
}

/// A person as the register shows them.
pub struct PersonView {
    /// The row with its login.
    pub record: PersonRecord,
    /// Their posts at this employer, ended ones too; what they do elsewhere is not this employer's matter.
    pub posts: Vec<PostFact>,
}

/// A page of the register.
pub struct PeoplePage {
    /// The people, in a fixed order that says nothing.
    pub people: Vec<PersonView>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<PersonId>,
}

/// Reads a page of the register.
///
/// # Errors
/// The refusal.
pub async fn read_people(
    services: &Services,
    caller: &Caller,
    question: PeopleQuestion,
) -> Result<PeoplePage, UseCaseError> {
    let PeopleQuestion { organization, after, limit } = question;
    let grant = services.store.decide(caller, ReadPeople { organization }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let facts = services.store.facts();
    let mut posts: HashMap<PersonId, Vec<PostFact>> = HashMap::new();
    for post in facts.posts().filter(|post| post.organization == organization) {
        posts.entry(post.person).or_default().push(*post);
    }
    let registered = facts.people().filter(|fact| fact.organization == organization).map(|fact| fact.person);
    let all: BTreeSet<PersonId> = registered.chain(posts.keys().copied()).collect();
    let mut page: Vec<PersonId> =
        all.into_iter().filter(|person| after.is_none_or(|after| *person > after)).take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().copied().filter(|_| more);
    let records = person::register(&services.store, &look, &page).await?;
    let view = |record: PersonRecord| {
        let mut posts = posts.remove(&record.fact.person).unwrap_or_default();
        posts.sort_unstable_by_key(|post| (post.period.from, post.post));
        PersonView { record, posts }
    };
    Ok(PeoplePage { people: records.into_iter().map(view).collect(), next })
}
