//! The time: whether the machine's clock was set back, and what its time service says.

use super::{Check, Subject, Verdict};
use crate::clock::Drift;
use std::time::Duration;
use tasuki_domain::time::SECOND;
use tokio::process::Command;

/// Longest wait for a time service's answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// An offset of more than a second is told.
const LARGEST_OFFSET: f64 = 1.0;

/// Whether the machine's clock lags behind the time that this process has told already.
pub(super) fn own(drift: Drift) -> Check {
    let Drift { behind, jumps } = drift;
    let seconds = behind / SECOND;
    if seconds > 0 {
        return Check::good(
            Subject::Clock,
            format!("機械の時計が {seconds} 秒戻されました。サーバーの時刻は追い付くまでゆっくり進みます。"),
            format!("The machine's clock was set back by {seconds} s; the server's time goes on slowly until it has caught up."),
        )
        .but(
            Verdict::Bad,
            "timedatectl で時刻合わせを確かめてください。原因が分かるまで再起動しないでください。",
            "Check the time service with timedatectl. Do not restart before the cause is known.",
        );
    }
    if jumps > 0 {
        return Check::good(
            Subject::Clock,
            format!("起動してから {jumps} 回、時計が戻されました。今は合っています。"),
            format!("The clock was set back {jumps} times since the start; it is right now."),
        )
        .but(Verdict::Notice, "時刻合わせの設定を確かめてください。", "Check the time service.");
    }
    Check::good(Subject::Clock, "時計は戻っていません。", "The clock was not set back.")
}

/// What the machine's time service says: chrony, or systemd's.
pub(super) async fn service() -> Check {
    if let Some(text) = answer("chronyc", &["-c", "tracking"]).await
        && let Some(offset) = chrony_offset(&text)
    {
        return told("chrony", offset);
    }
    if let Some(text) = answer("timedatectl", &["timesync-status"]).await
        && let Some(offset) = systemd_offset(&text)
    {
        return told("systemd-timesyncd", offset);
    }
    match answer("timedatectl", &["show", "--property=NTPSynchronized", "--value"])
        .await
        .as_deref()
        .map(str::trim)
    {
        Some("yes") => Check::good(Subject::Clock, "時刻は同期しています。", "The clock is synchronised."),
        Some("no") => {
            Check::good(Subject::Clock, "時刻が同期していません。", "The clock is not synchronised.").but(
                Verdict::Notice,
                "timedatectl set-ntp true で時刻合わせを動かしてください。",
                "Turn the time service on: timedatectl set-ntp true.",
            )
        }
        _ => Check::good(
            Subject::Clock,
            "時刻合わせの状態を読み取れません。",
            "What the time service says cannot be read.",
        )
        .but(
            Verdict::Notice,
            "NTP(systemd-timesyncd か chrony)が動いていることを確かめてください。",
            "Make sure that NTP runs (systemd-timesyncd or chrony).",
        ),
    }
}

fn told(service: &str, offset: f64) -> Check {
    let check = Check::good(
        Subject::Clock,
        format!("{service} による時刻のずれは {offset:.3} 秒です。"),
        format!("{service} says an offset of {offset:.3} s."),
    );
    if offset.abs() <= LARGEST_OFFSET {
        return check;
    }
    check.but(
        Verdict::Bad,
        "時計が 1 秒以上ずれています。時刻合わせの相手先と通信を確かめてください。",
        "The clock is off by more than a second: check the time servers and the network.",
    )
}

/// Fifth field of chrony's line: how far the system's clock is off, in seconds.
fn chrony_offset(text: &str) -> Option<f64> {
    let fields: Vec<&str> = text.trim().split(',').collect();
    let synchronised = fields.get(13).is_some_and(|leap| *leap != "Not synchronised");
    fields.get(4)?.parse().ok().filter(|_| synchronised)
}

/// systemd's line `Offset: +1.234ms`.
fn systemd_offset(text: &str) -> Option<f64> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("Offset:"))?.trim();
    let number = value.trim_end_matches(char::is_alphabetic);
    let factor = match value.get(number.len()..)? {
        "us" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor)
}

async fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(std::process::Stdio::null()).env("LC_ALL", "C").kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_time_services_say() {
        let chrony =
            "C0A80001,192.168.0.1,3,1790000000.1,0.000012345,0.1,0.2,1.0,0.0,0.1,0.01,0.001,64.2,Normal\n";
        assert_eq!(chrony_offset(chrony), Some(0.000_012_345));
        assert_eq!(chrony_offset(&chrony.replace("Normal", "Not synchronised")), None);
        assert_eq!(systemd_offset("  Server: x\n  Offset: -1.500ms\n"), Some(-0.0015));
        assert_eq!(systemd_offset("Offset: +2.0s"), Some(2.0));
        assert_eq!(systemd_offset("Offset: +2.0s later"), None);
    }

    #[test]
    fn an_offset_of_more_than_a_second_is_bad() {
        assert_eq!(told("x", 0.9).verdict, Verdict::Good);
        assert_eq!(told("x", -1.1).verdict, Verdict::Bad);
    }

    #[test]
    fn a_clock_that_was_set_back_is_told() {
        assert_eq!(own(Drift::default()).verdict, Verdict::Good);
        assert_eq!(own(Drift { behind: 0, jumps: 1 }).verdict, Verdict::Notice);
        let check = own(Drift { behind: 90 * SECOND, jumps: 1 });
        assert!(check.verdict == Verdict::Bad && check.english.contains("90 s"));
    }
}
