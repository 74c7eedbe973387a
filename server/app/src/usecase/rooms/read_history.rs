//! History: a page of older or newer messages, or of one day in Asia/Tokyo.

use super::close_look::forged;
use crate::usecase::{Services, UseCaseError};
use jiff::civil::Date;
use tasuki_domain::{
    access::Detail,
    id::RoomId,
    message_view::MessageView,
    policy::{Caller, ReadHistory},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use tasuki_store::table::{cursor::RoomReader, page::Span};

/// Which messages.
#[derive(Clone, Debug)]
pub enum HistoryQuery {
    /// The newest.
    Latest,
    /// Those before a cursor.
    Before(String),
    /// Those after a cursor.
    After(String),
    /// Those of a day in Asia/Tokyo, after a cursor of that day.
    Day(Date, Option<String>),
}

/// A page.
pub struct HistoryPage {
    /// The messages that the reader may see, oldest first.
    pub messages: Vec<MessageView>,
    /// The reader's cursors in this room.
    pub reader: RoomReader,
    /// Whether there are more in the direction asked for.
    pub more: bool,
}

/// Reads a page of at most `limit` messages (1 to 100).
///
/// # Errors
/// A refusal; a cursor that is forged or another reader's; a date outside of the calendar.
pub async fn read_history(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    (query, limit): (HistoryQuery, i64),
) -> Result<HistoryPage, UseCaseError> {
    let grant = services.store.decide(caller, ReadHistory { room }).await?;
    let reader = services.store.room_reader(caller, room).ok_or(UseCaseError::Missing)?;
    let (span, said) = span(&reader, query)?;
    let look = services.store.reveal_within_window(grant, said).await?;
    let limit = limit.clamp(1, tasuki_store::table::page::MOST);
    // One more than asked for tells whether there are more.
    let mut messages = services.store.messages_and_one(&look, span, limit).await?;
    let more = messages.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        match span {
            Span::Latest | Span::Before(_) => drop(messages.remove(0)),
            Span::After(_) | Span::Between { .. } => drop(messages.pop()),
        }
    }
    Ok(HistoryPage { messages, reader, more })
}

fn span(reader: &RoomReader, query: HistoryQuery) -> Result<(Span, Detail), FieldProblem> {
    let position = |cursor: &str| reader.sequence(cursor).ok_or(forged());
    let said = |key, value: &dyn ToString| Detail::default().with(key, value.to_string());
    Ok(match query {
        HistoryQuery::Latest => (Span::Latest, Detail::default()),
        HistoryQuery::Before(cursor) => {
            let before = position(&cursor)?;
            (Span::Before(before), said("before", &before))
        }
        HistoryQuery::After(cursor) => {
            let after = position(&cursor)?;
            (Span::After(after), said("after", &after))
        }
        HistoryQuery::Day(date, cursor) => {
            let after = cursor.as_deref().map(position).transpose()?.unwrap_or(0);
            let from = Timestamp::tokyo_midnight(date);
            let until = date.tomorrow().ok().and_then(Timestamp::tokyo_midnight);
            let (Some(from), Some(until)) = (from, until) else {
                return Err(FieldProblem::new("date", FieldRule::Time));
            };
            (Span::Between { from, until, after }, said("date", &date))
        }
    })
}
