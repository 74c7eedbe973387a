//! What is printed: progress on standard error, tables in Markdown on standard output.

use crate::figures::{Bound, Latencies};

/// Says a line on standard output.
#[expect(clippy::print_stdout, reason = "the figures are what this program is for")]
pub fn say(line: &str) {
    println!("{line}");
}

/// Says on standard error what is being measured.
#[expect(clippy::print_stderr, reason = "a person waits for minutes")]
pub fn progress(what: &str) {
    eprintln!("bench: {what}");
}

/// A figure of the server beside its limit and the target on their ratio.
pub struct Row {
    /// What was measured, with its unit.
    pub what: &'static str,
    /// The server.
    pub own: f64,
    /// The bare reference in the same run.
    pub limit: f64,
    /// The target on `own / limit`.
    pub target: Bound,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.own / self.limit
    }

    /// The row in Markdown.
    fn line(&self) -> String {
        let (ratio, third) = (self.ratio(), self.target.third());
        let verdict = match (self.target.holds(ratio), third.holds(ratio)) {
            (true, _) => "target",
            (false, true) => "a third",
            (false, false) => "**missed**",
        };
        let (own, limit) = (figure(self.own), figure(self.limit));
        format!(
            "| {} | {own} | {limit} | {ratio:.2} | {} | {} | {verdict} |",
            self.what,
            bound(self.target),
            bound(third)
        )
    }
}

/// The table of targets.
pub fn targets(rows: &[Row]) -> String {
    let head = "| | Tasuki | limit L | ratio | target | a third | reached |\n|---|--:|--:|--:|--:|--:|---|";
    rows.iter().fold(head.to_owned(), |table, row| table + "\n" + &row.line())
}

/// A table of plain figures.
pub fn plain(title: &str, rows: &[(&str, String)]) -> String {
    rows.iter().fold(format!("| {title} | |\n|---|--:|"), |table, (what, figure)| {
        format!("{table}\n| {what} | {figure} |")
    })
}

/// p50, p95 and p99 in milliseconds.
pub fn percentiles(latencies: &mut Latencies) -> String {
    let [p50, p95, p99] = [50, 95, 99].map(|percent| figure(latencies.percentile(percent)));
    format!("{p50} / {p95} / {p99}")
}

/// A figure with three digits that matter, thousands apart.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() < 100.0 {
        let decimals = if value.abs() < 1.0 { 3 } else { usize::from(value.abs() < 10.0) + 1 };
        return format!("{value:.decimals$}");
    }
    let digits = format!("{value:.0}");
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let tail = tail.as_bytes().chunks(3).map(String::from_utf8_lossy);
    [head.into()].into_iter().chain(tail).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::AtLeast(least) => format!("≥ {least:.2}"),
        Bound::AtMost(most) => format!("≤ {most:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let figures = [0.1234, 1.234, 12.34, 99.96, 123.4, 1_234.5, 123_456.0, 1_234_567.0].map(figure);
        assert_eq!(figures, ["0.123", "1.23", "12.3", "100.0", "123", "1,234", "123,456", "1,234,567"]);
        assert_eq!(figure(f64::NAN), "–");
    }

    #[test]
    fn a_row_says_what_was_reached() {
        let row = |own, target| Row { what: "x", own, limit: 100.0, target }.line();
        assert_eq!(row(70.0, Bound::AtLeast(0.6)), "| x | 70.0 | 100 | 0.70 | ≥ 0.60 | ≥ 0.20 | target |");
        assert!(row(30.0, Bound::AtLeast(0.6)).ends_with("| a third |"));
        assert!(row(10.0, Bound::AtLeast(0.6)).ends_with("| **missed** |"));
        assert!(row(160.0, Bound::AtMost(1.8)).ends_with("| target |"));
        assert!(row(600.0, Bound::AtMost(1.8)).ends_with("| ≤ 1.8 | ≤ 5.4 | **missed** |"));
    }

    #[test]
    fn tables_are_markdown() {
        let table = targets(&[Row { what: "x", own: 1.0, limit: 2.0, target: Bound::AtLeast(0.6) }]);
        assert_eq!(table.lines().count(), 3);
        assert!(table.lines().all(|line| line.matches('|').count() == 8));
        assert_eq!(plain("y", &[("a", "1".to_owned())]), "| y | |\n|---|--:|\n| a | 1 |");
    }
}
