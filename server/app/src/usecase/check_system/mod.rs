//! The system's state in plain words: what is well, what wants attention, what is wrong, and what to do about it.

mod clock;
mod house;
mod machine;

use super::{Services, UseCaseError};
use crate::config::Config;
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    access::Detail,
    policy::{Caller, ReadSystemState},
    time::Timestamp,
};

/// How something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Well.
    Good,
    /// Wants attention soon.
    Notice,
    /// Wrong now.
    Bad,
}

impl Verdict {
    /// The name that the API uses.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Notice => "notice",
            Self::Bad => "bad",
        }
    }
}

/// What was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// 設定
    Settings,
    /// 鍵
    Keys,
    /// データベース
    Database,
    /// アクセスログ
    Log,
    /// 証明書
    Certificates,
    /// 失効リスト
    RevocationList,
    /// 時刻
    Clock,
    /// ディスク
    Disk,
    /// バックアップ
    Backup,
    /// 製造元の確認
    Attestation,
    /// 端末登録の受付
    Enrolment,
}

impl Subject {
    /// The name that the API uses.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Keys => "keys",
            Self::Database => "database",
            Self::Log => "log",
            Self::Certificates => "certificates",
            Self::RevocationList => "revocation_list",
            Self::Clock => "clock",
            Self::Disk => "disk",
            Self::Backup => "backup",
            Self::Attestation => "attestation",
            Self::Enrolment => "enrolment",
        }
    }

    /// The word in Japanese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Settings => ("設定", "Settings"),
            Self::Keys => ("鍵", "Keys"),
            Self::Database => ("データベース", "Database"),
            Self::Log => ("アクセスログ", "Access log"),
            Self::Certificates => ("証明書", "Certificates"),
            Self::RevocationList => ("失効リスト", "Revocation list"),
            Self::Clock => ("時刻", "Clock"),
            Self::Disk => ("ディスク", "Disk"),
            Self::Backup => ("バックアップ", "Backup"),
            Self::Attestation => ("製造元の確認", "Attestation"),
            Self::Enrolment => ("端末登録の受付", "Enrolment"),
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What.
    pub subject: Subject,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, in Japanese.
    pub japanese: String,
    /// What was found, in English.
    pub english: String,
    /// What to do, in Japanese; empty when nothing.
    pub advice_japanese: String,
    /// What to do, in English; empty when nothing.
    pub advice_english: String,
}

impl Check {
    /// All is well.
    #[must_use]
    pub fn good(subject: Subject, japanese: impl Into<String>, english: impl Into<String>) -> Self {
        let (japanese, english) = (japanese.into(), english.into());
        let (advice_japanese, advice_english) = (String::new(), String::new());
        Self { subject, verdict: Verdict::Good, japanese, english, advice_japanese, advice_english }
    }

    /// The same with another verdict and what to do.
    #[must_use]
    pub fn but(mut self, verdict: Verdict, japanese: &str, english: &str) -> Self {
        self.verdict = verdict;
        japanese.clone_into(&mut self.advice_japanese);
        english.clone_into(&mut self.advice_english);
        self
    }
}

/// The state of the system at a time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemState {
    /// When it was looked at.
    pub at: Timestamp,
    /// Version of the program.
    pub program: String,
    /// Every check, in a fixed order.
    pub checks: Vec<Check>,
}

impl SystemState {
    /// The worst of all.
    #[must_use]
    pub fn worst(&self) -> Verdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Good)
    }
}

/// Looks at everything; the look is in the log.
///
/// # Errors
/// The refusal; the database failed before anything could be said.
pub async fn check_system(services: &Services, caller: &Caller) -> Result<SystemState, UseCaseError> {
    let grant = services.store.decide(caller, ReadSystemState {}).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let mut checks = house::checks(services, &look).await;
    checks.extend(machine_checks(&services.config, Some(services.store.rp_id())).await);
    checks.push(clock::own(services.clock.drift()));
    checks.sort_by_key(|check| check.subject as u8);
    Ok(SystemState { at: services.now(), program: env!("CARGO_PKG_VERSION").to_owned(), checks })
}

/// What can be said without an open house: settings, the time service, disks, backups, attestation.
pub async fn machine_checks(config: &Config, rp_id: Option<&str>) -> Vec<Check> {
    let mut checks = machine::checks(config, rp_id);
    checks.push(clock::service().await);
    checks
}

#[cfg(test)]
mod tests;
