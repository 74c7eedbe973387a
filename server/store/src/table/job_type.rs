//! Job types: 職種, a table that the consortium edits.

use crate::{
    backend::Connection,
    batch::Batch,
    error::{StoreError, WorkError},
    store::Store,
};
use tasuki_domain::{
    job_type::JobTypeId,
    policy::{ChangeJobTypes, Grant},
    problem::{FieldProblem, FieldRule},
    text::Title,
};

const LIST: &str = "SELECT job_type, japanese, english FROM job_type ORDER BY job_type";
const INSERT: &str = "INSERT INTO job_type (job_type, japanese, english) VALUES ($1, $2, $3)";
const RENAME: &str = "UPDATE job_type SET japanese = $1, english = $2 WHERE job_type = $3";
const ONE: &str = "SELECT job_type FROM job_type WHERE job_type = $1";

/// The highest number: a set of them fits the bits of a stored number.
pub const HIGHEST: i16 = 62;

/// A job type with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobType {
    /// Its number, 1 to 62.
    pub id: JobTypeId,
    /// The word on Japanese screens.
    pub japanese: String,
    /// The word on English screens.
    pub english: String,
}

/// All of them, by number. Words of the trade that everybody may know; nothing is sealed.
///
/// # Errors
/// When the database does not answer.
pub async fn list(store: &Store) -> Result<Vec<JobType>, StoreError> {
    rows(&mut store.reading().await?).await
}

async fn rows(connection: &mut Connection) -> Result<Vec<JobType>, StoreError> {
    let rows: Vec<(i64, String, String)> =
        on!(connection, c => sqlx::query_as(LIST).fetch_all(&mut **c).await)?;
    rows.into_iter()
        .map(|(id, japanese, english)| {
            let id = i16::try_from(id).map_err(|_| StoreError::Damaged("job type"))?;
            Ok(JobType { id: JobTypeId(id), japanese, english })
        })
        .collect()
}

/// Adds one under the next free number, which it says.
///
/// # Errors
/// `japanese` with `field.taken`; conflict `job_type.full`.
pub async fn create(
    batch: &mut Batch,
    _grant: &Grant<ChangeJobTypes>,
    japanese: &Title,
    english: &Title,
) -> Result<JobTypeId, WorkError> {
    let known = rows(batch.writing().await?).await?;
    demand_free(&known, None, japanese)?;
    // Numbers are never given again: an old one keeps its meaning in old entries.
    let id = known.iter().map(|row| row.id.0).max().unwrap_or(0) + 1;
    if id > HIGHEST {
        return Err(WorkError::Conflict("job_type.full"));
    }
    execute!(batch, INSERT, i64::from(id), japanese.as_str(), english.as_str());
    Ok(JobTypeId(id))
}

/// Gives one other words.
///
/// # Errors
/// [`WorkError::Missing`]; `japanese` with `field.taken`.
pub async fn rename(
    batch: &mut Batch,
    _grant: &Grant<ChangeJobTypes>,
    id: JobTypeId,
    (japanese, english): (Option<&Title>, Option<&Title>),
) -> Result<(), WorkError> {
    let known = rows(batch.writing().await?).await?;
    let old = known.iter().find(|row| row.id == id).ok_or(WorkError::Missing)?;
    japanese.map(|japanese| demand_free(&known, Some(id), japanese)).transpose()?;
    let japanese = japanese.map_or(old.japanese.as_str(), Title::as_str);
    let english = english.map_or(old.english.as_str(), Title::as_str);
    execute!(batch, RENAME, japanese, english, i64::from(id.0));
    Ok(())
}

fn demand_free(known: &[JobType], own: Option<JobTypeId>, japanese: &Title) -> Result<(), WorkError> {
    match known.iter().any(|row| Some(row.id) != own && row.japanese == japanese.as_str()) {
        true => Err(FieldProblem::new("japanese", FieldRule::Taken).into()),
        false => Ok(()),
    }
}

/// Refuses a number that stands for nothing.
pub(crate) async fn demand(batch: &mut Batch, id: JobTypeId) -> Result<(), WorkError> {
    let found: Option<(i64,)> = fetch_optional!(batch, ONE, i64::from(id.0));
    found.map(drop).ok_or_else(|| FieldProblem::new("job_type", FieldRule::Choice).into())
}
