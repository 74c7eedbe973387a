//! `tasuki restore`.

use super::{Failure, files, operator, output, question};
use crate::{
    backup::{BackupProblem, Connect, RECIPIENTS, RecoveryIdentity},
    clock::Clock,
    config::{Config, DatabaseUrl},
    console::ConsoleCommand,
    data_lock::DataLock,
    restore::{Prepared, Restoration, Restored, Target, prepare},
    startup, unlock,
};
use clap::Args;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use tasuki_domain::time::Timestamp;
use tasuki_vault::{Keyring, recovery_sheet::RecoverySheet};

/// バックアップを空の場所へ戻します。既にあるデータには決して上書きしません。
/// / Restores a backup into an empty place; never over existing data.
///
/// Asks for the recovery key (line 6 of the recovery sheet) and, where there is no root key file, for the sheet's five
/// other lines to write one. The manifest, every digest and the whole access log are checked before anything is put in
/// place. Sessions, one-time codes and the enrolment door are closed. A script may answer line by line.
#[derive(Debug, Args)]
pub struct Arguments {
    /// バックアップのファイル。 / The backup.
    file: PathBuf,
    /// 戻す先のデータフォルダー(空であること)。 / The data folder to fill; it must hold no data.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// 戻す先の PostgreSQL(空のデータベース、パスワードなしのURL)。 / An empty PostgreSQL database to fill.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// 手元の署名済みの控え。どれだけ失われたかが分かります。 / A signed head kept elsewhere: tells how much is missing.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// 記録に残す理由。 / Why; goes into the access log.
    #[arg(long, default_value = "restore")]
    reason: String,
}

/// Restores.
///
/// # Errors
/// Why nothing was restored, in words.
pub async fn run(
    mut config: Config,
    settings: Option<&Path>,
    arguments: Arguments,
) -> Result<ExitCode, Failure> {
    let caller = operator::question(&arguments.reason, ConsoleCommand::Ping {})?.caller();
    if let Some(folder) = arguments.to {
        config.server.data_folder = std::path::absolute(folder)?;
    }
    if let Some(url) = &arguments.database {
        config.database.url = DatabaseUrl::parse(url).ok_or_else(|| {
            Failure::new("--database は postgres://利用者@ホスト/名前 の形で、パスワードは書かないでください。\n  --database is postgres://user@host/name without a password.")
        })?;
    }
    let config = Arc::new(config);
    let folder = &config.server.data_folder;
    let target = target(&config)?;
    let lock = DataLock::take(folder)?.ok_or(startup::StartProblem::InUse)?;
    let identity = ask_identity()?;
    let (keyring, key_text) = root_key(&config)?;
    let against = arguments.against.map(std::fs::read_to_string).transpose()?;
    let unpacking = Unpacking::make(folder)?;
    let file = arguments.file;
    let restoration = Restoration { file, identity, target, against, folder: unpacking.0.clone() };
    let opening = startup::opening(&config, &Clock::system())?;
    let prepared = prepare(restoration, &opening, &keyring).await?;
    let missing = prepared.missing(&keyring)?;
    let named = crate::config::DnsName::parse(&prepared.manifest().rp_id);
    let mut opened = (*config).clone();
    opened.server.name = named.ok_or(BackupProblem::Damaged)?;
    let written = write_beside(&opened, &prepared, key_text.as_deref(), settings)?;
    let restored = prepared.put_in_place(&caller, opening, keyring).await?;
    restored.store.close().await;
    files::hand_over(&config)?;
    drop(unpacking);
    drop(lock);
    tell(&restored, missing, &written);
    Ok(ExitCode::SUCCESS)
}

fn target(config: &Config) -> Result<Target, Failure> {
    Ok(match &config.database.url {
        DatabaseUrl::InDataFolder => Target::File(config.server.data_folder.join("tasuki.db")),
        DatabaseUrl::Sqlite(path) => Target::File(path.clone()),
        DatabaseUrl::Postgres(url) => {
            let password = startup::opening(config, &Clock::system())?.password;
            Target::Postgres(Connect { url: url.clone(), password })
        }
    })
}

fn ask_identity() -> Result<RecoveryIdentity, Failure> {
    let mut problem = BackupProblem::Identity;
    for _ in 0..3 {
        let typed = question::secret("復旧シートの6行目(AGE-SECRET-KEY-1…) / Line 6 of the recovery sheet")?;
        match RecoveryIdentity::parse(&typed) {
            Ok(identity) => return Ok(identity),
            Err(error) => problem = error,
        }
        output::line(&crate::explain::explain(&problem));
    }
    Err(problem.into())
}

/// The root key: from its file where there is one, otherwise from the sheet, with the text of the file to write.
fn root_key(config: &Config) -> Result<(Keyring, Option<zeroize::Zeroizing<String>>), Failure> {
    if files::key_path(config).exists() {
        let ask = || rpassword::prompt_password("パスフレーズ / Passphrase: ");
        return Ok((unlock::unlock(config, ask)?, None));
    }
    output::line("親鍵のファイルがありません。復旧シートの1〜5行目を入力してください。");
    output::line("There is no root key file. Type lines 1 to 5 of the recovery sheet.");
    for _ in 0..5 {
        match RecoverySheet::parse(&question::sheet(5)?) {
            Ok(root) => {
                let text = files::key_text(config, &root)?;
                return Ok((Keyring::unlock(root), Some(text)));
            }
            Err(error) => output::line(&files::sheet_words(&error)),
        }
    }
    Err(Failure::new(
        "復旧シートを読み取れませんでした。何も変更していません。\n  The sheet was not understood; nothing was changed.",
    ))
}

/// A private folder for what is unpacked, on the disk of the data; removed in the end.
struct Unpacking(PathBuf);

impl Unpacking {
    fn make(folder: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::DirBuilderExt;
        let path = folder.join("restore.tmp");
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Unpacking {
    fn drop(&mut self) {
        let _left_for_the_next = std::fs::remove_dir_all(&self.0);
    }
}

/// The key file, the public recovery key and the settings, where there are none yet. Says what was written.
fn write_beside(
    config: &Config,
    prepared: &Prepared,
    key_text: Option<&String>,
    settings: Option<&Path>,
) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    let mut copy = |part: &str, to: PathBuf| -> Result<(), Failure> {
        if let Some(from) = prepared.part(part).filter(|_| !to.exists()) {
            files::write_private(&to, &std::fs::read(from)?)?;
            written.push(to);
        }
        Ok(())
    };
    copy("backup.recipients", config.server.data_folder.join(RECIPIENTS))?;
    copy("settings.toml", config.server.data_folder.join("settings.restored.toml"))?;
    copy("attestation.pem", config.server.data_folder.join("attestation.restored.pem"))?;
    if let Some(text) = key_text {
        let path = files::key_path(config);
        files::write_private(&path, text.as_bytes())?;
        written.push(path);
    }
    if let Some(path) = settings.filter(|path| !path.exists()) {
        files::write_settings(config, path)?;
        written.push(path.to_owned());
    }
    Ok(written)
}

fn tell(restored: &Restored, missing: Option<u64>, written: &[PathBuf]) {
    let manifest = &restored.manifest;
    let time = |at: i64| {
        let zoned = Timestamp(at).tokyo();
        zoned.map_or_else(String::new, |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S").to_string())
    };
    let (at, size) = (time(manifest.at), manifest.log.size);
    let mut lines = vec![
        format!(
            "復旧しました。バックアップの時刻 {at}(日本時間)、アクセスログ {size} 件。ログは検証済みです。"
        ),
        format!(
            "Restored: backup of {at} (Japan), {size} log entries, verified; this restore is entry {}.",
            restored.entry
        ),
        format!("▲ {at} より後の投稿・記録・変更は、このバックアップにはありません。"),
        format!("  Everything after {at} is missing."),
    ];
    match missing {
        None => lines.push("  どれだけ失われたかは、端末や印刷の控えを --against に渡すと分かります。 / A head kept elsewhere (--against) tells how much.".into()),
        Some(0) => lines.push("  手元の控えまでの記録は、すべて含まれています。 / Everything up to the head given is there.".into()),
        Some(count) => lines.push(format!("  手元の控えと比べて、少なくとも {count} 件の記録が失われています。 / At least {count} entries are missing.")),
    }
    lines.extend([
        "▲ バックアップの後に失効させた端末・停止した職員・終了した参加は、有効に戻っています。もう一度行ってください。".to_owned(),
        "  Devices revoked, people disabled and memberships ended since are valid again: do it again.".to_owned(),
        "  ログイン・一回限りのコード・登録の受付は、すべて閉じました。 / Sessions, one-time codes and the enrolment door are closed.".to_owned(),
    ]);
    lines.extend(written.iter().map(|path| format!("  書いたファイル / written: {}", path.display())));
    lines
        .push("次に: tasuki check、それから tasuki serve / Next: tasuki check, then tasuki serve".to_owned());
    lines.iter().for_each(|line| output::line(line));
}
