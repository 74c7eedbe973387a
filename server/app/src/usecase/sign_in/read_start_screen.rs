//! The start screen of a device on which nobody is signed in: faces and names of those who work here.

use super::tools;
use crate::usecase::{Services, UseCaseError};
use std::collections::{HashMap, HashSet};
use tasuki_domain::{
    access::Detail,
    device::DeviceFact,
    id::{OrganizationId, PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    policy::{Caller, Facts, PostFact, ReadStartScreen},
    session::SessionState,
    time::{HOUR, Timestamp},
};
use tasuki_store::{
    Revealed,
    table::{
        job_type::{self, JobType},
        organization,
        person::{self, PersonName},
        place::{self, PlaceNames},
    },
};

/// What the screen shows.
pub struct StartScreen {
    /// The device's row in the register.
    pub device: DeviceFact,
    /// The name of its organization.
    pub organization_name: String,
    /// Where it stands, from the top down; empty when it moves.
    pub place: Vec<String>,
    /// Microseconds without activity after which it locks.
    pub idle: i64,
    /// Hours after which a sign-in ends by itself.
    pub longest_hours: i64,
    /// Whether a return takes the passkey alone.
    pub return_by_passkey: bool,
    /// Who may sign in here, by reading.
    pub people: Vec<StartPerson>,
    /// The words of their job types.
    pub job_types: Vec<JobType>,
}

/// Somebody who may sign in here.
pub struct StartPerson {
    /// The person.
    pub person: PersonId,
    /// The current name.
    pub name: PersonName,
    /// The posts to act under.
    pub posts: Vec<StartPost>,
    /// Signed in this shift: name and passkey suffice.
    pub returns: bool,
}

/// A post to act under.
pub struct StartPost {
    /// The post.
    pub post: PostId,
    /// As what.
    pub job_type: JobTypeId,
    /// Where, from the top down; empty for the whole organization.
    pub place: Vec<String>,
}

/// Reads the start screen; the look is recorded. Without `all` it shows whoever works where the device stands.
///
/// # Errors
/// A refusal, when the device is not live.
pub async fn read_start_screen(
    services: &Services,
    caller: &Caller,
    all: bool,
) -> Result<StartScreen, UseCaseError> {
    let device = tools::device_of(services, caller)?;
    let grant = services.store.decide(caller, ReadStartScreen { device: device.device }).await?;
    let look = services.store.reveal(grant, Detail::default().with("all", all)).await?;
    let (facts, now) = (services.store.facts(), services.now());
    let posts = posts_here(&facts, device, all, now);
    let people = people(services, &look, &facts, &posts).await?;
    let own = [(device.organization, None)];
    let names = organization::names(&services.store, &look, &own).await?;
    let places: Vec<PlaceId> = device.place.into_iter().collect();
    let places = place::names(&services.store, &look, &places).await?;
    Ok(StartScreen {
        device,
        organization_name: names
            .get(device.organization, None)
            .map(|name| name.name.clone())
            .unwrap_or_default(),
        place: path(&facts, &places, device.place),
        idle: tools::idle(services, device.kind),
        longest_hours: tools::end_of_shift(services, device.kind, Timestamp(0)).0 / HOUR,
        return_by_passkey: services.config.sign_in.return_by_passkey,
        people,
        job_types: job_types(services, &posts).await?,
    })
}

async fn job_types(services: &Services, posts: &[PostFact]) -> Result<Vec<JobType>, UseCaseError> {
    let mut rows = job_type::list(&services.store).await?;
    rows.retain(|row| posts.iter().any(|post| post.job_type == row.id));
    Ok(rows)
}

/// The live posts at the device's organization: all, or those at the place where it stands.
fn posts_here(facts: &Facts, device: DeviceFact, all: bool, now: Timestamp) -> Vec<PostFact> {
    let here = |post: &PostFact| match (device.place, post.place) {
        (Some(device), Some(own)) => facts.lies_in(device, own) || facts.lies_in(own, device),
        _ => true,
    };
    facts
        .live_posts(now)
        .filter(|post| post.organization == device.organization && (all || here(post)))
        .copied()
        .collect()
}

async fn people(
    services: &Services,
    look: &Revealed<ReadStartScreen>,
    facts: &Facts,
    posts: &[PostFact],
) -> Result<Vec<StartPerson>, UseCaseError> {
    let places: Vec<PlaceId> = posts.iter().filter_map(|post| post.place).collect();
    let places = place::names(&services.store, look, &places).await?;
    let mut by_person: HashMap<PersonId, Vec<StartPost>> = HashMap::new();
    for post in posts {
        let shown =
            StartPost { post: post.post, job_type: post.job_type, place: path(facts, &places, post.place) };
        by_person.entry(post.person).or_default().push(shown);
    }
    let wanted: Vec<(PersonId, Option<i64>)> = by_person.keys().map(|person| (*person, None)).collect();
    let names = person::names(&services.store, look, &wanted).await?;
    let present = present(services, posts.first().map(|post| post.organization));
    let mut people: Vec<StartPerson> = by_person
        .into_iter()
        .filter_map(|(person, mut posts)| {
            posts.sort_unstable_by_key(|post| post.post);
            let name = names.get(person, None)?.as_ref().clone();
            Some(StartPerson { person, name, posts, returns: present.contains(&person) })
        })
        .collect();
    people.sort_by(|one, two| (&one.name.reading, one.person).cmp(&(&two.name.reading, two.person)));
    Ok(people)
}

/// Who has a session of this shift at the organization.
fn present(services: &Services, organization: Option<OrganizationId>) -> HashSet<PersonId> {
    let now = services.now();
    let live = |state| matches!(state, SessionState::Live | SessionState::Locked);
    services
        .store
        .sessions()
        .select(|session| Some(session.organization) == organization && live(session.state(now)))
        .iter()
        .map(|session| session.person)
        .collect()
}

fn path(facts: &Facts, names: &PlaceNames, place: Option<PlaceId>) -> Vec<String> {
    let path = place.map(|place| place::path(facts, names, place)).unwrap_or_default();
    path.iter().map(|place| place.name.clone()).collect()
}
