//! すぐ: who is rung, in which order, and when the telephone is due.

use crate::{
    coded::coded,
    time::{MINUTE, SECOND, Timestamp},
};

coded! {
    /// How far an urgent call has come.
    UrgentState {
        /// The first is being rung.
        RingingFirst = 1, "ringing_first", "呼び出し中";
        /// The first cannot, or did not answer: the fallback is being rung.
        RingingFallback = 2, "ringing_fallback", "次の人を呼び出し中";
        /// Nobody answered: use the telephone and write down the result.
        Telephone = 3, "telephone", "電話してください";
        /// Somebody comes.
        Answered = 4, "answered", "行きます";
        /// The telephone call's result was written down.
        Telephoned = 5, "telephoned", "電話済み";
    }
}

coded! {
    /// What a person who is rung answers.
    UrgentAnswer {
        /// 行きます
        Coming = 1, "coming", "行きます";
        /// 行けません
        Unable = 2, "unable", "行けません";
    }
}

/// Microseconds after which the fallback is rung too.
pub const FALLBACK_AFTER: i64 = 90 * SECOND;
/// Microseconds after which the telephone step is shown (decision: within 3 minutes).
pub const TELEPHONE_AFTER: i64 = 3 * MINUTE;

impl UrgentState {
    /// Whether it still rings.
    #[must_use]
    pub const fn rings(self) -> bool {
        matches!(self, Self::RingingFirst | Self::RingingFallback)
    }

    /// The state after an answer of the person who is rung.
    #[must_use]
    pub const fn after(self, answer: UrgentAnswer) -> Self {
        match (self, answer) {
            (Self::Telephoned, _) => Self::Telephoned,
            (_, UrgentAnswer::Coming) => Self::Answered,
            (Self::RingingFirst, UrgentAnswer::Unable) => Self::RingingFallback,
            (Self::RingingFallback, UrgentAnswer::Unable) => Self::Telephone,
            (state, UrgentAnswer::Unable) => state,
        }
    }

    /// The state at `now` when nobody answers a call of `called_at`.
    #[must_use]
    pub const fn at(self, called_at: Timestamp, now: Timestamp) -> Self {
        let waited = now.since(called_at);
        match self {
            Self::RingingFirst | Self::RingingFallback if waited >= TELEPHONE_AFTER => Self::Telephone,
            Self::RingingFirst if waited >= FALLBACK_AFTER => Self::RingingFallback,
            state => state,
        }
    }
}
