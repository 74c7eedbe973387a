//! A new post of a person, at this employer or a further one.

use super::{create_person::post_detail, perform::perform};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    id::{OrganizationId, PostId},
    person::NewPost,
    policy::{Caller, CreatePost},
};
use tasuki_store::table::post;
use uuid::Uuid;

/// Gives a person a post at an employer.
///
/// # Errors
/// The refusal; conflicts `organization.ended`, `person.disabled`, `post.exists`; `place` and `job_type` with
/// `field.choice`, `from` with `field.past`, `until` with `field.interval`.
pub async fn create_post(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    new: NewPost,
) -> Result<PostId, UseCaseError> {
    let post = PostId::from_uuid(Uuid::new_v4());
    let detail = post_detail(&new);
    let act = CreatePost { organization, post };
    perform(services, caller, act, (new, detail), |batch, grant, new| {
        Box::pin(post::create(batch, grant, new))
    })
    .await?;
    Ok(post)
}
