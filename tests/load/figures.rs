//! Figures: latencies with their percentiles, medians and ratios, CPU time and memory of a process as the kernel
//! counts them.

use std::time::Duration;

/// Latencies in microseconds, for percentiles.
#[derive(Clone, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// All of another's.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The smallest latency that at least `percent` of them do not exceed (nearest rank), in milliseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(f64::NAN, |latency| f64::from(*latency) / 1e3)
    }
}

/// The middle value; of two in the middle their mean. Not a number for none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.len() / 2;
    let lower = values.len().saturating_sub(1) / 2;
    match (values.get(lower), values.get(upper)) {
        (Some(lower), Some(upper)) => (lower + upper) / 2.0,
        _ => f64::NAN,
    }
}

/// CPU milliseconds per 1000 of something.
pub fn per_thousand(cpu: Duration, count: u64) -> f64 {
    cpu.as_secs_f64() * 1e6 / count as f64
}

/// How many in a second.
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// A bound on a ratio of a figure to its limit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Bound {
    /// Not less than this.
    AtLeast(f64),
    /// Not more than this.
    AtMost(f64),
}

impl Bound {
    /// Whether a ratio keeps the bound. What is not a number keeps none.
    pub fn holds(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }

    /// A third of the target: a lower bound divided by three, an upper bound times three.
    pub fn third(self) -> Self {
        match self {
            Self::AtLeast(least) => Self::AtLeast(least / 3.0),
            Self::AtMost(most) => Self::AtMost(most * 3.0),
        }
    }
}

/// CPU time of a process, user and system, from a moment on.
pub struct Cpu {
    process: u32,
    from: Duration,
}

impl Cpu {
    /// Of this process from now on.
    pub fn of_this_process() -> Self {
        Self::of(std::process::id())
    }

    /// Of another process from now on.
    pub fn of(process: u32) -> Self {
        Self { process, from: used(process) }
    }

    /// What it has used since.
    pub fn since(&self) -> Duration {
        used(self.process).saturating_sub(self.from)
    }
}

fn used(process: u32) -> Duration {
    cpu_time(&std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default())
}

/// User and system time of `/proc/PID/stat`, fields 14 and 15, in ticks of 10 ms (proc(5)). The name of the process,
/// field 2, may hold anything but ends with the last parenthesis.
fn cpu_time(stat: &str) -> Duration {
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory of a process, in KiB.
pub fn resident(process: u32) -> u64 {
    resident_of(&std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default())
}

fn resident_of(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(milliseconds: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::default();
        milliseconds.into_iter().for_each(|one| latencies.add(Duration::from_millis(one)));
        latencies
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let mut hundred = latencies((1..=100).rev());
        assert_eq!([50, 95, 99, 100].map(|percent| hundred.percentile(percent)), [50.0, 95.0, 99.0, 100.0]);
        let mut four = latencies([4, 1, 3, 2]);
        assert_eq!(
            [1, 25, 26, 50, 75, 99].map(|percent| four.percentile(percent)),
            [1.0, 1.0, 2.0, 2.0, 3.0, 4.0]
        );
        assert!((latencies([7]).percentile(50) - 7.0).abs() < f64::EPSILON);
        assert!(Latencies::default().percentile(99).is_nan());
    }

    #[test]
    fn latencies_keep_their_microseconds() {
        let mut latencies = Latencies::default();
        latencies.add(Duration::from_micros(1_234));
        latencies.add(Duration::from_secs(100_000));
        assert!((latencies.percentile(50) - 1.234).abs() < 1e-9);
        assert!((latencies.percentile(99) - f64::from(u32::MAX) / 1e3).abs() < 1e-9);
    }

    #[test]
    fn a_median_needs_no_order() {
        assert!((median([9.0, 1.0, 5.0]) - 5.0).abs() < f64::EPSILON);
        assert!((median([9.0, 1.0, 5.0, 3.0]) - 4.0).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
    }

    #[test]
    fn rates_and_shares() {
        assert!((per_second(500, Duration::from_millis(250)) - 2_000.0).abs() < 1e-9);
        assert!((per_thousand(Duration::from_millis(30), 15_000) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_third_of_a_target_loosens_it_in_its_own_direction() {
        let third = Bound::AtLeast(0.6).third();
        assert!(third.holds(0.21) && !third.holds(0.19));
        let third = Bound::AtMost(1.5).third();
        assert!(third.holds(4.4) && !third.holds(4.6));
        assert!(!Bound::AtMost(1.0).holds(f64::NAN) && !Bound::AtLeast(0.0).holds(f64::NAN));
    }

    #[test]
    fn the_kernel_is_read_as_it_writes() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 1 0 123 45 6 7 20 0 3 0 1000 1 2";
        assert_eq!(cpu_time(stat), Duration::from_millis(1_680));
        assert_eq!(cpu_time(""), Duration::ZERO);
        assert_eq!(resident_of("Name:\tx\nVmRSS:\t    5120 kB\nThreads:\t3\n"), 5_120);
        assert_eq!(resident_of("Name:\tx\n"), 0);
    }
}
