//! The policy's facts, read from their tables as one snapshot.

use crate::{backend::Connection, error::StoreError};
use std::{collections::HashMap, sync::Arc};
use tasuki_domain::{
    care_team::{ConsentFact, MembershipFact, PatientState, Subject},
    device::{DeviceFact, DeviceKey, DeviceKind},
    id::{ConsentId, DeviceId, MembershipId, OrganizationId, PatientId, PersonId, PlaceId, PostId, RoomId},
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    organization::{OrganizationKind, PlaceKind},
    policy::{
        Facts, FactsBuilder, MatrixCell, OrganizationFact, PatientFact, PersonFact, PlaceFact, PostFact,
    },
    role::{HeldRole, Role, Scope},
    room::{RoomFact, RoomKind},
    time::{Interval, Timestamp},
};
use uuid::Uuid;

const VERSION: &str = "SELECT policy_version FROM house WHERE one = 1";
const RAISE: &str = "UPDATE house SET policy_version = policy_version + $1, revocation_generation = revocation_generation + $2 WHERE one = 1";
const ORGANIZATIONS: &str = "SELECT organization, kind, version, from_at, until_at FROM organization";
const PEOPLE: &str = "SELECT person, organization, version, from_at, until_at FROM person";
const POSTS: &str =
    "SELECT post, person, organization, place, job_type, suspended, from_at, until_at FROM post";
const ROLES: &str = "SELECT person, role, organization, from_at, until_at FROM role";
const PLACES: &str =
    "SELECT place, organization, parent, kind, position, version, from_at, until_at FROM place";
const PATIENTS: &str = "SELECT patient, organization, place, state, room FROM patient";
const CONSENTS: &str = "SELECT consent, patient, classes, from_at, until_at FROM consent";
const MEMBERSHIPS: &str = "SELECT membership, patient, consent, post, organization, place, job_types, confirmed_at, from_at, until_at FROM membership";
const DEVICES: &str = "SELECT device, organization, place, kind, from_at, until_at FROM device";
const DEVICE_KEYS: &str = "SELECT device, key_digest FROM device_key WHERE revoked_at = 9223372036854775807";
const ROOMS: &str = "SELECT room, kind, patient, organization, owner, closed_at FROM room";
const MEMBERS: &str = "SELECT room, person, from_at, until_at FROM room_member";
const MATRIX: &str = "SELECT c.organization, c.job_type, c.info_class, c.may_read, c.may_write FROM matrix_cell c \
     WHERE c.version = (SELECT max(n.version) FROM matrix_cell n WHERE n.organization = c.organization)";

macro_rules! rows {
    ($connection:expr, $sql:expr) => {
        on!(&mut *$connection, c => sqlx::query_as($sql).fetch_all(&mut **c).await)?
    };
}

/// Raises the policy's version and the revocation generation.
pub(crate) async fn raise(
    connection: &mut Connection,
    policy: bool,
    revoked: bool,
) -> Result<(), StoreError> {
    let (policy, revoked) = (i64::from(policy), i64::from(revoked));
    on!(connection, c => sqlx::query(RAISE).bind(policy).bind(revoked).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// The facts, read again only when another instance has raised their version.
pub(crate) async fn refresh(
    connection: &mut Connection,
    known: Arc<Facts>,
) -> Result<Arc<Facts>, StoreError> {
    if version(connection).await? == known.version() {
        Ok(known)
    } else {
        Ok(Arc::new(load(connection).await?))
    }
}

async fn version(connection: &mut Connection) -> Result<u64, StoreError> {
    let version: i64 = on!(connection, c => sqlx::query_scalar(VERSION).fetch_one(&mut **c).await)?;
    u64::try_from(version).map_err(|_| StoreError::Damaged("policy version"))
}

/// Reads every fact.
pub(crate) async fn load(connection: &mut Connection) -> Result<Facts, StoreError> {
    let mut builder = FactsBuilder { version: version(connection).await?, ..FactsBuilder::default() };
    people(connection, &mut builder).await?;
    patients(connection, &mut builder).await?;
    devices(connection, &mut builder).await?;
    rooms(connection, &mut builder).await?;
    Ok(builder.build())
}

async fn people(connection: &mut Connection, builder: &mut FactsBuilder) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Uuid, i64, i64, i64)> = rows!(connection, PEOPLE);
    builder.people = rows
        .into_iter()
        .map(|(person, organization, version, from, until)| PersonFact {
            person: PersonId::from_uuid(person),
            organization: OrganizationId::from_uuid(organization),
            version,
            period: interval(from, until),
        })
        .collect();
    let rows: Vec<(Uuid, Uuid, Uuid, Uuid, i64, i64, i64, i64)> = rows!(connection, POSTS);
    builder.posts = rows
        .into_iter()
        .map(|(post, person, organization, place, job_type, suspended, from, until)| {
            Ok(PostFact {
                post: PostId::from_uuid(post),
                person: PersonId::from_uuid(person),
                organization: OrganizationId::from_uuid(organization),
                place: some(place).map(PlaceId::from_uuid),
                job_type: JobTypeId(small(job_type)?),
                period: interval(from, until),
                suspended: suspended != 0,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let rows: Vec<(Uuid, i64, Uuid, i64, i64)> = rows!(connection, ROLES);
    builder.roles = rows
        .into_iter()
        .map(|(person, role, organization, from, until)| {
            let role = Role::from_code(small(role)?).ok_or(StoreError::Damaged("role"))?;
            let scope = some(organization)
                .map_or(Scope::Consortium, |id| Scope::Organization(OrganizationId::from_uuid(id)));
            Ok((PersonId::from_uuid(person), HeldRole { role, scope, period: interval(from, until) }))
        })
        .collect::<Result<_, StoreError>>()?;
    organizations(connection, builder).await
}

async fn organizations(connection: &mut Connection, builder: &mut FactsBuilder) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = rows!(connection, ORGANIZATIONS);
    builder.organizations = rows
        .into_iter()
        .map(|(organization, kind, version, from, until)| {
            Ok(OrganizationFact {
                organization: OrganizationId::from_uuid(organization),
                kind: OrganizationKind::from_code(small(kind)?)
                    .ok_or(StoreError::Damaged("organization kind"))?,
                version,
                period: interval(from, until),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let rows: Vec<(Uuid, Uuid, Uuid, i64, i64, i64, i64, i64)> = rows!(connection, PLACES);
    builder.places = rows
        .into_iter()
        .map(|(place, organization, parent, kind, position, version, from, until)| {
            Ok(PlaceFact {
                place: PlaceId::from_uuid(place),
                organization: OrganizationId::from_uuid(organization),
                parent: some(parent).map(PlaceId::from_uuid),
                kind: PlaceKind::from_code(small(kind)?).ok_or(StoreError::Damaged("place kind"))?,
                position: i32::try_from(position).unwrap_or(i32::MAX),
                version,
                period: interval(from, until),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(())
}

async fn patients(connection: &mut Connection, builder: &mut FactsBuilder) -> Result<(), StoreError> {
    let rows: Vec<(Uuid, Uuid, Uuid, i64, Uuid)> = rows!(connection, PATIENTS);
    builder.patients = rows
        .into_iter()
        .map(|(patient, organization, place, state, room)| {
            Ok(PatientFact {
                patient: PatientId::from_uuid(patient),
                organization: OrganizationId::from_uuid(organization),
                place: some(place).map(PlaceId::from_uuid),
                state: PatientState::from_code(small(state)?).ok_or(StoreError::Damaged("patient state"))?,
                room: RoomId::from_uuid(room),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let rows: Vec<(Uuid, Uuid, i64, i64, i64)> = rows!(connection, CONSENTS);
    builder.consents = rows
        .into_iter()
        .map(|(consent, patient, classes, from, until)| {
            let fact = ConsentFact {
                consent: ConsentId::from_uuid(consent),
                period: interval(from, until),
                classes: bits(classes).map(InfoClassId).collect::<ClassSet>(),
            };
            (PatientId::from_uuid(patient), fact)
        })
        .collect();
    let rows: Vec<(Uuid, Uuid, Uuid, Uuid, Uuid, Uuid, i64, i64, i64, i64)> = rows!(connection, MEMBERSHIPS);
    builder.memberships = rows
        .into_iter()
        .map(
            |(membership, patient, consent, post, organization, place, job_types, confirmed, from, until)| {
                let subject = match some(post) {
                    Some(post) => Subject::Post(PostId::from_uuid(post)),
                    None => Subject::Staff {
                        organization: OrganizationId::from_uuid(organization),
                        place: some(place).map(PlaceId::from_uuid),
                        job_types: bits(job_types).map(JobTypeId).collect(),
                    },
                };
                let fact = MembershipFact {
                    membership: MembershipId::from_uuid(membership),
                    subject,
                    consent: ConsentId::from_uuid(consent),
                    period: interval(from, until),
                    confirmed: confirmed != i64::MAX,
                };
                (PatientId::from_uuid(patient), fact)
            },
        )
        .collect();
    Ok(())
}

async fn devices(connection: &mut Connection, builder: &mut FactsBuilder) -> Result<(), StoreError> {
    let mut keys: HashMap<Uuid, Vec<DeviceKey>> = HashMap::new();
    let rows: Vec<(Uuid, Vec<u8>)> = rows!(connection, DEVICE_KEYS);
    for (device, digest) in rows {
        let digest =
            <[u8; 32]>::try_from(digest.as_slice()).map_err(|_| StoreError::Damaged("device key"))?;
        keys.entry(device).or_default().push(DeviceKey(digest));
    }
    let rows: Vec<(Uuid, Uuid, Uuid, i64, i64, i64)> = rows!(connection, DEVICES);
    builder.devices = rows
        .into_iter()
        .map(|(device, organization, place, kind, from, until)| {
            let fact = DeviceFact {
                device: DeviceId::from_uuid(device),
                organization: OrganizationId::from_uuid(organization),
                place: some(place).map(PlaceId::from_uuid),
                kind: DeviceKind::from_code(small(kind)?).ok_or(StoreError::Damaged("device kind"))?,
                period: interval(from, until),
            };
            Ok((fact, keys.remove(&device).unwrap_or_default()))
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(())
}

async fn rooms(connection: &mut Connection, builder: &mut FactsBuilder) -> Result<(), StoreError> {
    let mut members: HashMap<Uuid, Vec<(PersonId, Interval)>> = HashMap::new();
    let rows: Vec<(Uuid, Uuid, i64, i64)> = rows!(connection, MEMBERS);
    for (room, person, from, until) in rows {
        members.entry(room).or_default().push((PersonId::from_uuid(person), interval(from, until)));
    }
    let rows: Vec<(Uuid, i64, Uuid, Uuid, Uuid, i64)> = rows!(connection, ROOMS);
    builder.rooms = rows
        .into_iter()
        .map(|(room, kind, patient, organization, owner, closed)| {
            Ok(RoomFact {
                room: RoomId::from_uuid(room),
                kind: RoomKind::from_code(small(kind)?).ok_or(StoreError::Damaged("room kind"))?,
                patient: some(patient).map(PatientId::from_uuid),
                organization: OrganizationId::from_uuid(organization),
                closed: closed != i64::MAX,
                members: members.remove(&room).unwrap_or_default(),
                owner: some(owner).map(PersonId::from_uuid),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = rows!(connection, MATRIX);
    builder.matrix = rows
        .into_iter()
        .map(|(organization, job_type, class, read, write)| {
            Ok(MatrixCell {
                organization: some(organization).map(OrganizationId::from_uuid),
                job_type: JobTypeId(small(job_type)?),
                class: InfoClassId(small(class)?),
                read: read != 0,
                write: write != 0,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(())
}

const fn interval(from: i64, until: i64) -> Interval {
    Interval { from: Timestamp(from), until: Timestamp(until) }
}

/// Nil stands for none.
const fn some(id: Uuid) -> Option<Uuid> {
    if id.is_nil() { None } else { Some(id) }
}

fn small(number: i64) -> Result<i16, StoreError> {
    i16::try_from(number).map_err(|_| StoreError::Damaged("code"))
}

fn bits(set: i64) -> impl Iterator<Item = i16> {
    (0..63_i16).filter(move |bit| set & (1_i64 << bit) != 0)
}
