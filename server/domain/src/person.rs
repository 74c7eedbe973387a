//! People and their posts: 職員, 所属・職種. What is said when they come, change and go.

use crate::{
    id::{PersonId, PlaceId},
    job_type::JobTypeId,
    text::{Login, Name, Reading},
    time::Timestamp,
};

/// A new person.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The login name; unique over the consortium.
    pub login: Login,
    /// As written.
    pub name: Name,
    /// In kana.
    pub reading: Reading,
    /// In Latin letters; may be empty.
    pub romaji: Reading,
}

/// What changes of a person; the rest stays.
#[derive(Clone, Debug)]
pub struct PersonChange {
    /// The version that the caller saw.
    pub version: i64,
    /// Another login name.
    pub login: Option<Login>,
    /// As written.
    pub name: Option<Name>,
    /// In kana.
    pub reading: Option<Reading>,
    /// In Latin letters.
    pub romaji: Option<Reading>,
}

/// A new post.
#[derive(Clone, Copy, Debug)]
pub struct NewPost {
    /// Whose.
    pub person: PersonId,
    /// At which place; `None` is the whole organization.
    pub place: Option<PlaceId>,
    /// As what.
    pub job_type: JobTypeId,
    /// From when; at once when not given.
    pub from: Option<Timestamp>,
    /// Until when; without an end when not given.
    pub until: Option<Timestamp>,
}
