//! wire: what an error answer says, over HTTP and in a frame.

use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// The body of every error answer (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// `urn:tasuki:problem:` and the code.
    pub r#type: String,
    /// An English sentence.
    pub title: Cow<'static, str>,
    /// A Japanese sentence for the person.
    pub title_ja: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// The stable code for programs.
    pub code: Cow<'static, str>,
    /// The field that broke a rule, with dots into nested objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// Seconds after which another try makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}
