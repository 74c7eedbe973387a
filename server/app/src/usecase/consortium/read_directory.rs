//! The people directory: colleagues of the whole consortium by name, job type and employer.

use super::fold::fold;
use crate::usecase::{Services, UseCaseError};
use std::{collections::HashMap, sync::Arc};
use tasuki_domain::{
    access::Detail,
    id::PostId,
    policy::{Caller, Facts, PostFact, ReadDirectory},
};
use tasuki_store::table::{
    job_type,
    organization::{self, OrganizationName, OrganizationNames},
    person::{self, PersonName, PersonNames},
};

/// Whom to find.
#[derive(Clone, Debug)]
pub struct DirectoryQuestion {
    /// Part of a name, reading, job type or employer; empty finds everybody.
    pub query: String,
    /// The last entry of the page before.
    pub after: Option<PostId>,
    /// The most entries on the page.
    pub limit: usize,
}

/// A colleague under one post.
#[derive(Clone, Debug)]
pub struct DirectoryEntry {
    /// The post.
    pub post: PostFact,
    /// The colleague.
    pub name: Arc<PersonName>,
    /// The employer.
    pub organization: Arc<OrganizationName>,
    /// Whether the colleague is connected under this post now.
    pub present: bool,
}

/// A page of the directory.
#[derive(Clone, Debug)]
pub struct DirectoryPage {
    /// Colleagues in the order of their readings.
    pub entries: Vec<DirectoryEntry>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<PostId>,
}

/// Finds colleagues who can be reached now: live people under live posts.
///
/// # Errors
/// The refusal.
pub async fn read_directory(
    services: &Services,
    caller: &Caller,
    question: DirectoryQuestion,
) -> Result<DirectoryPage, UseCaseError> {
    let grant = services.store.decide(caller, ReadDirectory {}).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let (facts, now) = (services.store.facts(), services.store.now());
    let posts: Vec<PostFact> = facts.live_posts(now).copied().collect();
    let before = question.after.and_then(|post| facts.post(post));
    let people: Vec<_> = posts.iter().chain(before).map(|post| (post.person, None)).collect();
    let employers: Vec<_> = facts.organizations().map(|fact| (fact.organization, None)).collect();
    let book = Book {
        people: person::names(&services.store, &look, &people).await?,
        employers: organization::names(&services.store, &look, &employers).await?,
        job_types: words(services).await?,
    };
    let wanted = fold(&question.query);
    let mut found: Vec<(Key, DirectoryEntry)> = posts
        .into_iter()
        .filter_map(|post| book.entry(post))
        .filter(|entry| book.matches(entry, &wanted))
        .map(keyed)
        .collect();
    found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let after = question.after.and_then(|post| place_of(&facts, &book, post));
    let mut rest = found.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let shown = |(_, entry): (Key, DirectoryEntry)| {
        let present = services.hub.is_present(entry.post.post);
        DirectoryEntry { present, ..entry }
    };
    let entries: Vec<DirectoryEntry> = rest.by_ref().take(question.limit).map(shown).collect();
    let more = rest.next().is_some();
    let next = entries.last().map(|entry| entry.post.post).filter(|_| more);
    Ok(DirectoryPage { entries, next })
}

/// Where an entry stands: by its reading, then fixed.
type Key = (String, PostId);

fn keyed(entry: DirectoryEntry) -> (Key, DirectoryEntry) {
    let spoken = if entry.name.reading.is_empty() { &entry.name.name } else { &entry.name.reading };
    ((fold(spoken), entry.post.post), entry)
}

fn place_of(facts: &Facts, book: &Book, post: PostId) -> Option<Key> {
    facts.post(post).and_then(|post| book.entry(*post)).map(|entry| keyed(entry).0)
}

struct Book {
    people: PersonNames,
    employers: OrganizationNames,
    job_types: HashMap<i16, [String; 2]>,
}

impl Book {
    fn entry(&self, post: PostFact) -> Option<DirectoryEntry> {
        let name = self.people.get(post.person, None)?.clone();
        let organization = self.employers.get(post.organization, None)?.clone();
        Some(DirectoryEntry { post, name, organization, present: false })
    }

    fn matches(&self, entry: &DirectoryEntry, wanted: &str) -> bool {
        let (name, employer) = (&entry.name, &entry.organization);
        let job_type = self.job_types.get(&entry.post.job_type.0);
        [&name.name, &name.reading, &name.romaji, &employer.name, &employer.romaji]
            .into_iter()
            .any(|text| fold(text).contains(wanted))
            || job_type.is_some_and(|words| words.iter().any(|word| word.contains(wanted)))
    }
}

async fn words(services: &Services) -> Result<HashMap<i16, [String; 2]>, UseCaseError> {
    let rows = job_type::list(&services.store).await?;
    Ok(rows.into_iter().map(|row| (row.id.0, [fold(&row.japanese), fold(&row.english)])).collect())
}
