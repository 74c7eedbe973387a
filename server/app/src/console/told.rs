//! What a command answers: lines, and a table where there is one. The command line lays it out.

use serde::{Deserialize, Serialize};
use tasuki_domain::time::Timestamp;

/// Lines for the operator, and a table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Above the table.
    pub lines: Vec<String>,
    /// Headings of the table; none, no table.
    pub headings: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Told {
    /// One line in each language.
    #[must_use]
    pub fn line(japanese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { lines: vec![japanese.into(), format!("  {}", english.into())], ..Self::default() }
    }

    /// A table.
    #[must_use]
    pub fn table(headings: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { lines: Vec::new(), headings: headings.iter().map(|text| (*text).to_owned()).collect(), rows }
    }

    /// With one more line.
    #[must_use]
    pub fn and(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// A time in Japan, to the minute; an open end is a dash.
#[must_use]
pub fn time(at: Timestamp) -> String {
    match at.tokyo() {
        Some(zoned) if at != Timestamp::OPEN_END => zoned.strftime("%Y-%m-%d %H:%M").to_string(),
        _ => "-".to_owned(),
    }
}
