//! Errors in plain words for the operator, in Japanese and English: what is wrong and what to do. The causes follow in
//! brackets, for whoever helps.

mod conflicts;

use crate::{
    backup::BackupProblem,
    restore::RestoreProblem,
    startup::StartProblem,
    unlock::UnlockProblem,
    usecase::{UseCaseError, back_up::NoFolder},
};
use std::{error::Error, io};
use tasuki_domain::policy::RefusalReason;
use tasuki_store::{StoreError, Trouble, WorkError, table::checkpoint::LogProblem};
use tasuki_vault::key_file::UnlockError;

/// What is wrong and what to do: a Japanese sentence and an English one.
type Words = (&'static str, &'static str);

const FULL: Words = (
    "ディスクに空きがありません。空きを作ってから、もう一度実行してください(受領済みのものは失われていません)。",
    "The disk is full. Make room and try again; nothing that was acknowledged is lost.",
);
const LOCKED: Words = (
    "データベースを別のプログラムが使用中です。そのプログラムを終わらせてから、もう一度実行してください。",
    "Another program holds the database. End that program and try again.",
);

/// An error with its causes, in words.
#[must_use]
pub fn explain(error: &(dyn Error + 'static)) -> String {
    if let Some(UseCaseError::Field(problem)) = error.downcast_ref() {
        return format!("{}: {}\n  {problem}", problem.field, problem.rule.japanese());
    }
    let mut causes = Vec::new();
    let mut next = Some(error);
    let mut words = None;
    while let Some(error) = next {
        let text = error.to_string();
        if causes.last() != Some(&text) {
            causes.push(text);
        }
        words = words_of(error).or(words);
        next = error.source();
    }
    match words {
        Some((japanese, english)) => format!("{japanese}\n  {english}\n  ({})", causes.join(": ")),
        None => causes.join(": "),
    }
}

/// What an error itself says. A transparent variant hides the error inside it from the chain: it is looked at here.
fn words_of(error: &(dyn Error + 'static)) -> Option<Words> {
    if let Some(error) = error.downcast_ref() {
        return store(error);
    }
    if let Some(error) = error.downcast_ref() {
        return start(error);
    }
    if let Some(error) = error.downcast_ref() {
        return backup(error);
    }
    if let Some(error) = error.downcast_ref() {
        return restore(error);
    }
    if let Some(error) = error.downcast_ref() {
        return file(error);
    }
    if let Some(error) = error.downcast_ref() {
        return use_case(error);
    }
    if let Some(WorkError::Store(error)) = error.downcast_ref() {
        return store(error);
    }
    if let Some(LogProblem::Store(error)) = error.downcast_ref() {
        return store(error);
    }
    error.downcast_ref().and_then(key).or_else(|| error.downcast_ref::<NoFolder>().map(|_| NO_FOLDER))
}

fn store(error: &StoreError) -> Option<Words> {
    Some(match error {
        StoreError::FutureSchema(_) => (
            "このデータは新しい版の tasuki が使ったものです。古い版には戻せません。新しい版を使うか、バックアップから復旧してください。",
            "A newer version of tasuki has used this data; there is no way back. Use the newer version, or restore a backup.",
        ),
        StoreError::WrongKey(_) => (
            "この親鍵は、このデータのものではありません。何も変更していません。正しい鍵ファイルか復旧シートを使ってください。",
            "This root key does not belong to this data; nothing was changed. Use the right key file or the recovery sheet.",
        ),
        StoreError::Empty => (
            "データベースが空です。はじめに tasuki init を実行してください。",
            "The database is empty: run `tasuki init` first.",
        ),
        StoreError::NotEmpty => (
            "このデータベースは使用済みです。上書きしません。",
            "This database is in use already; nothing is overwritten.",
        ),
        StoreError::Stopped => (
            "ディスクへの確定に失敗したため、書込みを止めています。ディスクを確かめてから、サービスを再起動してください。",
            "Writing has stopped after a failed sync. Check the disk, then restart the service.",
        ),
        StoreError::DataKey(_) | StoreError::Open(_) | StoreError::Damaged(_) => (
            "保存された値が壊れているか、書き換えられています。サーバーを止め、データフォルダーの写しを取ってから相談してください。",
            "A stored value is damaged or was altered. Stop the server and copy the data folder before anything else.",
        ),
        _ => return trouble(error.trouble()),
    })
}

const fn trouble(trouble: Trouble) -> Option<Words> {
    Some(match trouble {
        Trouble::Full => FULL,
        Trouble::Locked => LOCKED,
        Trouble::Permission => (
            "データベースのファイルを読み書きできません。所有者と権限を確かめてください(tasuki の利用者だけが読めること)。",
            "The database file cannot be read or written. Check its owner and permissions.",
        ),
        Trouble::Disk => (
            "ディスクが書込みか読込みを断りました。空き、容量の上限、ディスクの故障を確かめてください。受領済みのものは失われていません。",
            "The disk refuses to write or read. Check its space, limits and health; nothing acknowledged is lost.",
        ),
        Trouble::Damaged => (
            "データベースのファイルが壊れています。触らずに写しを取り、バックアップから復旧してください。",
            "The database file is damaged. Copy it untouched, then restore a backup.",
        ),
        Trouble::Unreachable => (
            "データベースのサーバーが応答しません。動いているか、database.url とネットワークを確かめてください。",
            "The database server does not answer. Check that it runs, database.url, and the network.",
        ),
        Trouble::Denied => (
            "データベースのサーバーに断られました。利用者名と database.password_file を確かめてください。",
            "The database server refuses us. Check the user and database.password_file.",
        ),
        Trouble::NoDatabase => (
            "その名前のデータベースがありません。先に作成してください(createdb)。",
            "There is no database of that name. Make it first (createdb).",
        ),
        Trouble::Other => return None,
    })
}

fn start(problem: &StartProblem) -> Option<Words> {
    Some(match problem {
        StartProblem::InUse => (
            "別の tasuki がこのデータフォルダーを使っています。動いているサーバーを確かめてください(systemctl status tasuki)。",
            "Another tasuki is using this data folder. See `systemctl status tasuki`.",
        ),
        StartProblem::Demo => (
            "これは見本のデータです。serve では --demo を付けたときだけ使えます。",
            "This is demonstration data: `tasuki serve` takes it only with --demo.",
        ),
        StartProblem::Name { .. } => (
            "server.name が init のときの名前と違います。パスキーがその名前に結び付いているため、変更できません。元に戻してください。",
            "server.name is not the name given at init. Passkeys are bound to that name: set it back.",
        ),
        StartProblem::Store(error) => return store(error),
        StartProblem::Unlock(error) => return key(error),
        _ => return None,
    })
}

const NO_FOLDER: Words = (
    "バックアップの置き場所がありません。--to で指定するか、設定 backup.folder に書いてください。",
    "There is no folder for backups: name one with --to, or set backup.folder.",
);

fn backup(problem: &BackupProblem) -> Option<Words> {
    Some(match problem {
        BackupProblem::NoRecipients(_) => (
            "復旧用の公開鍵がないため、バックアップを作れません。init が作る backup.recipients か、設定 backup.recipients_file を確かめてください。",
            "There is no public recovery key, so nobody could open a backup. Check backup.recipients or backup.recipients_file.",
        ),
        BackupProblem::WrongIdentity => (
            "この復旧鍵(シート6行目)では、このバックアップは開けません。別のシートのものです。何も変更していません。",
            "This recovery key (line 6 of the sheet) does not open this backup; it is of another sheet. Nothing was changed.",
        ),
        BackupProblem::Identity => (
            "6行目に打ち間違いがあります。AGE-SECRET-KEY-1 で始まる一行を、そのまま入力してください。",
            "Line 6 has a typing error: type the whole line that begins with AGE-SECRET-KEY-1.",
        ),
        BackupProblem::NotABackup => {
            ("このファイルは Tasuki のバックアップではありません。", "This file is not a backup of Tasuki.")
        }
        BackupProblem::Damaged => (
            "バックアップが壊れているか、途中で切れています。何も使っていません。別の世代を使ってください。",
            "The backup is damaged or cut short. Nothing of it was used: take another generation.",
        ),
        BackupProblem::Foreign => (
            "バックアップの内容書きが、この親鍵の施設で書かれたものではありません。信用できないため、使いません。",
            "The backup's manifest was not written by the house of this root key; it is not used.",
        ),
        BackupProblem::Future(_) => (
            "新しい版の tasuki が作ったバックアップです。新しい版で復旧してください。",
            "A newer version of tasuki made this backup: restore it with that version.",
        ),
        BackupProblem::Busy => (
            "別のバックアップを作成中です。終わるまでお待ちください。",
            "Another backup is being made right now. Wait for it.",
        ),
        BackupProblem::Exists => (
            "同じ名前のバックアップが既にあります。上書きしません。",
            "A backup of this name is there already; nothing is overwritten.",
        ),
        BackupProblem::NoTool(_) => (
            "pg_dump または pg_restore がありません。postgresql-client(サーバーと同じかより新しい版)を入れてください。",
            "pg_dump or pg_restore is missing: install postgresql-client, of the server's version or newer.",
        ),
        BackupProblem::Tool { .. } => (
            "pg_dump または pg_restore が失敗しました。かっこ内の言葉を確かめてください。",
            "pg_dump or pg_restore failed; see the words in brackets.",
        ),
        BackupProblem::Write(_) => (
            "バックアップを書き込めません。置き場所があるか、空きと権限を確かめてください。途中のものは残していません。",
            "The backup cannot be written. Check the folder, its space and permissions. Nothing half-done was left.",
        ),
        BackupProblem::Read(_) => (
            "ファイルを読めません。場所と権限を確かめてください。",
            "A file cannot be read. Check its place and permissions.",
        ),
    })
}

fn restore(problem: &RestoreProblem) -> Option<Words> {
    Some(match problem {
        RestoreProblem::Occupied => (
            "その場所には既にデータがあります。上書きしません。空のフォルダーか空のデータベースを指定してください。",
            "There is data in this place already; nothing is overwritten. Name an empty folder or database.",
        ),
        RestoreProblem::RootKey { .. } => (
            "このバックアップは別の親鍵のものです。そのときの鍵ファイルか復旧シートを使ってください。",
            "This backup belongs to another root key: use that key file or its recovery sheet.",
        ),
        RestoreProblem::Engine(_) => (
            "データベースの種類が違います。SQLite のバックアップは --to で、PostgreSQL のものは --database で復旧します。",
            "The other kind of database: restore SQLite backups with --to, PostgreSQL's with --database.",
        ),
        RestoreProblem::Log(_) | RestoreProblem::OtherLog => (
            "バックアップの中のアクセスログが、記録されたときのままではありません。使わずに、監査者へ連絡し、別の世代を試してください。",
            "The access log in the backup is not as it was recorded. Do not use it: tell the auditor, try another generation.",
        ),
        RestoreProblem::Head => (
            "--against の控えは、別のログのものか、署名が正しくありません。",
            "The head given with --against belongs to another log or is not rightly signed.",
        ),
        RestoreProblem::Backup(problem) => return backup(problem),
        RestoreProblem::Store(error) | RestoreProblem::Work(WorkError::Store(error)) => return store(error),
        _ => return None,
    })
}

fn key(problem: &UnlockProblem) -> Option<Words> {
    Some(match problem {
        UnlockProblem::Credential => (
            "systemd から資格情報が渡されていません。サービスとして起動するか、[unlock] の方法を変えてください。",
            "systemd handed no credential over: start the server as its unit, or choose another way in [unlock].",
        ),
        UnlockProblem::Key(_) => (
            "親鍵のファイルが壊れているか、親鍵のファイルではありません。控えの鍵ファイルか復旧シートを使ってください。",
            "The root key file is damaged or is none. Use its copy or the recovery sheet.",
        ),
        UnlockProblem::File(_) => (
            "親鍵のファイルを読めません。場所と権限(chmod 600)を確かめてください。なければ復旧シートが必要です。",
            "The root key file cannot be read. Check its place and permissions; without it the recovery sheet is needed.",
        ),
        UnlockProblem::Unlock(UnlockError::WrongPassphrase) | UnlockProblem::Passphrase(_) => {
            ("パスフレーズが違います。", "The passphrase does not open the root key.")
        }
        UnlockProblem::Unlock(UnlockError::OutOfMemory) => (
            "親鍵を開くためのメモリーが足りません(64 MiB 必要です)。",
            "There is not enough memory to open the root key (64 MiB are needed).",
        ),
        UnlockProblem::Unlock(_) => (
            "親鍵のファイルが書き換えられています。控えの鍵ファイルか復旧シートを使ってください。",
            "The root key file was edited. Use its copy or the recovery sheet.",
        ),
        UnlockProblem::Prompt(_) => return None,
    })
}

fn file(error: &io::Error) -> Option<Words> {
    use io::ErrorKind;
    Some(match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => FULL,
        ErrorKind::PermissionDenied => (
            "権限がありません。root か tasuki の利用者で実行してください(sudo)。",
            "Permission denied: run this as root or as the server's own user (sudo).",
        ),
        ErrorKind::AddrInUse => (
            "そのポートは別のプログラムが使っています。設定 server.listen と動いているものを確かめてください。",
            "Another program uses that port. Check server.listen and what is running.",
        ),
        ErrorKind::ReadOnlyFilesystem => {
            ("読取り専用のディスクです。書込みできる状態にしてください。", "The disk is mounted read-only.")
        }
        _ => return None,
    })
}

fn use_case(error: &UseCaseError) -> Option<Words> {
    Some(match error {
        UseCaseError::Missing => ("該当するものがありません。", "There is no such thing."),
        UseCaseError::Busy { .. } => {
            ("混み合っています。少し待ってから実行してください。", "Busy; try again shortly.")
        }
        UseCaseError::Refused(refusal) => match refusal.reason {
            RefusalReason::RolesExclude => (
                "職員管理と監査は、同じ人が兼ねられません。別の人に付与してください。",
                "職員管理 and 監査 exclude each other: give the role to somebody else.",
            ),
            RefusalReason::SecondPerson => (
                "別の人が行う必要があります(画面で確認してください)。",
                "This takes a second person, in the page.",
            ),
            _ => ("この操作は許可されていません。", "This is not allowed."),
        },
        UseCaseError::Conflict(conflict) => return conflicts::words(conflict.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
