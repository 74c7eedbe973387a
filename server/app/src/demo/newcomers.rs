//! Newcomers: people whom nobody plays. Each start gives those who have not signed in yet a fresh code, issued by their
//! employer's administration and confirmed by the office, both at the public door.

use super::{
    actor::{Cue, Report},
    cast::{Cast, expect},
    credentials::{Credentials, Newcomer},
    stage::OFFICE,
};
use std::{collections::BTreeSet, io};
use tasuki_domain::role::Role;

/// Puts fresh codes into the credentials; whoever has signed in before has none.
///
/// # Errors
/// When an administrator of the story cannot do its part.
pub async fn invite(cast: &mut Cast, credentials: &mut Credentials) -> io::Result<()> {
    if credentials.newcomers.is_empty() {
        return Ok(());
    }
    let mut newcomers = std::mem::take(&mut credentials.newcomers);
    let mut asked = BTreeSet::from([OFFICE.to_owned()]);
    expect(cast.start(OFFICE).await?)?;
    for newcomer in &mut newcomers {
        let issuer = administration(credentials, newcomer)
            .ok_or_else(|| io::Error::other(format!("nobody administers {}", newcomer.organization)))?;
        if asked.insert(issuer.clone()) {
            expect(cast.start(&issuer).await?)?;
        }
        let person = newcomer.person;
        let Report::Code { code, until } = expect(cast.cue(&issuer, &Cue::Invite { person }).await?)? else {
            continue;
        };
        if code.is_some() {
            expect(cast.cue(OFFICE, &Cue::Confirm { person }).await?)?;
        }
        (newcomer.code, newcomer.code_until) = (code, until);
    }
    credentials.newcomers = newcomers;
    for administrator in &asked {
        cast.dismiss(administrator);
    }
    Ok(())
}

/// The 職員管理 of the newcomer's employer.
fn administration(credentials: &Credentials, newcomer: &Newcomer) -> Option<String> {
    let of_employer = credentials.people.iter().filter(|person| person.organization == newcomer.organization);
    let administers = |roles: &[String]| roles.iter().any(|role| role == Role::StaffAdministration.text());
    of_employer.into_iter().find(|person| administers(&person.roles)).map(|person| person.key.clone())
}
