//! Rows into messages as a reader sees them: corrections, withdrawals, names under them, calls. Opens sealed words,
//! so it is reached only with a look in hand.

use super::{
    attachment,
    column::{Signed, among, class, code, opened_json, some, time},
    correction::{Corrected, Correction, correction_slot, withdrawal_slot},
    message::{Bound, Content},
    name::Witness,
    naming::name_messages,
    urgent::{Call, CallRow, calls},
};
use crate::{Store, error::StoreError};
use std::collections::HashMap;
use tasuki_domain::{
    attachment::AttachmentView,
    id::{ClientId, MessageId, PersonId, RoomId},
    info_class::ClassSet,
    message::{Asking, Contract, Intent, WorkState},
    message_view::{Byline, MessageView, Words},
    policy::Facts,
    text::{Body, Note},
    time::Timestamp,
};
use uuid::Uuid;

/// The columns of [`MessageRow`].
pub(super) const COLUMNS: &str = "SELECT m.message, m.client, m.room, m.sequence, m.class, m.author AS person, m.post, \
     m.person_version, m.organization_version, m.entered_by, m.confirmed_by, m.intent, m.contract, m.due, m.owner, m.reply_to, m.reply_class, m.answers, m.attachments, \
     m.written_at, m.received_at AS at, m.occurred_at, m.state, m.answered_by, m.version, m.withdrawn_at, \
     CAST(CASE WHEN EXISTS (SELECT 1 FROM acknowledgement a WHERE a.message = m.message) THEN 1 ELSE 0 END AS BIGINT) \
     AS acknowledged, m.body FROM message m ";
const CORRECTIONS: &str = "SELECT c.correction, c.message, c.version, c.person, c.post, c.person_version, \
     c.organization_version, c.at, c.content \
     FROM correction c JOIN message m ON m.message = c.message AND m.version = c.version WHERE c.message IN (";
const WITHDRAWALS: &str = "SELECT message, person, post, person_version, organization_version, at, reason FROM withdrawal WHERE message IN (";
const ACKNOWLEDGEMENTS: &str = "SELECT message, person, post, person_version, organization_version, at FROM acknowledgement WHERE message IN (";
const HANDOVERS: &str =
    "SELECT message, person, post, person_version, organization_version, at FROM handover WHERE message IN (";
const BY_TIME: &str = ") ORDER BY at, person";

/// A message as stored.
#[derive(sqlx::FromRow)]
pub(super) struct MessageRow {
    pub(super) message: Uuid,
    pub(super) client: Uuid,
    pub(super) room: Uuid,
    pub(super) sequence: i64,
    pub(super) class: i64,
    #[sqlx(flatten)]
    pub(super) signed: Signed,
    pub(super) entered_by: Uuid,
    pub(super) confirmed_by: Uuid,
    pub(super) intent: i64,
    pub(super) contract: i64,
    pub(super) due: i64,
    pub(super) owner: Uuid,
    pub(super) reply_to: Uuid,
    pub(super) reply_class: i64,
    pub(super) answers: i64,
    pub(super) attachments: i64,
    pub(super) written_at: i64,
    pub(super) occurred_at: i64,
    pub(super) state: i64,
    pub(super) answered_by: Uuid,
    pub(super) version: i64,
    pub(super) withdrawn_at: i64,
    pub(super) acknowledged: i64,
    pub(super) body: Vec<u8>,
}

impl MessageRow {
    const fn bound(&self) -> Bound {
        Bound { room: self.room, sequence: self.sequence, class: self.class, author: self.signed.person }
    }
}

/// What somebody did to a message.
#[derive(sqlx::FromRow)]
struct Done {
    message: Uuid,
    #[sqlx(flatten)]
    signed: Signed,
}

/// A withdrawal as stored.
#[derive(sqlx::FromRow)]
struct Withdrawal {
    message: Uuid,
    #[sqlx(flatten)]
    signed: Signed,
    reason: Vec<u8>,
}

/// What stands in other tables about the messages of a page.
#[derive(Default)]
struct Beside {
    corrections: HashMap<Uuid, Correction>,
    withdrawals: HashMap<Uuid, (Byline, Note)>,
    acknowledgements: HashMap<Uuid, Vec<Byline>>,
    taken: HashMap<Uuid, Byline>,
    calls: HashMap<Uuid, Call>,
    files: HashMap<Uuid, Vec<AttachmentView>>,
}

/// Puts messages together, in the order of their rows. `classes` says what the reader may read in a room: a reply to
/// something else does not say to what.
pub(super) async fn views(
    store: &Store,
    witness: &impl Witness,
    rows: Vec<MessageRow>,
    classes: impl Fn(RoomId) -> ClassSet,
) -> Result<Vec<MessageView>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let facts = store.facts();
    let mut beside = beside(store, &facts, &rows).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let readable = classes(RoomId::from_uuid(row.room));
        views.push(view(store, &facts, row, (&mut beside, readable))?);
    }
    name_messages(store, witness, &mut views).await?;
    Ok(views)
}

async fn beside(store: &Store, facts: &Facts, rows: &[MessageRow]) -> Result<Beside, StoreError> {
    let wanted = |wanted: &dyn Fn(&MessageRow) -> bool| -> Vec<Uuid> {
        rows.iter().filter(|row| wanted(row)).map(|row| row.message).collect()
    };
    let mut connection = store.reading().await?;
    let mut beside = Beside::default();
    let acknowledged = wanted(&|row| row.acknowledged != 0);
    if !acknowledged.is_empty() {
        let done: Vec<Done> = among!(&mut connection, Done, ACKNOWLEDGEMENTS, &acknowledged, BY_TIME)?;
        for Done { message, signed } in done {
            beside.acknowledgements.entry(message).or_default().push(signed.byline(facts));
        }
    }
    let handovers = wanted(&|row| row.intent == i64::from(Intent::Handover.code()));
    if !handovers.is_empty() {
        let done: Vec<Done> = among!(&mut connection, Done, HANDOVERS, &handovers, BY_TIME)?;
        beside.taken = done.into_iter().map(|done| (done.message, done.signed.byline(facts))).collect();
    }
    let corrected = wanted(&|row| row.version > 1 && row.withdrawn_at == i64::MAX);
    if !corrected.is_empty() {
        let rows: Vec<Correction> = among!(&mut connection, Correction, CORRECTIONS, &corrected, ")")?;
        beside.corrections = rows.into_iter().map(|row| (row.message, row)).collect();
    }
    let withdrawn = wanted(&|row| row.withdrawn_at != i64::MAX);
    if !withdrawn.is_empty() {
        let rows: Vec<Withdrawal> = among!(&mut connection, Withdrawal, WITHDRAWALS, &withdrawn, ")")?;
        for Withdrawal { message, signed, reason } in rows {
            let reason: String = opened_json(&store.open_value(withdrawal_slot(message), &reason)?)?;
            beside.withdrawals.insert(message, (signed.byline(facts), Note::from_stored(reason)));
        }
    }
    let with_files = wanted(&|row| row.attachments > 0 && row.withdrawn_at == i64::MAX);
    beside.files = attachment::of_messages(store, &mut connection, &with_files).await?;
    let urgent = wanted(&|row| row.contract == i64::from(Contract::Urgent.code()));
    if !urgent.is_empty() {
        let rows: Vec<CallRow> = among!(&mut connection, CallRow, CallRow::AMONG, &urgent, ")")?;
        beside.calls = calls(store, &mut connection, (facts, rows, &urgent)).await?;
    }
    Ok(beside)
}

fn view(
    store: &Store,
    facts: &Facts,
    row: MessageRow,
    (beside, readable): (&mut Beside, ClassSet),
) -> Result<MessageView, StoreError> {
    let content = Content::open(store, row.message, &row.body, row.bound())?;
    let reply_class = (row.reply_class > 0).then(|| class(row.reply_class)).transpose()?;
    let reply_told = reply_class.is_some_and(|class| readable.contains(class));
    let call = beside.calls.remove(&row.message);
    Ok(MessageView {
        message: MessageId::from_uuid(row.message),
        client: ClientId::from_uuid(row.client),
        room: RoomId::from_uuid(row.room),
        sequence: row.sequence,
        class: class(row.class)?,
        author: row.signed.byline(facts),
        entered_by: (row.entered_by != row.signed.person).then(|| PersonId::from_uuid(row.entered_by)),
        confirmed: some(row.confirmed_by).is_some(),
        written_at: Timestamp(row.written_at),
        received_at: Timestamp(row.signed.at),
        occurred_at: time(row.occurred_at),
        asking: asking(&row, call.as_ref())?,
        state: code(row.state, WorkState::from_code)?,
        reply_to: some(row.reply_to).filter(|_| reply_told).map(MessageId::from_uuid),
        reply_class: reply_class.filter(|_| reply_told),
        answers: row.answers != 0,
        answered_by: some(row.answered_by).map(MessageId::from_uuid),
        mentions: content.mentions,
        version: row.version,
        words: words(store, facts, &row, (beside, content.text))?,
        attachments: beside.files.remove(&row.message).unwrap_or_default(),
        acknowledged: beside.acknowledgements.remove(&row.message).unwrap_or_default(),
        taken: beside.taken.remove(&row.message),
        urgent: call.map(|call| call.view),
    })
}

fn asking(row: &MessageRow, call: Option<&Call>) -> Result<Asking, StoreError> {
    Ok(Asking {
        intent: code(row.intent, Intent::from_code)?,
        contract: code(row.contract, Contract::from_code)?,
        due: time(row.due),
        owner: some(row.owner).map(PersonId::from_uuid),
        first: call.map(|call| call.first),
        fallback: call.map(|call| call.fallback),
    })
}

/// What the message says now. A withdrawn one says nothing any more, whatever was corrected before.
fn words(
    store: &Store,
    facts: &Facts,
    row: &MessageRow,
    (beside, original): (&mut Beside, String),
) -> Result<Words, StoreError> {
    if row.withdrawn_at != i64::MAX {
        let (by, reason) =
            beside.withdrawals.remove(&row.message).ok_or(StoreError::Damaged("withdrawal"))?;
        return Ok(Words::Withdrawn { by, reason });
    }
    if row.version == 1 {
        return Ok(Words::Original(Body::from_stored(original)));
    }
    let correction = beside.corrections.remove(&row.message).ok_or(StoreError::Damaged("correction"))?;
    let slot = correction_slot(correction.correction);
    let content: Corrected = opened_json(&store.open_value(slot, &correction.content)?)?;
    content.check(row.message, correction.version)?;
    let by = correction.signed.byline(facts);
    Ok(Words::Corrected {
        body: Body::from_stored(content.text),
        by,
        reason: Note::from_stored(content.reason),
    })
}
