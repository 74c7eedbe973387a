//! What has to happen every second in every instance while its doors are open, so that screens stay true: sessions
//! that ended are seen, read marks become durable and are told.

use crate::{
    hub::{Pace, SignedHead},
    usecase::{Services, rooms::mark_read::flush_read_marks},
};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Seconds between two signed heads of the log that devices are handed.
const HEAD_EVERY: u64 = 60;

/// Keeps the live delivery going until the stop; then every connection is told to say goodbye.
pub async fn keep(services: &Services, stop: CancellationToken) {
    let pace = Pace::within(services.config.limits.idle_timeout_seconds.get());
    tokio::join!(services.hub.watch(pace, stop.clone()), every_second(services, stop));
}

pub(crate) async fn every_second(services: &Services, stop: CancellationToken) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut running, mut turn, mut known) = (true, 0_u64, 0);
    while running {
        turn += 1;
        if turn.is_multiple_of(HEAD_EVERY) {
            known = tell_head(services, known).await;
        }
        // Once more after the stop: what was read is not forgotten.
        tokio::select! {
            () = stop.cancelled() => running = false,
            _ = seconds.tick() => {}
        }
        match flush_read_marks(services).await {
            Ok(marks) => marks.iter().for_each(|mark| services.hub.tell(mark)),
            Err(error) => tracing::error!(error = ?error, "Read marks could not be kept; they wait"),
        }
    }
}

/// Hands a newer signed head to every connection; gives the size of the newest.
async fn tell_head(services: &Services, known: u64) -> u64 {
    match services.store.log_head().await {
        Ok(Some(head)) if head.size > known => {
            services.hub.tell_log_head(&Arc::new(SignedHead { size: head.size, note: head.note }));
            head.size
        }
        Ok(_) => known,
        Err(error) => {
            tracing::error!(error = ?error, "The log's head cannot be read");
            known
        }
    }
}
