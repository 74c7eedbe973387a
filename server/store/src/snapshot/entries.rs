//! The whole log through the verifier, page by page, each signed head in its place.

use crate::{
    backend::Connection,
    error::StoreError,
    table::{checkpoint, log},
};
use tasuki_vault::log::{Finding, Report, verify::Verifier};

/// Rows read in one statement.
const PAGE: u64 = 1024;

/// Feeds every entry and every signed head to the verifier. That the last entries are covered by no head yet is no
/// finding here: a head follows an entry within a second, and a picture may be taken in between.
pub(super) async fn walk(connection: &mut Connection, mut verifier: Verifier) -> Result<Report, StoreError> {
    let (rows, noted) = log::rows_and_noted(connection).await?;
    let mut next = 0;
    while next < rows {
        let until = rows.min(next + PAGE);
        let heads = checkpoint::between(connection, (next, until), log::number(PAGE)).await?;
        let mut heads = heads.into_iter().peekable();
        for entry in log::range(connection, (next, until), log::number(PAGE)).await? {
            let index = entry.index().unwrap_or_default();
            while let Some((_, _, note)) = heads.next_if(|(size, ..)| *size <= log::number(index)) {
                verifier.checkpoint(&note);
            }
            verifier.entry(&entry.noted(), &entry.canonical(index).unwrap_or_default());
        }
        heads.for_each(|(_, _, note)| verifier.checkpoint(&note));
        next = until;
    }
    let beyond = checkpoint::between(connection, (rows, u64::MAX), log::number(PAGE)).await?;
    beyond.iter().for_each(|(_, _, note)| verifier.checkpoint(note));
    let mut report = verifier.finish();
    report.findings.retain(|finding| !matches!(finding, Finding::Unsigned { .. }));
    if rows < noted {
        report.findings.push(Finding::Missing { from: rows, to: noted - 1 });
    }
    Ok(report)
}
