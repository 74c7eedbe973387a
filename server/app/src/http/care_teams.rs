//! `/api/v1/patients/{patient}/care-team`

use super::{Body, Problem, SignedIn, parameters::Named};
use crate::{
    usecase::{
        Services,
        change_care_team::{Proposal, confirm_membership, end_membership, propose_membership},
        read_care_team::{MembershipRow, read_care_team},
    },
    wire::{
        care_team::{
            CareTeam, Membership, MembershipProposed, MembershipState, MembershipSubject, NewMembership,
        },
        problem::ProblemDocument,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use tasuki_domain::{
    id::{MembershipId, PatientId},
    time::{Interval, Timestamp},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of this noun.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list, propose)).routes(routes!(confirm)).routes(routes!(end))
}

/// ケアチーム / Who is, was, or is proposed to be in the team.
#[utoipa::path(get, path = "/api/v1/patients/{patient}/care-team", tag = "care team",
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 200, body = CareTeam),
    (status = "4XX", description = "missing, session.step_up", body = ProblemDocument)))]
async fn list(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
) -> Result<Json<CareTeam>, Problem> {
    let listed = read_care_team(&services, &caller, patient).await?;
    Ok(Json(CareTeam { memberships: listed.rows.iter().map(|row| membership(row, listed.at)).collect() }))
}

/// チーム参加の申請 / Proposes somebody; a second person has to confirm.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/care-team", tag = "care team", request_body = NewMembership,
    params(("patient" = uuid::Uuid, Path, description = "The patient.")), responses(
    (status = 201, body = MembershipProposed),
    (status = "4XX", description = "field.*, body.form, missing, session.step_up", body = ProblemDocument)))]
async fn propose(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named(patient): Named<PatientId>,
    Body(body): Body<NewMembership>,
) -> Result<(StatusCode, Json<MembershipProposed>), Problem> {
    let period = Interval {
        from: body.from.unwrap_or_else(|| services.now()),
        until: body.until.unwrap_or(Timestamp::OPEN_END),
    };
    let proposal = Proposal { subject: body.subject.parse()?, consent: body.consent, period };
    let membership = propose_membership(&services, &caller, patient, proposal).await?;
    Ok((StatusCode::CREATED, Json(MembershipProposed { membership })))
}

/// チーム参加の確認 / The second person's yes.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/care-team/{membership}/confirm", tag = "care team",
    params(("patient" = uuid::Uuid, Path, description = "The patient."),
        ("membership" = uuid::Uuid, Path, description = "The membership.")), responses(
    (status = 204),
    (status = "4XX", description = "missing, second_person, session.step_up, membership.confirmed, membership.ended, consent.ended", body = ProblemDocument)))]
async fn confirm(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named((patient, membership)): Named<(PatientId, MembershipId)>,
) -> Result<StatusCode, Problem> {
    confirm_membership(&services, &caller, patient, membership).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// チーム参加の終了 / Ends a stay or takes a proposal back, at once.
#[utoipa::path(post, path = "/api/v1/patients/{patient}/care-team/{membership}/end", tag = "care team",
    params(("patient" = uuid::Uuid, Path, description = "The patient."),
        ("membership" = uuid::Uuid, Path, description = "The membership.")), responses(
    (status = 204),
    (status = "4XX", description = "missing, session.step_up, membership.ended", body = ProblemDocument)))]
async fn end(
    State(services): State<Services>,
    SignedIn(caller): SignedIn,
    Named((patient, membership)): Named<(PatientId, MembershipId)>,
) -> Result<StatusCode, Problem> {
    end_membership(&services, &caller, patient, membership).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn membership(row: &MembershipRow, at: Timestamp) -> Membership {
    let period = row.proposal.period;
    let state = match &row.confirmed {
        _ if period.until <= at => MembershipState::Ended,
        None => MembershipState::Proposed,
        Some(_) if at < period.from => MembershipState::Later,
        Some(_) => MembershipState::Live,
    };
    Membership {
        membership: row.membership,
        subject: MembershipSubject::of(&row.proposal.subject),
        state,
        consent: row.proposal.consent,
        from: period.from,
        until: (period.until != Timestamp::OPEN_END).then_some(period.until),
        proposer: row.proposer,
        confirmer: row.confirmed.map(|(person, _)| person),
        confirmed_at: row.confirmed.map(|(_, at)| at),
    }
}
