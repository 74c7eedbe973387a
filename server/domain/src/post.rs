//! What a person sends: a post with everything that it asks, and a draft of one.

use crate::{
    id::{AttachmentId, ClientId, MessageId, PersonId, RoomId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::Asking,
    problem::{FieldProblem, FieldRule},
    text::Body,
    time::{DAY, Timestamp},
};
use serde::{Deserialize, Serialize};

/// Whom a post names.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mentions {
    /// People.
    pub people: Vec<PersonId>,
    /// Job types: everybody of them who is in the room.
    pub job_types: Vec<JobTypeId>,
}

impl Mentions {
    /// The most people and job types together.
    pub const MOST: usize = 20;

    /// How many people and job types are named.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.people.len() + self.job_types.len()
    }

    /// Whether nobody is named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it names this person, or one of these job types.
    #[must_use]
    pub fn names(&self, person: PersonId, job_type: JobTypeId) -> bool {
        self.people.contains(&person) || self.job_types.contains(&job_type)
    }
}

/// A post as a person sends it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPost {
    /// To which room.
    pub room: RoomId,
    /// The client's own id: the same id again is the same post.
    pub client: ClientId,
    /// The information class.
    pub class: InfoClassId,
    /// The words.
    pub body: Body,
    /// What it asks.
    pub asking: Asking,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// Whom it names.
    pub mentions: Mentions,
    /// Files that were sent before and wait to be adopted.
    pub attachments: Vec<AttachmentId>,
    /// When it was written, by the client's clock.
    pub written_at: Timestamp,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// Whose words they are, when somebody else types them in (代行入力).
    pub on_behalf_of: Option<PersonId>,
}

impl NewPost {
    /// The most files of one post.
    pub const MOST_ATTACHMENTS: usize = 10;

    /// Checks what the types of the fields cannot say.
    ///
    /// # Errors
    /// The field and its rule.
    pub fn check(&self, now: Timestamp) -> Result<(), FieldProblem> {
        self.asking.check(now)?;
        let refuse = |field, rule| Err(FieldProblem::new(field, rule));
        if self.mentions.len() > Mentions::MOST {
            return refuse("mentions", FieldRule::TooMany(Mentions::MOST));
        }
        if repeats(&self.mentions.people) || repeats(&self.mentions.job_types) {
            return refuse("mentions", FieldRule::Taken);
        }
        if self.attachments.len() > Self::MOST_ATTACHMENTS {
            return refuse("attachments", FieldRule::TooMany(Self::MOST_ATTACHMENTS));
        }
        if repeats(&self.attachments) {
            return refuse("attachments", FieldRule::Taken);
        }
        // A queued item may be old; a clock may be ahead a little. Anything else is a broken clock.
        if self.written_at.since(now) > DAY || now.since(self.written_at) > 366 * DAY {
            return refuse("written_at", FieldRule::Time);
        }
        match self.occurred_at {
            Some(at) if at.since(now) > DAY || now.since(at) > 366 * DAY => {
                refuse("occurred_at", FieldRule::Time)
            }
            _ => Ok(()),
        }
    }
}

fn repeats<T: Ord + Copy>(ids: &[T]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| matches!(pair, [one, two] if one == two))
}

/// A draft: a post before it is complete. Sealed under its author, shown to nobody else.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Draft {
    /// The words so far.
    pub body: String,
    /// The information class.
    pub class: Option<InfoClassId>,
    /// What it is for.
    pub intent: Option<crate::message::Intent>,
    /// What it asks of its readers.
    pub contract: Option<crate::message::Contract>,
    /// By when.
    pub due: Option<Timestamp>,
    /// Who is to do it.
    pub owner: Option<PersonId>,
    /// Whom すぐ rings first.
    pub first: Option<crate::id::PostId>,
    /// Whom it rings next.
    pub fallback: Option<crate::id::PostId>,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// Whom it names.
    pub mentions: Mentions,
    /// Files that wait to be adopted.
    pub attachments: Vec<AttachmentId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Contract, Intent};
    use uuid::Uuid;

    fn post() -> NewPost {
        NewPost {
            room: RoomId::from_uuid(Uuid::nil()),
            client: ClientId::from_uuid(Uuid::nil()),
            class: InfoClassId::GENERAL,
            body: Body::parse("body", "夕食を残されました").unwrap(),
            asking: Asking {
                intent: Intent::Notice,
                contract: Contract::ReadOnly,
                due: None,
                owner: None,
                first: None,
                fallback: None,
            },
            reply_to: None,
            mentions: Mentions::default(),
            attachments: Vec::new(),
            written_at: Timestamp(400 * DAY),
            occurred_at: None,
            on_behalf_of: None,
        }
    }

    #[test]
    fn refuses_too_many_twice_and_impossible_times() {
        let now = Timestamp(400 * DAY);
        let problem = |change: fn(&mut NewPost)| {
            let mut post = post();
            change(&mut post);
            post.check(now).unwrap_err().field
        };
        assert_eq!(
            problem(|post| post.mentions.people = vec![PersonId::from_uuid(Uuid::nil()); 2]),
            "mentions"
        );
        assert_eq!(problem(|post| post.mentions.job_types = (1..=21).map(JobTypeId).collect()), "mentions");
        assert_eq!(
            problem(|post| post.attachments = vec![AttachmentId::from_uuid(Uuid::nil()); 2]),
            "attachments"
        );
        assert_eq!(problem(|post| post.written_at = Timestamp(402 * DAY)), "written_at");
        assert_eq!(problem(|post| post.occurred_at = Some(Timestamp(0))), "occurred_at");
        assert_eq!(problem(|post| post.asking.contract = Contract::Urgent), "first");
        assert_eq!(post().check(now), Ok(()));
    }
}
