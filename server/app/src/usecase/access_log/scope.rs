//! Under which of an auditor's scopes the log is read.

use crate::usecase::{Services, UseCaseError};
use std::collections::BTreeSet;
use tasuki_domain::{
    id::OrganizationId,
    policy::Caller,
    problem::{FieldProblem, FieldRule},
    role::{Role, Scope},
};

/// How far the caller's role of auditor reaches.
struct Reach {
    consortium: bool,
    organizations: BTreeSet<OrganizationId>,
}

fn reach(services: &Services, caller: &Caller) -> Reach {
    let mut reach = Reach { consortium: false, organizations: BTreeSet::new() };
    let (facts, now) = (services.store.facts(), services.store.now());
    let Some(session) = caller.session() else { return reach };
    for scope in facts.scopes(session.person, Role::Audit, now) {
        match scope {
            Scope::Consortium => reach.consortium = true,
            Scope::Organization(organization) => {
                reach.organizations.insert(organization);
            }
        }
    }
    reach
}

/// The scope that is asked for, or the only one that the caller has. Whether it is theirs is decided afterwards, so
/// that a refusal stands in the log.
///
/// # Errors
/// `organization` with `field.missing` when the caller has several and named none.
pub(super) fn wanted(
    services: &Services,
    caller: &Caller,
    organization: Option<OrganizationId>,
) -> Result<Option<OrganizationId>, UseCaseError> {
    if organization.is_some() {
        return Ok(organization);
    }
    let reach = reach(services, caller);
    let mut own = reach.organizations.into_iter();
    match (reach.consortium, own.next(), own.next()) {
        (true, ..) | (false, None, _) => Ok(None),
        (false, Some(only), None) => Ok(Some(only)),
        (false, Some(_), Some(_)) => Err(FieldProblem::new("organization", FieldRule::Missing).into()),
    }
}

/// The scope under which an entry with these organizations may be read, or the caller's first one when none fits: then
/// the entry is not there for them.
pub(super) fn fitting(
    services: &Services,
    caller: &Caller,
    entry: [Option<OrganizationId>; 2],
) -> Option<OrganizationId> {
    let reach = reach(services, caller);
    if reach.consortium {
        return None;
    }
    let fits = |own: &&OrganizationId| entry.contains(&Some(**own));
    reach.organizations.iter().find(fits).or_else(|| reach.organizations.first()).copied()
}
