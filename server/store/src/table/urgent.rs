//! Urgent calls (すぐ): who is rung, what they answered, what came of the telephone call.

use super::column::{Signed, among, class, code, opened_json, sealed_json, signed, some};
use crate::{
    Batch, Store,
    backend::Connection,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use std::collections::HashMap;
use tasuki_domain::{
    id::{MessageId, PostId, RoomId},
    info_class::InfoClassId,
    message_view::{Byline, UrgentView},
    policy::{Act, AnswerUrgent, Facts, Grant, RecordTelephone},
    text::Note,
    time::Timestamp,
    urgent::{UrgentAnswer, UrgentState},
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const ANSWER: StagedTable = StagedTable {
    insert: "INSERT INTO urgent_answer (answer_row, message, answer, person, post, person_version, organization_version, at) ",
    tail: "",
};
const STATE: &str = "SELECT u.message, u.room, u.class, u.first_post, u.fallback_post, u.state, u.called_at, u.person, \
     u.post, u.person_version, u.organization_version, u.at, u.result FROM urgent_call u JOIN message m ON m.message = u.message \
     WHERE u.message = $1 AND m.withdrawn_at = 9223372036854775807";
const RINGING: &str = "SELECT u.message, u.room, u.class, u.first_post, u.fallback_post, u.state, u.called_at, u.person, \
     u.post, u.person_version, u.organization_version, u.at, u.result FROM urgent_call u JOIN message m ON m.message = u.message \
     WHERE u.state < 3 AND u.called_at <= $1 AND m.withdrawn_at = 9223372036854775807 ORDER BY u.called_at LIMIT 500";
const MOVE: &str = "UPDATE urgent_call SET state = $1 WHERE message = $2 AND state = $3";
const SETTLE: &str = "UPDATE urgent_call SET state = $1, person = $2, post = $3, person_version = $4, \
     organization_version = $5, at = $6, result = $7 WHERE message = $8 AND state = $9";
const ANSWERS: &str = "SELECT message, answer, person, post, person_version, organization_version, at FROM urgent_answer WHERE message IN (";

/// A call as stored.
#[derive(sqlx::FromRow)]
pub(super) struct CallRow {
    message: Uuid,
    room: Uuid,
    class: i64,
    first_post: Uuid,
    fallback_post: Uuid,
    state: i64,
    called_at: i64,
    #[sqlx(flatten)]
    signed: Signed,
    result: Vec<u8>,
}

impl CallRow {
    pub(super) const AMONG: &str = "SELECT message, room, class, first_post, fallback_post, state, called_at, person, \
         post, person_version, organization_version, at, result FROM urgent_call WHERE message IN (";
}

/// An answer as stored.
#[derive(sqlx::FromRow)]
struct Given {
    message: Uuid,
    answer: i64,
    #[sqlx(flatten)]
    signed: Signed,
}

/// A call on a page: whom it rings, and how far it has come.
pub(super) struct Call {
    pub(super) first: PostId,
    pub(super) fallback: PostId,
    pub(super) view: UrgentView,
}

/// A call, as far as deciding needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallState {
    /// The message.
    pub message: MessageId,
    /// Its room.
    pub room: RoomId,
    /// Its class.
    pub class: InfoClassId,
    /// Whom it rings first.
    pub first: PostId,
    /// Whom it rings next.
    pub fallback: PostId,
    /// How far it has come, as stored; time may have moved it on.
    pub state: UrgentState,
    /// When it began to ring.
    pub called_at: Timestamp,
}

impl CallState {
    /// The posts that a call in that state rings.
    #[must_use]
    pub fn rings(&self, state: UrgentState) -> Vec<PostId> {
        match state {
            UrgentState::RingingFirst => vec![self.first],
            UrgentState::RingingFallback => vec![self.first, self.fallback],
            _ => Vec::new(),
        }
    }
}

const fn result_slot(message: Uuid) -> Slot {
    Slot::new("urgent_call", "result", message)
}

fn call_state(row: &CallRow) -> Result<CallState, StoreError> {
    Ok(CallState {
        message: MessageId::from_uuid(row.message),
        room: RoomId::from_uuid(row.room),
        class: class(row.class)?,
        first: PostId::from_uuid(row.first_post),
        fallback: PostId::from_uuid(row.fallback_post),
        state: code(row.state, UrgentState::from_code)?,
        called_at: Timestamp(row.called_at),
    })
}

/// The call of a message; `None` when it is not urgent, or withdrawn.
///
/// # Errors
/// When the database does not answer, or a row is damaged.
pub async fn call(connection: &mut Connection, message: MessageId) -> Result<Option<CallState>, StoreError> {
    let row: Option<CallRow> =
        on!(connection, c => sqlx::query_as(STATE).bind(message.as_uuid()).fetch_optional(&mut **c).await)?;
    row.as_ref().map(call_state).transpose()
}

/// The calls that rang at `before` already and still do, oldest first.
///
/// # Errors
/// When the database does not answer, or a row is damaged.
pub async fn ringing(connection: &mut Connection, before: Timestamp) -> Result<Vec<CallState>, StoreError> {
    let rows: Vec<CallRow> =
        on!(connection, c => sqlx::query_as(RINGING).bind(before.0).fetch_all(&mut **c).await)?;
    rows.iter().map(call_state).collect()
}

/// Moves a call on because time has passed. False when it moved otherwise meanwhile.
///
/// # Errors
/// When the database refuses it.
pub async fn move_on(batch: &mut Batch, call: &CallState, state: UrgentState) -> Result<bool, StoreError> {
    let (to, from) = (i64::from(state.code()), i64::from(call.state.code()));
    let message = call.message.as_uuid();
    let connection = batch.writing().await?;
    let moved = on!(connection, c => sqlx::query(MOVE).bind(to).bind(message).bind(from)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    Ok(moved > 0)
}

/// Keeps an answer and moves the call to the state that follows.
///
/// # Errors
/// `urgent.changed` when the call moved on meanwhile.
pub async fn answer(
    batch: &mut Batch,
    grant: &Grant<AnswerUrgent>,
    (row, call): (Uuid, &CallState),
    (answer, next): (UrgentAnswer, UrgentState),
) -> Result<(), WorkError> {
    let message = call.message.as_uuid();
    let signed = signed(batch, grant).await?;
    if next == UrgentState::Answered {
        settle(batch, grant, (call, next), Vec::new()).await?;
    } else if next != call.state && !move_on(batch, call, next).await? {
        return Err(WorkError::Conflict("urgent.changed"));
    }
    let mut values = vec![Value::Id(row), Value::Id(message), Value::Int(i64::from(answer.code()))];
    values.extend(signed.values());
    batch.stage(&ANSWER, values);
    Ok(())
}

/// Keeps what came of the telephone call.
///
/// # Errors
/// `urgent.changed` when the call moved on meanwhile.
pub async fn telephoned(
    batch: &mut Batch,
    grant: &Grant<RecordTelephone>,
    call: &CallState,
    result: &Note,
) -> Result<(), WorkError> {
    let plain = sealed_json(&result.as_str())?;
    let slot = result_slot(call.message.as_uuid());
    let sealed = batch.seal(Scope::Room(call.room.as_uuid()), slot, &plain).await?;
    settle(batch, grant, (call, UrgentState::Telephoned), sealed).await
}

async fn settle<A: Act>(
    batch: &mut Batch,
    grant: &Grant<A>,
    (call, next): (&CallState, UrgentState),
    result: Vec<u8>,
) -> Result<(), WorkError> {
    let signed = signed(batch, grant).await?;
    let (to, from) = (i64::from(next.code()), i64::from(call.state.code()));
    let message = call.message.as_uuid();
    let connection = batch.writing().await?;
    let settled = on!(connection, c => sqlx::query(SETTLE).bind(to).bind(signed.person).bind(signed.post)
        .bind(signed.person_version).bind(signed.organization_version).bind(signed.at).bind(result)
        .bind(message).bind(from).execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if settled == 0 { Err(WorkError::Conflict("urgent.changed")) } else { Ok(()) }
}

/// The calls of a page with their answers.
pub(super) async fn calls(
    store: &Store,
    connection: &mut Connection,
    (facts, rows, messages): (&Facts, Vec<CallRow>, &[Uuid]),
) -> Result<HashMap<Uuid, Call>, StoreError> {
    let given: Vec<Given> = among!(connection, Given, ANSWERS, messages, ") ORDER BY at, answer_row")?;
    let mut answers: HashMap<Uuid, Vec<(UrgentAnswer, Byline)>> = HashMap::new();
    for Given { message, answer, signed } in given {
        let answer = code(answer, UrgentAnswer::from_code)?;
        answers.entry(message).or_default().push((answer, signed.byline(facts)));
    }
    let mut calls = HashMap::with_capacity(rows.len());
    for row in rows {
        let state = call_state(&row)?;
        let result: Option<String> = match row.result.as_slice() {
            [] => None,
            sealed => Some(opened_json(&store.open_value(result_slot(row.message), sealed)?)?),
        };
        let view = UrgentView {
            state: state.state,
            called_at: state.called_at,
            settled: some(row.signed.person).map(|_| row.signed.byline(facts)),
            result: result.map(Note::from_stored),
            answers: answers.remove(&row.message).unwrap_or_default(),
        };
        calls.insert(row.message, Call { first: state.first, fallback: state.fallback, view });
    }
    Ok(calls)
}
