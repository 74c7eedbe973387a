//! Guards: the type of a handler's argument says who may call it.

use super::{Problem, RequestFacts};
use crate::usecase::{Services, UseCaseError, identify};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use std::sync::Arc;
use tasuki_domain::{
    policy::{Actor, Caller, RefusalReason},
    session::{LiveSession, SessionState},
};

/// Name of the sign-in cookie.
pub const COOKIE: &str = "__Host-tasuki";

/// A registered device; nobody need be signed in.
#[derive(Clone, Debug)]
pub struct OnDevice(pub Caller, pub RequestFacts);

/// A person whose session is live and unlocked on this device.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Caller);

/// A person whose session has not ended; it may be locked.
#[derive(Clone, Debug)]
pub struct Present(pub Caller);

impl FromRequestParts<Services> for OnDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Services) -> Result<Self, Problem> {
        let facts = facts(parts)?;
        Ok(Self(facts.device_caller(), facts))
    }
}

impl FromRequestParts<Services> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let (session, facts) = session(parts, services).await?;
        match session.state(services.now()) {
            SessionState::Live => {
                // Whatever a signed-in person asks for is activity; heartbeats do not come this way.
                session.touch(services.now());
                Ok(Self(facts.caller(Actor::Person(session))))
            }
            SessionState::Locked => Err(Problem::refused(RefusalReason::Locked)),
            SessionState::Expired | SessionState::Ended => Err(Problem::refused(RefusalReason::Session)),
        }
    }
}

impl FromRequestParts<Services> for Present {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let (session, facts) = session(parts, services).await?;
        match session.state(services.now()) {
            SessionState::Live | SessionState::Locked => Ok(Self(facts.caller(Actor::Person(session)))),
            SessionState::Expired | SessionState::Ended => Err(Problem::refused(RefusalReason::Session)),
        }
    }
}

fn facts(parts: &Parts) -> Result<RequestFacts, Problem> {
    parts.extensions.get::<RequestFacts>().cloned().ok_or_else(Problem::failed)
}

/// The session of the cookie. A stolen one is answered like an ended one.
async fn session(parts: &Parts, services: &Services) -> Result<(Arc<LiveSession>, RequestFacts), Problem> {
    let facts = facts(parts)?;
    let ended = || Problem::refused(RefusalReason::Session);
    let token = cookie(&parts.headers).ok_or_else(ended)?;
    match identify::session(services, &facts.device_caller(), &token).await {
        Ok(session) => {
            services.limiter.person(session.person, services.now()).map_err(UseCaseError::from)?;
            Ok((session, facts))
        }
        Err(UseCaseError::Refused(_)) => Err(ended()),
        Err(error) => Err(error.into()),
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then(|| value.to_owned())
        })
}
