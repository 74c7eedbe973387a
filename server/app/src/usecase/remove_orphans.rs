//! The files job: takes away files that no message adopted, and asks the virus scanner about held ones again.

use super::{Services, UseCaseError};
use crate::files::scanner::{NoVerdict, Verdict};
use std::sync::Arc;
use tasuki_domain::{
    access::Detail,
    id::{AttachmentId, RequestId},
    policy::{Caller, Grant, JobKind, RemoveOrphan, ScanAttachment},
    time::{HOUR, Timestamp},
};
use tasuki_store::{Batch, Done, Revealed, Work, WorkError, table::attachment};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A file that began to come in so long ago has been given up (µs); `files.upload_seconds` is at most this.
const GIVEN_UP: i64 = HOUR;
/// Files of one run: the writer belongs to the posts.
const MOST: i64 = 100;

/// Takes away files that no message adopted within `files.orphan_hours`, and those that never came in completely.
/// Gives how many.
///
/// # Errors
/// When the store failed.
pub async fn remove_orphans(services: &Services) -> Result<usize, UseCaseError> {
    let now = services.now();
    let hours = i64::try_from(services.config.files.orphan_hours.get()).unwrap_or(24);
    let since = (Timestamp(now.0 - hours * HOUR), Timestamp(now.0 - GIVEN_UP));
    let mut removed = 0;
    for attachment in attachment::orphans(&services.store, since, MOST).await? {
        let grant = services.store.decide(&caller(), RemoveOrphan { attachment }).await?;
        match services.store.write(Remove(grant)).await {
            Ok(_) => removed += 1,
            // A message has adopted it meanwhile, or another instance was faster.
            Err(WorkError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}

/// Asks the virus scanner about held files. Clean ones can be adopted then, others go. Gives how many were settled;
/// none while the scanner is down.
///
/// # Errors
/// When the store failed.
pub async fn scan_held(services: &Services) -> Result<usize, UseCaseError> {
    let Some(scanner) = &services.intake.scanner else { return Ok(0) };
    let held = attachment::held(&services.store, MOST).await?;
    // Nobody opens files for a scanner that is down.
    if held.is_empty() || scanner.scan(std::iter::empty()).await == Err(NoVerdict) {
        return Ok(0);
    }
    let mut settled = 0;
    for attachment in held {
        settled += usize::from(settle(services, attachment).await?);
    }
    Ok(settled)
}

async fn settle(services: &Services, attachment: AttachmentId) -> Result<bool, UseCaseError> {
    let (store, intake) = (&services.store, &services.intake);
    let Some(scanner) = &intake.scanner else { return Ok(false) };
    let _memory = intake.room(intake.largest).await?;
    let grant = store.decide(&caller(), ScanAttachment { attachment }).await?;
    let look = store.reveal(grant, Detail::default()).await?;
    let mut reader = attachment::to_scan(store, &look).await?;
    let mut pieces: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    while let Some(piece) = reader.next().await? {
        pieces.push(piece);
    }
    let Ok(verdict) = scanner.scan(pieces.iter().map(|piece| piece.as_slice())).await else {
        return Ok(false);
    };
    match store.write(Settle { look: Arc::new(look), verdict }).await {
        Ok(_) => Ok(true),
        Err(WorkError::Missing) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn caller() -> Caller {
    Caller::job(JobKind::Files, RequestId::from_uuid(Uuid::new_v4()))
}

struct Remove(Grant<RemoveOrphan>);

impl Work for Remove {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        attachment::remove(batch, &self.0).await?;
        let proof = batch.record(&self.0, Detail::default()).await?;
        Ok(Done::new((), proof))
    }
}

struct Settle {
    look: Arc<Revealed<ScanAttachment>>,
    verdict: Verdict,
}

impl Work for Settle {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let grant = self.look.grant();
        let detail = match &self.verdict {
            Verdict::Clean => {
                attachment::release(batch, grant).await?;
                Detail::default().with("verdict", "clean")
            }
            Verdict::Found(signature) => {
                attachment::discard(batch, grant).await?;
                Detail::default().with("verdict", "found").with("signature", signature)
            }
        };
        let proof = batch.record(grant, detail).await?;
        Ok(Done::new((), proof))
    }
}
