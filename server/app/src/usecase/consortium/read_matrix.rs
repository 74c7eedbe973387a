//! The rights matrix with its job types and information classes, which everybody may know.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, MatrixCell, ReadMatrix},
    time::Timestamp,
};
use tasuki_store::table::matrix::{self, Matrix};

/// A job type or information class with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Its number.
    pub id: i16,
    /// The word on Japanese screens.
    pub japanese: String,
    /// The word on English screens.
    pub english: String,
}

/// One matrix in its newest version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatrixView {
    /// `None`: the consortium's; otherwise that employer's narrowing.
    pub organization: Option<OrganizationId>,
    /// The version.
    pub version: i64,
    /// When it began.
    pub at: Timestamp,
    /// Its cells.
    pub cells: Vec<MatrixCell>,
}

/// Everything that rights by job type are made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RightsView {
    /// 職種
    pub job_types: Vec<Word>,
    /// 情報区分
    pub info_classes: Vec<Word>,
    /// The consortium's matrix first, then what employers have narrowed.
    pub matrices: Vec<MatrixView>,
}

/// Reads the matrix and its tables.
///
/// # Errors
/// The refusal.
pub async fn read_matrix(services: &Services, caller: &Caller) -> Result<RightsView, UseCaseError> {
    let grant = services.store.decide(caller, ReadMatrix {}).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let (job_types, info_classes) = matrix::axes(&services.store, &look).await?;
    let all = matrix::read(&services.store, &look).await?;
    let view = |organization, Matrix { version, at, cells }| MatrixView { organization, version, at, cells };
    let narrowed = all.narrowed.into_iter().map(|(organization, matrix)| view(Some(organization), matrix));
    Ok(RightsView {
        job_types: job_types
            .into_iter()
            .map(|row| Word { id: row.id.0, japanese: row.japanese, english: row.english })
            .collect(),
        info_classes: info_classes
            .into_iter()
            .map(|row| Word { id: row.id.0, japanese: row.japanese, english: row.english })
            .collect(),
        matrices: std::iter::once(view(None, all.consortium)).chain(narrowed).collect(),
    })
}
