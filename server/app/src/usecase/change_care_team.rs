//! Somebody is proposed for a care team, confirmed by a second person, and leaves it again.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    care_team::Subject,
    id::{MembershipId, PatientId, PersonId},
    policy::{Caller, ConfirmMembership, EndMembership, Grant, ProposeMembership},
    problem::{FieldProblem, FieldRule},
    time::{MINUTE, SECOND},
};
use tasuki_store::{Batch, Done, Work, WorkError, table::membership};
use uuid::Uuid;

pub use tasuki_store::table::membership::Proposal;

/// A client's clock may lag by this much when it says "from now on".
const LATE: i64 = 5 * MINUTE + SECOND;

/// Proposes a membership; it counts once a second person has confirmed it.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Field`] (`subject.…`, `consent`, `from`, `until`).
pub async fn propose_membership(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    proposal: Proposal,
) -> Result<MembershipId, UseCaseError> {
    let membership = MembershipId::from_uuid(Uuid::new_v4());
    let grant = services.store.decide(caller, ProposeMembership { patient, membership }).await?;
    if services.now().since(proposal.period.from) > LATE {
        return Err(FieldProblem::new("from", FieldRule::Past).into());
    }
    if proposal.period.until <= proposal.period.from {
        return Err(FieldProblem::new("until", FieldRule::Interval).into());
    }
    services.store.write(Propose { grant, proposal }).await?;
    Ok(membership)
}

/// The second person's yes: from now on the membership counts.
///
/// # Errors
/// [`UseCaseError::Refused`] also for the proposer, [`UseCaseError::Missing`],
/// [`UseCaseError::Conflict`] `membership.confirmed`, `membership.ended`, `consent.ended`.
pub async fn confirm_membership(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    membership: MembershipId,
) -> Result<(), UseCaseError> {
    // Without such a membership the rule is asked all the same, so that a stranger learns nothing.
    let proposer = membership::proposer(&services.store, patient, membership).await?;
    let proposer = proposer.unwrap_or(PersonId::from_uuid(Uuid::nil()));
    let act = ConfirmMembership { patient, membership, proposer };
    let grant = services.store.decide(caller, act).await?;
    services.store.write(Confirm { grant }).await?;
    Ok(())
}

/// Ends a stay or takes a proposal back, by either side, at once.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`], [`UseCaseError::Conflict`] `membership.ended`.
pub async fn end_membership(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
    membership: MembershipId,
) -> Result<(), UseCaseError> {
    let grant = services.store.decide(caller, EndMembership { patient, membership }).await?;
    let ending = async { Ok(services.store.write(End { grant }).await?) };
    services.ending_rights(services.room_of(patient), ending).await?;
    Ok(())
}

struct Propose {
    grant: Grant<ProposeMembership>,
    proposal: Proposal,
}

impl Work for Propose {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let Proposal { subject, consent, period } = &self.proposal;
        let detail = Detail::default()
            .with("consent", consent)
            .with("from", period.from.0)
            .with("until", period.until.0);
        let detail = match subject {
            Subject::Post(post) => detail.with("post", post),
            Subject::Staff { organization, place, job_types } => {
                let job_types: Vec<String> = job_types.iter().map(|job| job.0.to_string()).collect();
                let detail = detail.with("staff_of", organization).with("job_types", job_types.join(","));
                match place {
                    Some(place) => detail.with("place", place),
                    None => detail,
                }
            }
        };
        let proof = batch.record(&self.grant, detail).await?;
        membership::propose(batch, &self.grant, &self.proposal).await?;
        Ok(Done::new((), proof))
    }
}

struct Confirm {
    grant: Grant<ConfirmMembership>,
}

impl Work for Confirm {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let detail = Detail::default().with("proposer", self.grant.act().proposer);
        let proof = batch.record(&self.grant, detail).await?;
        membership::confirm(batch, &self.grant).await?;
        Ok(Done::new((), proof))
    }
}

struct End {
    grant: Grant<EndMembership>,
}

impl Work for End {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default()).await?;
        membership::end(batch, &self.grant).await?;
        Ok(Done::new((), proof))
    }
}
