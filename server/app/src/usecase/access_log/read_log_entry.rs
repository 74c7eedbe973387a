//! One entry of the access log with its sealed part, the patient's name and the proof up to a signed head. Content is
//! not in the log and so not here.

use super::{
    InclusionProof, LogBody,
    scope::fitting,
    view::{LogRowView, job_titles, views},
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    policy::{Caller, ReadLogEntry},
};

/// One entry.
#[derive(Clone, Debug)]
pub struct LogEntryView {
    /// The clear columns with names. The job type is the one that the entry itself says.
    pub view: LogRowView,
    /// The name that the patient had then (対象者).
    pub patient: Option<String>,
    /// The sealed part.
    pub body: LogBody,
    /// The bytes that the leaf hash is over.
    pub canonical: Vec<u8>,
    /// The way to the newest signed head.
    pub proof: Option<InclusionProof>,
    /// The entry of this look.
    pub look: u64,
}

/// Reads one entry.
///
/// # Errors
/// The refusal; [`UseCaseError::Missing`] when there is none in the caller's scope; or the store failed.
pub async fn read_log_entry(
    services: &Services,
    caller: &Caller,
    index: u64,
) -> Result<LogEntryView, UseCaseError> {
    let store = &services.store;
    let organization = fitting(services, caller, store.log_entry_organizations(index).await?);
    let grant = store.decide(caller, ReadLogEntry { organization }).await?;
    let look = store.reveal(grant, Detail::default().with("index", index)).await?;
    let found = store.log_entry(&look, index).await?.ok_or(UseCaseError::Missing)?;
    let patient = match found.row.patient {
        Some(patient) => store.log_patient_name(&look, (patient, found.row.at)).await?,
        None => None,
    };
    let titles = job_titles(services).await?;
    let mut view =
        views(services, &look, vec![found.row], &titles).await?.pop().ok_or(UseCaseError::Missing)?;
    if let LogBody::Open(detail) = &found.body
        && let Some(job_type) = detail.job_type
    {
        view.job_type = Some(job_type);
        view.job_title = titles.get(&job_type).cloned();
    }
    let (canonical, proof, look) = (found.canonical, found.proof, look.entry());
    Ok(LogEntryView { view, patient, body: found.body, canonical, proof, look })
}
