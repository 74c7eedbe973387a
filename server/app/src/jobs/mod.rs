//! Jobs: what happens by itself. Of several instances one leads and runs the timed tasks; each task is a use case,
//! called on its interval until the stop, and bears being called once too often.

mod checkpoint;

use crate::{
    shutdown::Shutdown,
    usecase::{Services, UseCaseError},
};
use std::{future::Future, time::Duration};
use tasuki_domain::time::SECOND;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Microseconds for which an instance leads without renewing.
const LEASE: i64 = 4 * SECOND;

/// The timed tasks of this instance.
pub struct Jobs {
    services: Services,
    instance: Uuid,
    stop: CancellationToken,
    finish: CancellationToken,
    running: JoinSet<()>,
}

impl Jobs {
    /// Begins with the signing of the log's heads. It goes on while the doors drain, until [`Jobs::finish`].
    #[must_use]
    pub fn start(services: Services, shutdown: &Shutdown) -> Self {
        let mut jobs = Self {
            services,
            instance: Uuid::new_v4(),
            stop: shutdown.soft().clone(),
            finish: CancellationToken::new(),
            running: JoinSet::new(),
        };
        let signing = checkpoint::Signing { services: jobs.services.clone(), instance: jobs.instance };
        jobs.running.spawn(signing.run(jobs.finish.clone()));
        jobs
    }

    /// Calls a task on every interval, from one interval after the start until the soft stop, on the leading instance
    /// alone. A call that fails is told to the operator's log; the next one comes on time.
    pub fn every<F, R>(&mut self, name: &'static str, period: Duration, task: F)
    where
        F: Fn(Services) -> R + Send + 'static,
        R: Future<Output = Result<(), UseCaseError>> + Send,
    {
        self.repeat(name, period, Some(self.instance), task);
    }

    /// Calls a task on every interval on each instance: for what an instance alone can do, such as ending the sessions
    /// that it holds.
    pub fn everywhere<F, R>(&mut self, name: &'static str, period: Duration, task: F)
    where
        F: Fn(Services) -> R + Send + 'static,
        R: Future<Output = Result<(), UseCaseError>> + Send,
    {
        self.repeat(name, period, None, task);
    }

    fn repeat<F, R>(&mut self, name: &'static str, period: Duration, leader: Option<Uuid>, task: F)
    where
        F: Fn(Services) -> R + Send + 'static,
        R: Future<Output = Result<(), UseCaseError>> + Send,
    {
        let (services, stop) = (self.services.clone(), self.stop.clone());
        self.running.spawn(async move {
            let mut ticks = interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.tick().await;
            loop {
                tokio::select! {
                    _ = ticks.tick() => {}
                    () = stop.cancelled() => return,
                }
                if let Some(instance) = leader
                    && !leads(&services, instance).await
                {
                    continue;
                }
                if let Err(error) = task(services.clone()).await {
                    tracing::warn!(job = name, error = ?error, "A timed task failed; it is tried again on its next turn");
                }
            }
        });
    }

    /// Ends the tasks, the signing last: everything that was logged gets its head. Call it when the doors are closed
    /// and before the store is.
    pub async fn finish(mut self) {
        self.finish.cancel();
        while let Some(ended) = self.running.join_next().await {
            if let Err(error) = ended {
                tracing::error!(error = ?error, "A timed task ended badly");
            }
        }
    }
}

/// Whether this instance leads; when the database does not answer, it does not.
async fn leads(services: &Services, instance: Uuid) -> bool {
    match services.store.leads(instance, LEASE).await {
        Ok(leads) => leads,
        Err(error) => {
            tracing::warn!(error = ?error, "It is not known which instance leads");
            false
        }
    }
}

#[cfg(test)]
mod tests;
