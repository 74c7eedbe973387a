//! Corrections (訂正) and withdrawals (取消): new rows beside the message, which itself keeps its first words.

use super::column::{Signed, opened_json, sealed_json, signed};
use super::message::{Bound, Content, Located};
use crate::{
    Batch, Revealed, Store,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    message_view::MessageVersion,
    policy::{CorrectMessage, Grant, ReadCorrections, WithdrawMessage},
    text::{Body, Note, Reason},
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const CORRECTION: StagedTable = StagedTable {
    insert: "INSERT INTO correction (correction, message, version, person, post, person_version, organization_version, at, content) ",
    tail: "",
};
const WITHDRAWAL: StagedTable = StagedTable {
    insert: "INSERT INTO withdrawal (message, person, post, person_version, organization_version, at, reason) ",
    tail: "",
};
const RAISE: &str = "UPDATE message SET version = $1 WHERE message = $2 AND version = $3 \
     AND withdrawn_at = 9223372036854775807";
const TAKE_BACK: &str = "UPDATE message SET withdrawn_at = $1, waiting = 0 WHERE message = $2 \
     AND withdrawn_at = 9223372036854775807";
const FIRST: &str = "SELECT room, sequence, class, author AS person, post, person_version, organization_version, received_at AS at, body \
     FROM message WHERE message = $1";
const LATER: &str = "SELECT correction, message, version, person, post, person_version, organization_version, at, content FROM correction \
     WHERE message = $1 ORDER BY version";

/// A correction as stored.
#[derive(sqlx::FromRow)]
pub(super) struct Correction {
    pub(super) correction: Uuid,
    pub(super) message: Uuid,
    pub(super) version: i64,
    #[sqlx(flatten)]
    pub(super) signed: Signed,
    pub(super) content: Vec<u8>,
}

/// The first version as stored.
#[derive(sqlx::FromRow)]
struct First {
    room: Uuid,
    sequence: i64,
    class: i64,
    #[sqlx(flatten)]
    signed: Signed,
    body: Vec<u8>,
}

/// What is sealed of a correction.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Corrected {
    pub(super) text: String,
    pub(super) reason: String,
    message: Uuid,
    version: i64,
}

impl Corrected {
    /// The row says of which message and version these are the words; so does the seal.
    pub(super) fn check(&self, message: Uuid, version: i64) -> Result<(), StoreError> {
        let same = self.message == message && self.version == version;
        if same { Ok(()) } else { Err(StoreError::Damaged("correction")) }
    }
}

pub(super) const fn correction_slot(correction: Uuid) -> Slot {
    Slot::new("correction", "content", correction)
}

pub(super) const fn withdrawal_slot(message: Uuid) -> Slot {
    Slot::new("withdrawal", "reason", message)
}

/// Corrects a message; gives the new version.
///
/// # Errors
/// `message.changed` when it was corrected or withdrawn meanwhile.
pub async fn correct(
    batch: &mut Batch,
    grant: &Grant<CorrectMessage>,
    (row, before): (Uuid, &Located),
    (body, reason): (&Body, &Reason),
) -> Result<i64, WorkError> {
    let (message, version) = (before.message.as_uuid(), before.version + 1);
    let signed = signed(batch, grant).await?;
    let connection = batch.writing().await?;
    let changed = on!(connection, c => sqlx::query(RAISE).bind(version).bind(message).bind(before.version)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(WorkError::Conflict("message.changed"));
    }
    let (text, reason) = (body.as_str().into(), reason.as_str().into());
    let plain = sealed_json(&Corrected { text, reason, message, version })?;
    let content = batch.seal(Scope::Room(before.room.as_uuid()), correction_slot(row), &plain).await?;
    let mut values = vec![Value::Id(row), Value::Id(message), Value::Int(version)];
    values.extend(signed.values());
    values.push(Value::Bytes(content));
    batch.stage(&CORRECTION, values);
    Ok(version)
}

/// Takes a message back; its words stay for the record, and nothing is owed for it any more.
///
/// # Errors
/// `message.withdrawn` when that was done before.
pub async fn withdraw(
    batch: &mut Batch,
    grant: &Grant<WithdrawMessage>,
    before: &Located,
    reason: &Reason,
) -> Result<(), WorkError> {
    let (message, at) = (before.message.as_uuid(), batch.now().0);
    let signed = signed(batch, grant).await?;
    let connection = batch.writing().await?;
    let changed = on!(connection, c => sqlx::query(TAKE_BACK).bind(at).bind(message)
        .execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Err(WorkError::Conflict("message.withdrawn"));
    }
    let plain = sealed_json(&reason.as_str())?;
    let reason = batch.seal(Scope::Room(before.room.as_uuid()), withdrawal_slot(message), &plain).await?;
    let mut values = vec![Value::Id(message)];
    values.extend(signed.values());
    values.push(Value::Bytes(reason));
    batch.stage(&WITHDRAWAL, values);
    Ok(())
}

impl Store {
    /// Every version of a message, oldest first, also of a withdrawn one. Empty when the reader may not read its class
    /// any more.
    ///
    /// # Errors
    /// When the store fails or a value does not open.
    pub async fn versions(
        &self,
        look: &Revealed<ReadCorrections>,
    ) -> Result<Vec<MessageVersion>, StoreError> {
        let act = look.act();
        if !self.classes(look.grant().caller(), act.room).contains(act.class) {
            return Ok(Vec::new());
        }
        let (facts, message) = (self.facts(), act.message.as_uuid());
        let mut connection = self.reading().await?;
        let first: Option<First> = on!(&mut connection, c => sqlx::query_as(FIRST).bind(message)
            .fetch_optional(&mut **c).await)?;
        let later: Vec<Correction> = on!(&mut connection, c => sqlx::query_as(LATER).bind(message)
            .fetch_all(&mut **c).await)?;
        let Some(First { room, sequence, class, signed, body }) = first else { return Ok(Vec::new()) };
        let bound = Bound { room, sequence, class, author: signed.person };
        let content = Content::open(self, message, &body, bound)?;
        let mut versions = vec![MessageVersion {
            version: 1,
            by: signed.byline(&facts),
            body: Body::from_stored(content.text),
            reason: Note::from_stored(String::new()),
        }];
        for row in later {
            let content: Corrected =
                opened_json(&self.open_value(correction_slot(row.correction), &row.content)?)?;
            content.check(message, row.version)?;
            versions.push(MessageVersion {
                version: row.version,
                by: row.signed.byline(&facts),
                body: Body::from_stored(content.text),
                reason: Note::from_stored(content.reason),
            });
        }
        Ok(versions)
    }
}
