//! Store: what must exist and be live before another row may refer to it.

use crate::{Batch, StoreError};
use tasuki_domain::{id::OrganizationId, info_class::ClassSet, job_type::JobTypeId};

const ORGANIZATION: &str =
    "SELECT count(*) FROM organization WHERE organization = $1 AND from_at <= $2 AND until_at > $2";
const JOB_TYPES: &str = "SELECT job_type FROM job_type";
const INFO_CLASSES: &str = "SELECT info_class FROM info_class";

/// Highest number of a job type or information class that fits into a stored set.
const HIGHEST: i16 = 62;

/// Whether the organization is there and has not left.
pub(crate) async fn organization(
    batch: &mut Batch,
    organization: OrganizationId,
) -> Result<bool, StoreError> {
    let now = batch.now().0;
    let connection = batch.writing().await?;
    let count: i64 = on!(connection, c => sqlx::query_scalar(ORGANIZATION)
        .bind(organization.as_uuid()).bind(now).fetch_one(&mut **c).await)?;
    Ok(count > 0)
}

/// The set as stored, when every job type is in the table.
pub(crate) async fn job_types(batch: &mut Batch, wanted: &[JobTypeId]) -> Result<Option<i64>, StoreError> {
    let connection = batch.writing().await?;
    let known: Vec<i64> = on!(connection, c => sqlx::query_scalar(JOB_TYPES).fetch_all(&mut **c).await)?;
    Ok(set(wanted.iter().map(|job_type| job_type.0), &known))
}

/// The set as stored, when every information class is in the table.
pub(crate) async fn info_classes(batch: &mut Batch, wanted: ClassSet) -> Result<Option<i64>, StoreError> {
    let connection = batch.writing().await?;
    let known: Vec<i64> = on!(connection, c => sqlx::query_scalar(INFO_CLASSES).fetch_all(&mut **c).await)?;
    Ok(set(wanted.iter().map(|class| class.0), &known))
}

/// The members of a stored set.
pub(crate) fn members(set: i64) -> impl Iterator<Item = i16> {
    (0..=HIGHEST).filter(move |bit| set & (1_i64 << bit) != 0)
}

fn set(wanted: impl Iterator<Item = i16>, known: &[i64]) -> Option<i64> {
    wanted.into_iter().try_fold(0_i64, |set, number| {
        let fits = (1..=HIGHEST).contains(&number) && known.contains(&i64::from(number));
        fits.then(|| set | (1_i64 << number))
    })
}
