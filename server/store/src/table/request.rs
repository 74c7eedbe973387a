//! Requests and questions on their way: states with their steps, answers, and replies that were waited for.

use super::column::{among, sealed_json, signed, some};
use super::message::{Located, PostFacts};
use crate::{
    Batch,
    error::WorkError,
    stage::{StagedTable, Value},
};
use std::collections::HashSet;
use tasuki_domain::{
    id::{MessageId, PersonId},
    job_type::JobTypeId,
    message::{Contract, Intent, WorkState},
    policy::{Act, Grant},
    text::Note,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const STEP: StagedTable = StagedTable {
    insert: "INSERT INTO work_step (step, message, state, person, post, person_version, organization_version, at, note) ",
    tail: "",
};
const MOVE: &str = "UPDATE message SET state = $1, waiting = $2, answered_by = $3 \
     WHERE message = $4 AND state = $5 AND withdrawn_at = 9223372036854775807";
const SETTLED: &str = "UPDATE message SET waiting = 0 WHERE message = $1 AND waiting = 1";
const NAMED: &str = "SELECT person, job_type FROM message_mention WHERE message = $1";
const REPLIED: &str = "SELECT DISTINCT author, post FROM message WHERE reply_class > 0 AND reply_to = $1";

/// A step of a request or question.
pub struct Step<'a> {
    /// The step's row.
    pub row: Uuid,
    /// The message as it was found.
    pub before: &'a Located,
    /// The state that it goes to.
    pub state: WorkState,
    /// The reply that answers a question.
    pub answer: Option<MessageId>,
    /// Words about it.
    pub note: &'a Note,
}

/// Moves a request or question on.
///
/// # Errors
/// `request.changed` when it moved meanwhile or was withdrawn.
pub async fn step<A: Act>(batch: &mut Batch, grant: &Grant<A>, step: Step<'_>) -> Result<(), WorkError> {
    let message = step.before.message.as_uuid();
    let (to, from) = (i64::from(step.state.code()), i64::from(step.before.state.code()));
    let waiting = i64::from(step.state != WorkState::Done);
    let answer = step.answer.map_or(Uuid::nil(), MessageId::as_uuid);
    if execute!(batch, MOVE, to, waiting, answer, message, from) == 0 {
        return Err(WorkError::Conflict("request.changed"));
    }
    let slot = Slot::new("work_step", "note", step.row);
    let scope = Scope::Room(step.before.room.as_uuid());
    let note = batch.seal(scope, slot, &sealed_json(&step.note.as_str())?).await?;
    let mut values = vec![Value::Id(step.row), Value::Id(message), Value::Int(to)];
    values.extend(signed(batch, grant).await?.values());
    values.push(Value::Bytes(note));
    batch.stage(&STEP, values);
    Ok(())
}

/// A reply came in: when everybody who was named has replied now (anybody, when nobody was named), nothing is waited
/// for any more. Questions and requests wait for their answer and their owner instead.
///
/// # Errors
/// When the database refuses it.
pub async fn settle_reply(batch: &mut Batch, target: &Located, reply: PostFacts) -> Result<(), WorkError> {
    let plain = matches!(target.intent, Intent::Notice | Intent::Handover);
    let own = target.signature.author == reply.signature.author;
    if target.contract != Contract::Reply || !plain || own {
        return Ok(());
    }
    let message = target.message.as_uuid();
    let named: Vec<(Uuid, i64)> = fetch_all!(batch, NAMED, message);
    let replied: Vec<(Uuid, Uuid)> = fetch_all!(batch, REPLIED, message);
    let facts = batch.facts().await?;
    let mut people: HashSet<PersonId> = HashSet::new();
    let mut job_types: HashSet<JobTypeId> = HashSet::new();
    let now = (reply.signature.author.as_uuid(), reply.signature.post.as_uuid());
    for (person, post) in replied.into_iter().chain([now]) {
        people.insert(PersonId::from_uuid(person));
        job_types.extend(facts.post(tasuki_domain::id::PostId::from_uuid(post)).map(|post| post.job_type));
    }
    let waits = named.into_iter().any(|(person, job_type)| match some(person) {
        Some(person) => !people.contains(&PersonId::from_uuid(person)),
        None => !job_types.iter().any(|replied| i64::from(replied.0) == job_type),
    });
    if !waits {
        execute!(batch, SETTLED, message);
    }
    Ok(())
}

/// Who is named in each of some messages.
pub(super) async fn named(
    connection: &mut crate::Connection,
    messages: &[Uuid],
) -> Result<Vec<(Uuid, Uuid, i64)>, sqlx::Error> {
    const AMONG: &str = "SELECT message, person, job_type FROM message_mention WHERE message IN (";
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    among!(connection, (Uuid, Uuid, i64), AMONG, messages, ")")
}
