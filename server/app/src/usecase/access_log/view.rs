//! Rows of the log with the names that belong to them, as they were then.

use super::LogRow;
use crate::usecase::{Services, UseCaseError};
use std::collections::HashMap;
use tasuki_store::table::{job_type, log_names::LogNames, name::Witness};

/// A row with its names; `None` where there is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRowView {
    /// The clear columns.
    pub row: LogRow,
    /// The acting person's name.
    pub name: Option<String>,
    /// The number of the job type of the post.
    pub job_type: Option<i16>,
    /// Its word.
    pub job_title: Option<String>,
    /// The name of the actor's organization.
    pub organization: Option<String>,
    /// The name of the organization that the object belongs to.
    pub object_organization: Option<String>,
    /// What the device's sticker says.
    pub device: Option<String>,
}

/// The words for job types, by number.
pub(super) type JobTitles = HashMap<i16, String>;

/// Reads the words for job types.
pub(super) async fn job_titles(services: &Services) -> Result<JobTitles, UseCaseError> {
    let words = job_type::list(&services.store).await?;
    Ok(words.into_iter().map(|word| (word.id.0, word.japanese)).collect())
}

/// Puts the names beside the rows.
pub(super) async fn views(
    services: &Services,
    witness: &impl Witness,
    rows: Vec<LogRow>,
    titles: &JobTitles,
) -> Result<Vec<LogRowView>, UseCaseError> {
    let all: Vec<&LogRow> = rows.iter().collect();
    let names = services.store.log_names(witness, &all).await?;
    let facts = services.store.facts();
    let job_type = |row: &LogRow| row.post.and_then(|post| facts.post(post)).map(|post| post.job_type.0);
    Ok(rows
        .into_iter()
        .map(|row| {
            let job_type = job_type(&row);
            view(row, &names, job_type, titles)
        })
        .collect())
}

fn view(row: LogRow, names: &LogNames, job_type: Option<i16>, titles: &JobTitles) -> LogRowView {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    LogRowView {
        name: owned(row.person().and_then(|person| names.person(person, row.at))),
        job_title: job_type.and_then(|number| titles.get(&number).cloned()),
        job_type,
        organization: owned(row.organization.and_then(|id| names.organization(id, row.at))),
        object_organization: owned(row.object_organization.and_then(|id| names.organization(id, row.at))),
        device: owned(row.device.and_then(|device| names.device(device))),
        row,
    }
}
