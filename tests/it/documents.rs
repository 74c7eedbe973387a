//! What the documents point at is there: files behind links, tests behind promises.
use std::path::Path;

use crate::repository::{files, text, top};

/// Every document that people read, relative to the top.
fn documents() -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> =
        ["README.md", "README.ja.md", "SECURITY.md", "CHANGELOG.md"].map(Into::into).to_vec();
    all.extend(files("server", "md"));
    all.extend(files("deploy", "md"));
    all
}

/// Targets of `[text](target)` that are files here, without their `#part`.
fn links(document: &str) -> Vec<&str> {
    document
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .map(|target| target.split_once('#').map_or(target, |(file, _)| file))
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

/// Texts between single backquotes.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn every_link_leads_somewhere() {
    for document in documents() {
        let folder = document.parent().unwrap().to_path_buf();
        for link in links(&text(&document)) {
            assert!(top().join(&folder).join(link).exists(), "{}: {link} is not there", document.display());
        }
    }
}

#[test]
fn every_test_named_here_exists() {
    let security = text("SECURITY.md");
    let table = security.split_once("## Which test holds which promise").unwrap().1;
    let mut sources: Vec<String> = files("tests/it", "rs").iter().map(text).collect();
    sources.extend(files("server", "rs").iter().map(text));
    let named: Vec<&str> = table.lines().filter(|line| line.starts_with('|')).flat_map(code_spans).collect();
    assert!(named.len() >= 5, "the table of tests was not read");
    for name in named {
        let function = name.rsplit("::").next().unwrap();
        let found = sources.iter().any(|source| source.contains(&format!("fn {function}(")));
        assert!(found, "SECURITY.md names a test that does not exist: {name}");
    }
}

#[test]
fn documents_do_not_point_out_of_the_repository() {
    for document in documents() {
        for link in links(&text(&document)) {
            let climbs = Path::new(link).components().filter(|part| part.as_os_str() == "..").count();
            let depth = document.components().count() - 1;
            assert!(climbs <= depth && !link.starts_with('/'), "{}: {link}", document.display());
        }
    }
}
