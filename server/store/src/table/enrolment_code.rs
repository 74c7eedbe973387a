//! Table `enrolment_code`: the one-time code of a person's first sign-in, kept as a keyed digest. One per person; a new
//! one takes the place of the old. Nothing in it is sealed.

use crate::{
    batch::{Batch, EntryProof},
    error::{StoreError, WorkError},
    store::Store,
};
use tasuki_domain::{id::PersonId, time::Timestamp};
use tasuki_vault::token::TokenDigest;
use uuid::Uuid;

const READ: &str = "SELECT digest, issuer, confirmed_at, expires_at, failures, used_at, issued_at FROM enrolment_code WHERE person = $1";
const ISSUE: &str = "INSERT INTO enrolment_code (person, digest, issuer, confirmer, issued_at, confirmed_at, expires_at, failures, used_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 9223372036854775807) \
     ON CONFLICT (person) DO UPDATE SET digest = excluded.digest, issuer = excluded.issuer, confirmer = excluded.confirmer, \
     issued_at = excluded.issued_at, confirmed_at = excluded.confirmed_at, expires_at = excluded.expires_at, failures = 0, \
     used_at = excluded.used_at";
const CONFIRM: &str = "UPDATE enrolment_code SET confirmer = $2, confirmed_at = $3 WHERE person = $1 AND issued_at = $4 \
     AND confirmed_at = 9223372036854775807 AND used_at = 9223372036854775807 AND expires_at > $3";
const FAIL: &str = "UPDATE enrolment_code SET failures = failures + 1 WHERE person = $1";
const USE: &str = "UPDATE enrolment_code SET used_at = $3 WHERE person = $1 AND digest = $2 AND used_at = 9223372036854775807 \
     AND expires_at > $3 AND failures < 5 AND confirmed_at <= $3";

/// Wrong tries that end a code.
pub const MOST_FAILURES: u32 = 5;

/// A one-time code as stored.
#[derive(Clone, Copy, Debug)]
pub struct EnrolmentCode {
    /// What the typed code is compared with.
    pub digest: TokenDigest,
    /// Who issued it; `None` for the console.
    pub issuer: Option<PersonId>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When the second person confirmed it; [`Timestamp::OPEN_END`] while it waits.
    pub confirmed_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Wrong tries.
    pub failures: u32,
    /// When it was used; [`Timestamp::OPEN_END`] while unused.
    pub used_at: Timestamp,
}

impl EnrolmentCode {
    /// Whether it may be used at `now`: confirmed by a second person, not expired, not used, not tried too often.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        self.confirmed_at <= now
            && now < self.expires_at
            && self.used_at == Timestamp::OPEN_END
            && self.failures < MOST_FAILURES
    }

    /// Whether it waits for the second person at `now`.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.confirmed_at == Timestamp::OPEN_END
            && now < self.expires_at
            && self.used_at == Timestamp::OPEN_END
    }
}

/// Who issues a code and until when it counts.
#[derive(Clone, Copy, Debug)]
pub struct Issue {
    /// For whom.
    pub person: PersonId,
    /// What the typed code will be compared with.
    pub digest: TokenDigest,
    /// Who issues it; `None` for the console.
    pub issuer: Option<PersonId>,
    /// Needs no second person: the very first code of a house, when there is none.
    pub confirmed: bool,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// The code of a person, whatever its state.
///
/// # Errors
/// When the database fails, or the row is damaged.
pub async fn of_person(store: &Store, person: PersonId) -> Result<Option<EnrolmentCode>, StoreError> {
    type Row = (Vec<u8>, Uuid, i64, i64, i64, i64, i64);
    let mut connection = store.reading().await?;
    let row: Option<Row> = on!(&mut connection, c => sqlx::query_as(READ).bind(person.as_uuid())
        .fetch_optional(&mut **c).await)?;
    row.map(|(digest, issuer, confirmed, expires, failures, used, issued)| {
        let digest = digest.try_into().map_err(|_| StoreError::Damaged("enrolment code"))?;
        Ok(EnrolmentCode {
            digest: TokenDigest::from_bytes(digest),
            issuer: (!issuer.is_nil()).then(|| PersonId::from_uuid(issuer)),
            issued_at: Timestamp(issued),
            confirmed_at: Timestamp(confirmed),
            expires_at: Timestamp(expires),
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            used_at: Timestamp(used),
        })
    })
    .transpose()
}

/// Issues a code in place of an earlier one.
///
/// # Errors
/// When the database fails.
pub async fn issue(batch: &mut Batch, _entry: &EntryProof, issue: &Issue) -> Result<(), StoreError> {
    let now = batch.now().0;
    let issuer = issue.issuer.map_or(Uuid::nil(), PersonId::as_uuid);
    let confirmed = if issue.confirmed { now } else { i64::MAX };
    let digest = issue.digest.as_bytes().to_vec();
    on!(batch.writing().await?, c => sqlx::query(ISSUE).bind(issue.person.as_uuid()).bind(digest).bind(issuer)
        .bind(Uuid::nil()).bind(now).bind(confirmed).bind(issue.expires_at.0).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// The second person's yes to the code that was issued at `issued_at`.
///
/// # Errors
/// [`WorkError::Conflict`] `enrolment.moved_on` when it is another code by now, or needs no yes any more.
pub async fn confirm(
    batch: &mut Batch,
    _entry: &EntryProof,
    person: PersonId,
    confirmer: PersonId,
    issued_at: Timestamp,
) -> Result<(), WorkError> {
    let now = batch.now().0;
    let changed = on!(batch.writing().await?, c => sqlx::query(CONFIRM).bind(person.as_uuid())
        .bind(confirmer.as_uuid()).bind(now).bind(issued_at.0).execute(&mut **c).await.map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(WorkError::Conflict("enrolment.moved_on")) }
}

/// Counts a wrong try.
///
/// # Errors
/// When the database fails.
pub async fn fail(batch: &mut Batch, _entry: &EntryProof, person: PersonId) -> Result<(), StoreError> {
    on!(batch.writing().await?, c => sqlx::query(FAIL).bind(person.as_uuid()).execute(&mut **c).await.map(drop))?;
    Ok(())
}

/// Uses a code up. `false` when it no longer counts.
///
/// # Errors
/// When the database fails.
pub async fn use_up(
    batch: &mut Batch,
    _entry: &EntryProof,
    person: PersonId,
    digest: TokenDigest,
) -> Result<bool, StoreError> {
    let now = batch.now().0;
    let digest = digest.as_bytes().to_vec();
    let changed = on!(batch.writing().await?, c => sqlx::query(USE).bind(person.as_uuid()).bind(digest)
        .bind(now).execute(&mut **c).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
