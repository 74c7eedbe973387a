//! Vault: the address of a sealed value. It knows no key and no cipher.

use uuid::Uuid;

use crate::keyring::KeyId;

/// The place in the database to which a sealed value belongs. A ciphertext copied to another table, column
/// or row does not open there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Table name as in the migrations.
    pub table: &'static str,
    /// Column name as in the migrations.
    pub column: &'static str,
    /// Id of the row.
    pub row: Uuid,
}

impl Slot {
    /// Names a slot.
    pub const fn new(table: &'static str, column: &'static str, row: Uuid) -> Self {
        Self { table, column, row }
    }

    /// Associated data: format, then table and column each with its length (`u16`, big-endian), row id, key id.
    pub(crate) fn associated(&self, format: u8, key: KeyId) -> Vec<u8> {
        let mut out = Vec::with_capacity(37 + self.table.len() + self.column.len());
        out.push(format);
        for name in [self.table, self.column] {
            let length = u16::try_from(name.len()).expect("names in our migrations are short");
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(name.as_bytes());
        }
        out.extend_from_slice(self.row.as_bytes());
        out.extend_from_slice(key.0.as_bytes());
        out
    }
}
