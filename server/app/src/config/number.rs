//! Config room: a whole number that knows its bounds. May not know any section.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::problem::two_languages;

/// A setting between `MIN` and `MAX`, both included; a value outside never exists.
/// The unit stands in the key's name (`…_seconds`, `…_bytes`); the reader picks the matching method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Number<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Number<MIN, MAX> {
    /// A number written in the program itself; it must lie within the bounds.
    ///
    /// # Panics
    /// When `value` is outside, which the test of the defaults would show.
    #[must_use]
    pub const fn of(value: u64) -> Self {
        assert!(MIN <= value && value <= MAX, "a default outside its own bounds");
        Self(value)
    }

    /// The plain value, in the unit that the key names.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The value as a number of things or bytes in memory.
    #[must_use]
    pub fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The value for an interface that takes 32 bits.
    #[must_use]
    pub fn small(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    /// A value in milliseconds as a span of time.
    #[must_use]
    pub const fn milliseconds(self) -> Duration {
        Duration::from_millis(self.0)
    }

    /// A value in seconds as a span of time.
    #[must_use]
    pub const fn seconds(self) -> Duration {
        Duration::from_secs(self.0)
    }

    /// A value in minutes as a span of time.
    #[must_use]
    pub const fn minutes(self) -> Duration {
        Duration::from_secs(self.0.saturating_mul(60))
    }

    /// A value in hours as a span of time.
    #[must_use]
    pub const fn hours(self) -> Duration {
        Duration::from_secs(self.0.saturating_mul(3_600))
    }

    /// A value in days as a span of time.
    #[must_use]
    pub const fn days(self) -> Duration {
        Duration::from_secs(self.0.saturating_mul(86_400))
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Number<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(Bounds::<MIN, MAX>)
    }
}

/// Reads a number of whatever width the source offers, and holds it against the bounds.
struct Bounds<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Bounds<MIN, MAX> {
    fn rule() -> String {
        two_languages(
            &format!("{MIN} 以上 {MAX} 以下の整数にしてください"),
            &format!("must be a whole number from {MIN} to {MAX}"),
        )
    }
}

impl<const MIN: u64, const MAX: u64> de::Visitor<'_> for Bounds<MIN, MAX> {
    type Value = Number<MIN, MAX>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Self::rule())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        if (MIN..=MAX).contains(&value) { Ok(Number(value)) } else { Err(E::custom(Self::rule())) }
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        let value = u64::try_from(value).map_err(|_| E::custom(Self::rule()))?;
        self.visit_u64(value)
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Self::Value, E> {
        let value = u64::try_from(value).map_err(|_| E::custom(Self::rule()))?;
        self.visit_u64(value)
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Self::Value, E> {
        let value = u64::try_from(value).map_err(|_| E::custom(Self::rule()))?;
        self.visit_u64(value)
    }
}
