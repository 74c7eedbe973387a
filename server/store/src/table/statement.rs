//! Store floor: one line per statement of a batch. Each opens the piece's savepoint first, so that the piece can be
//! undone alone and sees what earlier pieces have staged.

/// Runs a statement of the batch; gives the number of rows that it changed.
macro_rules! execute {
    ($batch:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on!($batch.writing().await?, c => sqlx::query($sql)$(.bind($value))*.execute(&mut **c).await.map(|done| done.rows_affected()))?
    };
}

/// Reads every row of a statement within the batch.
macro_rules! fetch_all {
    ($batch:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on!($batch.writing().await?, c => sqlx::query_as($sql)$(.bind($value))*.fetch_all(&mut **c).await)?
    };
}

/// Reads one row, or none, of a statement within the batch.
macro_rules! fetch_optional {
    ($batch:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on!($batch.writing().await?, c => sqlx::query_as($sql)$(.bind($value))*.fetch_optional(&mut **c).await)?
    };
}
