//! Places: 場所. A tree per organization, in the order of the round; names are sealed under the organization's branch.

use super::{
    name::{self, NameBook, Named, Names, Witness},
    organization,
    sealed::{self, Versioned},
};
use crate::{
    batch::Batch,
    error::{StoreError, WorkError},
    store::Store,
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tasuki_domain::{
    care_team::PatientState,
    id::{OrganizationId, PlaceId},
    organization::{NewPlace, PlaceChange},
    policy::{ChangePlace, CreatePlace, EndPlace, Facts, Grant, PlaceFact},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO place (place, organization, parent, kind, position, version, from_at, until_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const INSERT_VERSION: &str = "INSERT INTO place_version (place, version, facts, at) VALUES ($1, $2, $3, $4)";
const MOVE_ON: &str = "UPDATE place SET version = $1 WHERE place = $2 AND version = $3";
const CHANGE: &str = "UPDATE place SET parent = $1, kind = $2 WHERE place = $3";
const PLACE_AT: &str = "UPDATE place SET position = $1 WHERE place = $2";
const END: &str = "UPDATE place SET until_at = $1 WHERE place = $2 AND until_at > $1";
const DEVICES: &str = "SELECT count(*) FROM device WHERE place = $1 AND until_at > $2";

/// The deepest tree: building, floor, unit, room, and one to spare for each.
pub const DEEPEST: usize = 8;
/// The most places in which one place may be divided.
pub const MOST_SIBLINGS: usize = 1_000;

/// A place's name in one version.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceName {
    /// The version.
    pub version: i64,
    /// Its name.
    pub name: String,
}

impl std::fmt::Debug for PlaceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlaceName(version {})", self.version)
    }
}

impl Versioned for PlaceName {
    const WHAT: &'static str = "place's name";

    fn version(&self) -> i64 {
        self.version
    }
}

impl Named for PlaceName {
    type Id = PlaceId;
    const SELECT: &'static str =
        "SELECT place, version, facts FROM place_version WHERE (place, version) IN (";
    const TABLE: &'static str = "place_version";

    fn uuid(id: PlaceId) -> Uuid {
        id.as_uuid()
    }

    fn current(facts: &Facts, id: PlaceId) -> Option<i64> {
        facts.place(id).map(|fact| fact.version)
    }

    fn cache(book: &NameBook) -> &Cache<(Uuid, i64), Arc<Self>> {
        &book.places
    }
}

/// The names of places.
pub type PlaceNames = Names<PlaceId, PlaceName>;

/// The current names of places and of everything that they lie in.
///
/// # Errors
/// When a row was altered or the database does not answer.
pub async fn names(
    store: &Store,
    _witness: &impl Witness,
    wanted: &[PlaceId],
) -> Result<PlaceNames, StoreError> {
    let facts = store.facts();
    let mut all: Vec<(PlaceId, Option<i64>)> =
        wanted.iter().flat_map(|place| ancestors(&facts, *place)).map(|fact| (fact.place, None)).collect();
    all.sort_unstable_by_key(|(place, _)| *place);
    all.dedup();
    name::open(store, &all).await
}

/// The names from the top down to the place, such as 「本館」「2階」「203」; from names that hold them all.
#[must_use]
pub fn path(facts: &Facts, names: &PlaceNames, place: PlaceId) -> Vec<Arc<PlaceName>> {
    let mut path: Vec<_> =
        ancestors(facts, place).iter().filter_map(|fact| names.get(fact.place, None).cloned()).collect();
    path.reverse();
    path
}

/// Where a place comes in the round: sorts places from the top of the tree down. Without a place: last.
#[must_use]
pub fn round_order(facts: &Facts, place: Option<PlaceId>) -> Vec<(i32, PlaceId)> {
    let nowhere = (i32::MAX, PlaceId::from_uuid(Uuid::max()));
    let Some(place) = place else { return vec![nowhere] };
    let mut order: Vec<_> = ancestors(facts, place).iter().map(|fact| (fact.position, fact.place)).collect();
    order.reverse();
    if order.is_empty() { vec![nowhere] } else { order }
}

/// The place and what it lies in, from the place upwards.
fn ancestors(facts: &Facts, place: PlaceId) -> Vec<PlaceFact> {
    let mut found = Vec::new();
    let mut next = Some(place);
    while let Some(fact) = next.and_then(|place| facts.place(place)).filter(|_| found.len() < 16) {
        found.push(*fact);
        next = fact.parent;
    }
    found
}

/// Writes a new place.
///
/// # Errors
/// Conflict `organization.ended`; `parent` with `field.choice` (not there, another organization's, too deep).
pub async fn create(batch: &mut Batch, grant: &Grant<CreatePlace>, new: &NewPlace) -> Result<(), WorkError> {
    let (place, organization) = (grant.act().place, grant.act().organization);
    organization::demand_live(batch, organization).await?;
    let facts = batch.facts().await?;
    demand_parent(&facts, place, (organization, new.parent), batch.now())?;
    let (now, parent) = (batch.now().0, new.parent.map_or(Uuid::nil(), PlaceId::as_uuid));
    let (id, kind) = (place.as_uuid(), i64::from(new.kind.code()));
    let open = Timestamp::OPEN_END.0;
    execute!(batch, INSERT, id, organization.as_uuid(), parent, kind, 0_i64, 1_i64, now, open);
    write_version(batch, place, organization, &PlaceName { version: 1, name: new.name.as_str().to_owned() })
        .await?;
    arrange(batch, &facts, (place, organization, new.parent), new.position).await?;
    batch.policy_changed();
    Ok(())
}

/// Changes a place: renames, moves, orders.
///
/// # Errors
/// Conflicts `place.ended` and `place.changed`; `parent` with `field.choice` (also when it would lie in itself).
pub async fn change(
    batch: &mut Batch,
    grant: &Grant<ChangePlace>,
    change: &PlaceChange,
) -> Result<(), WorkError> {
    let (place, organization) = (grant.act().place, grant.act().organization);
    let facts = batch.facts().await?;
    let fact = live(&facts, place, organization, batch.now())?;
    if fact.version != change.version {
        return Err(WorkError::Conflict("place.changed"));
    }
    let parent = change.parent.unwrap_or(fact.parent);
    demand_parent(&facts, place, (organization, parent), batch.now())?;
    // Every change counts up, so that two people never overwrite each other unseen; the name goes along.
    let version = fact.version + 1;
    if execute!(batch, MOVE_ON, version, place.as_uuid(), fact.version) == 0 {
        return Err(WorkError::Conflict("place.changed"));
    }
    let kind = i64::from(change.kind.unwrap_or(fact.kind).code());
    let above = parent.map_or(Uuid::nil(), PlaceId::as_uuid);
    execute!(batch, CHANGE, above, kind, place.as_uuid());
    let name = match &change.name {
        Some(name) => name.as_str().to_owned(),
        None => read_name(batch, place, fact.version).await?,
    };
    write_version(batch, place, organization, &PlaceName { version, name }).await?;
    if change.position.is_some() || parent != fact.parent {
        arrange(batch, &facts, (place, organization, parent), change.position).await?;
    }
    batch.policy_changed();
    Ok(())
}

/// Gives a place up.
///
/// # Errors
/// Conflicts `place.ended`, and `place.in_use` while places, posts, patients or devices are there.
pub async fn end(batch: &mut Batch, grant: &Grant<EndPlace>) -> Result<(), WorkError> {
    let (place, organization) = (grant.act().place, grant.act().organization);
    let (facts, now) = (batch.facts().await?, batch.now());
    live(&facts, place, organization, now)?;
    let used = facts.places().any(|fact| fact.parent == Some(place) && fact.period.until > now)
        || facts.posts().any(|fact| fact.place == Some(place) && fact.period.until > now)
        || facts.patients().any(|fact| fact.place == Some(place) && fact.state == PatientState::InCare);
    let devices: Option<(i64,)> = fetch_optional!(batch, DEVICES, place.as_uuid(), now.0);
    if used || devices.is_some_and(|(count,)| count > 0) {
        return Err(WorkError::Conflict("place.in_use"));
    }
    if execute!(batch, END, now.0, place.as_uuid()) == 0 {
        return Err(WorkError::Conflict("place.ended"));
    }
    batch.policy_changed();
    Ok(())
}

/// The place, when it is the organization's and in use.
pub(crate) fn live(
    facts: &Facts,
    place: PlaceId,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<PlaceFact, WorkError> {
    match facts.place(place) {
        Some(fact) if fact.organization != organization => Err(WorkError::Missing),
        None => Err(WorkError::Missing),
        Some(fact) if fact.period.contains(now) => Ok(*fact),
        Some(_) => Err(WorkError::Conflict("place.ended")),
    }
}

/// Refuses a parent that is not there, is another organization's, lies in the place itself or makes the tree too deep.
fn demand_parent(
    facts: &Facts,
    place: PlaceId,
    (organization, parent): (OrganizationId, Option<PlaceId>),
    now: Timestamp,
) -> Result<(), WorkError> {
    let Some(parent) = parent else { return Ok(()) };
    let refuse = || FieldProblem::new("parent", FieldRule::Choice);
    live(facts, parent, organization, now).map_err(|_| refuse())?;
    let above = ancestors(facts, parent);
    let below = height(facts, place, DEEPEST);
    if above.iter().any(|fact| fact.place == place) || above.len() + below > DEEPEST {
        return Err(refuse().into());
    }
    let siblings =
        facts.places().filter(|fact| fact.parent == Some(parent) && fact.period.contains(now)).count();
    if siblings >= MOST_SIBLINGS {
        return Err(FieldProblem::new("parent", FieldRule::TooMany(MOST_SIBLINGS)).into());
    }
    Ok(())
}

/// How many levels a place has, itself included.
fn height(facts: &Facts, place: PlaceId, most: usize) -> usize {
    if most == 0 {
        return 1;
    }
    let below = facts.places().filter(|fact| fact.parent == Some(place));
    1 + below.map(|fact| height(facts, fact.place, most - 1)).max().unwrap_or(0)
}

/// Puts a place among its siblings and numbers them anew.
async fn arrange(
    batch: &mut Batch,
    facts: &Facts,
    (place, organization, parent): (PlaceId, OrganizationId, Option<PlaceId>),
    position: Option<usize>,
) -> Result<(), WorkError> {
    let now = batch.now();
    let mut siblings: Vec<(i32, PlaceId)> = facts
        .places()
        .filter(|fact| fact.organization == organization && fact.parent == parent && fact.place != place)
        .filter(|fact| fact.period.contains(now))
        .map(|fact| (fact.position, fact.place))
        .collect();
    siblings.sort_unstable();
    let at = position.unwrap_or(siblings.len()).min(siblings.len());
    siblings.insert(at, (-1, place));
    for (number, (before, sibling)) in (0_i32..).zip(siblings) {
        if before != number {
            execute!(batch, PLACE_AT, i64::from(number), sibling.as_uuid());
        }
    }
    Ok(())
}

const NAME: &str = "SELECT facts FROM place_version WHERE place = $1 AND version = $2";

async fn read_name(batch: &mut Batch, place: PlaceId, version: i64) -> Result<String, WorkError> {
    let row: Option<(Vec<u8>,)> = fetch_optional!(batch, NAME, place.as_uuid(), version);
    let (sealed,) = row.ok_or(StoreError::Damaged("place"))?;
    let plain = batch.open(slot(place), &sealed)?;
    Ok(sealed::read::<PlaceName>(&plain, version)?.name)
}

async fn write_version(
    batch: &mut Batch,
    place: PlaceId,
    organization: OrganizationId,
    name: &PlaceName,
) -> Result<(), WorkError> {
    let sealed = sealed::seal(batch, Scope::Organization(organization.as_uuid()), slot(place), name).await?;
    let now = batch.now().0;
    execute!(batch, INSERT_VERSION, place.as_uuid(), name.version, sealed, now);
    Ok(())
}

const fn slot(place: PlaceId) -> Slot {
    Slot::new("place_version", "facts", place.as_uuid())
}
