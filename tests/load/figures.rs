//! Figures: latencies with their percentiles, CPU time and memory of a process as the kernel counts them.

use std::time::Duration;

/// Latencies, for percentiles.
#[derive(Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    /// All of another's.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The latency below which `percent` of them lie, in milliseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let position = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(position).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
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

/// User and system time of `/proc/PID/stat`, fields 14 and 15, in ticks of 10 ms (proc(5)).
fn used(process: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory of a process, in KiB.
pub fn resident(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}
