//! Columns as this floor stores them, read back into the types of the domain.

use crate::{
    Batch, Value,
    error::{StoreError, WorkError},
};
use serde::{Serialize, de::DeserializeOwned};
use tasuki_domain::{
    id::{PersonId, PostId},
    info_class::{ClassSet, InfoClassId},
    message_view::Byline,
    policy::{Act, Facts, Grant},
    time::Timestamp,
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Nil stands for none.
pub(super) const fn some(id: Uuid) -> Option<Uuid> {
    if id.is_nil() { None } else { Some(id) }
}

/// The open end stands for none.
pub(super) const fn time(at: i64) -> Option<Timestamp> {
    if at == i64::MAX { None } else { Some(Timestamp(at)) }
}

/// An information class.
pub(super) fn class(number: i64) -> Result<InfoClassId, StoreError> {
    i16::try_from(number).map(InfoClassId).map_err(|_| StoreError::Damaged("information class"))
}

/// A value of a closed list.
pub(super) fn code<T>(number: i64, from_code: impl Fn(i16) -> Option<T>) -> Result<T, StoreError> {
    i16::try_from(number).ok().and_then(from_code).ok_or(StoreError::Damaged("code"))
}

/// Classes as a mask for `(1 << class) & mask`.
pub(super) fn mask(classes: ClassSet) -> i64 {
    classes
        .iter()
        .fold(0, |mask, class| mask | 1_i64.checked_shl(u32::from(class.0.unsigned_abs())).unwrap_or(0))
}

/// The bytes of a value before they are sealed.
pub(super) fn sealed_json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|_| StoreError::Damaged("value"))
}

/// A value from the bytes that were sealed.
pub(super) fn opened_json<T: DeserializeOwned>(plain: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(plain).map_err(|_| StoreError::Damaged("sealed value"))
}

/// Who did something, as stored beside it.
#[derive(Clone, Copy, sqlx::FromRow)]
pub(super) struct Signed {
    pub(super) person: Uuid,
    pub(super) post: Uuid,
    pub(super) person_version: i64,
    pub(super) organization_version: i64,
    pub(super) at: i64,
}

impl Signed {
    /// Who did it, as far as ids say; names are filled in by whoever shows it.
    pub(super) fn byline(&self, facts: &Facts) -> Byline {
        let post = PostId::from_uuid(self.post);
        let fact = facts.post(post);
        Byline {
            person: PersonId::from_uuid(self.person),
            person_version: self.person_version,
            name: None,
            post,
            organization: fact.map(|fact| fact.organization),
            organization_version: self.organization_version,
            organization_name: None,
            job_type: fact.map(|fact| fact.job_type),
            at: Timestamp(self.at),
        }
    }

    /// The columns `person, post, person_version, organization_version, at`.
    pub(super) fn values(&self) -> [Value; 5] {
        [
            Value::Id(self.person),
            Value::Id(self.post),
            Value::Int(self.person_version),
            Value::Int(self.organization_version),
            Value::Int(self.at),
        ]
    }
}

/// Who a caller is now, in the versions of now.
pub(super) async fn signed<A: Act>(batch: &mut Batch, grant: &Grant<A>) -> Result<Signed, WorkError> {
    let facts = batch.facts().await?;
    let session = grant.caller().session().ok_or(WorkError::Missing)?;
    Ok(sign(&facts, session.person, session.post, batch.now()))
}

/// A person under a post, in the versions of now.
pub(super) fn sign(facts: &Facts, person: PersonId, post: PostId, at: Timestamp) -> Signed {
    let organization = facts.post(post).and_then(|post| facts.organization(post.organization));
    Signed {
        person: person.as_uuid(),
        post: post.as_uuid(),
        person_version: facts.person(person).map_or(0, |fact| fact.version),
        organization_version: organization.map_or(0, |fact| fact.version),
        at: at.0,
    }
}

/// Who somebody is now, as far as ids say.
#[must_use]
pub fn byline_of(facts: &Facts, person: PersonId, post: PostId, at: Timestamp) -> Byline {
    sign(facts, person, post, at).byline(facts)
}

/// Runs `before id, id, … after` with every id bound, on either engine.
macro_rules! among {
    ($connection:expr, $row:ty, $before:expr, $ids:expr, $after:expr) => {
        on!($connection, c => {
            let mut query = sqlx::QueryBuilder::new($before);
            let mut list = query.separated(", ");
            for id in $ids {
                list.push_bind(*id);
            }
            query.push($after);
            query.build_query_as::<$row>().fetch_all(&mut **c).await
        })
    };
}
pub(super) use among;
