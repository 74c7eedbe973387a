//! Config room, tests: the example file is the truth, and every mistake is named.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt};

use secrecy::ExposeSecret;

use super::*;

const EXAMPLE: &str = include_str!("../../../../deploy/config.example.toml");

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
    Config::from_sources(text, variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
}

fn problem_of(text: &str) -> ConfigProblem {
    let mut problems = load(text, &[]).unwrap_err().0;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

/// The example with its optional keys switched on.
fn full_example() -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => rest.to_owned() + "\n",
        _ => line.to_owned() + "\n",
    };
    EXAMPLE.lines().map(line).collect()
}

fn keys(prefix: &str, value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (name, inner) in map {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                keys(&key, inner, found);
            }
        }
        _ => {
            found.insert(prefix.into());
        }
    }
}

fn key_set(value: &serde_json::Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    keys("", value, &mut found);
    found
}

#[test]
fn the_example_file_is_exactly_the_defaults() {
    assert_eq!(load(EXAMPLE, &[]).unwrap(), Config::default());
    assert_eq!(load("", &[]).unwrap(), Config::default());
}

#[test]
fn every_key_stands_in_the_example_file_and_no_other() {
    let written: toml::Table = toml::from_str(&full_example()).unwrap();
    let written = key_set(&serde_json::to_value(written).unwrap());
    let known = key_set(&serde_json::to_value(Config::default()).unwrap());
    assert_eq!(written, known);
    assert!(known.len() > 60);
}

#[test]
fn every_key_is_explained_in_both_languages() {
    let japanese = |line: &str| line.chars().any(|c| ('\u{3041}'..='\u{9fff}').contains(&c));
    let english = |line: &str| line.split_whitespace().filter(|word| word.is_ascii()).count() > 3;
    let mut comment = String::new();
    let mut previous_was_key = false;
    for line in EXAMPLE.lines() {
        let is_comment = line.starts_with("# ");
        let is_key = line.contains(" = ") && !is_comment;
        if is_comment {
            if previous_was_key {
                comment.clear();
            }
            comment.push_str(line);
            comment.push(' ');
        } else if is_key {
            assert!(japanese(&comment) && english(&comment), "not explained: {line}");
        } else {
            comment.clear();
        }
        previous_was_key = is_key;
    }
}

#[test]
fn the_switched_on_example_loads() {
    let text = full_example().replace("url = \"sqlite\"", "url = \"postgres://tasuki@localhost/tasuki\"");
    let config = load(&text, &[]).unwrap();
    assert!(config.backup.folder.is_some() && config.sign_in.attestation_ca_file.is_some());
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = load(
        "[server]\nname = \"a.example\"\n[limits]\nconnections = 7000\n",
        &[
            ("TASUKI_SERVER__NAME", "b.example"),
            ("TASUKI_LIMITS__HTTP2__STREAMS", "77"),
            ("TASUKI_SIGN_IN__RETURN_BY_PASSKEY", "false"),
            ("TASUKI_CONFIG", "elsewhere.toml"),
            ("HOME", "/root"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.name.as_str(), "b.example");
    assert_eq!(config.limits.connections.get(), 7_000);
    assert_eq!(config.limits.http2.streams.get(), 77);
    assert!(!config.sign_in.return_by_passkey);
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    for (text, key) in [
        ("colour = 1", "colour"),
        ("[server]\ncolour = 1", "server.colour"),
        ("[limits.http2]\ncolour = 1", "limits.http2.colour"),
        ("[colour]\nname = 1", "colour"),
    ] {
        let problem = problem_of(text);
        assert_eq!((problem.key.as_str(), problem.code), (key, ProblemCode::UnknownKey));
    }
    for name in ["TASUKI_SERVER__COLOUR", "TASUKI_SERVER_NAME"] {
        let problems = load("", &[(name, "x")]).unwrap_err().0;
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].code, ProblemCode::UnknownKey, "{name}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_both_languages_without_the_value() {
    let problems = load(
        "[server]\nname = \"10.0.0.1\"\nlisten = \"somewhere\"\n[limits]\nconnections = 0\nbody_bytes = \"much-canary\"\n\
         [log]\ncheckpoint_every_seconds = 11\n[unlock]\nmethod = \"hope\"\n[telemetry]\njson = 3\nlevel = \"trace\"\n",
        &[("TASUKI_LIMITS__WRITER__BATCH", "-1")],
    )
    .unwrap_err();
    let found: BTreeSet<_> = problems.0.iter().map(|problem| problem.key.as_str()).collect();
    let expected = [
        "server.name",
        "server.listen",
        "limits.connections",
        "limits.body_bytes",
        "log.checkpoint_every_seconds",
        "unlock.method",
        "telemetry.json",
        "telemetry.level",
        "limits.writer.batch",
    ];
    assert_eq!(found, expected.into_iter().collect());
    for problem in &problems.0 {
        assert!(!problem.rule_ja.is_ascii(), "{problem:?}");
        assert!(problem.rule_en.is_ascii() && !problem.rule_en.is_empty(), "{problem:?}");
        assert!(!problem.rule_ja.contains('\u{1f}') && !problem.rule_en.contains('\u{1f}'));
    }
    let text = problems.to_string();
    assert!(text.contains("from 1 to 200000") && text.contains("1 以上 200000 以下"));
    assert!(!text.contains("canary"));
}

#[test]
fn a_text_that_is_not_toml_is_refused_without_showing_it() {
    let problems = load("[server\nname = canary-secret", &[]).unwrap_err();
    assert_eq!(problems.0[0].code, ProblemCode::Unreadable);
    assert!(!problems.to_string().contains("canary"), "{problems}");
    assert!(Config::load(Some(std::path::Path::new("/nowhere/tasuki.toml"))).is_err());
}

#[test]
fn contradicting_settings_are_refused() {
    for (text, key) in [
        ("[server]\nenrolment_listen = \"127.0.0.1:8443\"", "server.enrolment_listen"),
        ("[limits]\nconnections = 10", "limits.connections_per_source"),
        ("[limits.http2]\nconnection_window_bytes = 70000", "limits.http2.stream_window_bytes"),
        ("[limits]\nsocket_write_buffer_bytes = 20000", "limits.socket_write_buffer_bytes"),
        ("[sign_in]\ndelay_max_ms = 200", "sign_in.delay_base_ms"),
        ("[unlock]\nkey_file = \"/var/lib/tasuki/root.key\"", "unlock.key_file"),
        ("[backup]\nfolder = \"/var/lib/tasuki/backup\"", "backup.folder"),
        ("[unlock]\ncredential = \"../etc/shadow\"", "unlock.credential"),
        ("[database]\npassword_file = \"/etc/x\"", "database.password_file"),
    ] {
        assert_eq!(problem_of(text).key, key);
    }
}

#[test]
fn a_database_url_carries_no_password_and_is_verified_over_a_network() {
    for good in [
        "sqlite",
        "sqlite:///srv/tasuki.db",
        "postgres://tasuki@localhost/tasuki",
        "postgres://tasuki@127.0.0.1:5433/tasuki",
        "postgres://tasuki@[::1]:5433/tasuki",
        "postgres:///tasuki?host=/run/postgresql",
        "postgres://tasuki@db.example/tasuki?sslmode=verify-full&sslrootcert=/etc/tasuki/db.pem",
    ] {
        assert!(DatabaseUrl::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "mysql://localhost/x",
        "sqlite://relative.db",
        "postgres://tasuki:secret@localhost/tasuki",
        "postgres://localhost/tasuki?password=secret",
        "postgres://tasuki@db.example/tasuki",
        "postgres://tasuki@db.example/tasuki?sslmode=require",
        "postgres://tasuki@localhost/tasuki?hostaddr=10.0.0.1",
        "postgres://tasuki@localhost/tasuki?host=db.example",
    ] {
        assert!(DatabaseUrl::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn dns_names_are_names() {
    for good in ["localhost", "tasuki.example.jp", "a-1.b"] {
        assert!(DnsName::parse(good).is_some(), "{good}");
    }
    for bad in ["", "127.0.0.1", "::1", "Tasuki.example", "a..b", "-a.b", "a_b", "a.b.", "https://a"] {
        assert!(DnsName::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn secrets_come_from_private_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let key = "unlock.key_file";
    assert_eq!(read_secret_file(key, &path).err().map(|p| p.code), Some(ProblemCode::File));
    std::fs::write(&path, "open sesame\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(read_secret_file(key, &path).is_err());
    let config =
        Config { unlock: Unlock { key_file: path.clone(), ..Unlock::default() }, ..Config::default() };
    assert_eq!(config.problems_on_this_machine().len(), 1);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read_secret_file(key, &path).unwrap().expose_secret(), b"open sesame");
    assert!(config.problems_on_this_machine().is_empty());
}
