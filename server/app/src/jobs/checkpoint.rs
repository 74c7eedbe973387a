//! The job that signs the log's heads: soon after an entry, and at least every few seconds.

use super::leads;
use crate::usecase::{Services, access_log};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Signs until it is told to finish.
pub(super) struct Signing {
    pub(super) services: Services,
    pub(super) instance: Uuid,
}

impl Signing {
    pub(super) async fn run(self, finish: CancellationToken) {
        let settings = &self.services.config.log;
        // Half of the promised time is for waiting, so that entries share a head; the other half is for the work.
        let gather = settings.checkpoint_after_entry_ms.milliseconds() / 2;
        // Entries of other instances are not told here: the leader looks for them.
        let longest = match self.services.store.is_shared() {
            true => gather,
            false => settings.checkpoint_every_seconds.seconds(),
        };
        let mut size = self.services.store.log_size();
        while !finish.is_cancelled() {
            tokio::select! {
                changed = size.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    pause(gather, &finish).await;
                }
                () = pause(longest, &finish) => {}
            }
            size.mark_unchanged();
            self.sign().await;
        }
        self.sign().await;
    }

    async fn sign(&self) {
        if !leads(&self.services, self.instance).await {
            return;
        }
        let known = self.services.store.log_damage().is_some();
        match access_log::sign_checkpoint(&self.services).await {
            Ok(Some(size)) => tracing::debug!(log.size = size, "Signed a head of the access log"),
            Ok(None) => {}
            // Damage was told when it was found; that nothing is signed any more is the health check's to repeat.
            Err(_) if known => {}
            Err(error) => tracing::error!(error = ?error, "No head of the access log could be signed"),
        }
    }
}

async fn pause(time: Duration, finish: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = finish.cancelled() => {}
    }
}
