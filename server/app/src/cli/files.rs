//! Files that a command writes: for their user only, never over one that is there, synced.

use super::{Failure, question};
use crate::{
    config::{Config, UnlockMethod},
    unlock::SEALED_KEY,
};
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use tasuki_vault::{
    Passphrase, RootKey,
    key_file::{key_file_cost, plain_text, sealed_text},
    recovery_sheet::SheetError,
};
use zeroize::Zeroizing;

/// Where `init` and `restore` write the root key. For a systemd credential it is the key file, from which
/// `systemd-creds encrypt` makes the credential.
#[must_use]
pub fn key_path(config: &Config) -> PathBuf {
    match config.unlock.method {
        UnlockMethod::KeyFile | UnlockMethod::SystemdCredential => config.unlock.key_file.clone(),
        UnlockMethod::Passphrase => config.server.data_folder.join(SEALED_KEY),
    }
}

/// The text of the root key file: plain, or sealed by a passphrase that is asked for twice.
///
/// # Errors
/// When the passphrase breaks a rule or the two differ.
pub fn key_text(config: &Config, root: &RootKey) -> Result<Zeroizing<String>, Failure> {
    if config.unlock.method != UnlockMethod::Passphrase {
        return Ok(plain_text(root));
    }
    for _ in 0..5 {
        let typed = question::secret(
            "起動時に入力するパスフレーズ(16文字以上) / Passphrase for each start (16 or more)",
        )?;
        let passphrase = match Passphrase::chosen(&typed) {
            Ok(passphrase) => passphrase,
            Err(rule) => {
                super::output::line(&format!("16文字以上、1024バイト以下にしてください。 / {rule}."));
                continue;
            }
        };
        let again = question::secret("もう一度 / Once more")?;
        if *typed != *again {
            super::output::line("二つが違います。 / The two differ.");
            continue;
        }
        return Ok(Zeroizing::new(sealed_text(root, &passphrase, key_file_cost(), &mut UnwrapErr(SysRng))?));
    }
    Err(Failure::new(
        "パスフレーズが決まりませんでした。何も作成していません。\n  No passphrase was chosen; nothing was made.",
    ))
}

/// What is wrong with a typed sheet, in both languages, the line named.
#[must_use]
pub fn sheet_words(error: &SheetError) -> String {
    let japanese = match error {
        SheetError::LineCount(found) => format!("5行必要ですが、{found}行でした。"),
        SheetError::Length { line, found } => format!("{line}行目は16文字のはずですが、{found}文字です。"),
        SheetError::Character(line) => format!("{line}行目に、シートでは使わない文字があります。"),
        SheetError::Check(line) => format!("{line}行目に打ち間違いがあるか、行の順が違います。"),
        SheetError::Mixed => "別のシートの行が混ざっています。".to_owned(),
    };
    format!("{japanese} / {error}")
}

/// Writes a file for its user only; its folder is made when it is missing.
///
/// # Errors
/// Also when the file is there already.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    std::fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    let outcome = file.write_all(bytes).and_then(|()| file.sync_all());
    if outcome.is_err() {
        let _half = std::fs::remove_file(path);
    }
    outcome?;
    File::open(folder)?.sync_all()
}

/// Gives what root has made to the user that the server runs as: the owner of the data folder, or the system's user
/// `tasuki` where there is one. Nothing happens for anybody but root.
///
/// # Errors
/// When a file cannot be given away.
pub fn hand_over(config: &Config) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let folder = &config.server.data_folder;
    let metadata = std::fs::metadata(folder)?;
    let owner = match (metadata.uid(), metadata.gid()) {
        (0, _) => system_user(),
        owner => Some(owner),
    };
    let Some((user, group)) = owner else { return Ok(()) };
    let own = |path: &Path| std::os::unix::fs::chown(path, Some(user), Some(group));
    own(folder)?;
    for entry in std::fs::read_dir(folder)? {
        own(&entry?.path())?;
    }
    // A systemd credential is made from the key file by root, and the file then taken away.
    if config.unlock.method == UnlockMethod::KeyFile {
        own(&key_path(config))?;
    }
    Ok(())
}

/// User and group of `tasuki`, as `/etc/passwd` says.
fn system_user() -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, user, group) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (name == "tasuki").then_some(())?;
        Some((user.parse().ok()?, group.parse().ok()?))
    })
}

/// Writes the settings that differ from the defaults, unless there is a file already.
///
/// # Errors
/// When it cannot be written.
pub fn write_settings(config: &Config, path: &Path) -> Result<(), Failure> {
    let all: toml::Table = toml::Table::try_from(config)?;
    let usual: toml::Table = toml::Table::try_from(Config::default())?;
    let text = toml::to_string_pretty(&differing(&all, &usual))?;
    let head = "# 襷 (Tasuki) の設定。書いていない項目は初期値です。説明は config.example.toml にあります。\n\
                # Only what differs from the defaults; every key is explained in config.example.toml.\n\n";
    write_private(path, format!("{head}{text}").as_bytes())?;
    Ok(())
}

fn differing(all: &toml::Table, usual: &toml::Table) -> toml::Table {
    let mut kept = toml::Table::new();
    for (key, value) in all {
        match (value, usual.get(key)) {
            (value, Some(same)) if value == same => {}
            (toml::Value::Table(inner), Some(toml::Value::Table(inner_usual))) => {
                kept.insert(key.clone(), toml::Value::Table(differing(inner, inner_usual)));
            }
            (value, _) => {
                kept.insert(key.clone(), value.clone());
            }
        }
    }
    kept
}
