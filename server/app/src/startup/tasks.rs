//! What happens by itself, and how often.

use crate::{
    jobs::Jobs,
    usecase::{
        device_authority,
        remove_orphans::{remove_orphans, scan_held},
        rooms::{
            answer_urgent::advance_urgent,
            close_look::{close_abandoned_looks, close_ended_looks},
        },
        sign_in,
    },
};
use std::time::Duration;

/// Begins the timed tasks; each is a use case that bears being called once too often.
pub(super) fn begin(jobs: &mut Jobs) {
    let seconds = Duration::from_secs;
    jobs.everywhere("sessions", seconds(2), |services| async move {
        services.store.synchronise_sessions().await?;
        sign_in::expire_sessions(&services).await.map(drop)
    });
    jobs.everywhere(
        "activity",
        seconds(30),
        |services| async move { sign_in::keep_activity(&services).await },
    );
    jobs.everywhere(
        "looks",
        seconds(5),
        |services| async move { close_ended_looks(&services).await.map(drop) },
    );
    jobs.every("abandoned looks", seconds(3_600), |services| async move {
        // Where one process writes, every look that is open now is its own.
        let shared = services.store.is_shared();
        if shared { close_abandoned_looks(&services).await.map(drop) } else { Ok(()) }
    });
    jobs.every("revocations", seconds(600), |services| async move {
        device_authority::tend_revocations(&services).await
    });
    jobs.every(
        "urgent calls",
        seconds(1),
        |services| async move { advance_urgent(&services).await.map(drop) },
    );
    jobs.every("orphans", seconds(300), |services| async move { remove_orphans(&services).await.map(drop) });
    jobs.every("held files", seconds(30), |services| async move { scan_held(&services).await.map(drop) });
}
