//! A post: decided, sealed, given its place in the room and its entry in the log, all in one transaction.

use super::{audience::Audience, happened::Happened};
use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    attachment::AttachmentView,
    id::MessageId,
    message::Contract,
    message_view::{MessageView, RoomEvent, RoomEventKind, UrgentView, Words},
    policy::{Caller, Grant, PostMessage},
    post::NewPost,
    problem::{FieldProblem, FieldRule},
    time::{MINUTE, Timestamp},
    urgent::UrgentState,
};
use tasuki_store::{
    Batch, Committed, Done, Work, WorkError,
    table::{
        byline_of,
        message::{self, Earlier, FirstPost, PostFacts, Signature},
        naming,
    },
};
use uuid::Uuid;

/// What came of a post.
#[derive(Debug)]
pub enum PostOutcome {
    /// It is durable now.
    Fresh(Committed<Happened>, FirstPost),
    /// The same post went in before: its first result.
    Repeated(FirstPost),
}

impl PostOutcome {
    /// The message and when it was received: alike for a first try and a retry.
    #[must_use]
    pub const fn first(&self) -> FirstPost {
        match self {
            Self::Fresh(_, first) | Self::Repeated(first) => *first,
        }
    }
}

/// Posts a message. The same client id again gives the first result and posts nothing.
///
/// # Errors
/// A refusal; a field that breaks a rule or names somebody outside of the audience; `message.client_id_reused`.
pub async fn post_message(
    services: &Services,
    caller: &Caller,
    post: NewPost,
) -> Result<PostOutcome, UseCaseError> {
    let message = MessageId::from_uuid(Uuid::new_v4());
    let act = PostMessage { room: post.room, class: post.class, message };
    let grant = services.store.decide(caller, act).await?;
    let checked = check(services, caller, &post).await?;
    let posting = Posting { grant: Arc::new(grant), post: Arc::new(post), facts: checked };
    deliver(services, posting.clone(), posting).await
}

/// Writes a post by some work, once for its client id, and gives what others may be told.
pub(super) async fn deliver<W: Work<Output = Posted>>(
    services: &Services,
    posting: Posting,
    work: W,
) -> Result<PostOutcome, UseCaseError> {
    if let Some(first) = repeated(services, &posting).await? {
        return Ok(PostOutcome::Repeated(first));
    }
    let committed = match services.store.write(work).await {
        Ok(committed) => committed,
        // The row may be there already: another instance, or the same id twice at once; its files are then adopted too.
        Err(error @ (WorkError::Store(_) | WorkError::Conflict(_) | WorkError::Field(_))) => {
            return match stored(services, &posting).await? {
                Some(first) => Ok(PostOutcome::Repeated(first)),
                None => Err(error.into()),
            };
        }
        Err(error) => return Err(error.into()),
    };
    let message = posting.grant.act().message;
    let first = FirstPost { message, received_at: committed.value().received_at };
    services.store.remember_post(posting.facts.signature.entered_by, &posting.post, first);
    let mut view = posting.view(services, committed.value());
    naming::name_messages(&services.store, &committed, std::slice::from_mut(&mut view)).await?;
    Ok(PostOutcome::Fresh(services.told(committed.map(|_| happened(view))), first))
}

fn happened(view: MessageView) -> Happened {
    let rings = view.asking.first.into_iter().collect();
    let kind = RoomEventKind::Posted { message: view.message, rings };
    let event = RoomEvent { room: view.room, class: Some(view.class), sequence: view.sequence, kind };
    Happened { events: vec![Arc::new(event)], message: Some(Arc::new(view)) }
}

/// What the fields alone cannot say: who signs, to what it replies, whether everybody named will see it.
pub(super) async fn check(
    services: &Services,
    caller: &Caller,
    post: &NewPost,
) -> Result<PostFacts, UseCaseError> {
    let now = services.now();
    post.check(now)?;
    let facts = services.store.facts();
    let audience = Audience { facts: &facts, room: post.room, class: post.class, now };
    audience.check(post)?;
    let signature = signature(caller, post, &audience)?;
    let Some(target) = post.reply_to else {
        return Ok(PostFacts { signature, reply_to: None, answers: false });
    };
    let located = message::locate(&mut services.store.reading().await?, target).await?;
    let readable = services.store.classes(caller, post.room);
    // A message that the author may not read is answered like one that is not there.
    let target = located
        .filter(|target| target.room == post.room && readable.contains(target.class))
        .ok_or(FieldProblem::new("reply_to", FieldRule::Choice))?;
    Ok(PostFacts { signature, reply_to: Some(target), answers: false })
}

fn signature(caller: &Caller, post: &NewPost, audience: &Audience<'_>) -> Result<Signature, UseCaseError> {
    let session = caller.session().ok_or(UseCaseError::Missing)?;
    let own = Signature { author: session.person, post: session.post, entered_by: session.person };
    match post.on_behalf_of {
        None => Ok(own),
        Some(author) if author == session.person => Ok(own),
        Some(author) => match audience.post_of(author) {
            Some(post) => Ok(Signature { author, post, entered_by: session.person }),
            None => Err(FieldProblem::new("on_behalf_of", FieldRule::Choice).into()),
        },
    }
}

/// The first result of a client id: from memory, or from the rows when the id is older than memory.
async fn repeated(services: &Services, posting: &Posting) -> Result<Option<FirstPost>, UseCaseError> {
    let entered_by = posting.facts.signature.entered_by;
    if let Some(earlier) = services.store.recent_post(entered_by, &posting.post) {
        return told(earlier).map(Some);
    }
    // A fresh id cannot be known to the rows and not to memory, unless it came through another instance; then the
    // rows refuse it.
    match made_at(posting.post.client.as_uuid()) {
        Some(made) if services.now().since(made) < MINUTE => Ok(None),
        _ => stored(services, posting).await,
    }
}

async fn stored(services: &Services, posting: &Posting) -> Result<Option<FirstPost>, UseCaseError> {
    let entered_by = posting.facts.signature.entered_by;
    let earlier = services.store.stored_post(&posting.grant, entered_by, &posting.post).await?;
    earlier.map(told).transpose()
}

const fn told(earlier: Earlier) -> Result<FirstPost, UseCaseError> {
    match earlier {
        Earlier::Same(first) => Ok(first),
        Earlier::Different => Err(UseCaseError::conflict("message.client_id_reused")),
    }
}

/// When a client id was made, as it says itself (UUID v7).
fn made_at(client: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = client.get_timestamp()?.to_unix();
    let microseconds = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Some(Timestamp(microseconds.saturating_add(i64::from(nanoseconds / 1_000))))
}

/// What became of a post in the rows.
pub(super) struct Posted {
    pub(super) sequence: i64,
    pub(super) received_at: Timestamp,
    pub(super) files: Vec<AttachmentView>,
}

/// A post on its way into the rows.
#[derive(Clone)]
pub(super) struct Posting {
    pub(super) grant: Arc<Grant<PostMessage>>,
    pub(super) post: Arc<NewPost>,
    pub(super) facts: PostFacts,
}

impl Work for Posting {
    type Output = Posted;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let proof = batch.record(&self.grant, self.detail()).await?;
        let (sequence, files) = message::stage(batch, &self.grant, &self.post, self.facts).await?;
        Ok(Done::new(Posted { sequence, received_at: batch.now(), files }, proof))
    }
}

impl Posting {
    pub(super) fn detail(&self) -> Detail {
        let detail = Detail::default().with("class", self.post.class.0);
        let Signature { author, entered_by, .. } = self.facts.signature;
        if author == entered_by { detail } else { detail.with("author", author) }
    }

    /// The message as every reader of its class sees it, from memory.
    pub(super) fn view(&self, services: &Services, posted: &Posted) -> MessageView {
        let Posted { sequence, received_at, files } = posted;
        let (sequence, received_at) = (*sequence, *received_at);
        let (post, PostFacts { signature, reply_to, answers }) = (&*self.post, self.facts);
        let facts = services.store.facts();
        let call = || UrgentView {
            state: UrgentState::RingingFirst,
            called_at: received_at,
            settled: None,
            result: None,
            answers: Vec::new(),
        };
        MessageView {
            message: self.grant.act().message,
            client: post.client,
            room: post.room,
            sequence,
            class: post.class,
            author: byline_of(&facts, signature.author, signature.post, received_at),
            entered_by: (signature.entered_by != signature.author).then_some(signature.entered_by),
            confirmed: signature.entered_by == signature.author,
            written_at: post.written_at,
            received_at,
            occurred_at: post.occurred_at,
            asking: post.asking.clone(),
            state: post.asking.first_state(),
            reply_to: post.reply_to,
            reply_class: reply_to.map(|target| target.class),
            answers,
            answered_by: None,
            mentions: post.mentions.clone(),
            version: 1,
            words: Words::Original(post.body.clone()),
            attachments: files.clone(),
            acknowledged: Vec::new(),
            taken: None,
            urgent: (post.asking.contract == Contract::Urgent).then(call),
        }
    }
}
