//! People: 職員. Name, reading, romaji and login are sealed under the person's own key; a login is found by its blind
//! index.

use super::{
    name::{self, NameBook, Named, Names, Witness},
    organization,
    sealed::{self, Versioned},
    session,
};
use crate::{
    batch::Batch,
    error::{StoreError, WorkError},
    look::Revealed,
    store::Store,
};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use std::{collections::HashMap, sync::Arc};
use tasuki_domain::{
    id::PersonId,
    person::{NewPerson, PersonChange},
    policy::{
        Actor, ChangePerson, CreatePerson, DisablePerson, Facts, Grant, PersonFact, ReadOwnPage, ReadPeople,
    },
    problem::{FieldProblem, FieldRule},
    role::Role,
    time::Timestamp,
};
use tasuki_vault::{Keyring, Scope, Slot};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO person (person, organization, login_index, version, from_at, until_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login_index) DO NOTHING";
const INSERT_VERSION: &str =
    "INSERT INTO person_version (person, version, facts, at) VALUES ($1, $2, $3, $4)";
const CURRENT: &str = "SELECT p.version, v.facts FROM person p \
     JOIN person_version v ON v.person = p.person AND v.version = p.version WHERE p.person = $1";
const MOVE_ON: &str = "UPDATE person SET version = $1 WHERE person = $2 AND version = $3";
const LOGIN: &str = "UPDATE person SET login_index = $1 WHERE person = $2 \
     AND NOT EXISTS (SELECT 1 FROM person other WHERE other.login_index = $1 AND other.person <> $2)";
const DISABLE: &str = "UPDATE person SET until_at = $1 WHERE person = $2 AND until_at > $1";
const END_POSTS: &str = "UPDATE post SET until_at = $1 WHERE person = $2 AND until_at > $1";
const END_ROLES: &str = "UPDATE role SET until_at = $1 WHERE person = $2 AND until_at > $1";
const BY_LOGIN: &str = "SELECT person FROM person WHERE login_index = $1";
const REGISTER: &str = "SELECT p.person, p.version, v.facts FROM person p \
     JOIN person_version v ON v.person = p.person AND v.version = p.version WHERE p.person IN (";

/// A person's name in one version: what stands beside everything that the person does.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// The version.
    pub version: i64,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// In Latin letters; may be empty.
    pub romaji: String,
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonName(version {})", self.version)
    }
}

impl Versioned for PersonName {
    const WHAT: &'static str = "person's name";

    fn version(&self) -> i64 {
        self.version
    }
}

impl Named for PersonName {
    type Id = PersonId;
    const SELECT: &'static str =
        "SELECT person, version, facts FROM person_version WHERE (person, version) IN (";
    const TABLE: &'static str = "person_version";

    fn uuid(id: PersonId) -> Uuid {
        id.as_uuid()
    }

    fn current(facts: &Facts, id: PersonId) -> Option<i64> {
        facts.person(id).map(|fact| fact.version)
    }

    fn cache(book: &NameBook) -> &Cache<(Uuid, i64), Arc<Self>> {
        &book.people
    }
}

/// The names of people, in a version or currently.
pub type PersonNames = Names<PersonId, PersonName>;

/// The names of people, in the version given or currently. Kept in memory: a second call costs no database.
///
/// # Errors
/// When a row was altered or the database does not answer.
pub async fn names(
    store: &Store,
    _witness: &impl Witness,
    wanted: &[(PersonId, Option<i64>)],
) -> Result<PersonNames, StoreError> {
    name::open(store, wanted).await
}

/// Everything that the register knows of a person; as stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonFacts {
    version: i64,
    name: String,
    reading: String,
    romaji: String,
    login: String,
}

impl Versioned for PersonFacts {
    const WHAT: &'static str = "person";

    fn version(&self) -> i64 {
        self.version
    }
}

/// A person as the register shows them.
pub struct PersonRecord {
    /// The row, with its period.
    pub fact: PersonFact,
    /// The name.
    pub name: PersonName,
    /// The login name as typed.
    pub login: String,
}

/// Writes a new person, without a post and without a way to sign in.
///
/// # Errors
/// `login` with `field.taken`; conflict `organization.ended`.
pub async fn create(
    batch: &mut Batch,
    grant: &Grant<CreatePerson>,
    new: &NewPerson,
) -> Result<(), WorkError> {
    let (person, organization) = (grant.act().person, grant.act().organization);
    organization::demand_live(batch, organization).await?;
    let index = login_index(&batch.inner.keyring, new.login.as_str());
    let (id, now, open) = (person.as_uuid(), batch.now().0, Timestamp::OPEN_END.0);
    if execute!(batch, INSERT, id, organization.as_uuid(), index, 1_i64, now, open) == 0 {
        return Err(FieldProblem::new("login", FieldRule::Taken).into());
    }
    let facts = PersonFacts {
        version: 1,
        name: new.name.as_str().to_owned(),
        reading: new.reading.as_str().to_owned(),
        romaji: new.romaji.as_str().to_owned(),
        login: new.login.as_str().to_owned(),
    };
    write_version(batch, person, &facts).await?;
    batch.policy_changed();
    Ok(())
}

/// Writes the next version of a person; says which it is.
///
/// # Errors
/// `login` with `field.taken`; conflicts `person.disabled` and `person.changed` (somebody else was quicker).
pub async fn change(
    batch: &mut Batch,
    grant: &Grant<ChangePerson>,
    change: &PersonChange,
) -> Result<i64, WorkError> {
    let person = grant.act().person;
    demand_enabled(batch, person).await?;
    let row: Option<(i64, Vec<u8>)> = fetch_optional!(batch, CURRENT, person.as_uuid());
    let (version, sealed) = row.ok_or(WorkError::Missing)?;
    if version != change.version {
        return Err(WorkError::Conflict("person.changed"));
    }
    let plain = batch.open(slot(person), &sealed)?;
    let mut facts: PersonFacts = sealed::read(&plain, version)?;
    facts.version = version + 1;
    change.name.iter().for_each(|new| new.as_str().clone_into(&mut facts.name));
    change.reading.iter().for_each(|new| new.as_str().clone_into(&mut facts.reading));
    change.romaji.iter().for_each(|new| new.as_str().clone_into(&mut facts.romaji));
    if let Some(login) = &change.login {
        let index = login_index(&batch.inner.keyring, login.as_str());
        if execute!(batch, LOGIN, index, person.as_uuid()) == 0 {
            return Err(FieldProblem::new("login", FieldRule::Taken).into());
        }
        login.as_str().clone_into(&mut facts.login);
    }
    if execute!(batch, MOVE_ON, facts.version, person.as_uuid(), version) == 0 {
        return Err(WorkError::Conflict("person.changed"));
    }
    write_version(batch, person, &facts).await?;
    batch.policy_changed();
    Ok(facts.version)
}

/// Cuts a person off: posts, roles and every session end at once.
///
/// # Errors
/// Conflicts `person.disabled`, and `person.posts_elsewhere` while the person works for an employer that the caller
/// does not administer: their own posts end with `end_post`.
pub async fn disable(batch: &mut Batch, grant: &Grant<DisablePerson>) -> Result<(), WorkError> {
    let (person, now) = (grant.act().person, batch.now());
    demand_enabled(batch, person).await?;
    let facts = batch.facts().await?;
    let foreign = facts.posts().any(|post| {
        post.person == person
            && post.period.until > now
            && post.organization != grant.act().organization
            && !reaches(&facts, grant, post.organization, now)
    });
    if foreign {
        return Err(WorkError::Conflict("person.posts_elsewhere"));
    }
    for sql in [DISABLE, END_POSTS, END_ROLES] {
        execute!(batch, sql, now.0, person.as_uuid());
    }
    batch.policy_changed();
    session::end_with(batch, session::Owner::Person(person)).await?;
    Ok(())
}

fn reaches(
    facts: &Facts,
    grant: &Grant<DisablePerson>,
    organization: tasuki_domain::id::OrganizationId,
    now: Timestamp,
) -> bool {
    match &grant.caller().actor {
        Actor::Person(session) => {
            facts.holds(session.person, Role::StaffAdministration, Some(organization), now)
        }
        Actor::Operator(_) => true,
        Actor::Device { .. } | Actor::Job(_) => false,
    }
}

/// Refuses what concerns a person who is not there or disabled.
pub(crate) async fn demand_enabled(batch: &mut Batch, person: PersonId) -> Result<(), WorkError> {
    let now = batch.now();
    let facts = batch.facts().await?;
    match facts.person(person) {
        None => Err(WorkError::Missing),
        Some(fact) if fact.period.contains(now) => Ok(()),
        Some(_) => Err(WorkError::Conflict("person.disabled")),
    }
}

/// The person of a login name, however it is typed; disabled people too.
///
/// # Errors
/// When the database does not answer.
pub async fn find_by_login(store: &Store, login: &str) -> Result<Option<PersonId>, StoreError> {
    let index = login_index(store.keyring(), login);
    let mut connection = store.reading().await?;
    let found: Option<Uuid> =
        on!(&mut connection, c => sqlx::query_scalar(BY_LOGIN).bind(index).fetch_optional(&mut **c).await)?;
    Ok(found.map(PersonId::from_uuid))
}

/// People as the register of the organization shows them; those who do not belong to it are left out.
///
/// # Errors
/// When a row was altered or the database does not answer.
pub async fn register(
    store: &Store,
    look: &Revealed<ReadPeople>,
    people: &[PersonId],
) -> Result<Vec<PersonRecord>, StoreError> {
    let facts = store.facts();
    let organization = look.act().organization;
    let own: Vec<PersonId> = people
        .iter()
        .filter(|person| {
            facts.person(**person).is_some_and(|fact| fact.organization == organization)
                || facts.posts().any(|post| post.person == **person && post.organization == organization)
        })
        .copied()
        .collect();
    records(store, &facts, &own).await
}

/// One's own row.
///
/// # Errors
/// When the row was altered or the database does not answer.
pub async fn own(store: &Store, look: &Revealed<ReadOwnPage>) -> Result<Option<PersonRecord>, StoreError> {
    Ok(records(store, &store.facts(), &[look.act().person]).await?.pop())
}

async fn records(store: &Store, facts: &Facts, people: &[PersonId]) -> Result<Vec<PersonRecord>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut connection = store.reading().await?;
    let rows: Vec<(Uuid, i64, Vec<u8>)> = on!(&mut connection, c => {
        let mut query = QueryBuilder::new(REGISTER);
        let mut list = query.separated(", ");
        for person in people {
            list.push_bind(person.as_uuid());
        }
        query.push(")");
        query.build_query_as().fetch_all(&mut **c).await
    })?;
    let mut found = HashMap::with_capacity(rows.len());
    for (id, version, sealed) in rows {
        let plain = store.open_value(Slot::new("person_version", "facts", id), &sealed)?;
        let PersonFacts { version, name, reading, romaji, login } = sealed::read(&plain, version)?;
        found.insert(PersonId::from_uuid(id), (PersonName { version, name, reading, romaji }, login));
    }
    let record = |person: &PersonId| {
        let fact = *facts.person(*person)?;
        let (name, login) = found.remove(person)?;
        Some(PersonRecord { fact, name, login })
    };
    Ok(people.iter().filter_map(record).collect())
}

async fn write_version(batch: &mut Batch, person: PersonId, facts: &PersonFacts) -> Result<(), WorkError> {
    let sealed = sealed::seal(batch, Scope::Person(person.as_uuid()), slot(person), facts).await?;
    let now = batch.now().0;
    execute!(batch, INSERT_VERSION, person.as_uuid(), facts.version, sealed, now);
    Ok(())
}

fn login_index(keyring: &Keyring, login: &str) -> Vec<u8> {
    keyring.blind_index("person", "login_index").of_login_name(login).as_bytes().to_vec()
}

const fn slot(person: PersonId) -> Slot {
    Slot::new("person_version", "facts", person.as_uuid())
}
