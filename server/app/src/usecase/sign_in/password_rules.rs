//! A new password, judged by what people here would really choose.

use crate::{
    password_check::{self, Context, Rule},
    usecase::{Services, UseCaseError},
};
use tasuki_domain::{
    id::{OrganizationId, PersonId},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::{
    StoreError,
    table::{name::Witness, organization, person},
};
use tasuki_vault::password::Password;

/// Words that an attacker would try first for this person.
#[derive(Clone, Default)]
pub(super) struct OwnWords {
    /// The name as written; what an authenticator shows beside the passkey.
    pub(super) name: String,
    names: Vec<String>,
    organizations: Vec<String>,
}

impl OwnWords {
    /// The person's names and the names of every employer.
    pub(super) async fn of(
        services: &Services,
        witness: &impl Witness,
        person: PersonId,
    ) -> Result<Self, StoreError> {
        let facts = services.store.facts();
        let registering = facts.person(person).map(|fact| fact.organization);
        let employers: Vec<(OrganizationId, Option<i64>)> = facts
            .posts_of(person, services.now())
            .map(|post| post.organization)
            .chain(registering)
            .map(|employer| (employer, None))
            .collect();
        let names = person::names(&services.store, witness, &[(person, None)]).await?;
        let organizations = organization::names(&services.store, witness, &employers).await?;
        let own = names.get(person, None);
        Ok(Self {
            name: own.map(|own| own.name.clone()).unwrap_or_default(),
            names: own
                .map(|own| vec![own.name.clone(), own.reading.clone(), own.romaji.clone()])
                .unwrap_or_default(),
            organizations: organizations
                .iter()
                .flat_map(|(_, name)| [name.name.clone(), name.romaji.clone()])
                .collect(),
        })
    }

    /// Takes the password when no rule speaks against it.
    pub(super) fn judge(
        &self,
        login: &str,
        field: &'static str,
        text: &str,
    ) -> Result<Password, UseCaseError> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let organizations: Vec<&str> = self.organizations.iter().map(String::as_str).collect();
        let context = Context { login, names: &names, organizations: &organizations };
        password_check::check(text, &context).map_err(|rule| problem(field, rule))?;
        Password::chosen(text).map_err(|_| problem(field, Rule::TooShort))
    }
}

fn problem(field: &'static str, rule: Rule) -> UseCaseError {
    let code = match rule {
        Rule::TooShort => "password.too_short",
        Rule::TooLong => "password.too_long",
        Rule::Common => "password.common",
        Rule::OwnName => "password.contains_own_name",
        Rule::Organization => "password.contains_organization",
        Rule::Repeated => "password.repeated",
        Rule::Sequence => "password.sequence",
        Rule::Number => "password.number",
        Rule::Guessable => "password.guessable",
    };
    FieldProblem::new(field, FieldRule::Own { code, japanese: rule.japanese(), english: rule.english() })
        .into()
}
