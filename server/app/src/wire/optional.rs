//! A field that may be absent, null, or a value: absent leaves things as they are, null takes them away.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "present")]`: `None` is absent, `Some(None)` is null.
///
/// # Errors
/// When the value does not fit.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
