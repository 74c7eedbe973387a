//! `tasuki init`: founds a consortium's house. Everything is asked first; nothing is written before the recovery sheet
//! was typed back without an error.

mod answers;
mod found;
mod sheet;

use super::{Failure, files, operator, output};
use crate::{
    backup::{RECIPIENTS, RecoveryIdentity},
    clock::Clock,
    config::{Config, DatabaseUrl, DnsName},
    console::ConsoleCommand,
    data_lock::DataLock,
    startup::{self, StartProblem},
};
use answers::Answers;
use clap::Args;
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use tasuki_store::{Store, StoreError};
use tasuki_vault::RootKey;

/// 最初に一度だけ実行します。DNS名、鍵、復旧シート、認証局、最初の管理者と端末。
/// / Founds the house, once: final DNS name, keys, recovery sheet, device authority, first administrator and device.
///
/// Asks everything first and shows a recovery sheet, which must be typed back; only then is anything written. Nothing
/// that exists is ever overwritten. A script may answer line by line.
#[derive(Debug, Args)]
pub struct Arguments {
    /// 最終的なDNS名(あとから変更できません)。 / The final DNS name; it cannot change later.
    #[arg(long)]
    name: Option<String>,
    /// データフォルダー。 / The data folder.
    #[arg(long, value_name = "FOLDER")]
    data_folder: Option<PathBuf>,
    /// 親鍵を書くファイル(データフォルダーの外)。 / The file for the root key, outside the data folder.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Founds the house.
///
/// # Errors
/// What stands in the way, in words; then nothing was made.
pub async fn run(
    mut config: Config,
    settings: Option<&Path>,
    arguments: Arguments,
) -> Result<ExitCode, Failure> {
    output::line("襷 (Tasuki) の初期設定を始めます。復旧シートを入力し終えるまで、何も作成しません。");
    output::line("Setting Tasuki up. Nothing is written before the recovery sheet was typed back.");
    let before = config.clone();
    config.server.name = answers::name(&config, arguments.name.as_deref())?;
    config.server.data_folder = answers::data_folder(&config, arguments.data_folder)?;
    if let Some(file) = arguments.key_file {
        config.unlock.key_file = std::path::absolute(file)?;
    }
    let config = Arc::new(checked(config)?);
    vacant(&config).await?;
    let answers = Answers::ask(&config)?;
    let root = RootKey::generate(&mut UnwrapErr(SysRng));
    let recovery = RecoveryIdentity::generate();
    sheet::type_back(&root, &recovery)?;
    let key_text = files::key_text(&config, &root)?;
    let lock = DataLock::take(&config.server.data_folder)?.ok_or(StartProblem::InUse)?;
    let made = Made::begin(&config, &key_text, &recovery)?;
    let (services, done) = found::found(&config, root, &answers).await?;
    let mut missing = Vec::new();
    match settings {
        Some(path) if !path.exists() => files::write_settings(&config, path)?,
        _ => missing = answered(&before, &config),
    }
    services.store.close().await;
    files::hand_over(&config)?;
    made.keep();
    drop(lock);
    found::tell(&config, settings, &done, &missing);
    Ok(ExitCode::SUCCESS)
}

/// What was answered otherwise than the settings say: the lines that are still to be written into their file.
fn answered(before: &Config, config: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    if before.server.name != config.server.name {
        lines.push(format!("[server] name = \"{}\"", config.server.name));
    }
    if before.server.data_folder != config.server.data_folder {
        lines.push(format!("[server] data_folder = \"{}\"", config.server.data_folder.display()));
    }
    if before.unlock.key_file != config.unlock.key_file {
        lines.push(format!("[unlock] key_file = \"{}\"", config.unlock.key_file.display()));
    }
    lines
}

/// The settings with the answers in them still hold together.
fn checked(config: Config) -> Result<Config, Failure> {
    let text = toml::to_string(&config)?;
    Config::from_sources(&text, []).map_err(Failure::from)
}

/// Refuses what is there already, before the first question about people.
async fn vacant(config: &Config) -> Result<(), Failure> {
    let key = files::key_path(config);
    let recipients = config.server.data_folder.join(RECIPIENTS);
    let database = match &config.database.url {
        DatabaseUrl::InDataFolder => Some(config.server.data_folder.join("tasuki.db")),
        DatabaseUrl::Sqlite(path) => Some(path.clone()),
        DatabaseUrl::Postgres(_) => None,
    };
    for path in [Some(key), Some(recipients), database.clone()].into_iter().flatten() {
        if path.exists() {
            return Err(Failure::new(format!(
                "{} が既にあります。上書きしません。\n  exists already and is never overwritten.",
                path.display()
            )));
        }
    }
    if database.is_none() && !Store::is_vacant(&startup::opening(config, &Clock::system())?).await? {
        return Err(StoreError::NotEmpty.into());
    }
    Ok(())
}

/// What was made so far; taken back unless all of it is kept.
struct Made {
    paths: Vec<PathBuf>,
    kept: bool,
}

impl Made {
    fn begin(config: &Config, key_text: &str, recovery: &RecoveryIdentity) -> Result<Self, Failure> {
        let mut made = Self { paths: Vec::new(), kept: false };
        let key = files::key_path(config);
        files::write_private(&key, key_text.as_bytes())?;
        made.paths.push(key);
        let recipients = config.server.data_folder.join(RECIPIENTS);
        made.paths.extend([recipients.clone(), config.server.data_folder.join(found::AUTHORITY)]);
        files::write_private(&recipients, format!("{}\n", recovery.public()).as_bytes())?;
        let database = match &config.database.url {
            DatabaseUrl::InDataFolder => config.server.data_folder.join("tasuki.db"),
            DatabaseUrl::Sqlite(path) => path.clone(),
            DatabaseUrl::Postgres(_) => return Ok(made),
        };
        for ending in ["", "-wal", "-shm"] {
            let mut path = database.clone().into_os_string();
            path.push(ending);
            made.paths.push(path.into());
        }
        Ok(made)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.kept {
            for path in &self.paths {
                let _missing = std::fs::remove_file(path);
            }
        }
    }
}

/// The caller of everything that `init` does.
fn caller() -> Result<tasuki_domain::policy::Caller, Failure> {
    Ok(operator::question("init", ConsoleCommand::Ping {})?.caller())
}

/// A DNS name or why it is none.
fn dns_name(typed: &str) -> Result<DnsName, String> {
    DnsName::parse(typed).ok_or_else(|| {
        format!("「{typed}」はDNS名ではありません(IPアドレスは使えません)。 / This is not a DNS name.")
    })
}
