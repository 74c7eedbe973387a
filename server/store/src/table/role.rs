//! Roles: 役割. Who administers what, from when to when. Nothing here is sealed: ids and codes only.

use super::{organization, person};
use crate::{
    batch::Batch,
    error::{StoreError, WorkError},
    look::Revealed,
    store::Store,
};
use tasuki_domain::{
    id::{OrganizationId, PersonId, RoleId},
    policy::{EndRole, Grant, GrantRole, ReadPeople},
    role::{HeldRole, Role, Scope},
    time::{Interval, Timestamp},
};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO role (held, person, role, organization, from_at, until_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const END: &str = "UPDATE role SET until_at = $1 WHERE held = $2 AND organization = $3 AND until_at > $1";
const FIND: &str = "SELECT held, person, role, organization, from_at, until_at FROM role WHERE held = $1";
const REACHING: &str = "SELECT held, person, role, organization, from_at, until_at FROM role \
     WHERE organization IN ($1, $2) AND until_at > $3 ORDER BY from_at, held";

/// A role as given to somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoleRow {
    /// The row.
    pub held: RoleId,
    /// To whom.
    pub person: PersonId,
    /// What, how far, how long.
    pub role: HeldRole,
}

type Row = (Uuid, Uuid, i64, Uuid, i64, i64);

/// Gives a role from now on.
///
/// # Errors
/// Conflicts `person.disabled`, `organization.ended`, `role.held` (the person has it already).
pub async fn give(batch: &mut Batch, grant: &Grant<GrantRole>) -> Result<(), WorkError> {
    let GrantRole { person, role, scope, held } = *grant.act();
    person::demand_enabled(batch, person).await?;
    let organization = match scope {
        Scope::Consortium => Uuid::nil(),
        Scope::Organization(organization) => {
            organization::demand_live(batch, organization).await?;
            organization.as_uuid()
        }
    };
    let (facts, now) = (batch.facts().await?, batch.now());
    if facts.roles_of(person, now).any(|old| old.role == role && old.scope == scope) {
        return Err(WorkError::Conflict("role.held"));
    }
    let (id, whom, code) = (held.as_uuid(), person.as_uuid(), i64::from(role.code()));
    execute!(batch, INSERT, id, whom, code, organization, now.0, Timestamp::OPEN_END.0);
    batch.policy_changed();
    Ok(())
}

/// Takes a role back.
///
/// # Errors
/// Conflict `role.ended`.
pub async fn end(batch: &mut Batch, grant: &Grant<EndRole>) -> Result<(), WorkError> {
    let organization = grant.act().organization.map_or(Uuid::nil(), OrganizationId::as_uuid);
    let now = batch.now().0;
    if execute!(batch, END, now, grant.act().held.as_uuid(), organization) == 0 {
        return Err(WorkError::Conflict("role.ended"));
    }
    batch.policy_changed();
    Ok(())
}

/// One giving of a role, for deciding who may take it back.
///
/// # Errors
/// When the database does not answer.
pub async fn find(store: &Store, held: RoleId) -> Result<Option<RoleRow>, StoreError> {
    let mut connection = store.reading().await?;
    let row: Option<Row> =
        on!(&mut connection, c => sqlx::query_as(FIND).bind(held.as_uuid()).fetch_optional(&mut **c).await)?;
    row.map(parse).transpose()
}

/// Who administers the organization: its own roles and those of the consortium, as they are now.
///
/// # Errors
/// When the database does not answer.
pub async fn reaching(store: &Store, look: &Revealed<ReadPeople>) -> Result<Vec<RoleRow>, StoreError> {
    let organization = look.act().organization.as_uuid();
    let mut connection = store.reading().await?;
    let rows: Vec<Row> = on!(&mut connection, c => sqlx::query_as(REACHING)
        .bind(organization).bind(Uuid::nil()).bind(look.at().0).fetch_all(&mut **c).await)?;
    rows.into_iter().map(parse).collect()
}

fn parse((held, person, role, organization, from, until): Row) -> Result<RoleRow, StoreError> {
    let role = i16::try_from(role).ok().and_then(Role::from_code).ok_or(StoreError::Damaged("role"))?;
    let scope = match organization.is_nil() {
        true => Scope::Consortium,
        false => Scope::Organization(OrganizationId::from_uuid(organization)),
    };
    let period = Interval { from: Timestamp(from), until: Timestamp(until) };
    Ok(RoleRow {
        held: RoleId::from_uuid(held),
        person: PersonId::from_uuid(person),
        role: HeldRole { role, scope, period },
    })
}
