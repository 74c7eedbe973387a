//! Blobs: a file too large for a row, as sealed chunk rows of the same database (decision 27). The seam for an object
//! store later: nothing outside of this file knows where chunks lie.
//!
//! Each chunk is sealed for its file and its number, the last one as the last, so that a moved, swapped, missing or
//! cut chunk does not open. What a thief of the database sees is how long a file is.

use crate::{
    Batch, Connection, Done, EntryProof, StagedTable, Store, StoreError, Value, Work, WorkError,
    batch::ProofOf,
};
use std::ops::Range;
use tasuki_vault::stream::{CHUNK, StreamOpener, StreamSealer};
use uuid::Uuid;
use zeroize::Zeroizing;

const STORE: StagedTable =
    StagedTable { insert: "INSERT INTO attachment_chunk (attachment, number, content) ", tail: "" };
const READ: &str = "SELECT content FROM attachment_chunk WHERE attachment = $1 AND number = $2";
const REMOVE: &str = "DELETE FROM attachment_chunk WHERE attachment = $1";

/// Chunks in one transaction: small, so that a large file does not keep posts waiting.
const CHUNKS_AT_ONCE: usize = 4;

/// Seals a file and stores it chunk by chunk, a few in a transaction; gives the number of chunks. `entry` is the
/// durable entry that says that the file comes in, and covers them.
pub(crate) async fn write(
    store: &Store,
    mut sealer: StreamSealer,
    (blob, entry): (Uuid, u64),
    mut plain: &[u8],
) -> Result<i64, WorkError> {
    let mut rows = Vec::with_capacity(CHUNKS_AT_ONCE);
    let mut number = 0_i64;
    while let Some((chunk, rest)) = plain.split_at_checked(CHUNK).filter(|(_, rest)| !rest.is_empty()) {
        rows.push((number, sealer.seal_chunk(chunk).map_err(StoreError::from)?));
        number += 1;
        plain = rest;
        if rows.len() == CHUNKS_AT_ONCE {
            store.write(StoreChunks { blob, entry, rows: std::mem::take(&mut rows) }).await?;
        }
    }
    rows.push((number, sealer.seal_last(plain).map_err(StoreError::from)?));
    store.write(StoreChunks { blob, entry, rows }).await?;
    Ok(number + 1)
}

/// Takes every chunk of a file away.
pub(crate) async fn remove(connection: &mut Connection, blob: Uuid) -> Result<(), StoreError> {
    on!(connection, c => sqlx::query(REMOVE).bind(blob).execute(&mut **c).await.map(drop))?;
    Ok(())
}

struct StoreChunks {
    blob: Uuid,
    entry: u64,
    rows: Vec<(i64, Vec<u8>)>,
}

impl Work for StoreChunks {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        for (number, content) in &self.rows {
            batch.stage(
                &STORE,
                vec![Value::Id(self.blob), Value::Int(*number), Value::Bytes(content.clone())],
            );
        }
        Ok(Done::new((), EntryProof(ProofOf::Earlier(self.entry))))
    }
}

/// Opens a file chunk by chunk; at most one chunk of it is in memory.
pub struct BlobReader {
    store: Store,
    opener: StreamOpener,
    blob: Uuid,
    waiting: Range<i64>,
}

impl BlobReader {
    pub(crate) fn new(store: &Store, opener: StreamOpener, blob: Uuid, chunks: i64) -> Self {
        Self { store: store.clone(), opener, blob, waiting: 0..chunks }
    }

    /// The next chunk; `None` after the last.
    ///
    /// # Errors
    /// [`StoreError::Open`] for a chunk that was altered, moved, swapped or made the last by cutting;
    /// [`StoreError::Damaged`] for one that is gone. Nothing more can be read then.
    pub async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(number) = self.waiting.next() else { return Ok(None) };
        let opened = self.open(number).await;
        if opened.is_err() {
            self.waiting = 0..0;
        }
        opened.map(Some)
    }

    async fn open(&self, number: i64) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let mut connection = self.store.reading().await?;
        let sealed: Option<Vec<u8>> = on!(&mut connection, c => sqlx::query_scalar(READ)
            .bind(self.blob).bind(number).fetch_optional(&mut **c).await)?;
        let sealed = sealed.ok_or(StoreError::Damaged("file"))?;
        let index = u64::try_from(number).map_err(|_| StoreError::Damaged("file"))?;
        Ok(self.opener.open_chunk(index, &sealed)?)
    }
}
