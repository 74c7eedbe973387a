//! The two migration folders tell the same story: same files, same tables, same columns, each column commented and
//! never null.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::repository::{files, text, top};

/// A column as written: its name, whether it says NOT NULL, and whether a comment stands at it.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Column {
    name: String,
    not_null: bool,
    commented: bool,
}

/// Columns by table, in the order of writing.
type Tables = BTreeMap<String, Vec<Column>>;

/// Words that begin a line of a table which is not a column.
const CONSTRAINTS: &[&str] = &["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT", "EXCLUDE"];

fn migrations(engine: &str) -> Vec<String> {
    let folder = format!("migrations/{engine}");
    if !top().join(&folder).exists() {
        return Vec::new();
    }
    files(&folder, "sql").iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The tables that one engine's migrations create.
fn tables(engine: &str) -> Tables {
    let mut all = Tables::new();
    for name in migrations(engine) {
        read_tables(&text(Path::new("migrations").join(engine).join(name)), &mut all);
    }
    all
}

/// Reads `CREATE TABLE name (` … `)` with one column a line, `ALTER TABLE … ADD COLUMN`, and `COMMENT ON COLUMN`.
fn read_tables(sql: &str, all: &mut Tables) {
    let mut table: Option<String> = None;
    let mut comment_above = false;
    let mut depth = 0_i32;
    for line in sql.lines() {
        let (code, comment) =
            line.split_once("--").map_or((line, None), |(code, comment)| (code, Some(comment)));
        let words: Vec<&str> = code.split_whitespace().collect();
        let commented = comment.is_some_and(|text| text.trim().len() > 2);
        match (&table, words.as_slice()) {
            (_, []) => comment_above |= commented,
            (None, ["CREATE", "TABLE", rest @ ..]) => {
                let name = rest.iter().find(|word| !["IF", "NOT", "EXISTS"].contains(word)).unwrap();
                table = Some(name.trim_end_matches('(').to_owned());
                depth = 0;
                comment_above = false;
            }
            (None, ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..]) => {
                all.entry((*name).to_owned()).or_default().push(column_of(
                    column,
                    code,
                    commented || comment_above,
                ));
                comment_above = false;
            }
            (None, ["COMMENT", "ON", "COLUMN", column, "IS", ..]) => mark(all, column),
            (Some(name), [first, ..]) if depth == 1 && !first.starts_with(')') => {
                if !CONSTRAINTS.contains(&first.to_uppercase().as_str()) {
                    all.entry(name.clone()).or_default().push(column_of(
                        first,
                        code,
                        commented || comment_above,
                    ));
                }
                comment_above = false;
            }
            _ => comment_above = false,
        }
        depth += i32::try_from(code.matches('(').count()).unwrap()
            - i32::try_from(code.matches(')').count()).unwrap();
        if table.is_some() && depth == 0 && code.contains(')') {
            table = None;
        }
    }
}

fn column_of(name: &str, code: &str, commented: bool) -> Column {
    let code = code.to_uppercase();
    Column {
        name: name.to_owned(),
        not_null: code.contains("NOT NULL") || code.contains("PRIMARY KEY"),
        commented,
    }
}

/// A `COMMENT ON COLUMN table.column` counts for that column.
fn mark(all: &mut Tables, path: &str) {
    let (table, name) = path.rsplit_once('.').unwrap();
    let columns = all.get_mut(table).unwrap();
    columns.iter_mut().filter(|column| column.name == name).for_each(|column| column.commented = true);
}

#[test]
fn both_engines_have_the_same_files() {
    assert_eq!(migrations("sqlite"), migrations("postgres"));
}

#[test]
fn both_engines_have_the_same_columns() {
    let names = |tables: Tables| -> BTreeMap<String, BTreeSet<String>> {
        tables
            .into_iter()
            .map(|(table, columns)| (table, columns.into_iter().map(|c| c.name).collect()))
            .collect()
    };
    assert_eq!(names(tables("sqlite")), names(tables("postgres")));
}

#[test]
fn every_column_is_explained_and_never_null() {
    for engine in ["sqlite", "postgres"] {
        let tables = tables(engine);
        assert_eq!(tables.is_empty(), migrations(engine).is_empty(), "{engine}: no table was read");
        for (table, columns) in tables {
            for column in columns {
                assert!(column.commented, "{engine}: {table}.{} has no comment", column.name);
                assert!(column.not_null, "{engine}: {table}.{} may be null", column.name);
            }
        }
    }
}

#[test]
fn the_reader_sees_bare_and_nullable_columns() {
    let sql = "CREATE TABLE room (\n    -- Random id.\n    id BLOB PRIMARY KEY,\n    state INTEGER NOT NULL \
               CHECK (state IN (1, 2)), -- 1 open, 2 closed.\n    bare BIGINT NOT NULL,\n    loose BIGINT, -- May be null.\n    \
               UNIQUE (id, state)\n);\nALTER TABLE room ADD COLUMN later BIGINT NOT NULL DEFAULT 0; -- Added.\n\
               COMMENT ON COLUMN room.bare IS 'Said afterwards.';\n";
    let mut all = Tables::new();
    read_tables(sql, &mut all);
    let seen: Vec<(String, bool, bool)> =
        all.remove("room").unwrap().into_iter().map(|c| (c.name, c.not_null, c.commented)).collect();
    let expected = [("id", true, true), ("state", true, true), ("bare", true, true), ("loose", false, true)];
    let mut expected: Vec<_> =
        expected.map(|(name, null, comment)| (name.to_owned(), null, comment)).to_vec();
    expected.push(("later".to_owned(), true, true));
    assert_eq!(seen, expected);
    read_tables("CREATE TABLE x (\n  a BIGINT NOT NULL\n);\n", &mut all);
    assert!(!all.get("x").unwrap().first().unwrap().commented);
}
