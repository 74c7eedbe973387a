//! 了解 and 引き受けた: deliberate taps with a name.

use super::column::{Signed, signed};
use super::message::Located;
use crate::{Batch, EntryProof, error::WorkError};
use tasuki_domain::{
    access::Detail,
    message_view::Byline,
    policy::{Acknowledge, Grant, TakeOver},
};

const ACKNOWLEDGE: &str = "INSERT INTO acknowledgement (message, person, post, person_version, organization_version, at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message, person) DO NOTHING";
const ACKNOWLEDGED: &str = "SELECT person, post, person_version, organization_version, at FROM acknowledgement \
     WHERE message = $1 AND person = $2";
const CONFIRM: &str = "UPDATE message SET confirmed_by = $1, confirmed_at = $2 \
     WHERE message = $3 AND author = $1 AND confirmed_at = 9223372036854775807";
const TAKE: &str = "INSERT INTO handover (message, person, post, person_version, organization_version, at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message) DO NOTHING";
const TAKEN: &str =
    "SELECT person, post, person_version, organization_version, at FROM handover WHERE message = $1";
const ACCEPT: &str = "UPDATE message SET state = 2 WHERE message = $1 AND state = 1";

/// Who acknowledged: the first time counts. The author of what somebody else typed in confirms it with it (確定).
///
/// # Errors
/// When the database refuses it.
pub async fn acknowledge(
    batch: &mut Batch,
    grant: &Grant<Acknowledge>,
    message: &Located,
) -> Result<Byline, WorkError> {
    let (id, own) = (message.message.as_uuid(), signed(batch, grant).await?);
    let facts = batch.facts().await?;
    execute!(
        batch,
        ACKNOWLEDGE,
        id,
        own.person,
        own.post,
        own.person_version,
        own.organization_version,
        own.at
    );
    if message.signature.author.as_uuid() == own.person {
        execute!(batch, CONFIRM, own.person, own.at, id);
    }
    let first: Option<Signed> = fetch_optional!(batch, ACKNOWLEDGED, id, own.person);
    Ok(first.ok_or(WorkError::Missing)?.byline(&facts))
}

/// What came of taking over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TakenOver {
    /// The caller has it, now or since before.
    Own(Byline),
    /// Somebody else was first.
    Other(Byline),
}

/// Takes a handover over; the first one has it. The entry says whether it was done.
///
/// # Errors
/// When the database refuses it.
pub async fn take_over(
    batch: &mut Batch,
    grant: &Grant<TakeOver>,
    message: &Located,
) -> Result<(TakenOver, EntryProof), WorkError> {
    let (id, own) = (message.message.as_uuid(), signed(batch, grant).await?);
    let facts = batch.facts().await?;
    execute!(batch, TAKE, id, own.person, own.post, own.person_version, own.organization_version, own.at);
    let first: Option<Signed> = fetch_optional!(batch, TAKEN, id);
    let first = first.ok_or(WorkError::Missing)?;
    let by = first.byline(&facts);
    if first.person == own.person {
        execute!(batch, ACCEPT, id);
        return Ok((TakenOver::Own(by), batch.record(grant, Detail::default()).await?));
    }
    let failed = grant.failed(Detail::default().with("taken_by", by.person));
    Ok((TakenOver::Other(by), batch.append(failed)))
}
