//! The recovery sheet: shown once, typed back before anything is made.

use crate::{
    backup::RecoveryIdentity,
    cli::{Failure, files, output, question},
};
use tasuki_vault::{RootKey, recovery_sheet::RecoverySheet};

/// Shows the sheet and waits until it was typed back without an error.
pub(super) fn type_back(root: &RootKey, recovery: &RecoveryIdentity) -> Result<(), Failure> {
    let sheet = RecoverySheet::from(root);
    for text in [
        "",
        "──────── 復旧シート / Recovery sheet ────────",
        "紙に書き写すか印刷し、金庫に保管してください。この画面を閉じると二度と表示できません。",
        "Write it down or print it and lock it away. It is never shown again.",
        "",
        sheet.text().trim_end(),
        &format!("6: {}", *recovery.text()),
        "",
        "(1〜5行目は親鍵、6行目はバックアップを開く鍵です。6行目はサーバーには残りません)",
        "(Lines 1 to 5 are the root key; line 6 opens backups and is not kept by the server.)",
    ] {
        output::line(text);
    }
    for _ in 0..5 {
        output::line("続けるには、6行をそのまま入力してください。 / To go on, type the six lines back.");
        match read_back(&question::sheet(6)?, root, recovery) {
            Ok(()) => return Ok(()),
            Err(words) => output::line(&format!("  ✗ {words}")),
        }
    }
    Err(Failure::new(
        "復旧シートを確認できませんでした。何も作成していません。\n  The sheet was not confirmed; nothing was made.",
    ))
}

fn read_back(typed: &str, root: &RootKey, recovery: &RecoveryIdentity) -> Result<(), String> {
    let lines: Vec<&str> = typed.lines().collect();
    let (key, sheet) = lines.split_last().unwrap_or((&"", &[]));
    let typed_root = RecoverySheet::parse(&sheet.join("\n")).map_err(|error| files::sheet_words(&error))?;
    if typed_root.fingerprint() != root.fingerprint() {
        return Err("1〜5行目は別のシートのものです。 / Lines 1 to 5 are of another sheet.".into());
    }
    match RecoveryIdentity::parse(key) {
        Ok(identity) if identity.public() == recovery.public() => Ok(()),
        Ok(_) => Err("6行目は別のシートのものです。 / Line 6 is of another sheet.".into()),
        Err(_) => Err("6行目に打ち間違いがあります。 / Line 6 has a typing error.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{rand_core::UnwrapErr, rngs::SysRng};

    fn change(line: &str, at: usize) -> String {
        let mut letters: Vec<char> = line.chars().collect();
        letters[at] = if letters[at] == 'Q' { 'P' } else { 'Q' };
        letters.into_iter().collect()
    }

    #[test]
    fn a_typing_error_names_its_line() {
        let root = RootKey::generate(&mut UnwrapErr(SysRng));
        let recovery = RecoveryIdentity::generate();
        let mut lines: Vec<String> =
            RecoverySheet::from(&root).text().lines().skip(1).map(str::to_owned).collect();
        lines.push(format!("6: {}", *recovery.text()));
        assert_eq!(lines.len(), 6);
        read_back(&lines.join("\n").to_lowercase(), &root, &recovery).unwrap();
        for number in 0..6 {
            let mut typed = lines.clone();
            typed[number] = change(&typed[number], 25.min(typed[number].len() - 1));
            let words = read_back(&typed.join("\n"), &root, &recovery).unwrap_err();
            assert!(words.contains(&format!("{}行目", number + 1)), "{number}: {words}");
        }
        lines.swap(1, 2);
        assert!(read_back(&lines.join("\n"), &root, &recovery).unwrap_err().contains("2行目"));
    }

    #[test]
    fn another_sheet_is_not_this_one() {
        let (root, other) =
            (RootKey::generate(&mut UnwrapErr(SysRng)), RootKey::generate(&mut UnwrapErr(SysRng)));
        let (recovery, stranger) = (RecoveryIdentity::generate(), RecoveryIdentity::generate());
        let typed = |root: &RootKey, key: &RecoveryIdentity| {
            format!("{}6: {}\n", RecoverySheet::from(root).text().split_once('\n').unwrap().1, *key.text())
        };
        assert!(read_back(&typed(&other, &recovery), &root, &recovery).unwrap_err().contains("1〜5行目"));
        assert!(read_back(&typed(&root, &stranger), &root, &recovery).unwrap_err().contains("6行目"));
    }
}
