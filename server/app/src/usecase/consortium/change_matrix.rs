//! The rights matrix changes: the whole of the consortium's, or an employer's narrowing of it.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, ChangeMatrix, Grant, MatrixCell},
};
use tasuki_store::{
    Batch, Done, Work, WorkError,
    table::matrix::{self, NewMatrix},
};

/// A whole matrix.
#[derive(Clone, Debug)]
pub struct MatrixCommand {
    /// `None`: the consortium's; otherwise that employer's narrowing.
    pub organization: Option<OrganizationId>,
    /// The version that the caller saw; 0 when the employer has never narrowed anything.
    pub version: i64,
    /// What is allowed; what is not named is not.
    pub cells: Vec<MatrixCell>,
}

/// Puts a matrix into force; says its version.
///
/// # Errors
/// The refusal; conflicts `matrix.changed`, `matrix.safety`, `matrix.widens`, `organization.ended`; `cells` with
/// `field.choice` or `field.unexpected`.
pub async fn change_matrix(
    services: &Services,
    caller: &Caller,
    command: MatrixCommand,
) -> Result<i64, UseCaseError> {
    let MatrixCommand { organization, version, cells } = command;
    let grant = services.store.decide(caller, ChangeMatrix { organization }).await?;
    let work = Changing { grant, new: NewMatrix { version, cells } };
    Ok(services.store.write(work).await?.into_value())
}

struct Changing {
    grant: Grant<ChangeMatrix>,
    new: NewMatrix,
}

impl Work for Changing {
    type Output = i64;

    async fn run(&self, batch: &mut Batch) -> Result<Done<i64>, WorkError> {
        let changed = matrix::replace(batch, &self.grant, &self.new).await?;
        let detail = Detail::default()
            .with("version", changed.version)
            .with("count", changed.changes.len())
            .with("cells", changed.changes.join(" "));
        let proof = batch.record(&self.grant, detail).await?;
        Ok(Done::new(changed.version, proof))
    }
}
