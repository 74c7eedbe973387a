//! Time: microseconds UTC everywhere; civil dates only for people, in Asia/Tokyo.

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Microseconds in one second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in one minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in one hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in one day.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// The end of what has no end; stored instead of NULL.
    pub const OPEN_END: Self = Self(i64::MAX);

    /// This instant moved by some microseconds; saturates, so that an open end stays open.
    #[must_use]
    pub const fn plus(self, microseconds: i64) -> Self {
        Self(self.0.saturating_add(microseconds))
    }

    /// Microseconds from `earlier` to this instant, negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar date in Asia/Tokyo; the last representable date when out of range.
    #[must_use]
    pub fn tokyo_date(self) -> civil::Date {
        self.tokyo().map_or(civil::Date::MAX, |zoned| zoned.date())
    }

    /// The wall-clock time in Asia/Tokyo, when the instant is representable.
    #[must_use]
    pub fn tokyo(self) -> Option<jiff::Zoned> {
        let zone = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
        jiff::Timestamp::from_microsecond(self.0).ok().map(|instant| instant.to_zoned(zone))
    }

    /// Midnight in Asia/Tokyo that begins `date`.
    #[must_use]
    pub fn tokyo_midnight(date: civil::Date) -> Option<Self> {
        let zone = TimeZone::get("Asia/Tokyo").ok()?;
        date.to_zoned(zone).ok().map(|zoned| Self(zoned.timestamp().as_microsecond()))
    }

    /// The month in Asia/Tokyo as `yyyymm`: names the key that seals log entries of that month.
    #[must_use]
    pub fn tokyo_month(self) -> i32 {
        let date = self.tokyo_date();
        i32::from(date.year()) * 100 + i32::from(date.month())
    }
}

/// A half-open interval: `from` belongs to it, `until` does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Interval {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it; [`Timestamp::OPEN_END`] when it has no end.
    pub until: Timestamp,
}

impl Interval {
    /// From `from` with no end.
    #[must_use]
    pub const fn open(from: Timestamp) -> Self {
        Self { from, until: Timestamp::OPEN_END }
    }

    /// Whether `at` lies inside.
    #[must_use]
    pub const fn contains(&self, at: Timestamp) -> bool {
        self.from.0 <= at.0 && at.0 < self.until.0
    }

    /// Whether any instant lies in both.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.from.0 < other.until.0 && other.from.0 < self.until.0
    }
}

/// The Japanese era year of a date, such as 「昭和14年」; `None` before Meiji 6 (1873), when the calendar changed.
#[must_use]
pub fn japanese_era(date: civil::Date) -> Option<String> {
    const ERAS: [(&str, i16, i8, i8); 5] = [
        ("令和", 2019, 5, 1),
        ("平成", 1989, 1, 8),
        ("昭和", 1926, 12, 25),
        ("大正", 1912, 7, 30),
        ("明治", 1873, 1, 1),
    ];
    ERAS.iter()
        .find(|(_, year, month, day)| (date.year(), date.month(), date.day()) >= (*year, *month, *day))
        .map(|(name, start, ..)| {
            let first = if *name == "明治" { 1868 } else { *start };
            match date.year() - first + 1 {
                1 => format!("{name}元年"),
                number => format!("{name}{number}年"),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_half_open() {
        let interval = Interval { from: Timestamp(10), until: Timestamp(20) };
        assert!(!interval.contains(Timestamp(9)));
        assert!(interval.contains(Timestamp(10)));
        assert!(!interval.contains(Timestamp(20)));
        assert!(Interval::open(Timestamp(0)).contains(Timestamp(i64::MAX - 1)));
    }

    #[test]
    fn months_and_days_are_those_of_tokyo() {
        let new_year_in_tokyo = Timestamp(1_767_193_200_000_000); // 2025-12-31T15:00:00Z
        assert_eq!(new_year_in_tokyo.tokyo_month(), 202_601);
        assert_eq!(Timestamp::tokyo_midnight(civil::date(2026, 1, 1)), Some(new_year_in_tokyo));
    }

    #[test]
    fn eras_change_on_their_day() {
        assert_eq!(japanese_era(civil::date(1926, 12, 24)).as_deref(), Some("大正15年"));
        assert_eq!(japanese_era(civil::date(1926, 12, 25)).as_deref(), Some("昭和元年"));
        assert_eq!(japanese_era(civil::date(1939, 3, 4)).as_deref(), Some("昭和14年"));
        assert_eq!(japanese_era(civil::date(2019, 5, 1)).as_deref(), Some("令和元年"));
        assert_eq!(japanese_era(civil::date(1900, 1, 1)).as_deref(), Some("明治33年"));
        assert_eq!(japanese_era(civil::date(1872, 1, 1)), None);
    }
}
