//! What stands in the address of a request: parts of the path and the query, read strictly.

use super::Problem;
use crate::usecase::Services;
use axum::{
    extract::{FromRequestParts, Path, Query, rejection::QueryRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

/// A part of the path; one that cannot be an id names nothing.
pub struct Named<T>(pub T);

/// The query; unknown parameters are refused.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Services> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let named: Result<Path<T>, _> = Path::from_request_parts(parts, services).await;
        named.map(|Path(value)| Self(value)).map_err(|_| Problem::missing())
    }
}

impl<T: DeserializeOwned> FromRequestParts<Services> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let asked: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, services).await;
        asked.map(|Query(value)| Self(value)).map_err(|_| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query.form",
                "検索の条件の形が正しくありません。",
                "The query does not have the expected form.",
            )
        })
    }
}
