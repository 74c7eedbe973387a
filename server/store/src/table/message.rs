//! Messages: the row of a post, staged without a statement of its own, and what is known of a message before its
//! words are opened.

use super::{
    attachment,
    column::{Signed, class, code, opened_json, sealed_json, sign, some},
    request::settle_reply,
};
use crate::{
    Batch, Store,
    backend::Connection,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use tasuki_domain::{
    attachment::AttachmentView,
    id::{ClientId, MessageId, PersonId, PostId, RoomId},
    info_class::InfoClassId,
    message::{Contract, Intent, WorkState},
    policy::{Grant, PostMessage},
    post::{Mentions, NewPost},
    time::{MINUTE, Timestamp},
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const MESSAGE: StagedTable = StagedTable {
    insert: "INSERT INTO message (message, client, room, sequence, class, author, post, person_version, \
             organization_version, entered_by, confirmed_by, \
             confirmed_at, intent, contract, due, owner, reply_to, reply_class, answers, mentions, attachments, \
             written_at, received_at, occurred_at, waiting, state, answered_by, version, withdrawn_at, body) ",
    tail: "",
};
const MENTION: StagedTable =
    StagedTable { insert: "INSERT INTO message_mention (message, person, job_type) ", tail: "" };
const URGENT_CALL: StagedTable = StagedTable {
    insert: "INSERT INTO urgent_call (message, room, class, first_post, fallback_post, state, called_at, person, post, \
             person_version, organization_version, at, result) ",
    tail: "",
};
const LOCATE: &str = "SELECT message, room, sequence, class, author, post, entered_by, owner, intent, contract, \
     state, version, withdrawn_at, received_at FROM message WHERE message = $1";
const BY_CLIENT: &str = "SELECT message, room, sequence, class, author, intent, contract, due, owner, reply_to, received_at, body \
     FROM message WHERE entered_by = $1 AND client = $2";

/// What is sealed of a message.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Mentions::is_empty")]
    pub(super) mentions: Mentions,
    pub(super) bound: Bound,
}

/// Where a message stands and whose it is, inside the seal too: a row whose clear columns were changed to show it to
/// others, elsewhere or as somebody else's does not open.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bound {
    pub(super) room: Uuid,
    pub(super) sequence: i64,
    pub(super) class: i64,
    pub(super) author: Uuid,
}

impl Content {
    pub(super) fn open(store: &Store, message: Uuid, body: &[u8], bound: Bound) -> Result<Self, StoreError> {
        let content: Self = opened_json(&store.open_value(body_slot(message), body)?)?;
        if content.bound == bound { Ok(content) } else { Err(StoreError::Damaged("message")) }
    }
}

pub(super) const fn body_slot(message: Uuid) -> Slot {
    Slot::new("message", "body", message)
}

/// Under whose name a post goes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature {
    /// Whose words they are.
    pub author: PersonId,
    /// The author's post.
    pub post: PostId,
    /// Who typed them in.
    pub entered_by: PersonId,
}

/// What else is known of a post when it is staged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PostFacts {
    /// Under whose name.
    pub signature: Signature,
    /// The message that it replies to, as it was found.
    pub reply_to: Option<Located>,
    /// Whether it answers the question that it replies to.
    pub answers: bool,
}

/// Stages the row of a post and gives its position in the room, with its files. Runs no statement of its own on a warm
/// room when there are none.
///
/// # Errors
/// A file that cannot be adopted ([`attachment::adopt`]); or the store failed.
pub async fn stage(
    batch: &mut Batch,
    grant: &Grant<PostMessage>,
    post: &NewPost,
    facts: PostFacts,
) -> Result<(i64, Vec<AttachmentView>), WorkError> {
    let message = grant.act().message;
    let files = attachment::adopt(batch, grant, &post.attachments).await?;
    let sequence = batch.next_sequence(post.room).await?;
    let (room, class) = (post.room.as_uuid(), i64::from(post.class.0));
    let bound = Bound { room, sequence, class, author: facts.signature.author.as_uuid() };
    let content = Content { text: post.body.as_str().to_owned(), mentions: post.mentions.clone(), bound };
    let plain = sealed_json(&content)?;
    let scope = Scope::Room(room);
    let body = batch.seal(scope, body_slot(message.as_uuid()), &plain).await?;
    let now = batch.now();
    let signed = sign(&*batch.facts().await?, facts.signature.author, facts.signature.post, now);
    batch.stage(&MESSAGE, row(message, post, facts, (sequence, signed), body));
    stage_mentions(batch, message, &post.mentions);
    if let Some(target) = facts.reply_to {
        settle_reply(batch, &target, facts).await?;
    }
    if let (Some(first), Some(fallback)) = (post.asking.first, post.asking.fallback) {
        batch.stage(
            &URGENT_CALL,
            vec![
                Value::Id(message.as_uuid()),
                Value::Id(post.room.as_uuid()),
                Value::Int(i64::from(post.class.0)),
                Value::Id(first.as_uuid()),
                Value::Id(fallback.as_uuid()),
                Value::Int(1),
                Value::Int(now.0),
                Value::Id(Uuid::nil()),
                Value::Id(Uuid::nil()),
                Value::Int(0),
                Value::Int(0),
                Value::Int(i64::MAX),
                Value::Bytes(Vec::new()),
            ],
        );
    }
    Ok((sequence, files))
}

fn row(
    message: MessageId,
    post: &NewPost,
    facts: PostFacts,
    (sequence, signed): (i64, Signed),
    body: Vec<u8>,
) -> Vec<Value> {
    let PostFacts { signature, reply_to, answers } = facts;
    let own = signature.author == signature.entered_by;
    let asking = &post.asking;
    let waiting =
        asking.contract == Contract::Reply || matches!(asking.intent, Intent::Request | Intent::Question);
    let flag = |flag: bool| Value::Int(i64::from(flag));
    let count = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
    let time = |at: Option<Timestamp>| Value::Int(at.unwrap_or(Timestamp::OPEN_END).0);
    vec![
        Value::Id(message.as_uuid()),
        Value::Id(post.client.as_uuid()),
        Value::Id(post.room.as_uuid()),
        Value::Int(sequence),
        Value::Int(i64::from(post.class.0)),
        Value::Id(signed.person),
        Value::Id(signed.post),
        Value::Int(signed.person_version),
        Value::Int(signed.organization_version),
        Value::Id(signature.entered_by.as_uuid()),
        Value::Id(if own { signature.author.as_uuid() } else { Uuid::nil() }),
        time(own.then_some(Timestamp(signed.at))),
        Value::Int(i64::from(asking.intent.code())),
        Value::Int(i64::from(asking.contract.code())),
        time(asking.due),
        Value::Id(asking.owner.map_or(Uuid::nil(), PersonId::as_uuid)),
        Value::Id(post.reply_to.map_or(Uuid::nil(), MessageId::as_uuid)),
        Value::Int(reply_to.map_or(0, |target| i64::from(target.class.0))),
        flag(answers),
        count(post.mentions.len()),
        count(post.attachments.len()),
        Value::Int(post.written_at.0),
        Value::Int(signed.at),
        time(post.occurred_at),
        flag(waiting),
        Value::Int(i64::from(asking.first_state().code())),
        Value::Id(Uuid::nil()),
        Value::Int(1),
        Value::Int(i64::MAX),
        Value::Bytes(body),
    ]
}

fn stage_mentions(batch: &mut Batch, message: MessageId, mentions: &Mentions) {
    let row = |person: Uuid, job_type: i16| {
        vec![Value::Id(message.as_uuid()), Value::Id(person), Value::Int(i64::from(job_type))]
    };
    for person in &mentions.people {
        batch.stage(&MENTION, row(person.as_uuid(), 0));
    }
    for job_type in &mentions.job_types {
        batch.stage(&MENTION, row(Uuid::nil(), job_type.0));
    }
}

/// What is known of a message before its words are opened: enough to decide on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Located {
    /// The message.
    pub message: MessageId,
    /// Its room.
    pub room: RoomId,
    /// Its position.
    pub sequence: i64,
    /// Its class.
    pub class: InfoClassId,
    /// Under whose name it went in.
    pub signature: Signature,
    /// Who is to do it.
    pub owner: Option<PersonId>,
    /// What it is for.
    pub intent: Intent,
    /// What it asks of its readers.
    pub contract: Contract,
    /// How far that has come.
    pub state: WorkState,
    /// The current version.
    pub version: i64,
    /// When it was taken back; an open end while it stands.
    pub withdrawn_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
}

impl Located {
    /// Whether it was taken back.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn_at != Timestamp::OPEN_END
    }
}

#[derive(sqlx::FromRow)]
struct LocatedRow {
    message: Uuid,
    room: Uuid,
    sequence: i64,
    class: i64,
    author: Uuid,
    post: Uuid,
    entered_by: Uuid,
    owner: Uuid,
    intent: i64,
    contract: i64,
    state: i64,
    version: i64,
    withdrawn_at: i64,
    received_at: i64,
}

/// Finds a message. Says nothing of what it says.
///
/// # Errors
/// When the database does not answer, or a row is damaged.
pub async fn locate(connection: &mut Connection, message: MessageId) -> Result<Option<Located>, StoreError> {
    let row: Option<LocatedRow> =
        on!(connection, c => sqlx::query_as(LOCATE).bind(message.as_uuid()).fetch_optional(&mut **c).await)?;
    row.as_ref().map(located).transpose()
}

fn located(row: &LocatedRow) -> Result<Located, StoreError> {
    Ok(Located {
        message: MessageId::from_uuid(row.message),
        room: RoomId::from_uuid(row.room),
        sequence: row.sequence,
        class: class(row.class)?,
        signature: Signature {
            author: PersonId::from_uuid(row.author),
            post: PostId::from_uuid(row.post),
            entered_by: PersonId::from_uuid(row.entered_by),
        },
        owner: some(row.owner).map(PersonId::from_uuid),
        intent: code(row.intent, Intent::from_code)?,
        contract: code(row.contract, Contract::from_code)?,
        state: code(row.state, WorkState::from_code)?,
        version: row.version,
        withdrawn_at: Timestamp(row.withdrawn_at),
        received_at: Timestamp(row.received_at),
    })
}

/// The first result of a client id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FirstPost {
    /// The message that it made.
    pub message: MessageId,
    /// When it was received.
    pub received_at: Timestamp,
}

/// What is known of a client id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Earlier {
    /// The same post went in before: this was its result.
    Same(FirstPost),
    /// The id was used for another post.
    Different,
}

/// Client ids of the last minutes, so that an ordinary retry costs the database nothing.
pub(crate) struct RecentPosts {
    posts: moka::sync::Cache<(PersonId, ClientId), (FirstPost, u64)>,
    hasher: RandomState,
}

/// Microseconds for which a client id is remembered in memory at least.
const REMEMBERED: i64 = 10 * MINUTE;

impl Default for RecentPosts {
    fn default() -> Self {
        let life = std::time::Duration::from_micros(REMEMBERED.unsigned_abs());
        let posts = moka::sync::Cache::builder().max_capacity(100_000).time_to_live(life).build();
        Self { posts, hasher: RandomState::new() }
    }
}

impl RecentPosts {
    /// A keyed digest: what was posted cannot be guessed from it.
    fn digest(&self, post: &NewPost) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        let asking = &post.asking;
        (post.room, post.class, &post.body, post.reply_to, &post.mentions, &post.attachments)
            .hash(&mut hasher);
        (asking.intent.code(), asking.contract.code(), asking.due, asking.owner).hash(&mut hasher);
        (asking.first, asking.fallback, post.on_behalf_of, post.occurred_at).hash(&mut hasher);
        hasher.finish()
    }
}

impl Store {
    /// The earlier result of a client id, as far as memory knows.
    #[must_use]
    pub fn recent_post(&self, entered_by: PersonId, post: &NewPost) -> Option<Earlier> {
        let recent = &self.inner.rooms.posts;
        let (first, digest) = recent.posts.get(&(entered_by, post.client))?;
        Some(if digest == recent.digest(post) { Earlier::Same(first) } else { Earlier::Different })
    }

    /// Remembers the result of a client id.
    pub fn remember_post(&self, entered_by: PersonId, post: &NewPost, first: FirstPost) {
        let recent = &self.inner.rooms.posts;
        recent.posts.insert((entered_by, post.client), (first, recent.digest(post)));
    }

    /// Forgets the client ids in memory, as a restart does: the rows still know them.
    pub fn forget_recent_posts(&self) {
        self.inner.rooms.posts.posts.invalidate_all();
    }

    /// The earlier result of a client id, from the rows. Compares with what was first written, corrected or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stored_post(
        &self,
        grant: &Grant<PostMessage>,
        entered_by: PersonId,
        post: &NewPost,
    ) -> Result<Option<Earlier>, StoreError> {
        let (mut connection, client) = (self.reading().await?, post.client.as_uuid());
        let row: Option<FirstRow> = on!(&mut connection, c => sqlx::query_as(BY_CLIENT).bind(entered_by.as_uuid()).bind(client)
            .fetch_optional(&mut **c).await)?;
        let Some(row) = row else { return Ok(None) };
        let same = row.room == grant.act().room.as_uuid() && row.says(post) && {
            let FirstRow { room, sequence, class, author, .. } = row;
            let content =
                Content::open(self, row.message, &row.body, Bound { room, sequence, class, author })?;
            content.text == post.body.as_str() && content.mentions == post.mentions
        };
        let first =
            FirstPost { message: MessageId::from_uuid(row.message), received_at: Timestamp(row.received_at) };
        Ok(Some(if same { Earlier::Same(first) } else { Earlier::Different }))
    }
}

#[derive(sqlx::FromRow)]
struct FirstRow {
    message: Uuid,
    room: Uuid,
    sequence: i64,
    class: i64,
    author: Uuid,
    intent: i64,
    contract: i64,
    due: i64,
    owner: Uuid,
    reply_to: Uuid,
    received_at: i64,
    body: Vec<u8>,
}

impl FirstRow {
    fn says(&self, post: &NewPost) -> bool {
        let asking = &post.asking;
        self.class == i64::from(post.class.0)
            && post.on_behalf_of.is_none_or(|author| author.as_uuid() == self.author)
            && self.intent == i64::from(asking.intent.code())
            && self.contract == i64::from(asking.contract.code())
            && self.due == asking.due.unwrap_or(Timestamp::OPEN_END).0
            && self.owner == asking.owner.map_or(Uuid::nil(), PersonId::as_uuid)
            && self.reply_to == post.reply_to.map_or(Uuid::nil(), MessageId::as_uuid)
    }
}
