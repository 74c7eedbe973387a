//! wire: rooms, home, handover, drafts, lends.

use super::frame::{BylineBody, MessageBody};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{AttachmentId, MessageId, PatientId, PersonId, PostId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Contract, Intent},
    post::{Draft, Mentions, NewPost},
    problem::{FieldProblem, FieldRule},
    room::RoomKind,
    text::{Lines, Title, bounded},
    time::Timestamp,
};
use utoipa::ToSchema;

/// A room, as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomHead {
    /// The room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    /// `patient`, `group` or `direct`.
    #[schema(value_type = String)]
    pub kind: RoomKind,
    /// The patient of a patient room; the list of patients has the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub patient: Option<PatientId>,
    /// The title of a group room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The other one of a direct conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<BylineBody>,
    /// Closed rooms can only be read.
    pub closed: bool,
    /// Whether there is something unread that this person may see.
    pub unread: bool,
    /// Whether an urgent call that concerns this person is not settled.
    pub urgent: bool,
}

/// My rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rooms {
    /// In a fixed order that says nothing.
    pub rooms: Vec<RoomHead>,
}

/// A room with who is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Room {
    /// The room.
    #[serde(flatten)]
    pub head: RoomHead,
    /// Its patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<PatientLine>,
    /// Whoever may change a group's members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub owner: Option<PersonId>,
    /// The members of a group room or conversation, by name; a patient's room shows its audience by class instead.
    pub members: Vec<BylineBody>,
}

/// A patient, as a heading: enough not to mix two of them up.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatientLine {
    /// The patient.
    #[schema(value_type = Uuid)]
    pub patient: PatientId,
    /// The patient's room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// `yyyy-mm-dd`.
    #[schema(format = Date)]
    pub birth_date: String,
    /// The number on the door.
    pub room_number: String,
    /// Bed, wing, or district.
    pub area: String,
    /// The patient's colour, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub colour: u8,
}

/// A new group room.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    /// Its title.
    #[schema(min_length = 1, max_length = 60)]
    title: String,
    /// Its members; whoever makes it is one.
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    pub members: Vec<PersonId>,
}

impl CreateRoom {
    /// Checks the title.
    ///
    /// # Errors
    /// The broken rule.
    pub fn title(&self) -> Result<Title, FieldProblem> {
        Title::parse("title", &self.title)
    }
}

/// With whom to talk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    /// The other one.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
}

/// The room that was made or found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomMade {
    /// The room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
}

/// Who comes into a group room and who leaves it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMembers {
    /// Who comes in.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    pub add: Vec<PersonId>,
    /// Who leaves.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    pub remove: Vec<PersonId>,
}

/// A message in a list: its beginning, what it asks, where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeItem {
    /// The message, its words cut to their first 80 characters.
    pub message: MessageBody,
    /// Whether the words were cut.
    pub cut: bool,
}

/// What waits in a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct HomeRoom {
    /// The room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    /// Its patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub patient: Option<PatientId>,
    /// Unread messages; 100 stands for that many or more.
    #[schema(maximum = 100)]
    pub unread: usize,
    /// Messages that ask something of me.
    pub owed: usize,
    /// Whether an urgent call that concerns me is not settled.
    pub urgent: bool,
}

/// Home.
#[derive(Debug, Serialize, ToSchema)]
pub struct Home {
    /// すぐ: unsettled calls that ring me or that I made, oldest first; at most 30.
    pub urgent: Vec<HomeItem>,
    /// 今日返事: what I owe by the end of today or within 12 hours, what is overdue, and questions; soonest first; at most 30.
    pub today: Vec<HomeItem>,
    /// 読むだけ: unread and in neither of the others; at most 30.
    pub to_read: Vec<HomeItem>,
    /// Rooms in which anything waits.
    pub rooms: Vec<HomeRoom>,
    /// The patients of those rooms.
    pub patients: Vec<PatientLine>,
}

/// The handovers of one room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomHandover {
    /// The room.
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    /// Its patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientLine>,
    /// The messages, oldest first; what nobody took over has no `taken`.
    pub messages: Vec<MessageBody>,
}

/// 申し送り
#[derive(Debug, Serialize, ToSchema)]
pub struct Handover {
    /// The end of my previous shift, µs UTC; a day before this one without.
    #[schema(value_type = i64)]
    pub since: Timestamp,
    /// Room by room, those with something untaken first.
    pub rooms: Vec<RoomHandover>,
}

/// A draft: a post before it is complete.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DraftBody {
    /// The words so far; more than a post may have, so that nothing is lost before it is made shorter.
    #[schema(max_length = 20000)]
    text: String,
    /// The information class.
    #[schema(value_type = Option<i16>)]
    class: Option<InfoClassId>,
    /// What it is for.
    #[schema(value_type = Option<String>)]
    intent: Option<Intent>,
    /// What it asks of its readers.
    #[schema(value_type = Option<String>)]
    contract: Option<Contract>,
    /// By when, µs UTC.
    #[schema(value_type = Option<i64>)]
    due: Option<Timestamp>,
    /// Who is to do it.
    #[schema(value_type = Option<Uuid>)]
    owner: Option<PersonId>,
    /// Whom it rings first.
    #[schema(value_type = Option<Uuid>)]
    first: Option<PostId>,
    /// Whom it rings next.
    #[schema(value_type = Option<Uuid>)]
    fallback: Option<PostId>,
    /// The message it replies to.
    #[schema(value_type = Option<Uuid>)]
    reply_to: Option<MessageId>,
    /// People whom it names.
    #[schema(value_type = Vec<Uuid>, max_items = 20)]
    people: Vec<PersonId>,
    /// Job types that it names.
    #[schema(value_type = Vec<i16>, max_items = 20)]
    job_types: Vec<JobTypeId>,
    /// Files that wait.
    #[schema(value_type = Vec<Uuid>, max_items = 10)]
    attachments: Vec<AttachmentId>,
}

impl DraftBody {
    /// The most characters of a draft.
    const MOST: usize = 20_000;

    /// Checks what is there; what is missing may be missing.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(self) -> Result<Draft, FieldProblem> {
        let body = bounded("text", &self.text, 0..=Self::MOST, Lines::Many)?;
        if self.people.len() + self.job_types.len() > Mentions::MOST {
            return Err(FieldProblem::new("people", FieldRule::TooMany(Mentions::MOST)));
        }
        if self.attachments.len() > NewPost::MOST_ATTACHMENTS {
            return Err(FieldProblem::new("attachments", FieldRule::TooMany(NewPost::MOST_ATTACHMENTS)));
        }
        Ok(Draft {
            body,
            class: self.class,
            intent: self.intent,
            contract: self.contract,
            due: self.due,
            owner: self.owner,
            first: self.first,
            fallback: self.fallback,
            reply_to: self.reply_to,
            mentions: Mentions { people: self.people, job_types: self.job_types },
            attachments: self.attachments,
        })
    }
}

impl From<Draft> for DraftBody {
    fn from(draft: Draft) -> Self {
        Self {
            text: draft.body,
            class: draft.class,
            intent: draft.intent,
            contract: draft.contract,
            due: draft.due,
            owner: draft.owner,
            first: draft.first,
            fallback: draft.fallback,
            reply_to: draft.reply_to,
            people: draft.mentions.people,
            job_types: draft.mentions.job_types,
            attachments: draft.attachments,
        }
    }
}

/// One's own draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptDraft {
    /// When it was kept, µs UTC; null when there is none.
    #[schema(value_type = Option<i64>)]
    pub saved_at: Option<Timestamp>,
    /// The draft; null when there is none.
    pub draft: Option<DraftBody>,
}

/// When a draft was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftKept {
    /// When, µs UTC.
    #[schema(value_type = i64)]
    pub saved_at: Timestamp,
}

/// Until when the device borrows a copy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LendRoom {
    /// µs UTC; at most 12 hours on, and not after the session's end.
    #[schema(value_type = i64)]
    pub until: Timestamp,
}

/// A copy for reading without network.
#[derive(Debug, Serialize, ToSchema)]
pub struct LentRoom {
    /// Until when the device may show it, µs UTC.
    #[schema(value_type = i64)]
    pub until: Timestamp,
    /// The newest messages that this person may see, oldest first; at most 100.
    pub messages: Vec<MessageBody>,
    /// The place of the last of them; absent from an empty room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A look at a lent copy, told late.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineLook {
    /// When it began, by the device's clock, µs UTC.
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// When it ended, by the device's clock, µs UTC.
    #[schema(value_type = i64)]
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_back_as_it_was_kept() {
        let json = r#"{"text":"書きかけ","class":5,"intent":"question","people":["00000000-0000-0000-0000-000000000007"]}"#;
        let draft = serde_json::from_str::<DraftBody>(json).unwrap().parse().unwrap();
        assert_eq!((draft.body.as_str(), draft.intent), ("書きかけ", Some(Intent::Question)));
        let shown: serde_json::Value = serde_json::to_value(DraftBody::from(draft.clone())).unwrap();
        let again = serde_json::from_value::<DraftBody>(shown).unwrap().parse().unwrap();
        assert_eq!(again, draft);
    }

    #[test]
    fn a_draft_is_bounded_too() {
        let problem = |json: String| serde_json::from_str::<DraftBody>(&json).unwrap().parse().unwrap_err();
        assert_eq!(problem(format!(r#"{{"text":"{}"}}"#, "あ".repeat(20_001))).field, "text");
        assert_eq!(problem(format!(r#"{{"job_types":{:?}}}"#, [3; 21])).field, "people");
        assert!(serde_json::from_str::<DraftBody>(r#"{"body":"x"}"#).is_err());
    }
}
