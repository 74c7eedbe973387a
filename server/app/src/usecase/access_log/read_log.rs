//! A page of the access log. The look is in the log before the page is read, and the page says which entry it is.

use super::{
    LogFilter,
    scope::wanted,
    view::{LogRowView, job_titles, views},
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, ReadLog},
};

/// Which page.
#[derive(Clone, Copy, Debug)]
pub struct LogQuestion {
    /// Whose entries; `None`: the auditor's only scope.
    pub organization: Option<OrganizationId>,
    /// What it is narrowed to.
    pub filter: LogFilter,
    /// Before which entry.
    pub before: Option<u64>,
    /// The most rows.
    pub limit: u16,
}

/// A page.
#[derive(Clone, Debug)]
pub struct LogPageView {
    /// Whose entries; `None`: the whole consortium's.
    pub organization: Option<OrganizationId>,
    /// Newest first.
    pub rows: Vec<LogRowView>,
    /// Before which entry the next page begins.
    pub next: Option<u64>,
    /// Entries under the newest signed head.
    pub signed: u64,
    /// The entry of this look; the page holds only what was there before it.
    pub look: u64,
}

/// Reads a page.
///
/// # Errors
/// The refusal, `organization` with `field.missing`, or the store failed.
pub async fn read_log(
    services: &Services,
    caller: &Caller,
    question: LogQuestion,
) -> Result<LogPageView, UseCaseError> {
    let organization = wanted(services, caller, question.organization)?;
    let grant = services.store.decide(caller, ReadLog { organization }).await?;
    let look = services.store.reveal(grant, asked(&question)).await?;
    let page = services.store.log_page(&look, &question.filter, question.before, question.limit).await?;
    let titles = job_titles(services).await?;
    let rows = views(services, &look, page.rows, &titles).await?;
    Ok(LogPageView { organization, rows, next: page.next, signed: page.signed, look: page.look })
}

/// What was asked for, as ids and codes.
fn asked(question: &LogQuestion) -> Detail {
    let LogFilter { from, until, person, patient, action, outcome, device } = question.filter;
    let parts = [
        ("from", from.map(|at| at.0.to_string())),
        ("until", until.map(|at| at.0.to_string())),
        ("person", person.map(|id| id.to_string())),
        ("patient", patient.map(|id| id.to_string())),
        ("action", action.map(|action| action.text().to_owned())),
        ("outcome", outcome.map(|outcome| outcome.code().to_string())),
        ("device", device.map(|id| id.to_string())),
        ("before", question.before.map(|before| before.to_string())),
        ("limit", Some(question.limit.to_string())),
    ];
    parts
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key, value)))
        .fold(Detail::default(), |detail, (key, value)| detail.with(key, value))
}
