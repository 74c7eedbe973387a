//! A consent is recorded or withdrawn. Withdrawn, it ends at once, open sockets included.

use super::{Services, UseCaseError, owner::of_patient};
use tasuki_domain::{
    access::Detail,
    id::{ConsentId, PatientId},
    policy::{Caller, Grant, RecordConsent, WithdrawConsent},
    problem::{FieldProblem, FieldRule},
    time::DAY,
};
use tasuki_store::{Batch, Done, Work, WorkError, table::consent};
use uuid::Uuid;

pub use tasuki_store::table::consent::NewConsent;

/// A consent may be entered this long before or after it begins.
const FURTHEST: i64 = 5 * 366 * DAY;

/// Records a consent.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Field`] (`from`, `until`, `classes`),
/// [`UseCaseError::Conflict`] `patient.moved`.
pub async fn record_consent(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    new: NewConsent,
) -> Result<ConsentId, UseCaseError> {
    let organization = of_patient(services, patient);
    let consent = ConsentId::from_uuid(Uuid::new_v4());
    let grant = services.store.decide(caller, RecordConsent { organization, patient, consent }).await?;
    let now = services.now();
    if new.period.from.since(now).abs() > FURTHEST {
        return Err(FieldProblem::new("from", FieldRule::Time).into());
    }
    if new.period.until <= new.period.from {
        return Err(FieldProblem::new("until", FieldRule::Interval).into());
    }
    if new.period.until <= now {
        return Err(FieldProblem::new("until", FieldRule::Past).into());
    }
    if new.classes.is_empty() {
        return Err(FieldProblem::new("classes", FieldRule::Empty).into());
    }
    services.store.write(Record { grant, new }).await?;
    Ok(consent)
}

/// Withdraws a consent, at once.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Conflict`] `consent.ended`, `patient.moved`.
pub async fn withdraw_consent(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    consent: ConsentId,
) -> Result<(), UseCaseError> {
    let organization = of_patient(services, patient);
    let grant = services.store.decide(caller, WithdrawConsent { organization, patient, consent }).await?;
    let withdrawing = async { Ok(services.store.write(Withdraw { grant }).await?) };
    services.ending_rights(services.room_of(patient), withdrawing).await?;
    Ok(())
}

struct Record {
    grant: Grant<RecordConsent>,
    new: NewConsent,
}

impl Work for Record {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let classes: Vec<String> = self.new.classes.iter().map(|class| class.0.to_string()).collect();
        let detail = Detail::default()
            .with("patient", self.grant.act().patient)
            .with("giver", self.new.giver.text())
            .with("classes", classes.join(","))
            .with("from", self.new.period.from.0)
            .with("until", self.new.period.until.0);
        let proof = batch.record(&self.grant, detail).await?;
        consent::record(batch, &self.grant, &self.new).await?;
        Ok(Done::new((), proof))
    }
}

struct Withdraw {
    grant: Grant<WithdrawConsent>,
}

impl Work for Withdraw {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default().with("patient", self.grant.act().patient);
        let proof = batch.record(&self.grant, detail).await?;
        consent::withdraw(batch, &self.grant).await?;
        Ok(Done::new((), proof))
    }
}
