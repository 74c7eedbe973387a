//! Attachments: staged in small transactions before the message is, adopted by the message's own (decision 27). A
//! crash in between leaves a file that no message has, never a message without its file.

mod orphan;
mod read;

pub use orphan::{discard, held, orphans, release, remove, to_scan};
pub(crate) use read::of_messages;
pub use read::{Located, locate, open, thumbnail};

use crate::{
    Batch, Committed, Done, EntryProof, StagedTable, Store, StoreError, Value, Work, WorkError,
    batch::ProofOf, blob,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    attachment::{AttachmentFacts, AttachmentView},
    id::AttachmentId,
    policy::{AddAttachment, Grant, PostMessage},
    problem::{FieldProblem, FieldRule},
};
use tasuki_vault::{Scope, Slot, stream::StreamSealer};
use uuid::Uuid;
use zeroize::Zeroizing;

const ATTACHMENT: StagedTable = StagedTable {
    insert: "INSERT INTO attachment (attachment, room, class, person, state, chunks, message, position, received_at, \
             adopted_at, header, facts, thumbnail) ",
    tail: "",
};
const WAITING: &str = "SELECT count(*) FROM attachment WHERE person = $1 AND position = 0";
const COMPLETE: &str =
    "UPDATE attachment SET state = $1, chunks = $2 WHERE attachment = $3 AND state = 1 AND position = 0";
const ADOPT: &str = "UPDATE attachment SET message = $1, position = $2, adopted_at = $3 WHERE attachment = $4 \
     AND room = $5 AND class = $6 AND person = $7 AND state = 2 AND position = 0";
const ADOPTED: &str = "SELECT facts FROM attachment WHERE attachment = $1";
const HELD: &str = "SELECT count(*) FROM attachment WHERE attachment = $1 AND room = $2 AND class = $3 AND person = $4 \
     AND state = 3 AND position = 0";

const COMING_IN: i64 = 1;
const WHOLE: i64 = 2;
const HELD_BACK: i64 = 3;

/// The most files of one person that wait for a message.
pub const MOST_WAITING: i64 = 30;

/// The most files of one message.
pub const MOST_OF_A_MESSAGE: usize = 10;

/// A file to be kept: judged, and for a picture drawn anew.
#[derive(Clone)]
pub struct NewFile {
    /// What is known of it; `bytes` is the length of what is kept.
    pub facts: AttachmentFacts,
    /// A small JPEG of a picture; empty otherwise.
    pub thumbnail: Vec<u8>,
}

/// What is sealed of a file. Room and class stand inside too, so that a row whose clear columns were changed to
/// those of another room or class does not open.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    room: Uuid,
    class: i16,
    facts: AttachmentFacts,
}

impl Stored {
    /// The facts, when they are those of a file of this room and class.
    fn read(plain: &[u8], room: Uuid, class: i64) -> Result<AttachmentFacts, StoreError> {
        let stored: Self = serde_json::from_slice(plain).map_err(|_| StoreError::Damaged("file"))?;
        let same = stored.room == room && i64::from(stored.class) == class;
        if same { Ok(stored.facts) } else { Err(StoreError::Damaged("file")) }
    }
}

const fn facts_slot(attachment: Uuid) -> Slot {
    Slot::new("attachment", "facts", attachment)
}

const fn thumbnail_slot(attachment: Uuid) -> Slot {
    Slot::new("attachment", "thumbnail", attachment)
}

const fn content_slot(attachment: Uuid) -> Slot {
    Slot::new("attachment_chunk", "content", attachment)
}

/// A file that comes in: recorded, with its row, and no byte of it yet.
pub struct Incoming {
    store: Store,
    attachment: AttachmentId,
    sealer: StreamSealer,
    entry: u64,
}

/// A file whose every chunk is durable. No message can adopt it before [`Filled::complete`].
pub struct Filled {
    store: Store,
    attachment: AttachmentId,
    chunks: i64,
    entry: u64,
}

/// Records that a file comes in, and keeps its row. The rights are decided again within the transaction.
///
/// # Errors
/// [`WorkError::Refused`]; [`WorkError::Conflict`] `attachment.too_many_waiting`; or the store failed.
pub async fn begin(
    store: &Store,
    grant: Arc<Grant<AddAttachment>>,
    new: NewFile,
) -> Result<Incoming, WorkError> {
    let attachment = grant.act().attachment;
    let begun = store.write(Begin { grant, new }).await?;
    let entry = begun.entry();
    Ok(Incoming { store: store.clone(), attachment, sealer: begun.into_value(), entry })
}

impl Incoming {
    /// Seals the whole file and stores it, a few chunks in a transaction.
    ///
    /// # Errors
    /// When the store failed; what was stored is an orphan then.
    pub async fn fill(self, plain: &[u8]) -> Result<Filled, WorkError> {
        let Self { store, attachment, sealer, entry } = self;
        let chunks = blob::write(&store, sealer, (attachment.as_uuid(), entry), plain).await?;
        Ok(Filled { store, attachment, chunks, entry })
    }
}

impl Filled {
    /// Lets a message adopt the file, or holds it back until the virus scanner has answered.
    ///
    /// # Errors
    /// [`WorkError::Missing`] when it took so long that it was taken away as an orphan; or the store failed.
    pub async fn complete(self, held: bool) -> Result<Committed<()>, WorkError> {
        let Self { store, attachment, chunks, entry } = self;
        let state = if held { HELD_BACK } else { WHOLE };
        store.write(Complete { attachment, state, chunks, entry }).await
    }
}

struct Begin {
    grant: Arc<Grant<AddAttachment>>,
    new: NewFile,
}

impl Work for Begin {
    type Output = StreamSealer;

    async fn run(&self, batch: &mut Batch) -> Result<Done<StreamSealer>, WorkError> {
        let act = self.grant.act();
        let person = self.grant.caller().session().map(|session| session.person.as_uuid());
        let person = person.ok_or(WorkError::Missing)?;
        let (row, room, class) = (act.attachment.as_uuid(), act.room.as_uuid(), act.class.0);
        let facts = &self.new.facts;
        let detail = Detail::default().with("kind", facts.kind.text()).with("bytes", facts.bytes);
        let proof = batch.record(&self.grant, detail).await?;
        let waiting: i64 = on!(batch.reading(), c => sqlx::query_scalar(WAITING).bind(person)
            .fetch_one(&mut **c).await)?;
        if waiting >= MOST_WAITING {
            return Err(WorkError::Conflict("attachment.too_many_waiting"));
        }
        let scope = Scope::Room(room);
        let key = batch.key(scope).await?;
        let sealer = batch
            .inner
            .keyring
            .seal_stream(key, &content_slot(row), &mut crate::store::entropy())
            .map_err(StoreError::from)?;
        let stored = Stored { room, class, facts: facts.clone() };
        let plain = Zeroizing::new(serde_json::to_vec(&stored).map_err(|_| StoreError::Damaged("file"))?);
        let sealed = batch.seal(scope, facts_slot(row), &plain).await?;
        let thumbnail = batch.seal(scope, thumbnail_slot(row), &self.new.thumbnail).await?;
        let values = vec![
            Value::Id(row),
            Value::Id(room),
            Value::Int(i64::from(class)),
            Value::Id(person),
            Value::Int(COMING_IN),
            Value::Int(0),
            Value::Id(Uuid::nil()),
            Value::Int(0),
            Value::Int(batch.now().0),
            Value::Int(i64::MAX),
            Value::Bytes(sealer.header().to_vec()),
            Value::Bytes(sealed),
            Value::Bytes(thumbnail),
        ];
        batch.stage(&ATTACHMENT, values);
        Ok(Done::new(sealer, proof))
    }
}

struct Complete {
    attachment: AttachmentId,
    state: i64,
    chunks: i64,
    entry: u64,
}

impl Work for Complete {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let changed = execute!(batch, COMPLETE, self.state, self.chunks, self.attachment.as_uuid());
        match changed {
            1 => Ok(Done::new((), EntryProof(ProofOf::Earlier(self.entry)))),
            _ => Err(WorkError::Missing),
        }
    }
}

/// Gives staged files to a message, in the message's own transaction and under its grant: each staged by the same
/// person for the same room and class, complete, not held, and of no other message. Gives what is known of them, for
/// those who hear of the message.
///
/// # Errors
/// [`WorkError::Field`] `attachments`: too many, or one that is none of this person's waiting files here (foreign,
/// adopted, unfinished and unknown are alike). [`WorkError::Conflict`] `attachment.held`. Or the store failed.
pub async fn adopt(
    batch: &mut Batch,
    grant: &Grant<PostMessage>,
    attachments: &[AttachmentId],
) -> Result<Vec<AttachmentView>, WorkError> {
    if attachments.is_empty() {
        return Ok(Vec::new());
    }
    let refuse = |rule| WorkError::from(FieldProblem::new("attachments", rule));
    if attachments.len() > MOST_OF_A_MESSAGE {
        return Err(refuse(FieldRule::TooMany(MOST_OF_A_MESSAGE)));
    }
    let person = grant.caller().session().map(|session| session.person.as_uuid());
    let person = person.ok_or_else(|| refuse(FieldRule::Choice))?;
    let act = grant.act();
    let (room, class) = (act.room.as_uuid(), i64::from(act.class.0));
    let (message, now) = (act.message.as_uuid(), batch.now().0);
    let mut views = Vec::with_capacity(attachments.len());
    for (position, attachment) in (1_i64..).zip(attachments) {
        let id = attachment.as_uuid();
        let adopted = execute!(batch, ADOPT, message, position, now, id, room, class, person);
        if adopted != 1 {
            let held: i64 = on!(batch.writing().await?, c => sqlx::query_scalar(HELD).bind(id).bind(room)
                .bind(class).bind(person).fetch_one(&mut **c).await)?;
            return Err(match held {
                0 => refuse(FieldRule::Choice),
                _ => WorkError::Conflict("attachment.held"),
            });
        }
        let sealed: Vec<u8> = on!(batch.writing().await?, c => sqlx::query_scalar(ADOPTED).bind(id)
            .fetch_one(&mut **c).await)?;
        let plain = batch.open(facts_slot(id), &sealed)?;
        views.push(AttachmentView { attachment: *attachment, facts: Stored::read(&plain, room, class)? });
    }
    Ok(views)
}
