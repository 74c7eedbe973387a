//! Posts: 所属・職種. A row never changes what it says; it begins, waits and ends.

use super::{job_type, organization, person, place, session};
use crate::{batch::Batch, error::WorkError};
use tasuki_domain::{
    id::{OrganizationId, PlaceId, PostId},
    person::NewPost,
    policy::{CreatePost, EndPost, Facts, Grant, PostFact, ReconfirmPost, ResetPerson},
    problem::{FieldProblem, FieldRule},
    time::{Interval, Timestamp},
};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO post (post, person, organization, place, job_type, suspended, from_at, until_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const END: &str = "UPDATE post SET until_at = $1 WHERE post = $2 AND until_at > $1";
const END_ROLES_THERE: &str = "UPDATE role SET until_at = $1 WHERE person = $2 AND organization = $3 AND until_at > $1 \
     AND NOT EXISTS (SELECT 1 FROM post p WHERE p.person = $2 AND p.organization = $3 AND p.until_at > $1)";
const END_ROLES: &str = "UPDATE role SET until_at = $1 WHERE person = $2 AND until_at > $1 \
     AND NOT EXISTS (SELECT 1 FROM post p WHERE p.person = $2 AND p.until_at > $1)";
const RECONFIRM: &str = "UPDATE post SET suspended = 0 WHERE post = $1 AND suspended = 1";
const SUSPEND: &str = "UPDATE post SET suspended = 1 WHERE post = $1 AND suspended = 0";
const NEW_HOME: &str = "UPDATE person SET organization = $1 WHERE person = $2 AND organization = $3";

/// Writes a new post.
///
/// # Errors
/// Conflicts `organization.ended`, `person.disabled`, `post.exists` (the same work at the same place and time);
/// `place` and `job_type` with `field.choice`, `from` with `field.past`, `until` with `field.interval`.
pub async fn create(batch: &mut Batch, grant: &Grant<CreatePost>, new: &NewPost) -> Result<(), WorkError> {
    let CreatePost { organization, post } = *grant.act();
    organization::demand_live(batch, organization).await?;
    person::demand_enabled(batch, new.person).await?;
    job_type::demand(batch, new.job_type).await?;
    let (facts, now) = (batch.facts().await?, batch.now());
    let period = period(new, now)?;
    if let Some(place) = new.place {
        place::live(&facts, place, organization, now)
            .map_err(|_| FieldProblem::new("place", FieldRule::Choice))?;
    }
    let same = |old: &PostFact| {
        (old.person, old.organization, old.place, old.job_type)
            == (new.person, organization, new.place, new.job_type)
            && old.period.overlaps(&period)
    };
    if facts.posts().any(same) {
        return Err(WorkError::Conflict("post.exists"));
    }
    let (id, place) = (post.as_uuid(), new.place.map_or(Uuid::nil(), PlaceId::as_uuid));
    let (from, until) = (period.from.0, period.until.0);
    let (whose, where_at) = (new.person.as_uuid(), organization.as_uuid());
    execute!(batch, INSERT, id, whose, where_at, place, i64::from(new.job_type.0), 0_i64, from, until);
    batch.policy_changed();
    Ok(())
}

fn period(new: &NewPost, now: Timestamp) -> Result<Interval, FieldProblem> {
    if new.from.is_some_and(|from| from < now) {
        return Err(FieldProblem::new("from", FieldRule::Past));
    }
    let period = Interval { from: new.from.unwrap_or(now), until: new.until.unwrap_or(Timestamp::OPEN_END) };
    match period.until > period.from {
        true => Ok(period),
        false => Err(FieldProblem::new("until", FieldRule::Interval)),
    }
}

/// Ends a post now, or at a time to come. With the last post at an employer go the roles there; a person whose
/// registering employer is left belongs to the one that remains.
///
/// # Errors
/// Conflict `post.ended`; `until` with `field.past`.
pub async fn end(
    batch: &mut Batch,
    grant: &Grant<EndPost>,
    until: Option<Timestamp>,
) -> Result<(), WorkError> {
    let (post, now) = (grant.act().post, batch.now());
    let facts = batch.facts().await?;
    let fact = *own(&facts, post, grant.act().organization)?;
    if until.is_some_and(|until| until <= now) {
        return Err(FieldProblem::new("until", FieldRule::Past).into());
    }
    let until = until.unwrap_or(now);
    if fact.period.until <= until || execute!(batch, END, until.0, post.as_uuid()) == 0 {
        return Err(WorkError::Conflict("post.ended"));
    }
    let (person, employer) = (fact.person.as_uuid(), fact.organization.as_uuid());
    execute!(batch, END_ROLES_THERE, until.0, person, employer);
    execute!(batch, END_ROLES, until.0, person);
    batch.policy_changed();
    if until == now {
        move_home(batch, &facts, &fact).await?;
        session::end_with(batch, session::Owner::Post(post)).await?;
    }
    Ok(())
}

/// Who leaves the employer that registered them, and works on for another, is that one's person from now on.
async fn move_home(batch: &mut Batch, facts: &Facts, ended: &PostFact) -> Result<(), WorkError> {
    let now = batch.now();
    let mut others: Vec<&PostFact> = facts
        .posts()
        .filter(|post| post.person == ended.person && post.post != ended.post && post.period.until > now)
        .collect();
    if others.iter().any(|post| post.organization == ended.organization) {
        return Ok(());
    }
    others.sort_by_key(|post| (post.period.from, post.post));
    if let Some(next) = others.first() {
        let (home, left) = (next.organization.as_uuid(), ended.organization.as_uuid());
        execute!(batch, NEW_HOME, home, ended.person.as_uuid(), left);
    }
    Ok(())
}

/// The employer's yes to a post that a reset elsewhere has suspended.
///
/// # Errors
/// Conflicts `post.ended` and `post.not_suspended`.
pub async fn reconfirm(batch: &mut Batch, grant: &Grant<ReconfirmPost>) -> Result<(), WorkError> {
    let (post, now) = (grant.act().post, batch.now());
    let facts = batch.facts().await?;
    if own(&facts, post, grant.act().organization)?.period.until <= now {
        return Err(WorkError::Conflict("post.ended"));
    }
    if execute!(batch, RECONFIRM, post.as_uuid()) == 0 {
        return Err(WorkError::Conflict("post.not_suspended"));
    }
    batch.policy_changed();
    Ok(())
}

/// After a reset: the person's posts at other employers wait for their re-confirmation (decision 7). Says which.
///
/// # Errors
/// When the database refuses it.
pub async fn suspend_elsewhere(
    batch: &mut Batch,
    grant: &Grant<ResetPerson>,
) -> Result<Vec<PostId>, WorkError> {
    let (person, now) = (grant.act().person, batch.now());
    let facts = batch.facts().await?;
    let mut suspended = Vec::new();
    for post in facts.posts().filter(|post| post.person == person && post.period.until > now) {
        let elsewhere = post.organization != grant.act().organization;
        if elsewhere && execute!(batch, SUSPEND, post.post.as_uuid()) > 0 {
            suspended.push(post.post);
        }
    }
    if !suspended.is_empty() {
        batch.policy_changed();
    }
    Ok(suspended)
}

/// The post, when it is the organization's.
fn own(facts: &Facts, post: PostId, organization: OrganizationId) -> Result<&PostFact, WorkError> {
    facts.post(post).filter(|fact| fact.organization == organization).ok_or(WorkError::Missing)
}
