//! One act, one entry, one change: the form that most changes of the consortium have.

use crate::usecase::{Services, UseCaseError};
use futures::future::BoxFuture;
use tasuki_domain::{
    access::Detail,
    policy::{Act, Caller, Grant, Refusal, RefusalReason},
};
use tasuki_store::{Batch, Committed, Done, Work, WorkError};

/// How the store carries a command out.
pub(in crate::usecase) type How<A, C, T> =
    for<'a> fn(&'a mut Batch, &'a Grant<A>, &'a C) -> BoxFuture<'a, Result<T, WorkError>>;

struct Recorded<A, C, T> {
    grant: Grant<A>,
    command: C,
    detail: Detail,
    how: How<A, C, T>,
}

impl<A, C, T> Work for Recorded<A, C, T>
where
    A: Act,
    C: Send + Sync + 'static,
    T: Send + 'static,
{
    type Output = T;

    async fn run(&self, batch: &mut Batch) -> Result<Done<T>, WorkError> {
        let proof = batch.record(&self.grant, self.detail.clone()).await?;
        let value = (self.how)(batch, &self.grant, &self.command).await?;
        Ok(Done::new(value, proof))
    }
}

/// Decides, then records the entry and carries the command out in one transaction.
pub(in crate::usecase) async fn perform<A, C, T>(
    services: &Services,
    caller: &Caller,
    act: A,
    (command, detail): (C, Detail),
    how: How<A, C, T>,
) -> Result<Committed<T>, UseCaseError>
where
    A: Act,
    C: Send + Sync + 'static,
    T: Send + 'static,
{
    let grant = services.store.decide(caller, act).await?;
    Ok(services.store.write(Recorded { grant, command, detail, how }).await?)
}

/// Records that somebody asked for something that is not there; nobody learns more than that.
pub(in crate::usecase) async fn missing<A: Act>(
    services: &Services,
    caller: &Caller,
    act: &A,
) -> UseCaseError {
    let refusal = Refusal {
        caller: caller.clone(),
        action: A::ACTION,
        target: act.target(),
        reason: RefusalReason::Missing,
    };
    services.store.refuse(Box::new(refusal)).await.into()
}

/// The names of the fields that a change touches, for the entry; never their values.
pub(super) fn changed(fields: &[(&'static str, bool)]) -> Detail {
    let touched: Vec<&str> = fields.iter().filter(|(_, touched)| *touched).map(|(name, _)| *name).collect();
    Detail::default().with("fields", touched.join(","))
}
