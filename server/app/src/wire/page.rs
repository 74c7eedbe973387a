//! wire: pages of long lists, and fields that tell "leave it" from "take it away".

use serde::{Deserialize, Deserializer};
use tasuki_domain::problem::{FieldProblem, FieldRule};
use uuid::Uuid;

/// The most entries of a page.
pub const MOST: u16 = 200;
/// Entries of a page when nothing else is asked for.
pub const USUAL: u16 = 100;

/// Where the next page begins: opaque to the client.
#[must_use]
pub fn cursor(last: Uuid) -> String {
    last.simple().to_string()
}

/// The entry after which the page begins.
///
/// # Errors
/// `cursor` with `field.form` when it is none of ours.
pub fn after(cursor: Option<&str>) -> Result<Option<Uuid>, FieldProblem> {
    let read = |text| Uuid::try_parse(text).map_err(|_| FieldProblem::new("cursor", FieldRule::Form));
    cursor.map(read).transpose()
}

/// The size of a page.
///
/// # Errors
/// `limit` with `field.range`.
pub fn limit(wanted: Option<u16>) -> Result<usize, FieldProblem> {
    match wanted.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(usize::from(limit)),
        _ => Err(FieldProblem::new("limit", FieldRule::Range(1, i64::from(MOST)))),
    }
}

/// For a field where `null` means something else than its absence: with `#[serde(default)]`, absent is `None` and
/// `null` is `Some(None)`.
///
/// # Errors
/// When the value does not fit.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_a_strange_one_is_refused() {
        let last = Uuid::from_u128(7);
        assert_eq!(after(Some(&cursor(last))).unwrap(), Some(last));
        assert_eq!(after(None).unwrap(), None);
        assert_eq!(after(Some("x")).unwrap_err().rule, FieldRule::Form);
        assert_eq!(limit(Some(0)).unwrap_err().rule, FieldRule::Range(1, 200));
        assert_eq!(limit(Some(201)).unwrap_err().rule, FieldRule::Range(1, 200));
        assert_eq!(limit(None).unwrap(), 100);
    }
}
