//! Group rooms and direct conversations. A patient's room is made with the patient.

use super::column::{opened_json, sealed_json};
use crate::{
    Batch, Revealed, Store,
    error::{StoreError, WorkError},
    stage::{StagedTable, Value},
};
use std::collections::HashMap;
use tasuki_domain::{
    id::{PersonId, RoomId},
    policy::{Act, ChangeRoomMembers, CloseRoom, CreateRoom, Grant, ReopenRoom},
    room::RoomKind,
    text::Title,
    time::Timestamp,
};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const ROOM: StagedTable = StagedTable {
    insert: "INSERT INTO room (room, kind, patient, organization, owner, title, created_at, closed_at) ",
    tail: "",
};
const MEMBER: StagedTable =
    StagedTable { insert: "INSERT INTO room_member (room, person, from_at, until_at) ", tail: "" };
const PAIR: &str =
    "INSERT INTO direct_pair (one, other, room) VALUES ($1, $2, $3) ON CONFLICT (one, other) DO NOTHING";
const OF_PAIR: &str = "SELECT room FROM direct_pair WHERE one = $1 AND other = $2";
const LEAVE: &str = "UPDATE room_member SET until_at = $1 WHERE room = $2 AND person = $3 AND until_at > $1";
const CLOSE: &str = "UPDATE room SET closed_at = $1 WHERE room = $2 AND closed_at = 9223372036854775807";
const OPEN: &str =
    "UPDATE room SET closed_at = 9223372036854775807 WHERE room = $1 AND closed_at <> 9223372036854775807";
const TITLES: &str = "SELECT room, title FROM room WHERE kind = 2 AND room IN (";

const fn title_slot(room: Uuid) -> Slot {
    Slot::new("room", "title", room)
}

/// Makes a group room, owned by the caller.
///
/// # Errors
/// When the database refuses it.
pub async fn create_group(
    batch: &mut Batch,
    grant: &Grant<CreateRoom>,
    (title, members): (&Title, &[PersonId]),
) -> Result<(), WorkError> {
    let owner = grant.caller().session().ok_or(WorkError::Missing)?.person;
    create(batch, grant, (RoomKind::Group, owner.as_uuid(), title.as_str())).await?;
    for member in members.iter().copied().filter(|member| *member != owner).chain([owner]) {
        join(batch, grant.act().room, member);
    }
    Ok(())
}

/// Makes the conversation of the caller and another, or finds it: there is one.
///
/// # Errors
/// When the database refuses it.
pub async fn create_direct(
    batch: &mut Batch,
    grant: &Grant<CreateRoom>,
    other: PersonId,
) -> Result<RoomId, WorkError> {
    let own = grant.caller().session().ok_or(WorkError::Missing)?.person;
    let (one, two) = (own.min(other).as_uuid(), own.max(other).as_uuid());
    if execute!(batch, PAIR, one, two, grant.act().room.as_uuid()) == 0 {
        let found: Option<(Uuid,)> = fetch_optional!(batch, OF_PAIR, one, two);
        return found.map(|(room,)| RoomId::from_uuid(room)).ok_or(WorkError::Missing);
    }
    create(batch, grant, (RoomKind::Direct, Uuid::nil(), "")).await?;
    join(batch, grant.act().room, own);
    join(batch, grant.act().room, other);
    Ok(grant.act().room)
}

async fn create(
    batch: &mut Batch,
    grant: &Grant<CreateRoom>,
    (kind, owner, title): (RoomKind, Uuid, &str),
) -> Result<(), WorkError> {
    let room = grant.act().room.as_uuid();
    let organization = grant.caller().session().ok_or(WorkError::Missing)?.organization.as_uuid();
    let title = batch.seal(Scope::Room(room), title_slot(room), &sealed_json(&title)?).await?;
    let now = batch.now().0;
    batch.stage(
        &ROOM,
        vec![
            Value::Id(room),
            Value::Int(i64::from(kind.code())),
            Value::Id(Uuid::nil()),
            Value::Id(organization),
            Value::Id(owner),
            Value::Bytes(title),
            Value::Int(now),
            Value::Int(i64::MAX),
        ],
    );
    batch.policy_changed();
    Ok(())
}

fn join(batch: &mut Batch, room: RoomId, person: PersonId) {
    let now = batch.now().0;
    batch.stage(
        &MEMBER,
        vec![Value::Id(room.as_uuid()), Value::Id(person.as_uuid()), Value::Int(now), Value::Int(i64::MAX)],
    );
}

/// Lets people in and out of a group room.
///
/// # Errors
/// `room.not_a_group`; `room.owner_stays` when the owner would leave.
pub async fn change_members(
    batch: &mut Batch,
    grant: &Grant<ChangeRoomMembers>,
    (add, remove): (&[PersonId], &[PersonId]),
) -> Result<(), WorkError> {
    let (room, now) = (grant.act().room, batch.now());
    let facts = batch.facts().await?;
    let fact = facts.room(room).filter(|fact| fact.kind == RoomKind::Group);
    let fact = fact.ok_or(WorkError::Conflict("room.not_a_group"))?;
    if remove.iter().any(|person| fact.owner == Some(*person)) {
        return Err(WorkError::Conflict("room.owner_stays"));
    }
    for person in remove {
        execute!(batch, LEAVE, now.0, room.as_uuid(), person.as_uuid());
    }
    let present = |person: &PersonId| {
        fact.members.iter().any(|(member, period)| member == person && period.contains(now))
    };
    for person in add.iter().filter(|person| !present(person)) {
        join(batch, room, *person);
    }
    batch.policy_changed();
    Ok(())
}

/// Closes a group room: it stays readable and takes no posts.
///
/// # Errors
/// `room.closed` when it is closed already.
pub async fn close(batch: &mut Batch, grant: &Grant<CloseRoom>) -> Result<(), WorkError> {
    let now = batch.now().0;
    if execute!(batch, CLOSE, now, grant.act().room.as_uuid()) == 0 {
        return Err(WorkError::Conflict("room.closed"));
    }
    batch.policy_changed();
    Ok(())
}

/// Opens a closed group room again.
///
/// # Errors
/// `room.open` when it is open.
pub async fn reopen(batch: &mut Batch, grant: &Grant<ReopenRoom>) -> Result<(), WorkError> {
    if execute!(batch, OPEN, grant.act().room.as_uuid()) == 0 {
        return Err(WorkError::Conflict("room.open"));
    }
    batch.policy_changed();
    Ok(())
}

impl Store {
    /// The titles of group rooms, for a look that names them; a room without a title is left out.
    ///
    /// # Errors
    /// When the store fails or a title does not open.
    pub async fn room_titles<A: Act>(
        &self,
        _look: &Revealed<A>,
        rooms: &[RoomId],
    ) -> Result<HashMap<RoomId, Title>, StoreError> {
        let ids: Vec<Uuid> = rooms.iter().map(|room| room.as_uuid()).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let mut connection = self.reading().await?;
        let rows: Vec<(Uuid, Vec<u8>)> =
            super::column::among!(&mut connection, (Uuid, Vec<u8>), TITLES, &ids, ")")?;
        let mut titles = HashMap::with_capacity(rows.len());
        for (room, sealed) in rows.into_iter().filter(|(_, sealed)| !sealed.is_empty()) {
            let title: String = opened_json(&self.open_value(title_slot(room), &sealed)?)?;
            if !title.is_empty() {
                titles.insert(RoomId::from_uuid(room), Title::from_stored(title));
            }
        }
        Ok(titles)
    }

    /// The conversation of two people, if they have one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn direct_room(&self, own: PersonId, other: PersonId) -> Result<Option<RoomId>, StoreError> {
        let (one, two) = (own.min(other).as_uuid(), own.max(other).as_uuid());
        let mut connection = self.reading().await?;
        let found: Option<Uuid> = on!(&mut connection, c => sqlx::query_scalar(OF_PAIR).bind(one).bind(two)
            .fetch_optional(&mut **c).await)?;
        Ok(found.map(RoomId::from_uuid))
    }

    /// Since when there was a sign-in before this one that has ended: the end of the previous shift.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn previous_shift_end(
        &self,
        person: PersonId,
        signed_in_at: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        const PREVIOUS: &str = "SELECT MAX(ended_at) FROM session WHERE person = $1 AND signed_in_at < $2 \
             AND ended_at <= $2";
        let mut connection = self.reading().await?;
        let ended: Option<i64> = on!(&mut connection, c => sqlx::query_scalar(PREVIOUS).bind(person.as_uuid())
            .bind(signed_in_at.0).fetch_one(&mut **c).await)?;
        Ok(ended.map(Timestamp))
    }
}
