//! wire: people, 職員: the register and the directory.

use super::{
    page,
    post::{FirstPost, Post},
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PersonId, PlaceId, PostId},
    person::{NewPerson, PersonChange},
    problem::{FieldProblem, FieldRule},
    text::{Lines, Login, Name, Reading, bounded},
};
use utoipa::{IntoParams, ToSchema};

/// A person as the staff register shows them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// The employer that registered them, and alone may change them.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// The current version; a change names the version that it was made on.
    pub version: i64,
    /// The login name as typed.
    pub login: String,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// In Latin letters; may be empty.
    pub romaji: String,
    /// Since when, µs UTC.
    pub from: i64,
    /// When disabled, µs UTC; 9223372036854775807 while not.
    pub until: i64,
    /// Their posts at the employer whose register this is.
    pub posts: Vec<Post>,
}

/// A page of the staff register.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// The people, in a fixed order that says nothing.
    pub people: Vec<Person>,
    /// Where the next page begins; null when this is the last.
    pub next: Option<String>,
}

/// Which part of the staff register.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuestion {
    /// Whose register.
    #[param(value_type = Uuid)]
    pub organization: OrganizationId,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

impl PeopleQuestion {
    /// Where the page begins and how long it is.
    ///
    /// # Errors
    /// `cursor` with `field.form`, `limit` with `field.range`.
    pub fn page(&self) -> Result<(Option<PersonId>, usize), FieldProblem> {
        Ok((page::after(self.cursor.as_deref())?.map(PersonId::from_uuid), page::limit(self.limit)?))
    }
}

/// A new person with a first post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePerson {
    /// The employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// The login name, without white space; unique over the consortium, however it is typed.
    #[schema(min_length = 3, max_length = 40)]
    login: String,
    /// As written.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// In kana.
    #[schema(min_length = 1, max_length = 80)]
    reading: String,
    /// In Latin letters.
    #[serde(default)]
    #[schema(max_length = 80)]
    romaji: String,
    /// The first post.
    pub post: FirstPost,
}

impl CreatePerson {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<NewPerson, FieldProblem> {
        Ok(NewPerson {
            login: login(&self.login)?,
            name: Name::parse("name", &self.name)?,
            reading: reading(&self.reading)?,
            romaji: Reading::parse("romaji", &self.romaji)?,
        })
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// The version that was changed.
    version: i64,
    /// Another login name.
    #[schema(min_length = 3, max_length = 40)]
    login: Option<String>,
    /// As written.
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// In kana.
    #[schema(min_length = 1, max_length = 80)]
    reading: Option<String>,
    /// In Latin letters; may be empty.
    #[schema(max_length = 80)]
    romaji: Option<String>,
}

impl ChangePerson {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<PersonChange, FieldProblem> {
        Ok(PersonChange {
            version: self.version,
            login: self.login.as_deref().map(login).transpose()?,
            name: self.name.as_deref().map(|name| Name::parse("name", name)).transpose()?,
            reading: self.reading.as_deref().map(reading).transpose()?,
            romaji: self.romaji.as_deref().map(|romaji| Reading::parse("romaji", romaji)).transpose()?,
        })
    }
}

/// A login name is typed with gloves on at three in the morning: no white space inside.
fn login(text: &str) -> Result<Login, FieldProblem> {
    match Login::parse("login", text) {
        Ok(login) if login.as_str().contains(char::is_whitespace) => {
            Err(FieldProblem::new("login", FieldRule::Character))
        }
        parsed => parsed,
    }
}

/// Colleagues are sorted and found by their reading: it must be there.
fn reading(text: &str) -> Result<Reading, FieldProblem> {
    match text.trim() {
        "" => Err(FieldProblem::new("reading", FieldRule::Empty)),
        text => Reading::parse("reading", text),
    }
}

/// The ids of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPerson {
    /// The new person.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Their first post.
    #[schema(value_type = Uuid)]
    pub post: PostId,
}

/// A colleague in the directory, under one post.
#[derive(Debug, Serialize, ToSchema)]
pub struct Colleague {
    /// Who.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Under which post.
    #[schema(value_type = Uuid)]
    pub post: PostId,
    /// As what: a number of the table of job types.
    pub job_type: i16,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// In Latin letters; may be empty.
    pub romaji: String,
    /// The version of the name.
    pub version: i64,
    /// At which employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// What the employer is called.
    pub organization_name: String,
    /// At which place; null for the whole employer.
    #[schema(value_type = Option<Uuid>)]
    pub place: Option<PlaceId>,
    /// Whether the colleague is at work under this post now, with an unlocked screen.
    pub present: bool,
}

/// A page of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub struct Directory {
    /// Colleagues in the order of their readings.
    pub colleagues: Vec<Colleague>,
    /// Where the next page begins; null when this is the last.
    pub next: Option<String>,
}

/// Whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DirectoryQuestion {
    /// Part of a name, reading, job type or employer; width, case and kana do not count. Everybody when left out.
    #[serde(default)]
    #[param(max_length = 60)]
    query: String,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

impl DirectoryQuestion {
    /// What to find, where the page begins and how long it is.
    ///
    /// # Errors
    /// `query` with its rule, `cursor` with `field.form`, `limit` with `field.range`.
    pub fn parse(&self) -> Result<(String, Option<PostId>, usize), FieldProblem> {
        let query = bounded("query", &self.query, 0..=60, Lines::One)?;
        let after = page::after(self.cursor.as_deref())?.map(PostId::from_uuid);
        Ok((query, after, page::limit(self.limit)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn names_the_field_and_the_rule() {
        let body = |login: &str, name: &str, reading: &str| {
            let json = format!(
                r#"{{"organization":"{}","login":"{login}","name":"{name}","reading":"{reading}","post":{{"job_type":4}}}}"#,
                Uuid::nil()
            );
            serde_json::from_str::<CreatePerson>(&json)
                .unwrap()
                .parse()
                .map_err(|problem| (problem.field, problem.rule))
        };
        assert_eq!(body("ab", "佐藤", "さとう").unwrap_err(), ("login", FieldRule::TooShort(3)));
        assert_eq!(body("sato hanako", "佐藤", "さとう").unwrap_err(), ("login", FieldRule::Character));
        assert_eq!(body("sato", "", "さとう").unwrap_err(), ("name", FieldRule::Empty));
        assert_eq!(body("sato", "佐藤", " ").unwrap_err(), ("reading", FieldRule::Empty));
        assert!(body("sato", "佐藤", "さとう").is_ok());
    }
}
