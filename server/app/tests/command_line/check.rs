//! What `check` says about sound and broken houses.

use crate::{
    house::{House, private},
    program::{Ended, run},
};
use sqlx::{Connection, SqliteConnection};
use std::{fs, path::Path};

async fn on_rows(house: &House, sql: &'static str) {
    let path = house.path("data").join("tasuki.db");
    let mut rows = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut rows).await.unwrap();
    rows.close().await.unwrap();
}

fn check(settings: &Path) -> Ended {
    run(settings, &["check"], "")
}

/// The line of a subject and the advice under it.
fn about<'a>(ended: &'a Ended, subject: &str) -> &'a str {
    let at =
        ended.out.find(&format!(" {subject}: ")).unwrap_or_else(|| unreachable!("{subject}: {}", ended.out));
    let rest = &ended.out[at.saturating_sub(3)..];
    let end = rest
        .match_indices('\n')
        .find(|(at, _)| !rest[at + 1..].starts_with("    →"))
        .map_or(rest.len(), |(at, _)| at);
    &rest[..end]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_wrong_is_told_with_what_to_do() {
    let house = House::found(None).await;
    let first = check(&house.settings);
    assert_eq!(first.code, 2, "{}", first.out);
    assert!(
        about(&first, "バックアップ").starts_with("✗")
            && about(&first, "バックアップ").contains("tasuki backup")
    );
    assert!(about(&first, "証明書").starts_with("✗"));
    assert!(about(&first, "鍵").starts_with("✓"));
    run(&house.settings, &["backup"], "").succeeded();
    assert!(about(&check(&house.settings), "バックアップ").starts_with("✓"));
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(30 * 3600);
    for file in fs::read_dir(house.path("backups")).unwrap() {
        fs::File::options().write(true).open(file.unwrap().path()).unwrap().set_modified(old).unwrap();
    }
    assert!(about(&check(&house.settings), "バックアップ").starts_with("▲"));
    let english = run(&house.settings, &["check", "--english"], "");
    assert!(
        english.out.contains("▲ Attestation: ") && english.out.contains("✓ Access log: "),
        "{}",
        english.out
    );
    let json: serde_json::Value =
        serde_json::from_str(&run(&house.settings, &["check", "--json"], "").out).unwrap();
    assert!(json["checks"].as_array().unwrap().len() >= 9, "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_log_is_told_with_its_entry() {
    let house = House::found(None).await;
    run(&house.settings, &["check"], "");
    on_rows(&house, "DROP TRIGGER access_entry_no_update; UPDATE access_entry SET outcome = 2 WHERE idx = 0")
        .await;
    let ended = check(&house.settings);
    let log = about(&ended, "アクセスログ");
    assert!(log.starts_with("✗") && log.contains("記録 0 は書き換えられています"), "{log}");
    assert_eq!(ended.code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_house_from_opening_is_told_in_words() {
    let house = House::found(None).await;
    let database = house.path("data").join("tasuki.db");
    let key = house.path("root.key");
    let told = |expected: &str| {
        let ended = check(&house.settings);
        assert_eq!(ended.code, 2, "{}", ended.out);
        assert!(ended.out.contains(expected), "{expected}: {}", ended.out);
        // The same words, from every command.
        let listed = run(&house.settings, &["person", "list"], "");
        assert_eq!(listed.code, 1);
        assert!(listed.errors.contains(expected), "{expected}: {}", listed.errors);
    };
    let own = fs::read(&key).unwrap();
    let other = House::found(None).await;
    fs::copy(other.path("root.key"), &key).unwrap();
    told("この親鍵は、このデータのものではありません");
    private(&key, b"tasuki-root-key-v1\nkey nonsense\n");
    told("親鍵のファイルが壊れている");
    fs::remove_file(&key).unwrap();
    told("unlock.key_file");
    private(&key, &own);
    on_rows(
        &house,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    )
    .await;
    told("新しい版の tasuki が使った");
    on_rows(&house, "DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    let path = format!("sqlite://{}", database.display());
    let mut rows = SqliteConnection::connect(&path).await.unwrap();
    sqlx::raw_sql("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").execute(&mut rows).await.unwrap();
    told("別のプログラムが使用中");
    rows.close().await.unwrap();
    let open = house.open().await;
    told("別の tasuki");
    open.services.store.close().await;
    drop(open);
    let whole = fs::read(&database).unwrap();
    fs::write(&database, vec![b'x'; 8192]).unwrap();
    told("データベースのファイルが壊れています");
    fs::write(&database, whole).unwrap();
    fs::write(house.path("data").join("backup.recipients"), "nobody\n").unwrap();
    assert!(about(&check(&house.settings), "バックアップ").contains("公開鍵"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_list_of_makers_and_a_wrong_setting_are_told() {
    let house = House::found(None).await;
    let settings = fs::read_to_string(&house.settings).unwrap();
    let makers = house.path("makers.pem");
    fs::write(&makers, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n").unwrap();
    fs::write(
        &house.settings,
        format!("{settings}[sign_in]\nattestation_ca_file = \"{}\"\n", makers.display()),
    )
    .unwrap();
    let ended = check(&house.settings);
    assert_eq!(ended.code, 2, "{}", ended.out);
    assert!(ended.out.contains("attestation") || ended.out.contains("製造元"), "{}", ended.out);
    fs::write(&house.settings, format!("{settings}[sign_on]\nx = 1\n")).unwrap();
    let ended = check(&house.settings);
    assert_eq!(ended.code, 2);
    assert!(about(&ended, "設定").contains("sign_on"), "{}", ended.out);
}
