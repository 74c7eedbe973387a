//! Rows that wait for the end of the batch, so that a hundred posts are one statement and not a hundred.

use crate::backend::Connection;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// A table that takes staged rows.
#[derive(Debug)]
pub struct StagedTable {
    /// `INSERT INTO table (columns) ` up to the values.
    pub insert: &'static str,
    /// What follows the values, such as an `ON CONFLICT` clause; may be empty.
    pub tail: &'static str,
}

/// A value of a staged row.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number, time or code.
    Int(i64),
    /// An id; nil for none.
    Id(Uuid),
    /// Sealed or hashed bytes.
    Bytes(Vec<u8>),
    /// Text that says nothing about a person.
    Text(String),
}

pub(crate) struct StagedRow {
    pub(crate) table: &'static StagedTable,
    pub(crate) values: Vec<Value>,
}

/// SQLite takes 32766 parameters in a statement, PostgreSQL 65535.
const MOST_PARAMETERS: usize = 30_000;

/// Writes the rows, one statement per table and as few statements as the parameter limits allow, tables in order of their first row.
pub(crate) async fn flush(connection: &mut Connection, rows: Vec<StagedRow>) -> Result<(), sqlx::Error> {
    let mut tables: Vec<(&'static StagedTable, Vec<Vec<Value>>)> = Vec::new();
    for row in rows {
        match tables.iter_mut().find(|(table, _)| std::ptr::eq(*table, row.table)) {
            Some((_, values)) => values.push(row.values),
            None => tables.push((row.table, vec![row.values])),
        }
    }
    for (table, mut rows) in tables {
        let width = rows.first().map_or(1, Vec::len).max(1);
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(MOST_PARAMETERS / width));
            insert(connection, table, std::mem::replace(&mut rows, rest)).await?;
        }
    }
    Ok(())
}

async fn insert(
    connection: &mut Connection,
    table: &StagedTable,
    rows: Vec<Vec<Value>>,
) -> Result<(), sqlx::Error> {
    on!(connection, c => {
        let mut query = QueryBuilder::new(table.insert);
        query.push_values(rows, |mut separated, row| {
            for value in row {
                match value {
                    Value::Int(number) => separated.push_bind(number),
                    Value::Id(id) => separated.push_bind(id),
                    Value::Bytes(bytes) => separated.push_bind(bytes),
                    Value::Text(text) => separated.push_bind(text),
                };
            }
        });
        query.push(table.tail);
        query.build().execute(&mut **c).await.map(drop)
    })
}
