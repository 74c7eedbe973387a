//! Known weaknesses of the crates in the lock files, against a copy of the RustSec database on this machine.
//!
//! The database is found through `TASUKI_ADVISORY_DB`; without it the gate says so and checks only itself.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rustsec::advisory::{Id, Informational};
use rustsec::report::{Report, Settings};
use rustsec::{Database, Lockfile};

use crate::repository::{rules, top};

/// An advisory that we live with: its id, and the day after which we no longer do.
struct Ignored {
    id: Id,
    until: jiff::civil::Date,
}

/// Every finding for one lock file, as a line each; ignored ones left out.
fn findings(database: &Database, lock: &Lockfile, ignored: &[Ignored]) -> Vec<String> {
    let settings = Settings {
        ignore: ignored.iter().map(|entry| entry.id.clone()).collect(),
        informational_warnings: vec![
            Informational::Unsound,
            Informational::Unmaintained,
            Informational::Notice,
        ],
        ..Settings::default()
    };
    let report = Report::generate(database, lock, &settings);
    let mut lines: Vec<String> = report
        .vulnerabilities
        .list
        .iter()
        .map(|found| {
            let package = &found.package;
            format!("{} {} {}: {}", found.advisory.id, package.name, package.version, found.advisory.title)
        })
        .collect();
    for warning in report.warnings.values().flatten() {
        let title = warning
            .advisory
            .as_ref()
            .map_or_else(String::new, |found| format!("{} {}", found.id, found.title));
        lines.push(format!(
            "{} {}: {:?} {title}",
            warning.package.name, warning.package.version, warning.kind
        ));
    }
    lines
}

fn ignored() -> Vec<Ignored> {
    rules("advisories", "ignore")
        .iter()
        .map(|entry| {
            let reason = entry.get("reason").unwrap().as_str().unwrap();
            let (until, why) = reason.strip_prefix("until ").unwrap().split_once(": ").unwrap();
            assert!(why.len() > 40, "an ignored advisory needs its reason: {reason}");
            Ignored {
                id: entry.get("id").unwrap().as_str().unwrap().parse().unwrap(),
                until: until.parse().unwrap(),
            }
        })
        .collect()
}

fn today() -> jiff::civil::Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let now = jiff::Timestamp::from_second(i64::try_from(seconds).unwrap()).unwrap();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[test]
fn a_seeded_bad_lock_file_fails_the_gate() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/advisory_fixture");
    let database = Database::open(&fixture).unwrap();
    let lock: Lockfile = "version = 4\n\n[[package]]\nname = \"leaky\"\nversion = \"1.2.3\"\n\
        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        .parse()
        .unwrap();
    let found = findings(&database, &lock, &[]);
    assert_eq!(found, ["RUSTSEC-2000-0001 leaky 1.2.3: leaky prints its keys"]);

    let id: Id = "RUSTSEC-2000-0001".parse().unwrap();
    assert!(findings(&database, &lock, &[Ignored { id, until: today() }]).is_empty());
}

#[test]
fn no_locked_crate_has_an_open_advisory() {
    let ignored = ignored();
    let Some(folder) = std::env::var_os("TASUKI_ADVISORY_DB") else {
        eprintln!("left out: TASUKI_ADVISORY_DB names no copy of the RustSec database");
        return;
    };
    let database = Database::open(Path::new(&folder)).unwrap();
    assert!(database.iter().count() > 500, "{} is not the whole database", folder.display());
    for lock in ["Cargo.lock", "tests/fuzz/Cargo.lock"] {
        let found = findings(&database, &Lockfile::load(top().join(lock)).unwrap(), &ignored);
        assert!(
            found.is_empty(),
            "{lock}: update, replace, or ignore with a reason in deny.toml: {found:#?}"
        );
    }
    for entry in &ignored {
        assert!(entry.until >= today(), "{} was to be looked at again by {}", entry.id, entry.until);
    }
}
