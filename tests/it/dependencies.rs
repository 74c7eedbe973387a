//! Which crates may be built in: none of the banned ones, only known licences, small lower floors.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::process::Command;

use spdx::{Expression, LicenseReq, ParseMode};

use crate::repository::{rules, text, top};

/// One crate that cargo would build for some target: its name and its licence expression.
type Built = (String, String);

/// What cargo builds for `package` (or everything), on any platform, tests and build scripts included when `edges` says so.
fn built(package: Option<&str>, edges: &str) -> BTreeSet<Built> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(top()).args(["tree", "--locked", "--offline", "--target", "all", "--prefix", "none"]);
    tree.args(["--no-dedupe", "--edges", edges, "--format", "{p}\t{l}"]);
    match package {
        Some(package) => tree.args(["--package", package]),
        None => tree.arg("--workspace"),
    };
    let output = tree.output().unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).unwrap();
    listing
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(package, licence)| {
            let name = package.split_whitespace().next().unwrap();
            (name.to_owned(), licence.to_owned())
        })
        .collect()
}

#[test]
fn no_banned_crate_is_built() {
    let banned: BTreeSet<String> = rules("bans", "deny")
        .iter()
        .map(|rule| rule.get("crate").unwrap().as_str().unwrap().to_owned())
        .collect();
    assert!(banned.contains("ring") && banned.contains("openssl-sys"), "deny.toml lost its bans");
    let built = built(None, "normal,build,dev");
    assert!(built.len() > 100, "cargo tree listed only {} crates", built.len());
    let found: Vec<&String> =
        built.iter().map(|(name, _)| name).filter(|name| banned.contains(*name)).collect();
    assert!(found.is_empty(), "banned crates are in the tree: {found:?}; see them with `cargo tree -i NAME`");
}

#[test]
fn every_licence_is_an_allowed_one() {
    let allowed: Vec<String> =
        rules("licenses", "allow").iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let allowed_one = |requirement: &LicenseReq| allowed.contains(&requirement.to_string());
    let refused: Vec<Built> = built(None, "normal,build,dev")
        .into_iter()
        .filter(|(_, licence)| match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) => !expression.evaluate(allowed_one),
            Err(_) => true,
        })
        .collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow: {refused:?}");
}

#[test]
fn the_lower_floors_do_no_input_and_output() {
    for floor in ["tasuki-domain", "tasuki-vault"] {
        let names: BTreeSet<String> =
            built(Some(floor), "normal").into_iter().map(|(name, _)| name).collect();
        assert!(names.contains(floor), "cargo tree did not list {floor}");
        for stranger in ["tokio", "sqlx", "axum", "hyper", "rustls", "mio", "tasuki-store", "tasuki-app"] {
            assert!(!names.contains(stranger), "{floor} must stay without {stranger}");
        }
    }
}

#[test]
fn every_locked_crate_comes_from_the_public_registry_with_a_checksum() {
    let lock: toml::Table = toml::from_str(&text("Cargo.lock")).unwrap();
    let packages = lock.get("package").unwrap().as_array().unwrap();
    let registries: Vec<String> = rules("sources", "allow-registry")
        .iter()
        .map(|r| format!("registry+{}", r.as_str().unwrap()))
        .collect();
    for package in packages {
        let name = package.get("name").unwrap().as_str().unwrap();
        if name.starts_with("tasuki-") {
            continue;
        }
        let source = package.get("source").and_then(toml::Value::as_str).unwrap_or("none");
        assert!(registries.iter().any(|registry| registry == source), "{name} comes from {source}");
        assert!(package.get("checksum").is_some(), "{name} has no checksum");
    }
}

#[test]
fn the_fuzz_targets_are_built_from_the_same_crates() {
    let locked = |path: &str| -> BTreeSet<(String, String)> {
        let lock: toml::Table = toml::from_str(&text(path)).unwrap();
        let packages = lock.get("package").unwrap().as_array().unwrap().clone();
        let field =
            |package: &toml::Value, name: &str| package.get(name).unwrap().as_str().unwrap().to_owned();
        packages.iter().map(|package| (field(package, "name"), field(package, "version"))).collect()
    };
    let product = locked("Cargo.lock");
    let names: BTreeSet<&String> = product.iter().map(|(name, _)| name).collect();
    for package in locked("tests/fuzz/Cargo.lock") {
        let strange = names.contains(&package.0) && !product.contains(&package);
        assert!(!strange, "tests/fuzz/Cargo.lock has {package:?}: copy Cargo.lock over it and build");
    }
}
