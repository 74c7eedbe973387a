//! 質問への回答: a reply that answers, and the question that is answered by it, in one transaction.

use super::{
    InRoom,
    found::{found, named},
    happened::event,
    post_message::{PostOutcome, Posted, Posting, check, deliver},
};
use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    id::MessageId,
    message::{Intent, WorkState},
    message_view::RoomEventKind,
    policy::{AnswerQuestion, Caller, Grant, PostMessage},
    post::NewPost,
    problem::{FieldProblem, FieldRule},
    text::Note,
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::{
        message::{self, Located},
        request::{self, Step},
    },
};
use uuid::Uuid;

/// Answers a question with a post of the question's own class: whoever may see the one may see the other. The same
/// client id again gives the first result.
///
/// # Errors
/// A refusal; `class` when it is not the question's; `question.not_one`; `request.changed` when it was answered or
/// withdrawn; otherwise as a post.
pub async fn answer_question(
    services: &Services,
    caller: &Caller,
    question: MessageId,
    post: NewPost,
) -> Result<PostOutcome, UseCaseError> {
    let wanted = InRoom { room: post.room, message: question };
    let (located, act) = found(services, caller, wanted, |class, _| AnswerQuestion {
        room: post.room,
        class,
        message: question,
    })
    .await?;
    let grant = services.store.decide(caller, act).await?;
    if located.intent != Intent::Question {
        return Err(UseCaseError::conflict("question.not_one"));
    }
    if post.class != located.class {
        return Err(FieldProblem::new("class", FieldRule::Choice).into());
    }
    let post = NewPost { reply_to: Some(question), ..post };
    let message = MessageId::from_uuid(Uuid::new_v4());
    let act = PostMessage { room: post.room, class: post.class, message };
    let posted = services.store.decide(caller, act).await?;
    let mut facts = check(services, caller, &post).await?;
    facts.answers = true;
    let posting = Posting { grant: Arc::new(posted), post: Arc::new(post), facts };
    let work = Answering { posting: posting.clone(), grant, question: located, step: Uuid::new_v4() };
    let outcome = deliver(services, posting, work).await?;
    let PostOutcome::Fresh(committed, first) = outcome else { return Ok(outcome) };
    let by = committed.value().message.as_ref().map(|view| view.author.clone());
    let by = named(services, &committed, by.ok_or(UseCaseError::Missing)?).await?;
    let kind = RoomEventKind::State { message: question, state: WorkState::Done, by };
    let answered = Arc::new(event(&located, kind));
    let committed = committed.map(|mut happened| {
        happened.events.push(answered);
        happened
    });
    Ok(PostOutcome::Fresh(committed, first))
}

struct Answering {
    posting: Posting,
    grant: Grant<AnswerQuestion>,
    question: Located,
    step: Uuid,
}

impl Work for Answering {
    type Output = Posted;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let Posting { grant: posted, post, facts } = &self.posting;
        if !self.question.state.may_become(WorkState::Done) || self.question.is_withdrawn() {
            return Err(WorkError::Conflict("request.changed"));
        }
        let answer = posted.act().message;
        batch.record(&self.grant, Detail::default().with("answer", answer)).await?;
        let note = Note::from_stored(String::new());
        let step = Step {
            row: self.step,
            before: &self.question,
            state: WorkState::Done,
            answer: Some(answer),
            note: &note,
        };
        request::step(batch, &self.grant, step).await?;
        let proof = batch.record(posted, self.posting.detail()).await?;
        let (sequence, files) = message::stage(batch, posted, post, *facts).await?;
        Ok(Done::new(Posted { sequence, received_at: batch.now(), files }, proof))
    }
}
