//! Table `credential`: the password's hash, sealed under its person. It is opened to check a password and for nothing
//! else; no function here gives it to a person.

use crate::{
    batch::{Batch, EntryProof},
    error::StoreError,
    store::Store,
};
use tasuki_domain::{id::PersonId, time::Timestamp};
use tasuki_vault::{Scope, Slot, password::PasswordHash};
use uuid::Uuid;

const FIND: &str = "SELECT p.person, p.from_at, p.until_at, c.hash FROM person p \
     LEFT JOIN (SELECT person, hash FROM credential) c ON c.person = p.person WHERE p.login_index = $1";
const INDEX: &str = "SELECT login_index FROM person WHERE person = $1";
const COUNT: &str = "SELECT count(*) FROM credential";
const HAS: &str = "SELECT count(*) FROM credential WHERE person = $1";
const OF_PERSON: &str = "SELECT hash FROM credential WHERE person = $1";
const STORE: &str = "INSERT INTO credential (person, hash, changed_at) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
const END: &str = "DELETE FROM credential WHERE person = $1";

const fn slot(person: Uuid) -> Slot {
    Slot::new("credential", "hash", person)
}

/// Who has a login name, as far as the password step needs it.
pub struct Known {
    /// The person.
    pub person: PersonId,
    /// Whether the person is not disabled.
    pub live: bool,
    /// The hash; `None` before the first sign-in and after a reset.
    pub hash: Option<PasswordHash>,
}

/// The blind index of a login name as typed: what counts failures, also of a name that nobody has.
#[must_use]
pub fn login_index(store: &Store, login: &str) -> Uuid {
    let index = store.keyring().blind_index("person", "login_index").of_login_name(login);
    Uuid::from_bytes(*index.as_bytes())
}

/// The blind index of a person's own login name, for asking whether the password step is closed for it.
///
/// # Errors
/// When the database fails, or the row is damaged.
pub async fn login_index_of(store: &Store, person: PersonId) -> Result<Option<Uuid>, StoreError> {
    let mut connection = store.reading().await?;
    let index: Option<Vec<u8>> = on!(&mut connection, c => sqlx::query_scalar(INDEX).bind(person.as_uuid())
        .fetch_optional(&mut **c).await)?;
    index.map(|index| Uuid::from_slice(&index).map_err(|_| StoreError::Damaged("login index"))).transpose()
}

/// Whether the person has a password, inside the transaction.
///
/// # Errors
/// When the database fails.
pub async fn exists(batch: &mut Batch, person: PersonId) -> Result<bool, StoreError> {
    let count: i64 = on!(batch.writing().await?, c => sqlx::query_scalar(HAS).bind(person.as_uuid()).fetch_one(&mut **c).await)?;
    Ok(count > 0)
}

/// Whether anybody has ever signed in for the first time: before that, the console alone can make the beginning.
///
/// # Errors
/// When the database fails.
pub async fn any(batch: &mut Batch) -> Result<bool, StoreError> {
    let count: i64 = on!(batch.writing().await?, c => sqlx::query_scalar(COUNT).fetch_one(&mut **c).await)?;
    Ok(count > 0)
}

/// Finds whoever has the login name of this index.
///
/// # Errors
/// When the database fails, or the hash does not open.
pub async fn find(store: &Store, index: Uuid, now: Timestamp) -> Result<Option<Known>, StoreError> {
    let mut connection = store.reading().await?;
    let row: Option<(Uuid, i64, i64, Option<Vec<u8>>)> = on!(&mut connection, c => sqlx::query_as(FIND)
        .bind(index.as_bytes().to_vec()).fetch_optional(&mut **c).await)?;
    let Some((person, from, until, sealed)) = row else { return Ok(None) };
    let hash = sealed.map(|sealed| open(store, person, &sealed)).transpose()?;
    let live = from <= now.0 && now.0 < until;
    Ok(Some(Known { person: PersonId::from_uuid(person), live, hash }))
}

/// The hash of a signed-in person who is about to choose another password.
///
/// # Errors
/// When the database fails, or the hash does not open.
pub async fn of_person(store: &Store, person: PersonId) -> Result<Option<PasswordHash>, StoreError> {
    let person = person.as_uuid();
    let mut connection = store.reading().await?;
    let sealed: Option<Vec<u8>> = on!(&mut connection, c => sqlx::query_scalar(OF_PERSON).bind(person)
        .fetch_optional(&mut **c).await)?;
    sealed.map(|sealed| open(store, person, &sealed)).transpose()
}

fn open(store: &Store, person: Uuid, sealed: &[u8]) -> Result<PasswordHash, StoreError> {
    let text = store.open_value(slot(person), sealed)?;
    let text = std::str::from_utf8(&text).map_err(|_| StoreError::Damaged("password hash"))?;
    PasswordHash::parse(text).map_err(|_| StoreError::Damaged("password hash"))
}

/// Stores the hash of a chosen password.
///
/// # Errors
/// When the database fails.
pub async fn store(
    batch: &mut Batch,
    _entry: &EntryProof,
    person: PersonId,
    hash: &PasswordHash,
) -> Result<(), StoreError> {
    let person = person.as_uuid();
    let sealed = batch.seal(Scope::Person(person), slot(person), hash.as_str().as_bytes()).await?;
    let now = batch.now().0;
    on!(batch.writing().await?, c => sqlx::query(STORE).bind(person).bind(sealed).bind(now).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Makes the password invalid.
///
/// # Errors
/// When the database fails.
pub async fn end(batch: &mut Batch, _entry: &EntryProof, person: PersonId) -> Result<(), StoreError> {
    on!(batch.writing().await?, c => sqlx::query(END).bind(person.as_uuid()).execute(&mut **c).await.map(drop))?;
    Ok(())
}
