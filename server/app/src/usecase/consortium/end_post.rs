//! A leaver: the employer alone ends the post, and every session under it ends at once.

use super::perform::{missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PostId},
    policy::{Caller, EndPost},
    time::Timestamp,
};
use tasuki_store::table;
use uuid::Uuid;

/// Ends a post now, or at a time to come.
///
/// # Errors
/// The refusal; conflict `post.ended`; `until` with `field.past`.
pub async fn end_post(
    services: &Services,
    caller: &Caller,
    post: PostId,
    until: Option<Timestamp>,
) -> Result<(), UseCaseError> {
    let Some(fact) = services.store.facts().post(post).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &EndPost { organization: nowhere, post }).await);
    };
    let detail = Detail::default().with("person", fact.person);
    let detail = match until {
        Some(until) => detail.with("until", until.0),
        None => detail,
    };
    let act = EndPost { organization: fact.organization, post };
    perform(services, caller, act, (until, detail), |batch, grant, until| {
        Box::pin(table::post::end(batch, grant, *until))
    })
    .await?;
    Ok(())
}
