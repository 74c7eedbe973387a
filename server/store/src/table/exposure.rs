//! Store: what a device could have shown, out of the access log itself: ids and times, never content.

use crate::{Batch, WorkError};
use tasuki_domain::{
    access::Action,
    id::{PatientId, PersonId, RoomId},
    policy::{Grant, RevokeDevice},
    time::{DAY, Timestamp},
};
use uuid::Uuid;

/// Content could be on a screen for a session (17 h at most) or as a lent copy (12 h at most).
const LOOKED_AT: i64 = DAY;

const SHOWN: &str = "SELECT actor, patient, room, min(at), max(at), count(*), \
     max(CASE WHEN action IN (350, 351) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END) FROM access_entry \
     WHERE at >= $1 AND device = $2 AND outcome = 1 AND action IN (256, 310, 312, 316, 341, 350, 351) \
     GROUP BY actor, patient, room ORDER BY max(at) DESC LIMIT 1000";
const LISTS: &str = "SELECT count(*) FROM access_entry \
     WHERE at >= $1 AND device = $2 AND outcome = 1 AND action IN (255, 313, 318)";

/// The actions that put a patient's or room's content on a screen; the numbers in the statements above.
pub const SHOWING: [Action; 10] = [
    Action::ReadPatient,
    Action::OpenRoom,
    Action::ReadHistory,
    Action::ReadCorrections,
    Action::ReadAttachment,
    Action::Lend,
    Action::OfflineLook,
    Action::ReadPatients,
    Action::ReadHome,
    Action::ReadHandover,
];

/// One patient's or room's content that a person had on a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Who looked.
    pub person: PersonId,
    /// The patient.
    pub patient: Option<PatientId>,
    /// The room.
    pub room: Option<RoomId>,
    /// First look (µs UTC).
    pub first: Timestamp,
    /// Last look (µs UTC); a room that was open showed what came until the device was blocked.
    pub last: Timestamp,
    /// How many entries say so.
    pub looks: u64,
    /// A copy was lent to the device, or read without network.
    pub lent: bool,
}

/// What a device could have shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exposure {
    /// From here on (µs UTC).
    pub since: Timestamp,
    /// By person, patient and room, the latest first; at most 1000.
    pub shown: Vec<Shown>,
    /// How many lists with names of patients were shown besides.
    pub lists: u64,
}

/// What the device could have shown within the last day, as its blocking finds it.
///
/// # Errors
/// When the database fails.
pub async fn of_device(batch: &mut Batch, grant: &Grant<RevokeDevice>) -> Result<Exposure, WorkError> {
    let since = batch.now().plus(-LOOKED_AT);
    let device = grant.act().device.as_uuid();
    let connection = batch.reading();
    let rows: Vec<(Uuid, Uuid, Uuid, i64, i64, i64, i64)> = on!(&mut *connection, c => sqlx::query_as(SHOWN)
        .bind(since.0).bind(device).fetch_all(&mut **c).await)?;
    let lists: i64 = on!(&mut *connection, c => sqlx::query_scalar(LISTS)
        .bind(since.0).bind(device).fetch_one(&mut **c).await)?;
    let some = |id: Uuid| (!id.is_nil()).then_some(id);
    let shown = rows
        .into_iter()
        .map(|(person, patient, room, first, last, looks, lent)| Shown {
            person: PersonId::from_uuid(person),
            patient: some(patient).map(PatientId::from_uuid),
            room: some(room).map(RoomId::from_uuid),
            first: Timestamp(first),
            last: Timestamp(last),
            looks: looks.unsigned_abs(),
            lent: lent != 0,
        })
        .collect();
    Ok(Exposure { since, shown, lists: lists.unsigned_abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_name_the_actions_that_show() {
        for action in SHOWING {
            let code = action.code().to_string();
            let named = [SHOWN, LISTS].iter().any(|sql| {
                sql.split(|character: char| !character.is_ascii_digit()).any(|number| number == code)
            });
            assert!(named, "{action:?}");
        }
    }
}
