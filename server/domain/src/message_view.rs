//! Messages as a reader sees them, and what is told about them without content. Plain data: who may see it was
//! decided before.

use crate::{
    attachment::AttachmentView,
    id::{ClientId, MessageId, OrganizationId, PersonId, PostId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Asking, WorkState},
    post::Mentions,
    text::{Body, Name, Note, Title},
    time::Timestamp,
    urgent::{UrgentAnswer, UrgentState},
};

/// Who did something, under which post, as what, when. Names are those of that time (decision 8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Byline {
    /// Who.
    pub person: PersonId,
    /// The version of the name then.
    pub person_version: i64,
    /// The name then; `None` where only ids are told.
    pub name: Option<Name>,
    /// Under which post.
    pub post: PostId,
    /// At which employer; `None` for a post that is not known any more.
    pub organization: Option<OrganizationId>,
    /// The version of the employer's name then.
    pub organization_version: i64,
    /// The employer's name then; `None` where only ids are told.
    pub organization_name: Option<Title>,
    /// As what.
    pub job_type: Option<JobTypeId>,
    /// When.
    pub at: Timestamp,
}

/// The words of a message, or that they were taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Words {
    /// As first written.
    Original(Body),
    /// As corrected (訂正); earlier versions stay readable.
    Corrected {
        /// The words now.
        body: Body,
        /// By whom and when.
        by: Byline,
        /// Why.
        reason: Note,
    },
    /// Taken back (取消); the original stays for the record.
    Withdrawn {
        /// By whom and when.
        by: Byline,
        /// Why.
        reason: Note,
    },
}

/// How far an urgent call has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UrgentView {
    /// The state as last settled; it moves on with time.
    pub state: UrgentState,
    /// When it began to ring.
    pub called_at: Timestamp,
    /// Who comes, or who telephoned.
    pub settled: Option<Byline>,
    /// What came of the telephone call.
    pub result: Option<Note>,
    /// Every answer, oldest first.
    pub answers: Vec<(UrgentAnswer, Byline)>,
}

/// A message as somebody who may read its class sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageView {
    /// The message.
    pub message: MessageId,
    /// The id that the author's client gave it; for the author's own screens.
    pub client: ClientId,
    /// Its room.
    pub room: RoomId,
    /// Its position in the room. Never leaves the server: readers hold cursors.
    pub sequence: i64,
    /// Its information class.
    pub class: InfoClassId,
    /// Whose words they are.
    pub author: Byline,
    /// Who typed them in, when that was somebody else (代行入力).
    pub entered_by: Option<PersonId>,
    /// Whether the author has confirmed what somebody else typed in (確定).
    pub confirmed: bool,
    /// When it was written, by the client's clock.
    pub written_at: Timestamp,
    /// When the server received it.
    pub received_at: Timestamp,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// What it asks.
    pub asking: Asking,
    /// How far that has come.
    pub state: WorkState,
    /// The message it replies to, when the reader may see that one.
    pub reply_to: Option<MessageId>,
    /// The class of that message: whoever may not read it is not told of the reply's target.
    pub reply_class: Option<InfoClassId>,
    /// Whether it is the answer to a question.
    pub answers: bool,
    /// The reply that answered it.
    pub answered_by: Option<MessageId>,
    /// Whom it names.
    pub mentions: Mentions,
    /// 1, then counts up with every correction.
    pub version: i64,
    /// The words.
    pub words: Words,
    /// Its files; none once it is taken back.
    pub attachments: Vec<AttachmentView>,
    /// Who said 了解, oldest first.
    pub acknowledged: Vec<Byline>,
    /// Who took it over (引き受けた).
    pub taken: Option<Byline>,
    /// The call of an urgent message.
    pub urgent: Option<UrgentView>,
}

/// A version of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageVersion {
    /// 1 is what was first written.
    pub version: i64,
    /// By whom and when.
    pub by: Byline,
    /// The words.
    pub body: Body,
    /// Why it was corrected; empty for the first.
    pub reason: Note,
}

/// What happened in a room, without content: enough to tell sockets, never more than ids, codes and positions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomEvent {
    /// Where.
    pub room: RoomId,
    /// The class of the message: only readers of it may learn of the event. `None` concerns the room as a whole.
    pub class: Option<InfoClassId>,
    /// The message's position, or the mark's; 0 for the room as a whole. Never leaves the server.
    pub sequence: i64,
    /// What happened.
    pub kind: RoomEventKind,
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoomEventKind {
    /// A new message. `urgent` says whom it rings.
    Posted {
        /// Which.
        message: MessageId,
        /// The posts that it rings now.
        rings: Vec<PostId>,
    },
    /// 訂正
    Corrected {
        /// Which.
        message: MessageId,
        /// The new version.
        version: i64,
    },
    /// 取消
    Withdrawn {
        /// Which.
        message: MessageId,
    },
    /// 了解
    Acknowledged {
        /// Which.
        message: MessageId,
        /// By whom.
        by: Byline,
    },
    /// 引き受けた
    Taken {
        /// Which.
        message: MessageId,
        /// By whom.
        by: Byline,
    },
    /// A request or question moved on.
    State {
        /// Which.
        message: MessageId,
        /// To which state.
        state: WorkState,
        /// By whom.
        by: Byline,
    },
    /// An urgent call moved on.
    Urgent {
        /// Which.
        message: MessageId,
        /// To which state.
        state: UrgentState,
        /// The posts that it rings now.
        rings: Vec<PostId>,
    },
    /// Somebody has read up to the position.
    Read {
        /// Who.
        person: PersonId,
    },
    /// The room was made, closed, opened, or has other members: whoever shows it asks again.
    Changed,
}
