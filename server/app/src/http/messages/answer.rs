//! From what a use case found to what the door says of messages.

use crate::{
    usecase::rooms::read_history::HistoryQuery,
    wire::{
        frame::MessageBody,
        message::{HistoryQuestion, MessagePage},
    },
};
use tasuki_domain::{
    id::MessageId,
    message_view::MessageView,
    problem::{FieldProblem, FieldRule},
};

/// A page with its places. What a reader may not know of a reply's target the store has left out already.
pub(in crate::http) fn page(
    messages: &[MessageView],
    cursor: impl Fn(i64) -> String,
    more: bool,
) -> MessagePage {
    MessagePage {
        before: messages.first().map(|message| cursor(message.sequence)),
        after: messages.last().map(|message| cursor(message.sequence)),
        messages: messages.iter().map(|message| MessageBody::of(message, true)).collect(),
        more,
    }
}

/// What is asked of the history.
pub(super) fn query(question: HistoryQuestion) -> Result<HistoryQuery, FieldProblem> {
    let unexpected = |field| Err(FieldProblem::new(field, FieldRule::Unexpected));
    if let Some(message) = question.message {
        return match (question.before, question.after, question.date) {
            (None, None, None) => Ok(HistoryQuery::From(MessageId::from_uuid(message))),
            _ => unexpected("message"),
        };
    }
    match (question.before, question.after, question.date) {
        (None, None, None) => Ok(HistoryQuery::Latest),
        (Some(cursor), None, None) => Ok(HistoryQuery::Before(cursor)),
        (None, Some(cursor), None) => Ok(HistoryQuery::After(cursor)),
        (None, after, Some(date)) => {
            let date = date.parse().map_err(|_| FieldProblem::new("date", FieldRule::Time))?;
            Ok(HistoryQuery::Day(date, after))
        }
        (Some(_), Some(_), _) => unexpected("after"),
        (Some(_), None, Some(_)) => unexpected("date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ask(
        before: Option<&str>,
        after: Option<&str>,
        date: Option<&str>,
    ) -> Result<HistoryQuery, FieldProblem> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        query(HistoryQuestion {
            before: own(before),
            after: own(after),
            date: own(date),
            message: None,
            limit: None,
        })
    }

    #[test]
    fn one_direction_at_a_time() {
        assert_eq!(ask(Some("a"), Some("b"), None).unwrap_err().field, "after");
        assert_eq!(ask(Some("a"), None, Some("2026-09-21")).unwrap_err().field, "date");
        for wrong in ["2026-02-30", "yesterday", "2026-09-21T00:00:00Z"] {
            assert_eq!(ask(None, None, Some(wrong)).unwrap_err().rule, FieldRule::Time, "{wrong}");
        }
        assert!(matches!(ask(None, Some("b"), Some("2026-09-21")), Ok(HistoryQuery::Day(_, Some(_)))));
        assert!(matches!(ask(None, None, None), Ok(HistoryQuery::Latest)));
    }

    #[test]
    fn a_message_goes_with_no_other_place() {
        let from = |after: Option<&str>| HistoryQuestion {
            before: None,
            after: after.map(str::to_owned),
            date: None,
            message: Some(Uuid::nil()),
            limit: None,
        };
        assert!(matches!(query(from(None)), Ok(HistoryQuery::From(_))));
        assert_eq!(query(from(Some("a"))).unwrap_err().field, "message");
    }
}
