//! Lends: copies that were handed to a device for reading without network, until when.

use crate::{
    Batch, Done, Revealed, Store, Work,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    id::{DeviceId, PersonId, RoomId},
    policy::{Grant, Lend, OfflineLook},
    time::Timestamp,
};
use uuid::Uuid;

const LEND: StagedTable = StagedTable {
    insert: "INSERT INTO lend (lend, room, person, session, device, at, until_at, last_sequence) ",
    tail: "",
};
const LENT: &str = "SELECT COUNT(*) FROM lend WHERE room = $1 AND device = $2 AND person = $3 \
     AND at <= $4 AND until_at > $4";
const ON_DEVICE: &str = "SELECT room, person, until_at FROM lend WHERE device = $1 AND until_at > $2 \
     UNION ALL SELECT room, person, 9223372036854775807 FROM look WHERE device = $1 \
     AND closed_at = 9223372036854775807 ORDER BY 1, 2";

impl Store {
    /// Writes down what the caller's device is lent, durably, before anything is handed out.
    ///
    /// # Errors
    /// [`WorkError::Refused`] when the grant no longer holds; or the store failed.
    pub async fn lend(
        &self,
        grant: Grant<Lend>,
        (row, until): (Uuid, Timestamp),
    ) -> Result<Revealed<Lend>, WorkError> {
        let shown = self.room_head(grant.act().room).await?;
        let lending = Lending { grant: Arc::new(grant), row, until, shown };
        let committed = self.write(lending).await?;
        let (entry, at) = (committed.entry(), committed.at());
        let grant = match Arc::try_unwrap(committed.into_value()) {
            Ok(grant) => grant,
            Err(grant) => grant.renew(&self.facts(), self.now())?,
        };
        Ok(Revealed::new(grant, entry, at))
    }
}

struct Lending {
    grant: Arc<Grant<Lend>>,
    row: Uuid,
    until: Timestamp,
    shown: i64,
}

impl Work for Lending {
    type Output = Arc<Grant<Lend>>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default().with("until", self.until.0)).await?;
        lend(batch, &self.grant, (self.row, self.until, self.shown))?;
        Ok(Done::new(self.grant.clone(), proof))
    }
}

fn lend(
    batch: &mut Batch,
    grant: &Grant<Lend>,
    (row, until, last_sequence): (Uuid, Timestamp, i64),
) -> Result<(), WorkError> {
    let session = grant.caller().session().ok_or(WorkError::Missing)?;
    let now = batch.now();
    batch.stage(
        &LEND,
        vec![
            Value::Id(row),
            Value::Id(grant.act().room.as_uuid()),
            Value::Id(session.person.as_uuid()),
            Value::Id(session.session.as_uuid()),
            Value::Id(session.device.as_uuid()),
            Value::Int(now.0),
            Value::Int(until.0),
            Value::Int(last_sequence),
        ],
    );
    Ok(())
}

/// Whether the caller's device was lent a copy of the room that it could show at a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn was_lent(
    batch: &mut Batch,
    grant: &Grant<OfflineLook>,
    at: Timestamp,
) -> Result<bool, WorkError> {
    let session = grant.caller().session().ok_or(WorkError::Missing)?;
    let (device, person) = (session.device.as_uuid(), session.person.as_uuid());
    let room = grant.act().room.as_uuid();
    let found: Option<(i64,)> = fetch_optional!(batch, LENT, room, device, person, at.0);
    Ok(found.is_some_and(|(count,)| count > 0))
}

/// What a device can show: a room, for whom, until when (an open look: until it is closed).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnDevice {
    /// The room.
    pub room: RoomId,
    /// For whom.
    pub person: PersonId,
    /// Until when.
    pub until: Timestamp,
}

/// The open lends and looks of a device: what a lost one could show (decision 14). Ids only.
///
/// # Errors
/// When the database does not answer.
pub async fn on_device(store: &Store, device: DeviceId) -> Result<Vec<OnDevice>, StoreError> {
    let now = store.now().0;
    let mut connection = store.reading().await?;
    let rows: Vec<(Uuid, Uuid, i64)> = on!(&mut connection, c => sqlx::query_as(ON_DEVICE).bind(device.as_uuid())
        .bind(now).fetch_all(&mut **c).await)?;
    let row = |(room, person, until)| OnDevice {
        room: RoomId::from_uuid(room),
        person: PersonId::from_uuid(person),
        until: Timestamp(until),
    };
    Ok(rows.into_iter().map(row).collect())
}
