//! Reading the repository itself: where it is, which sources it holds, which rules it wrote down.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a repository that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The top folder of the repository.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file below `folder` (relative to the top) whose name ends with `.extension`, sorted; paths relative to the top.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![top().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path.strip_prefix(top()).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}

/// The text of a file, its path relative to the top.
pub fn text(path: impl AsRef<Path>) -> String {
    let path = top().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The production part of a Rust source: what stands before its test module.
pub fn production(source: &str) -> &str {
    let mut offset = 0;
    let mut gate = None;
    for line in source.split_inclusive('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with("#[cfg(test)]") {
            gate = Some(offset);
        } else if let Some(start) = gate {
            if trimmed.starts_with("mod ") {
                return source.get(..start).unwrap();
            }
            if !trimmed.starts_with("#[") {
                gate = None;
            }
        }
        offset += line.len();
    }
    source
}

/// One list of `deny.toml`, as JSON values.
pub fn rules(section: &str, list: &str) -> Vec<Value> {
    let rules: Value = toml::from_str(&text("deny.toml")).unwrap();
    rules
        .get(section)
        .and_then(|section| section.get(list))
        .and_then(Value::as_array)
        .unwrap_or_else(|| panic!("deny.toml has no {section}.{list}"))
        .clone()
}

#[test]
fn the_test_module_is_cut_off() {
    let source =
        "fn a() {}\n#[cfg(test)]\nfn helper() {}\nfn b() {}\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n}\n";
    assert_eq!(production(source), "fn a() {}\n#[cfg(test)]\nfn helper() {}\nfn b() {}\n");
    assert_eq!(production("fn a() {}\n"), "fn a() {}\n");
}
