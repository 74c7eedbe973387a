//! wire: what is done to messages over HTTP, and pages of them. Messages and posts themselves are those of the frames.

use super::frame::{BylineBody, MessageBody};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{LookId, MessageId},
    info_class::InfoClassId,
    message::WorkState,
    problem::{FieldProblem, FieldRule},
    text::{Body, Note, Reason},
    time::Timestamp,
    urgent::UrgentAnswer,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The first result of a post: the same for a retry with the same client id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Posted {
    /// The message.
    #[schema(value_type = Uuid)]
    pub message: MessageId,
    /// When the server received it, µs UTC.
    #[schema(value_type = i64)]
    pub received_at: Timestamp,
}

/// A room that is open now. The look is recorded and covers what arrives until it is closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedRoom {
    /// The look; close it when the room leaves the screen.
    #[schema(value_type = Uuid)]
    pub look: LookId,
    /// The newest messages that this person may see.
    #[serde(flatten)]
    pub page: MessagePage,
}

/// A page of messages that this person may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<MessageBody>,
    /// The place before the first of them, for `before`; absent from an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub before: Option<String>,
    /// The place of the last of them, for `after` and for the read mark; absent from an empty page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub after: Option<String>,
    /// Whether there are more in the direction asked for (older, when no direction was asked for).
    pub more: bool,
}

/// Which messages of a room. At most one of `before`, `after`, `date` and `message`; `after` may go with `date`.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuestion {
    /// Those before this place.
    #[param(max_length = 64)]
    pub before: Option<String>,
    /// Those after this place.
    #[param(max_length = 64)]
    pub after: Option<String>,
    /// Those received on this day in Asia/Tokyo, `yyyy-mm-dd`.
    #[param(value_type = Option<String>, format = Date)]
    pub date: Option<String>,
    /// This message and those after it.
    pub message: Option<Uuid>,
    /// The most messages, 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

impl HistoryQuestion {
    /// How many messages at most.
    ///
    /// # Errors
    /// `limit` with `field.range`.
    pub fn limit(&self) -> Result<i64, FieldProblem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=100 => Ok(i64::from(limit)),
            _ => Err(FieldProblem::new("limit", FieldRule::Range(1, 100))),
        }
    }
}

/// How far a room was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// `after` of the last page shown, or the cursor of a frame.
    #[schema(max_length = 64)]
    pub cursor: String,
}

/// A correction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectMessage {
    /// The version that was corrected.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The new words.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
    /// Why.
    #[schema(min_length = 1, max_length = 400)]
    reason: String,
}

impl CorrectMessage {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<(Body, Reason), FieldProblem> {
        Ok((Body::parse("text", &self.text)?, Reason::parse("reason", &self.reason)?))
    }
}

/// A withdrawal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawMessage {
    /// Why.
    #[schema(min_length = 1, max_length = 400)]
    reason: String,
}

impl WithdrawMessage {
    /// Checks the reason.
    ///
    /// # Errors
    /// The broken rule.
    pub fn parse(&self) -> Result<Reason, FieldProblem> {
        Reason::parse("reason", &self.reason)
    }
}

/// A step of a request or question.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    /// `accepted`, `declined` or `done` by the owner; `open` by the author.
    #[schema(value_type = String)]
    pub state: WorkState,
    /// Words about it.
    #[serde(default)]
    #[schema(max_length = 400)]
    note: String,
}

impl ChangeRequest {
    /// Checks the words.
    ///
    /// # Errors
    /// The broken rule.
    pub fn parse(&self) -> Result<Note, FieldProblem> {
        Note::parse("note", &self.note)
    }
}

/// An answer to an urgent call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerUrgent {
    /// `coming` or `unable`.
    #[schema(value_type = String)]
    pub answer: UrgentAnswer,
}

/// What came of the telephone call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TelephoneResult {
    /// In words.
    #[schema(min_length = 1, max_length = 400)]
    result: String,
}

impl TelephoneResult {
    /// Checks the words.
    ///
    /// # Errors
    /// The broken rule.
    pub fn parse(&self) -> Result<Note, FieldProblem> {
        let result = Reason::parse("result", &self.result)?;
        Ok(Note::from_stored(result.as_str().to_owned()))
    }
}

/// A version of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// 1 is what was first written.
    pub version: i64,
    /// By whom, when.
    pub by: BylineBody,
    /// The words.
    pub text: String,
    /// Why it was corrected; empty for the first.
    pub reason: String,
}

/// Every version of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// Oldest first.
    pub versions: Vec<Version>,
}

/// What somebody did with a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Who; `at` is the time of the answer.
    pub reader: BylineBody,
    /// Whether it was shown to them. Not an acknowledgement.
    pub read: bool,
    /// When they said 了解, µs UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub acknowledged_at: Option<Timestamp>,
}

/// Who has read and acknowledged a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipts {
    /// Everybody who may see it, but its author, by name.
    pub receipts: Vec<Receipt>,
}

/// Of which class.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AudienceQuestion {
    /// The information class.
    #[param(value_type = i16, minimum = 1, maximum = 63)]
    pub class: InfoClassId,
}

/// Who will see a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audience {
    /// By name; somebody with two posts stands here twice.
    pub readers: Vec<BylineBody>,
}

/// Somebody else was first: the problem `handover.taken` with the name.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverTaken {
    /// What is wrong.
    #[serde(flatten)]
    pub problem: super::problem::ProblemDocument,
    /// Who has it, since when.
    pub taken_by: BylineBody,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_and_broken_rules_are_refused() {
        let strange = r#"{"version":1,"text":"a","reason":"b","why":"c"}"#;
        assert!(serde_json::from_str::<CorrectMessage>(strange).is_err());
        let field =
            |json: &str| serde_json::from_str::<CorrectMessage>(json).unwrap().parse().unwrap_err().field;
        assert_eq!(field(r#"{"version":1,"text":" ","reason":"b"}"#), "text");
        assert_eq!(field(r#"{"version":1,"text":"a","reason":""}"#), "reason");
        assert!(serde_json::from_str::<ChangeRequest>(r#"{"state":"lost"}"#).is_err());
        assert!(serde_json::from_str::<AnswerUrgent>(r#"{"answer":"maybe"}"#).is_err());
        let silent: TelephoneResult = serde_json::from_str(r#"{"result":""}"#).unwrap();
        assert_eq!(silent.parse().unwrap_err().rule, FieldRule::Empty);
        for limit in [0, 101] {
            let question =
                HistoryQuestion { before: None, after: None, date: None, message: None, limit: Some(limit) };
            assert_eq!(question.limit().unwrap_err().rule, FieldRule::Range(1, 100));
        }
    }
}
