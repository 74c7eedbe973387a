//! `tasuki backup`.

use super::{Failure, operator, output};
use crate::{
    config::Config,
    console::ConsoleCommand,
    usecase::back_up::{BackUp, BackedUp},
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode, sync::Arc};

/// バックアップを取ります(サーバーは動いたまま)。復旧シートの6行目の鍵でしか開けません。
/// / Takes a backup while the server runs, sealed to the recovery key (line 6 of the sheet).
///
/// One file in the age format: every row (sealed as it is in the database), the settings, and a manifest that this
/// house has tagged. PostgreSQL needs `pg_dump`. Older generations beyond backup.generations are removed, but only in
/// the configured folder.
#[derive(Debug, Args)]
pub struct Arguments {
    /// 置き場所。省くと設定 backup.folder。 / Folder; backup.folder when left out.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// 記録に残す理由。 / Why; goes into the access log.
    #[arg(long, default_value = "backup")]
    reason: String,
}

/// Takes a backup.
///
/// # Errors
/// Why there is none, in words.
pub async fn run(config: Arc<Config>, arguments: Arguments) -> Result<ExitCode, Failure> {
    let folder = arguments.to.map(std::path::absolute).transpose()?;
    let command = ConsoleCommand::BackUp(BackUp { folder });
    let done: BackedUp = operator::act(config, operator::question(&arguments.reason, command)?).await?;
    output::line(&format!("バックアップを作成しました / backed up: {}", done.path.display()));
    output::line(&format!(
        "  大きさ / size: {} バイト。アクセスログ {} 件まで(根 {})。 / Access log up to entry count {}.",
        done.bytes, done.log_size, done.log_root, done.log_size
    ));
    if done.removed > 0 {
        output::line(&format!(
            "  古い世代を {} 個消しました。 / Old generations removed: {}.",
            done.removed, done.removed
        ));
    }
    if done.findings.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    output::error(
        "▲ アクセスログが元のままではありません。監査者へ連絡してください。 / The access log is NOT as it was: tell the auditor.",
    );
    for (japanese, english) in &done.findings {
        output::error(&format!("  {japanese} / {english}"));
    }
    Ok(ExitCode::from(1))
}
