//! A JSON body: bounded, unknown fields refused, the field named when it does not fit.

use super::Problem;
use crate::usecase::Services;
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use serde::de::DeserializeOwned;

/// A JSON body of at most `limits.body_bytes`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Services> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, services: &Services) -> Result<Self, Problem> {
        let json =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(
                |value| value.split(';').next().is_some_and(|kind| kind.trim() == "application/json"),
            );
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "body.type",
                "本文は application/json で送ってください。",
                "The body must be application/json.",
            ));
        }
        let most = usize::try_from(services.config.limits.body_bytes.get()).unwrap_or(usize::MAX);
        let bytes = to_bytes(request.into_body(), most).await.map_err(|_| {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body.size",
                "送る内容が大きすぎます。",
                "The body is too large.",
            )
        })?;
        parse(&bytes).map(Self)
    }
}

/// Parses JSON strictly; a problem names the field.
///
/// # Errors
/// `body.form` with the path of the field that does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| form(&error.path().to_string()))?;
    deserializer.end().map_err(|_| form("."))?;
    Ok(value)
}

fn form(path: &str) -> Problem {
    // The path may hold a name that a stranger made up; it is theirs, and it is bounded.
    let field: String = path.chars().filter(|character| !character.is_control()).take(80).collect();
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "body.form",
        "送られた内容の形が正しくありません。",
        "The body does not have the expected form.",
    )
    .field(field)
}
