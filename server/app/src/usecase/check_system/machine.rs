//! What the machine can say without an open house: settings, disks, backups, attestation.

use super::{Check, Subject, Verdict};
use crate::{
    backup::newest,
    config::{Config, DatabaseUrl},
    usecase::back_up::recipients_path,
};
use std::{path::Path, time::Duration};

/// Less free space than this is told, in bytes: a day of photos and a backup's picture must fit.
const LITTLE: u64 = 5 << 30;
/// Less than this is wrong now.
const TOO_LITTLE: u64 = 1 << 30;

pub(super) fn checks(config: &Config, rp_id: Option<&str>) -> Vec<Check> {
    let mut checks = settings(config);
    checks.push(disk("データ", "data", &config.server.data_folder));
    if let Some(folder) = &config.backup.folder {
        checks.push(disk("バックアップ", "backups", folder));
    }
    checks.push(backup(config, rp_id.unwrap_or(config.server.name.as_str())));
    checks.push(attestation(config));
    checks
}

fn settings(config: &Config) -> Vec<Check> {
    let problems = config.problems_on_this_machine();
    if problems.is_empty() {
        let engine = match &config.database.url {
            DatabaseUrl::Postgres(_) => "PostgreSQL",
            _ => "SQLite",
        };
        return vec![Check::good(
            Subject::Settings,
            format!("問題ありません({}、{engine})。", config.server.name),
            format!("In order ({}, {engine}).", config.server.name),
        )];
    }
    let told = |problem: &crate::config::ConfigProblem| {
        let check = Check::good(Subject::Settings, problem.key.clone(), problem.key.clone());
        check.but(Verdict::Bad, &problem.rule_ja, &problem.rule_en)
    };
    problems.iter().map(told).collect()
}

fn disk(japanese: &str, english: &str, folder: &Path) -> Check {
    let Ok(space) = rustix::fs::statvfs(folder) else {
        return Check::good(
            Subject::Disk,
            format!("{japanese}の置き場所 {} を調べられません。", folder.display()),
            format!("The folder for {english}, {}, cannot be looked at.", folder.display()),
        )
        .but(
            Verdict::Bad,
            "フォルダーがあるか、マウントされているかを確かめてください。",
            "Check that the folder is there and mounted.",
        );
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let gigabytes = free >> 30;
    let check = Check::good(
        Subject::Disk,
        format!("{japanese}の置き場所の空きは {gigabytes} GiB です。"),
        format!("{gigabytes} GiB are free for {english}."),
    );
    if free < TOO_LITTLE {
        return check.but(
            Verdict::Bad,
            "空きがほとんどありません。尽きると新しい投稿を受領できません。今すぐ空きを作ってください。",
            "Almost full: without room no new message is taken. Make room now.",
        );
    }
    if free < LITTLE {
        return check.but(
            Verdict::Notice,
            "空きが減っています。空きを作るか、ディスクを増やしてください。",
            "Make room or add disk.",
        );
    }
    check
}

fn backup(config: &Config, rp_id: &str) -> Check {
    let Some(folder) = &config.backup.folder else {
        return Check::good(Subject::Backup, "置き場所が設定されていません。", "No folder is set.").but(
            Verdict::Bad,
            "設定 backup.folder を書き、tasuki backup を毎日実行してください。",
            "Set backup.folder and run `tasuki backup` daily.",
        );
    };
    if crate::backup::Recipients::read(&recipients_path(config)).is_err() {
        return Check::good(
            Subject::Backup,
            "復旧用の公開鍵がありません。",
            "There is no public recovery key.",
        )
        .but(
            Verdict::Bad,
            "init が作った backup.recipients を戻すか、設定 backup.recipients_file を書いてください。",
            "Put backup.recipients back, or set backup.recipients_file.",
        );
    }
    let found = newest(folder, rp_id);
    let Ok(Some((path, at))) = found else {
        return Check::good(Subject::Backup, "まだ一つもありません。", "There is none yet.").but(
            Verdict::Bad,
            "tasuki backup を実行してください。",
            "Run `tasuki backup`.",
        );
    };
    // A time in the future is one second ago: the clock has its own check.
    let age = at.elapsed().unwrap_or(Duration::from_secs(1));
    let hours = age.as_secs() / 3_600;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let check = Check::good(
        Subject::Backup,
        format!("最新は {hours} 時間前の {name} です。"),
        format!("The newest is {hours} hours old: {name}."),
    );
    let every = config.backup.every_hours.get();
    if hours > every.saturating_mul(3) {
        return check.but(
            Verdict::Bad,
            "ずっと取れていません。tasuki backup を実行してください。",
            "None for long: run `tasuki backup`.",
        );
    }
    if hours > every {
        return check.but(
            Verdict::Notice,
            "予定より遅れています。tasuki backup を実行し、定期実行を確かめてください。",
            "Late: run `tasuki backup` and look at its schedule.",
        );
    }
    check
}

fn attestation(config: &Config) -> Check {
    match &config.sign_in.attestation_ca_file {
        Some(_) => Check::good(
            Subject::Attestation,
            "セキュリティキーの製造元を確かめています。",
            "Makers of security keys are checked.",
        ),
        None => Check::good(
            Subject::Attestation,
            "セキュリティキーの製造元は確かめていません。",
            "Makers of security keys are not checked.",
        )
        .but(
            Verdict::Notice,
            "必要なら、製造元の証明書を sign_in.attestation_ca_file に設定してください。",
            "If wanted, set sign_in.attestation_ca_file.",
        ),
    }
}
