//! Information classes: 情報区分, a table that the consortium edits. 安全情報 alone is fixed.

use crate::{
    backend::Connection,
    batch::Batch,
    error::{StoreError, WorkError},
    store::Store,
};
use tasuki_domain::{
    info_class::InfoClassId,
    policy::{ChangeInfoClasses, Grant},
    problem::{FieldProblem, FieldRule},
    text::Title,
};

const LIST: &str = "SELECT info_class, japanese, english FROM info_class ORDER BY info_class";
const INSERT: &str = "INSERT INTO info_class (info_class, japanese, english) VALUES ($1, $2, $3)";
const RENAME: &str = "UPDATE info_class SET japanese = $1, english = $2 WHERE info_class = $3";

/// The highest number: a set of them fits the bits of a stored number.
pub const HIGHEST: i16 = 62;

/// An information class with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InfoClass {
    /// Its number, 1 to 62.
    pub id: InfoClassId,
    /// The word on Japanese screens.
    pub japanese: String,
    /// The word on English screens.
    pub english: String,
}

/// All of them, by number. Words of the trade that everybody may know; nothing is sealed.
///
/// # Errors
/// When the database does not answer.
pub async fn list(store: &Store) -> Result<Vec<InfoClass>, StoreError> {
    rows(&mut store.reading().await?).await
}

async fn rows(connection: &mut Connection) -> Result<Vec<InfoClass>, StoreError> {
    let rows: Vec<(i64, String, String)> =
        on!(connection, c => sqlx::query_as(LIST).fetch_all(&mut **c).await)?;
    rows.into_iter()
        .map(|(id, japanese, english)| {
            let id = i16::try_from(id).map_err(|_| StoreError::Damaged("information class"))?;
            Ok(InfoClass { id: InfoClassId(id), japanese, english })
        })
        .collect()
}

/// Adds one under the next free number, which it says.
///
/// # Errors
/// `japanese` with `field.taken`; conflict `info_class.full`.
pub async fn create(
    batch: &mut Batch,
    _grant: &Grant<ChangeInfoClasses>,
    japanese: &Title,
    english: &Title,
) -> Result<InfoClassId, WorkError> {
    let known = rows(batch.writing().await?).await?;
    demand_free(&known, None, japanese)?;
    // Numbers are never given again: an old one keeps its meaning in old entries.
    let id = known.iter().map(|row| row.id.0).max().unwrap_or(0) + 1;
    if id > HIGHEST {
        return Err(WorkError::Conflict("info_class.full"));
    }
    execute!(batch, INSERT, i64::from(id), japanese.as_str(), english.as_str());
    Ok(InfoClassId(id))
}

/// Gives one other words.
///
/// # Errors
/// [`WorkError::Missing`]; `japanese` with `field.taken`; conflict `info_class.safety`.
pub async fn rename(
    batch: &mut Batch,
    _grant: &Grant<ChangeInfoClasses>,
    id: InfoClassId,
    (japanese, english): (Option<&Title>, Option<&Title>),
) -> Result<(), WorkError> {
    if id == InfoClassId::SAFETY {
        return Err(WorkError::Conflict("info_class.safety"));
    }
    let known = rows(batch.writing().await?).await?;
    let old = known.iter().find(|row| row.id == id).ok_or(WorkError::Missing)?;
    japanese.map(|japanese| demand_free(&known, Some(id), japanese)).transpose()?;
    let japanese = japanese.map_or(old.japanese.as_str(), Title::as_str);
    let english = english.map_or(old.english.as_str(), Title::as_str);
    execute!(batch, RENAME, japanese, english, i64::from(id.0));
    Ok(())
}

fn demand_free(known: &[InfoClass], own: Option<InfoClassId>, japanese: &Title) -> Result<(), WorkError> {
    match known.iter().any(|row| Some(row.id) != own && row.japanese == japanese.as_str()) {
        true => Err(FieldProblem::new("japanese", FieldRule::Taken).into()),
        false => Ok(()),
    }
}
