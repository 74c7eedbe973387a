//! wire: places, 場所.

use super::page::nullable;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PlaceId},
    organization::{NewPlace, PlaceChange, PlaceKind},
    problem::{FieldProblem, FieldRule},
    text::Title,
};
use utoipa::{IntoParams, ToSchema};

/// The most places beside each other.
const MOST: usize = 1_000;

/// A place of an employer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub place: PlaceId,
    /// What it lies in; null at the top.
    #[schema(value_type = Option<Uuid>)]
    pub parent: Option<PlaceId>,
    /// What it is: `building`, `floor`, `room`, `office` or `area`.
    #[schema(value_type = String)]
    pub kind: PlaceKind,
    /// Its place among its siblings, from 0.
    pub position: i32,
    /// The current version; a change names the version that it was made on.
    pub version: i64,
    /// Its name.
    pub name: String,
}

/// The places of an employer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Places {
    /// Parents before what lies in them, in the order of the round.
    pub places: Vec<Place>,
}

/// Whose places.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlacesQuestion {
    /// The employer.
    #[param(value_type = Uuid)]
    pub organization: OrganizationId,
}

/// A new place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePlace {
    /// The employer.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// What it lies in; left out or null at the top.
    #[schema(value_type = Option<Uuid>)]
    parent: Option<PlaceId>,
    /// What it is.
    #[schema(value_type = String)]
    kind: PlaceKind,
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Its place among its siblings, from 0; last when left out.
    #[schema(maximum = 1000)]
    position: Option<usize>,
}

impl CreatePlace {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<NewPlace, FieldProblem> {
        Ok(NewPlace {
            parent: self.parent,
            kind: self.kind,
            name: Title::parse("name", &self.name)?,
            position: position(self.position)?,
        })
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePlace {
    /// The version that was changed.
    version: i64,
    /// What it is.
    #[schema(value_type = Option<String>)]
    kind: Option<PlaceKind>,
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// What it lies in; null moves it to the top.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    parent: Option<Option<PlaceId>>,
    /// Its place among its siblings, from 0.
    #[schema(maximum = 1000)]
    position: Option<usize>,
}

impl ChangePlace {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<PlaceChange, FieldProblem> {
        Ok(PlaceChange {
            version: self.version,
            kind: self.kind,
            name: self.name.as_deref().map(|name| Title::parse("name", name)).transpose()?,
            parent: self.parent,
            position: position(self.position)?,
        })
    }
}

fn position(wanted: Option<usize>) -> Result<Option<usize>, FieldProblem> {
    match wanted {
        Some(position) if position > MOST => Err(FieldProblem::new("position", FieldRule::Range(0, 1_000))),
        wanted => Ok(wanted),
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedPlace {
    /// The new place.
    #[schema(value_type = Uuid)]
    pub place: PlaceId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn null_moves_to_the_top_and_absence_leaves_it() {
        let parent = |json: &str| serde_json::from_str::<ChangePlace>(json).unwrap().parse().unwrap().parent;
        assert_eq!(parent(r#"{"version":1}"#), None);
        assert_eq!(parent(r#"{"version":1,"parent":null}"#), Some(None));
        let id = Uuid::from_u128(5);
        let moved = format!(r#"{{"version":1,"parent":"{id}"}}"#);
        assert_eq!(parent(&moved), Some(Some(PlaceId::from_uuid(id))));
        assert!(serde_json::from_str::<ChangePlace>(r#"{"version":1,"until":0}"#).is_err());
        let far: ChangePlace = serde_json::from_str(r#"{"version":1,"position":1001}"#).unwrap();
        assert_eq!(far.parse().unwrap_err().rule, FieldRule::Range(0, 1_000));
    }
}
