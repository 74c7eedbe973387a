//! wire: what must not stay in memory or be printed: passwords and one-time codes.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A secret as a person typed it; overwritten when dropped.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text, for the use case that checks it.
    #[must_use]
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}
