//! History: a page of older or newer messages, or of one day in Asia/Tokyo.

use super::close_look::forged;
use crate::usecase::{Services, UseCaseError, consortium::perform};
use jiff::civil::Date;
use tasuki_domain::{
    access::Detail,
    id::{MessageId, RoomId},
    message_view::MessageView,
    policy::{Caller, ReadHistory},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use tasuki_store::table::{cursor::RoomReader, message, page::Span};

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
    /// This message and those after it.
    From(MessageId),
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
    let (span, said) = match query {
        HistoryQuery::From(message) => from(services, caller, room, message).await?,
        HistoryQuery::Latest => (Span::Latest, Detail::default()),
        HistoryQuery::Before(cursor) => {
            let before = position(&reader, &cursor)?;
            (Span::Before(before), Detail::default().with("before", before))
        }
        HistoryQuery::After(cursor) => {
            let after = position(&reader, &cursor)?;
            (Span::After(after), Detail::default().with("after", after))
        }
        HistoryQuery::Day(date, cursor) => {
            let after = cursor.map_or(Ok(0), |cursor| position(&reader, &cursor))?;
            (day(date, after)?, Detail::default().with("date", date))
        }
    };
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

/// From a message on. One that the caller may not read is answered like one that is not there, and the try recorded.
async fn from(
    services: &Services,
    caller: &Caller,
    room: RoomId,
    message: MessageId,
) -> Result<(Span, Detail), UseCaseError> {
    let located = message::locate(&mut services.store.reading().await?, message).await?;
    let readable = services.store.classes(caller, room);
    match located.filter(|found| found.room == room && readable.contains(found.class)) {
        Some(found) => Ok((Span::After(found.sequence - 1), Detail::default().with("message", message))),
        None => Err(perform::missing(services, caller, &ReadHistory { room }).await),
    }
}

fn position(reader: &RoomReader, cursor: &str) -> Result<i64, FieldProblem> {
    reader.sequence(cursor).ok_or(forged())
}

fn day(date: Date, after: i64) -> Result<Span, FieldProblem> {
    let from = Timestamp::tokyo_midnight(date);
    let until = date.tomorrow().ok().and_then(Timestamp::tokyo_midnight);
    let (Some(from), Some(until)) = (from, until) else {
        return Err(FieldProblem::new("date", FieldRule::Time));
    };
    Ok(Span::Between { from, until, after })
}
