//! The employer's yes to a post that a reset elsewhere has suspended.

use super::perform::{missing, perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PostId},
    policy::{Caller, ReconfirmPost},
};
use tasuki_store::table;
use uuid::Uuid;

/// Puts a suspended post into force again.
///
/// # Errors
/// The refusal; conflicts `post.ended` and `post.not_suspended`.
pub async fn reconfirm_post(services: &Services, caller: &Caller, post: PostId) -> Result<(), UseCaseError> {
    let Some(fact) = services.store.facts().post(post).copied() else {
        let nowhere = OrganizationId::from_uuid(Uuid::nil());
        return Err(missing(services, caller, &ReconfirmPost { organization: nowhere, post }).await);
    };
    let detail = Detail::default().with("person", fact.person);
    let act = ReconfirmPost { organization: fact.organization, post };
    perform(services, caller, act, ((), detail), |batch, grant, ()| {
        Box::pin(table::post::reconfirm(batch, grant))
    })
    .await?;
    Ok(())
}
