//! Cursors: positions in a room as one reader may hold them (decision 11).

use tasuki_vault::reader::ReaderKey;

/// Makes and opens the cursors of one reader in one room; cheap to keep beside an open look.
#[derive(Clone)]
pub struct RoomReader(ReaderKey);

impl RoomReader {
    pub(super) const fn new(key: ReaderKey) -> Self {
        Self(key)
    }

    /// The cursor of a position: opaque, without order, worth nothing to another reader.
    #[must_use]
    pub fn cursor(&self, sequence: i64) -> String {
        self.0.cursor(sequence)
    }

    /// The position of a cursor; `None` when it is forged or another reader's.
    #[must_use]
    pub fn sequence(&self, cursor: &str) -> Option<i64> {
        self.0.position(cursor).filter(|sequence| *sequence >= 0)
    }
}
