//! The door for enrolment is opened for a stated time, and closed again.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    policy::{Caller, CloseEnrolment, Grant, OpenEnrolment},
    problem::{FieldProblem, FieldRule},
    time::{MINUTE, Timestamp},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::authority};

/// The longest time for which the door may be opened, in minutes.
pub const LONGEST_WINDOW: i64 = 120;

/// Opens the door for enrolment for `minutes` (1 to [`LONGEST_WINDOW`]); returns until when.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] `minutes`.
pub async fn open_enrolment(
    services: &Services,
    caller: &Caller,
    minutes: i64,
) -> Result<Timestamp, UseCaseError> {
    let grant = services.store.decide(caller, OpenEnrolment {}).await?;
    if !(1..=LONGEST_WINDOW).contains(&minutes) {
        return Err(FieldProblem::new("minutes", FieldRule::Range(1, LONGEST_WINDOW)).into());
    }
    let until = services.now().plus(minutes * MINUTE);
    services.store.write(Open { grant, until }).await?;
    services.doors.enrol_until(until);
    Ok(until)
}

/// Closes the door for enrolment at once.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn close_enrolment(services: &Services, caller: &Caller) -> Result<(), UseCaseError> {
    let grant = services.store.decide(caller, CloseEnrolment {}).await?;
    services.store.write(Close { grant }).await?;
    services.doors.enrol_until(Timestamp(0));
    Ok(())
}

struct Open {
    grant: Grant<OpenEnrolment>,
    until: Timestamp,
}

impl Work for Open {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default().with("open_until", self.until.0)).await?;
        authority::open_window(batch, &self.grant, self.until).await?;
        Ok(Done::new((), proof))
    }
}

struct Close {
    grant: Grant<CloseEnrolment>,
}

impl Work for Close {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default()).await?;
        authority::close_window(batch, &self.grant).await?;
        Ok(Done::new((), proof))
    }
}
