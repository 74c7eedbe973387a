//! What a client needs to know of its own session. Ids and times only; names are on one's own page, which is a look.

use super::tools;
use crate::usecase::{Services, UseCaseError};
use std::sync::Arc;
use tasuki_domain::{
    job_type::JobTypeId,
    policy::Caller,
    role::HeldRole,
    session::{LiveSession, SessionState},
};

/// A session as its own client sees it.
pub struct SessionView {
    /// The live object.
    pub session: Arc<LiveSession>,
    /// As what one acts.
    pub job_type: Option<JobTypeId>,
    /// What one administers.
    pub roles: Vec<HeldRole>,
    /// Live or locked.
    pub state: SessionState,
}

/// Describes the caller's session.
///
/// # Errors
/// Missing, when nobody is signed in.
pub fn describe_session(services: &Services, caller: &Caller) -> Result<SessionView, UseCaseError> {
    let (session, now) = (tools::own_session(caller)?.clone(), services.now());
    let facts = services.store.facts();
    Ok(SessionView {
        job_type: facts.post(session.post).map(|post| post.job_type),
        roles: facts.roles_of(session.person, now).copied().collect(),
        state: session.state(now),
        session,
    })
}
