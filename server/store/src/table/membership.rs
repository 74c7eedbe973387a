//! Store: stays in care teams. Ids and times only; rights depend on every column.

use crate::{Batch, Revealed, StagedTable, Store, StoreError, Value, WorkError, table::live};
use tasuki_domain::{
    care_team::Subject,
    id::{ConsentId, MembershipId, OrganizationId, PatientId, PersonId, PlaceId, PostId},
    job_type::JobTypeId,
    policy::{ConfirmMembership, EndMembership, Facts, Grant, ProposeMembership, ReadCareTeam},
    problem::{FieldProblem, FieldRule},
    time::{Interval, Timestamp},
};
use uuid::Uuid;

const MEMBERSHIP: StagedTable = StagedTable {
    insert: "INSERT INTO membership (membership, patient, consent, post, organization, place, job_types, proposer, \
             confirmer, confirmed_at, from_at, until_at) ",
    tail: "",
};
const PROPOSER: &str = "SELECT proposer FROM membership WHERE membership = $1 AND patient = $2";
const STATE: &str =
    "SELECT consent, proposer, confirmed_at, until_at FROM membership WHERE membership = $1 AND patient = $2";
const CONFIRM: &str = "UPDATE membership SET confirmer = $1, confirmed_at = $2 WHERE membership = $3";
const END: &str =
    "UPDATE membership SET until_at = CASE WHEN from_at > $1 THEN from_at ELSE $1 END WHERE membership = $2";
const OF_PATIENT: &str = "SELECT membership, consent, post, organization, place, job_types, proposer, confirmer, confirmed_at, \
     from_at, until_at FROM membership WHERE patient = $1 ORDER BY from_at, membership";

/// A proposal for a care team.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Whom it lets in.
    pub subject: Subject,
    /// On which consent.
    pub consent: ConsentId,
    /// From when to when (µs UTC).
    pub period: Interval,
}

/// A stay in a care team, with who brought it about.
#[derive(Clone, Debug)]
pub struct MembershipRow {
    /// The row.
    pub membership: MembershipId,
    /// What was proposed; the period ends with the end.
    pub proposal: Proposal,
    /// Who proposed it; `None` at the console.
    pub proposer: Option<PersonId>,
    /// Who confirmed it, and when (µs UTC); `None` while it waits.
    pub confirmed: Option<(PersonId, Timestamp)>,
}

/// Proposes somebody for a care team; it counts once a second person has confirmed it.
///
/// # Errors
/// [`WorkError::Field`] when the subject, the consent or the period does not hold.
pub async fn propose(
    batch: &mut Batch,
    grant: &Grant<ProposeMembership>,
    proposal: &Proposal,
) -> Result<(), WorkError> {
    let (patient, membership) = (grant.act().patient, grant.act().membership);
    let now = batch.now();
    let facts = batch.facts().await?;
    let consent = facts.consents(patient).iter().find(|fact| fact.consent == proposal.consent);
    let covered = consent.is_some_and(|fact| fact.is_live(now) && fact.period.overlaps(&proposal.period));
    if !covered {
        return Err(FieldProblem::new("consent", FieldRule::Choice).into());
    }
    let columns = subject_columns(batch, &facts, &proposal.subject).await?;
    let proposer = grant.caller().session().map_or(Uuid::nil(), |session| session.person.as_uuid());
    let mut values = vec![
        Value::Id(membership.as_uuid()),
        Value::Id(patient.as_uuid()),
        Value::Id(proposal.consent.as_uuid()),
    ];
    values.extend(columns);
    values.extend([
        Value::Id(proposer),
        Value::Id(Uuid::nil()),
        Value::Int(i64::MAX),
        Value::Int(proposal.period.from.0),
        Value::Int(proposal.period.until.0),
    ]);
    batch.stage(&MEMBERSHIP, values);
    batch.policy_changed();
    Ok(())
}

/// Who proposed a membership: the second person must be somebody else.
///
/// # Errors
/// When the database does not answer.
pub async fn proposer(
    store: &Store,
    patient: PatientId,
    membership: MembershipId,
) -> Result<Option<PersonId>, StoreError> {
    let mut connection = store.reading().await?;
    let person: Option<Uuid> = on!(&mut connection, c => sqlx::query_scalar(PROPOSER)
        .bind(membership.as_uuid()).bind(patient.as_uuid()).fetch_optional(&mut **c).await)?;
    Ok(person.map(PersonId::from_uuid))
}

/// The second person's yes.
///
/// # Errors
/// [`WorkError::Missing`]; [`WorkError::Conflict`] `membership.confirmed`, `membership.ended` or `consent.ended`.
pub async fn confirm(batch: &mut Batch, grant: &Grant<ConfirmMembership>) -> Result<(), WorkError> {
    let (patient, membership) = (grant.act().patient, grant.act().membership);
    let now = batch.now();
    let (consent, proposer, confirmed, until) = state(batch, patient, membership).await?;
    if proposer != grant.act().proposer.as_uuid() {
        return Err(WorkError::Missing);
    }
    if until <= now.0 {
        return Err(WorkError::Conflict("membership.ended"));
    }
    if confirmed != i64::MAX {
        return Err(WorkError::Conflict("membership.confirmed"));
    }
    let facts = batch.facts().await?;
    let live = |fact: &&tasuki_domain::care_team::ConsentFact| {
        fact.consent.as_uuid() == consent && fact.is_live(now)
    };
    if !facts.consents(patient).iter().any(|fact| live(&fact)) {
        return Err(WorkError::Conflict("consent.ended"));
    }
    let confirmer = grant.caller().session().map_or(Uuid::nil(), |session| session.person.as_uuid());
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(CONFIRM).bind(confirmer).bind(now.0).bind(membership.as_uuid())
        .execute(&mut **c).await.map(drop))?;
    batch.policy_changed();
    Ok(())
}

/// Ends a stay or takes a proposal back, at once.
///
/// # Errors
/// [`WorkError::Missing`], [`WorkError::Conflict`] `membership.ended`.
pub async fn end(batch: &mut Batch, grant: &Grant<EndMembership>) -> Result<(), WorkError> {
    let (patient, membership) = (grant.act().patient, grant.act().membership);
    let now = batch.now().0;
    let (.., until) = state(batch, patient, membership).await?;
    if until <= now {
        return Err(WorkError::Conflict("membership.ended"));
    }
    let connection = batch.writing().await?;
    on!(connection, c => sqlx::query(END).bind(now).bind(membership.as_uuid()).execute(&mut **c).await.map(drop))?;
    batch.policy_changed();
    batch.revoked();
    Ok(())
}

/// Everybody who is, was, or is proposed to be in the team.
///
/// # Errors
/// When the database does not answer.
pub async fn of_patient(
    store: &Store,
    look: &Revealed<ReadCareTeam>,
) -> Result<Vec<MembershipRow>, StoreError> {
    let mut connection = store.reading().await?;
    let rows: Vec<Row> = on!(&mut connection, c => sqlx::query_as(OF_PATIENT)
        .bind(look.act().patient.as_uuid()).fetch_all(&mut **c).await)?;
    Ok(rows.into_iter().map(row).collect())
}

type Row = (Uuid, Uuid, Uuid, Uuid, Uuid, i64, Uuid, Uuid, i64, i64, i64);

fn row(
    (membership, consent, post, organization, place, job_types, proposer, confirmer, confirmed, from, until): Row,
) -> MembershipRow {
    let subject = if post.is_nil() {
        Subject::Staff {
            organization: OrganizationId::from_uuid(organization),
            place: (!place.is_nil()).then(|| PlaceId::from_uuid(place)),
            job_types: live::members(job_types).map(JobTypeId).collect(),
        }
    } else {
        Subject::Post(PostId::from_uuid(post))
    };
    MembershipRow {
        membership: MembershipId::from_uuid(membership),
        proposal: Proposal {
            subject,
            consent: ConsentId::from_uuid(consent),
            period: Interval { from: Timestamp(from), until: Timestamp(until) },
        },
        proposer: (!proposer.is_nil()).then(|| PersonId::from_uuid(proposer)),
        confirmed: (confirmed != i64::MAX).then(|| (PersonId::from_uuid(confirmer), Timestamp(confirmed))),
    }
}

async fn state(
    batch: &mut Batch,
    patient: PatientId,
    membership: MembershipId,
) -> Result<(Uuid, Uuid, i64, i64), WorkError> {
    let connection = batch.writing().await?;
    let row: Option<(Uuid, Uuid, i64, i64)> = on!(connection, c => sqlx::query_as(STATE)
        .bind(membership.as_uuid()).bind(patient.as_uuid()).fetch_optional(&mut **c).await)?;
    row.ok_or(WorkError::Missing)
}

/// The columns post, organization, place and job types, once everything they name is there.
async fn subject_columns(
    batch: &mut Batch,
    facts: &Facts,
    subject: &Subject,
) -> Result<[Value; 4], WorkError> {
    let refuse = |field| WorkError::from(FieldProblem::new(field, FieldRule::Choice));
    let nil = || Value::Id(Uuid::nil());
    match subject {
        Subject::Post(post) => {
            let now = batch.now();
            if facts.post(*post).is_none_or(|fact| fact.period.until <= now) {
                return Err(refuse("subject.post"));
            }
            Ok([Value::Id(post.as_uuid()), nil(), nil(), Value::Int(0)])
        }
        Subject::Staff { organization, place, job_types } => {
            if !live::organization(batch, *organization).await? {
                return Err(refuse("subject.organization"));
            }
            let own = |place| facts.place(place).is_some_and(|fact| fact.organization == *organization);
            if !place.is_none_or(own) {
                return Err(refuse("subject.place"));
            }
            let set = live::job_types(batch, job_types).await?.filter(|set| *set != 0);
            let set = set.ok_or_else(|| refuse("subject.job_types"))?;
            let place = place.map_or(Uuid::nil(), PlaceId::as_uuid);
            Ok([nil(), Value::Id(organization.as_uuid()), Value::Id(place), Value::Int(set)])
        }
    }
}
