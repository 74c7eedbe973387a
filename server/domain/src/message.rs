//! Messages: 投稿. Never deleted: corrected with history, or withdrawn with the original kept.

use crate::{
    coded::coded,
    id::{PersonId, PostId},
    problem::{FieldProblem, FieldRule},
    time::{DAY, MINUTE, Timestamp},
};

coded! {
    /// What a post is for; chosen before the words.
    Intent {
        /// 気づき
        Notice = 1, "notice", "気づき";
        /// お願い: has an owner and a due time.
        Request = 2, "request", "お願い";
        /// 質問: is answered by somebody.
        Question = 3, "question", "質問";
        /// 申し送り: is taken over by name.
        Handover = 4, "handover", "申し送り";
    }
}

coded! {
    /// What a post asks of its readers.
    Contract {
        /// 読むだけ
        ReadOnly = 1, "read_only", "読むだけ";
        /// 返信希望(期限)
        Reply = 2, "reply", "返信希望";
        /// すぐ
        Urgent = 3, "urgent", "すぐ";
    }
}

coded! {
    /// How far a request or a question has come.
    WorkState {
        /// Nothing is asked.
        None = 0, "none", "なし";
        /// Nobody has taken it.
        Open = 1, "open", "未対応";
        /// Somebody said that they do it.
        Accepted = 2, "accepted", "引き受けた";
        /// Done or answered.
        Done = 3, "done", "済み";
        /// The owner cannot do it; the author is told.
        Declined = 4, "declined", "できません";
    }
}

impl WorkState {
    /// Whether a step from this state to `next` makes sense.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open, Self::Accepted | Self::Done | Self::Declined)
                | (Self::Accepted, Self::Done | Self::Declined | Self::Open)
                | (Self::Declined, Self::Open | Self::Accepted)
                | (Self::Done, Self::Open)
        )
    }
}

/// What a post asks, checked as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asking {
    /// What it is for.
    pub intent: Intent,
    /// What it asks of its readers.
    pub contract: Contract,
    /// By when; for a reply and for a request.
    pub due: Option<Timestamp>,
    /// Who is to do it, for a request.
    pub owner: Option<PersonId>,
    /// Whom すぐ rings first.
    pub first: Option<PostId>,
    /// Whom it rings next.
    pub fallback: Option<PostId>,
}

impl Asking {
    /// Checks that contract, intent and the fields that they need fit together.
    ///
    /// # Errors
    /// The field that is missing, past, or given without use.
    pub fn check(&self, now: Timestamp) -> Result<(), FieldProblem> {
        let needs_due = self.contract == Contract::Reply || self.intent == Intent::Request;
        let problem = |field, rule| Err(FieldProblem::new(field, rule));
        match self.due {
            None if needs_due => return problem("due", FieldRule::Missing),
            Some(_) if !needs_due => return problem("due", FieldRule::Unexpected),
            // A clock of a tablet may be a little behind; what is later than a year is a slip of the finger.
            Some(due) if due.plus(MINUTE) < now => return problem("due", FieldRule::Past),
            Some(due) if due.since(now) > 366 * DAY => return problem("due", FieldRule::Time),
            _ => {}
        }
        let needs_owner = self.intent == Intent::Request;
        match self.owner {
            None if needs_owner => return problem("owner", FieldRule::Missing),
            Some(_) if !needs_owner => return problem("owner", FieldRule::Unexpected),
            _ => {}
        }
        match (self.contract == Contract::Urgent, self.first, self.fallback) {
            (true, None, _) => problem("first", FieldRule::Missing),
            (true, _, None) => problem("fallback", FieldRule::Missing),
            (true, first, fallback) if first == fallback => problem("fallback", FieldRule::Choice),
            (false, Some(_), _) => problem("first", FieldRule::Unexpected),
            (false, _, Some(_)) => problem("fallback", FieldRule::Unexpected),
            _ => Ok(()),
        }
    }

    /// The state that a fresh post begins in.
    #[must_use]
    pub const fn first_state(&self) -> WorkState {
        match self.intent {
            Intent::Notice => WorkState::None,
            Intent::Request | Intent::Question | Intent::Handover => WorkState::Open,
        }
    }
}
