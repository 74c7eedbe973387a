//! What `tasuki demo` says at the end: how a person opens it in a browser on this machine.

use super::output;
use crate::demo::{Credentials, Newcomer};
use std::{fmt::Write as _, path::Path};
use tasuki_domain::role::Role;

/// Prints the guide.
pub fn tell(credentials: &Credentials, folder: &Path) {
    output::line(&text(credentials, folder));
}

fn text(credentials: &Credentials, folder: &Path) -> String {
    let folder = folder.display();
    let mut text = format!(
        "\n──── ブラウザーで開く: {} ────\n(In English: README.md, \"Opening the demo in a browser\")\n",
        credentials.url
    );
    let mut files: Vec<&str> =
        credentials.newcomers.iter().filter_map(|newcomer| file_name(&newcomer.device.p12)).collect();
    files.dedup();
    let password = credentials.newcomers.first().map_or("", |newcomer| newcomer.device.p12_password.as_str());
    let _never_fails = write!(
        text,
        "\n1. この機械のブラウザーに、認証局と端末の証明書を入れます(最初の一回だけ)。\n\
         \x20  Linux の Chromium / Chrome(apt install libnss3-tools):\n\
         \x20    mkdir -p ~/.pki/nssdb; [ -e ~/.pki/nssdb/cert9.db ] || certutil -N -d sql:$HOME/.pki/nssdb --empty-password\n\
         \x20    certutil -A -d sql:$HOME/.pki/nssdb -n tasuki-demo -t C,, -i {folder}/ca.pem\n"
    );
    for file in &files {
        let _never_fails = writeln!(
            text,
            "     pk12util -d sql:$HOME/.pki/nssdb -K '' -W {password} -i {folder}/certificates/{file}"
        );
    }
    let _never_fails = write!(
        text,
        "   Windows(WSL で動かす場合): certutil -user -addstore Root ca.pem、.p12 はダブルクリックして「現在のユーザー」へ\n\
         \x20  macOS: ca.pem と .p12 を「キーチェーンアクセス」のログインへ。ca.pem は開いて「常に信頼」\n\
         \x20  Firefox: 設定 → プライバシーとセキュリティ → 証明書を表示 →「認証局証明書」と「あなたの証明書」\n\
         \x20  .p12 のパスワード: {password}(iPad など別の端末からは、localhost なので開けません)\n\
         \n2. {} を開き、証明書を選び、「初めての方」から次のどなたかとしてログインします。\n",
        credentials.url
    );
    for newcomer in &credentials.newcomers {
        text.push_str(&person(newcomer));
    }
    let _never_fails = write!(
        text,
        "   パスワードは自分で決めます。パスキーは、看護師は Windows Hello や Touch ID でも、役割のある人は USB のセキュリティキーで。\n\
         \x20  どちらもなければ Chromium の F12 → ⋮ → その他のツール → WebAuthn →「仮想認証環境を有効にする」→\n\
         \x20  ctap2・usb・常駐キー・ユーザー検証に印を付けて追加(開発者ツールは開いたまま)。\n\
         \n3. 「山田 ハナエ」さんのルームに書くと、同僚が答えます。ほかの 18 名のパスワードとパスキーは {folder}/credentials.json。\n\
         \x20  サーバーの記録は {folder}/server.log。Ctrl-C で終わります。\n"
    );
    text
}

fn person(newcomer: &Newcomer) -> String {
    let roles: Vec<&str> =
        newcomer.roles.iter().filter_map(|role| Role::from_text(role)).map(Role::japanese).collect();
    let roles = if roles.is_empty() { String::new() } else { format!("、{}", roles.join("・")) };
    let code = match &newcomer.code {
        Some(code) => format!("コード {code}"),
        None => "登録済み: 「職員」から、ご自分のパスワードとパスキーでログインできます".to_owned(),
    };
    format!(
        "   ・{}({}、{}{roles}) 証明書 {}\n     ログイン名 {}  {code}\n",
        newcomer.name,
        newcomer.organization,
        newcomer.job_type,
        file_name(&newcomer.device.p12).unwrap_or_default(),
        newcomer.login,
    )
}

fn file_name(path: &str) -> Option<&str> {
    Path::new(path).file_name()?.to_str()
}
