//! A period of the log on its way out of the house: as rows for a table, or in the provable form
//! (`tasuki-log-export v1`, see `server/access-log.md`). Read in pieces, so that a long period needs little memory.

use super::{
    checkpoint,
    log::{self, LogBody, LogRow},
    log_page::told,
    log_proof::{self, Prover},
};
use crate::{backend::Connection, error::StoreError, look::Revealed, store::Store};
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use tasuki_domain::{
    id::OrganizationId,
    policy::{Act, ExportLog, ExportLogProof},
    time::Interval,
};
use tasuki_vault::log::{
    Frontier,
    export::{ExportError, ExportWriter, Header},
};

/// Entries in one piece.
const PIECE: u64 = 500;

/// Rows of a period, oldest first, within the scope of the look.
pub struct LogRowsExport {
    store: Store,
    scope: Option<OrganizationId>,
    prover: Prover,
    next: u64,
    until: u64,
}

impl Store {
    /// Begins an export of rows. Its own entry belongs to it when it lies in the period.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_log_rows(
        &self,
        look: &Revealed<ExportLog>,
        period: Interval,
    ) -> Result<LogRowsExport, StoreError> {
        let mut connection = self.reading().await?;
        let (next, until) = stretch(&mut connection, look, period).await?;
        let prover = Prover::new(self, &mut connection).await?;
        Ok(LogRowsExport { store: self.clone(), scope: look.act().organization, prover, next, until })
    }

    /// Begins an export in the provable form. It holds every entry of the period, of all organizations, and goes on to
    /// the first signed head after it, so that nothing in it is unproven.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the tree before the period does not fit the signed head; or the database fails.
    pub async fn export_log_proof(
        &self,
        look: &Revealed<ExportLogProof>,
        period: Interval,
    ) -> Result<LogProofExport, StoreError> {
        let mut connection = self.reading().await?;
        let (first, until) = stretch(&mut connection, look, period).await?;
        let until = checkpoint::covering(&mut connection, until).await?.unwrap_or(until).max(first);
        let prover = Prover::new(self, &mut connection).await?;
        let peaks = match prover.signed() {
            Some(signed) => log_proof::peaks(&mut connection, signed, first).await?,
            None => (first == 0).then(Vec::new),
        };
        let before = peaks
            .and_then(|peaks| Frontier::from_parts(first, peaks))
            .ok_or(StoreError::Damaged("tree of the access log"))?;
        let buffer = Buffer::default();
        let writer = ExportWriter::begin(buffer.clone(), &Header { key: self.log_key()?, before })
            .map_err(|error| failed(&error))?;
        Ok(LogProofExport { store: self.clone(), writer: Some(writer), buffer, next: first, until })
    }
}

impl LogRowsExport {
    /// The next rows with their bodies; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rows(&mut self) -> Result<Vec<(LogRow, LogBody)>, StoreError> {
        let mut connection = self.store.reading().await?;
        let mut rows = Vec::new();
        while rows.is_empty() && self.next < self.until {
            let after = self.until.min(self.next.saturating_add(PIECE));
            let entries = log::range(&mut connection, (self.next, after), log::number(PIECE)).await?;
            self.next = after;
            let scope = self.scope.map(OrganizationId::as_uuid);
            for entry in &entries {
                let own = |own| entry.organization == own || entry.object_organization == own;
                if scope.is_none_or(own) {
                    let row = told(&self.store, &mut connection, &mut self.prover, entry).await?;
                    rows.push((row, entry.open(&self.store)));
                }
            }
        }
        Ok(rows)
    }
}

/// A period in the provable form.
pub struct LogProofExport {
    store: Store,
    writer: Option<ExportWriter<Buffer>>,
    buffer: Buffer,
    next: u64,
    until: u64,
}

impl LogProofExport {
    /// The next bytes; `None` after the end mark.
    ///
    /// # Errors
    /// When the database fails, or a row cannot be put into the form of an entry: the export then ends without its end
    /// mark, which its verifier notices.
    pub async fn bytes(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        if self.writer.is_none() {
            return Ok(None);
        }
        if self.next < self.until {
            self.piece().await?;
        } else if let Some(writer) = self.writer.take() {
            writer.end().map_err(|error| failed(&error))?;
        }
        Ok(Some(self.buffer.take()))
    }

    async fn piece(&mut self) -> Result<(), StoreError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let mut connection = self.store.reading().await?;
        let after = self.until.min(self.next.saturating_add(PIECE));
        let entries = log::range(&mut connection, (self.next, after), log::number(PIECE)).await?;
        // There are at most as many heads as entries.
        let heads = checkpoint::between(&mut connection, (self.next, after), log::number(PIECE)).await?;
        let mut heads = heads.into_iter().peekable();
        for entry in entries {
            let index = entry.index().unwrap_or_default();
            while let Some((_, _, note)) = heads.next_if(|(size, ..)| *size <= log::number(index)) {
                writer.checkpoint(&note).map_err(|error| failed(&error))?;
            }
            let canonical = entry.canonical(index).ok_or(StoreError::Damaged("log entry"))?;
            writer.entry(&entry.noted(), &canonical).map_err(|error| failed(&error))?;
        }
        for (_, _, note) in heads {
            writer.checkpoint(&note).map_err(|error| failed(&error))?;
        }
        self.next = after;
        Ok(())
    }
}

/// The period by numbers, at most to the entry of the export itself.
async fn stretch<A: Act>(
    connection: &mut Connection,
    look: &Revealed<A>,
    period: Interval,
) -> Result<(u64, u64), StoreError> {
    let end = look.entry().saturating_add(1);
    let from = log::first_since(connection, period.from, end).await?.min(end);
    let until = log::first_since(connection, period.until, end).await?.min(end);
    Ok((from, until.max(from)))
}

fn failed(error: &ExportError) -> StoreError {
    match error {
        ExportError::TooLong => StoreError::Damaged("log entry"),
        _ => StoreError::Damaged("log export"),
    }
}

/// Where the writer of the form writes and the stream takes away.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
