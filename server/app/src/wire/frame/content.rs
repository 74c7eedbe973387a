//! wire: a message as frames carry it, and a post as a frame brings it.

use crate::wire::attachment::Attachment;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{AttachmentId, ClientId, MessageId, OrganizationId, PersonId, PostId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Asking, Contract, Intent, WorkState},
    message_view::{Byline, MessageView, UrgentView, Words},
    post::{Mentions, NewPost},
    problem::{FieldProblem, FieldRule},
    text::Body,
    time::Timestamp,
    urgent::{UrgentAnswer, UrgentState},
};
use utoipa::ToSchema;

/// Who did something, under which post, when. Names are those of that time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub struct BylineBody {
    /// Who.
    #[schema(value_type = Uuid)]
    person: PersonId,
    /// The version of the person's name then.
    person_version: i64,
    /// The name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Under which post.
    #[schema(value_type = Uuid)]
    post: PostId,
    /// At which employer.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<OrganizationId>,
    /// The version of the employer's name then.
    organization_version: i64,
    /// The employer's name then.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_name: Option<String>,
    /// As what.
    #[schema(value_type = Option<i16>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    job_type: Option<JobTypeId>,
    /// When, microseconds UTC.
    #[schema(value_type = i64)]
    at: Timestamp,
}

impl From<&Byline> for BylineBody {
    fn from(by: &Byline) -> Self {
        Self {
            person: by.person,
            person_version: by.person_version,
            name: by.name.as_ref().map(|name| name.as_str().to_owned()),
            post: by.post,
            organization: by.organization,
            organization_version: by.organization_version,
            organization_name: by.organization_name.as_ref().map(|name| name.as_str().to_owned()),
            job_type: by.job_type,
            at: by.at,
        }
    }
}

/// The words of a message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WordsBody {
    /// As first written.
    Original {
        /// The words.
        text: String,
    },
    /// As corrected.
    Corrected {
        /// The words now.
        text: String,
        /// By whom, when.
        by: BylineBody,
        /// Why.
        reason: String,
    },
    /// Taken back.
    Withdrawn {
        /// By whom, when.
        by: BylineBody,
        /// Why.
        reason: String,
    },
}

impl From<&Words> for WordsBody {
    fn from(words: &Words) -> Self {
        match words {
            Words::Original(body) => Self::Original { text: body.as_str().to_owned() },
            Words::Corrected { body, by, reason } => Self::Corrected {
                text: body.as_str().to_owned(),
                by: by.into(),
                reason: reason.as_str().to_owned(),
            },
            Words::Withdrawn { by, reason } => {
                Self::Withdrawn { by: by.into(), reason: reason.as_str().to_owned() }
            }
        }
    }
}

/// What a message asks of its readers.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskingBody {
    /// `notice`, `request`, `question` or `handover`.
    #[schema(value_type = String)]
    intent: Intent,
    /// `read_only`, `reply` or `urgent`.
    #[schema(value_type = String)]
    contract: Contract,
    /// By when, microseconds UTC.
    #[schema(value_type = Option<i64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// Who is to do it.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<PersonId>,
    /// Whom it rings first.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<PostId>,
    /// Whom it rings next.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<PostId>,
    /// How far it has come: `none`, `open`, `accepted`, `done` or `declined`.
    #[schema(value_type = String)]
    state: WorkState,
    /// The reply that answered it.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<MessageId>,
}

/// The call of an urgent message.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallBody {
    /// `ringing_first`, `ringing_fallback`, `telephone`, `answered` or `telephoned`.
    #[schema(value_type = String)]
    state: UrgentState,
    /// When it began, microseconds UTC.
    #[schema(value_type = i64)]
    called_at: Timestamp,
    /// Who comes, or who telephoned.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<BylineBody>,
    /// What came of the telephone call.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// Every answer, oldest first.
    answers: Vec<CallAnswerBody>,
}

/// An answer to an urgent call.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallAnswerBody {
    /// `coming` or `unable`.
    #[schema(value_type = String)]
    answer: UrgentAnswer,
    /// By whom, when.
    by: BylineBody,
}

impl From<&UrgentView> for CallBody {
    fn from(call: &UrgentView) -> Self {
        let answer =
            |(answer, by): &(UrgentAnswer, Byline)| CallAnswerBody { answer: *answer, by: by.into() };
        Self {
            state: call.state,
            called_at: call.called_at,
            settled: call.settled.as_ref().map(Into::into),
            result: call.result.as_ref().map(|result| result.as_str().to_owned()),
            answers: call.answers.iter().map(answer).collect(),
        }
    }
}

/// Whom a message names.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MentionsBody {
    /// People.
    #[schema(value_type = Vec<Uuid>, max_items = 20)]
    people: Vec<PersonId>,
    /// Job types: everybody of them who is in the room.
    #[schema(value_type = Vec<i16>, max_items = 20)]
    job_types: Vec<JobTypeId>,
}

/// A message as a reader sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBody {
    /// The message.
    #[schema(value_type = Uuid)]
    message: MessageId,
    /// Its room.
    #[schema(value_type = Uuid)]
    room: RoomId,
    /// The id that the author's client gave it.
    #[schema(value_type = Uuid)]
    client_id: ClientId,
    /// Its information class.
    #[schema(value_type = i16)]
    class: InfoClassId,
    /// Whose words they are, with the time at which the server received them.
    author: BylineBody,
    /// Who typed them in, when that was somebody else.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_by: Option<PersonId>,
    /// Whether the author has confirmed what somebody else typed in.
    confirmed: bool,
    /// When it was written, by the client's clock, microseconds UTC.
    #[schema(value_type = i64)]
    written_at: Timestamp,
    /// When it happened, microseconds UTC.
    #[schema(value_type = Option<i64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    /// What it asks, and how far that has come.
    asking: AskingBody,
    /// The message it replies to, when this person may see that one.
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    /// Whether it is the answer to a question.
    answers: bool,
    /// Whom it names.
    mentions: MentionsBody,
    /// 1, then counts up with every correction.
    version: i64,
    /// The words.
    words: WordsBody,
    /// Its files.
    attachments: Vec<Attachment>,
    /// Who said 了解, oldest first.
    acknowledged: Vec<BylineBody>,
    /// Who took it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<BylineBody>,
    /// The call of an urgent message.
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<CallBody>,
}

impl MessageBody {
    /// The message, with what it replies to or without.
    #[must_use]
    pub fn of(view: &MessageView, shows_reply: bool) -> Self {
        let asking = &view.asking;
        Self {
            message: view.message,
            room: view.room,
            client_id: view.client,
            class: view.class,
            author: (&view.author).into(),
            entered_by: view.entered_by,
            confirmed: view.confirmed,
            written_at: view.written_at,
            occurred_at: view.occurred_at,
            asking: AskingBody {
                intent: asking.intent,
                contract: asking.contract,
                due: asking.due,
                owner: asking.owner,
                first: asking.first,
                fallback: asking.fallback,
                state: view.state,
                answered_by: view.answered_by,
            },
            reply_to: view.reply_to.filter(|_| shows_reply),
            answers: view.answers,
            mentions: MentionsBody {
                people: view.mentions.people.clone(),
                job_types: view.mentions.job_types.clone(),
            },
            version: view.version,
            words: (&view.words).into(),
            attachments: view
                .attachments
                .iter()
                .map(|file| Attachment::new(file.attachment, file.facts.clone()))
                .collect(),
            acknowledged: view.acknowledged.iter().map(Into::into).collect(),
            taken: view.taken.as_ref().map(Into::into),
            call: view.urgent.as_ref().map(Into::into),
        }
    }
}

/// A post as a client sends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostBody {
    /// The client's own id (UUID v7): the same id again is the same post.
    #[schema(value_type = Uuid)]
    client_id: ClientId,
    /// The information class.
    #[schema(value_type = i16, minimum = 1, maximum = 63)]
    class: InfoClassId,
    /// The words.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
    /// What it is for; `notice` when not said.
    #[serde(default = "notice")]
    #[schema(value_type = Option<String>)]
    intent: Intent,
    /// What it asks of its readers; `read_only` when not said.
    #[serde(default = "read_only")]
    #[schema(value_type = Option<String>)]
    contract: Contract,
    /// By when, microseconds UTC; for a wanted reply and for a request.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    due: Option<Timestamp>,
    /// Who is to do it, for a request.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    owner: Option<PersonId>,
    /// Whom it rings first, when urgent.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    first: Option<PostId>,
    /// Whom it rings next, when urgent.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    fallback: Option<PostId>,
    /// The message it replies to.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    reply_to: Option<MessageId>,
    /// Whom it names.
    #[serde(default)]
    mentions: MentionsBody,
    /// Files that were sent before and wait to be adopted.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    attachments: Vec<AttachmentId>,
    /// When it was written, by the client's clock, microseconds UTC.
    #[schema(value_type = i64)]
    written_at: Timestamp,
    /// When it happened, microseconds UTC.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    occurred_at: Option<Timestamp>,
    /// Whose words they are, when somebody else types them in.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    on_behalf_of: Option<PersonId>,
}

const fn notice() -> Intent {
    Intent::Notice
}

const fn read_only() -> Contract {
    Contract::ReadOnly
}

impl PostBody {
    /// The post, for a room.
    ///
    /// # Errors
    /// The field that breaks a rule.
    pub fn into_post(self, room: RoomId) -> Result<NewPost, FieldProblem> {
        if self.class.0 < 1 || self.class.0 > InfoClassId::MAXIMUM {
            return Err(FieldProblem::new("class", FieldRule::Range(1, i64::from(InfoClassId::MAXIMUM))));
        }
        Ok(NewPost {
            room,
            client: self.client_id,
            class: self.class,
            body: Body::parse("text", &self.text)?,
            asking: Asking {
                intent: self.intent,
                contract: self.contract,
                due: self.due,
                owner: self.owner,
                first: self.first,
                fallback: self.fallback,
            },
            reply_to: self.reply_to,
            mentions: Mentions { people: self.mentions.people, job_types: self.mentions.job_types },
            attachments: self.attachments,
            written_at: self.written_at,
            occurred_at: self.occurred_at,
            on_behalf_of: self.on_behalf_of,
        })
    }
}
