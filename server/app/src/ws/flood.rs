//! ws: how much one connection may ask for. Allowances refill evenly; a burst may be used at once.

use std::time::{Duration, Instant};

/// Refusals in a row (each a frame too many) after which the connection ends.
const PATIENCE: u32 = 200;

/// Frames in a row, more or less, that may be senseless before the connection ends; one is forgiven in ten seconds.
const MOST_MALFORMED: f64 = 8.0;
const FORGIVEN_PER_SECOND: f64 = 0.1;

/// What is said to one frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is heard.
    Heard,
    /// It is refused; worth another try after so many seconds.
    Wait(u32),
    /// The connection ends.
    Enough,
}

/// The allowance of one connection.
#[derive(Debug)]
pub struct Allowance {
    per_second: f64,
    burst: f64,
    left: f64,
    refused: u32,
    malformed: f64,
    at: Instant,
}

impl Allowance {
    /// A full one.
    #[must_use]
    pub fn new(per_second: u64, burst: u64, now: Instant) -> Self {
        let number = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let (per_second, burst) = (number(per_second).max(1.0), number(burst).max(1.0));
        Self { per_second, burst, left: burst, refused: 0, malformed: 0.0, at: now }
    }

    /// A frame came.
    pub fn frame(&mut self, now: Instant) -> Verdict {
        self.refill(now);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Verdict::Heard;
        }
        self.wait()
    }

    /// A frame was let through by every allowance: earlier refusals are forgotten.
    pub const fn heard(&mut self) -> Verdict {
        self.refused = 0;
        Verdict::Heard
    }

    /// A frame is refused, by this allowance or by another.
    pub fn wait(&mut self) -> Verdict {
        self.refused += 1;
        if self.refused > PATIENCE { Verdict::Enough } else { Verdict::Wait(1) }
    }

    /// A frame made no sense; whether the connection ends.
    pub fn malformed(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.malformed += 1.0;
        self.malformed > MOST_MALFORMED
    }

    fn refill(&mut self, now: Instant) {
        let passed: Duration = now.saturating_duration_since(self.at);
        self.at = now;
        self.left = (self.left + passed.as_secs_f64() * self.per_second).min(self.burst);
        self.malformed = (self.malformed - passed.as_secs_f64() * FORGIVEN_PER_SECOND).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_only_what_refills() {
        let start = Instant::now();
        let mut allowance = Allowance::new(10, 3, start);
        let heard = (0..5).filter(|_| allowance.frame(start) == Verdict::Heard).count();
        assert_eq!(heard, 3);
        assert_eq!(allowance.frame(start), Verdict::Wait(1));
        assert_eq!(allowance.frame(start + Duration::from_millis(100)), Verdict::Heard);
        assert_eq!(allowance.frame(start + Duration::from_millis(150)), Verdict::Wait(1));
    }

    #[test]
    fn a_flood_ends_and_a_pause_is_forgiven() {
        let start = Instant::now();
        let mut allowance = Allowance::new(1, 1, start);
        let verdicts: Vec<_> = (0..=PATIENCE + 1).map(|_| allowance.frame(start)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Enough));
        assert!(verdicts.iter().rev().skip(1).all(|verdict| *verdict != Verdict::Enough));
        assert_eq!(allowance.frame(start + Duration::from_secs(1)), Verdict::Heard);
        assert_eq!(allowance.wait(), Verdict::Enough, "another allowance refuses it");
        allowance.heard();
        assert_eq!(allowance.frame(start + Duration::from_secs(1)), Verdict::Wait(1));
    }

    #[test]
    fn nonsense_now_and_then_is_borne_but_not_in_a_row() {
        let start = Instant::now();
        let mut allowance = Allowance::new(10, 10, start);
        assert!((0..100).all(|number| !allowance.malformed(start + Duration::from_secs(number * 10))));
        let later = start + Duration::from_secs(10_000);
        assert_eq!((0..20).position(|_| allowance.malformed(later)), Some(8));
    }
}
