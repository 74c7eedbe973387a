//! Vault: finding sealed values by equality. An index is a keyed digest of the normalised value; whoever has
//! only the database learns which rows are equal within one column, and nothing else.
//!
//! ```text
//! index = first 16 bytes of HMAC-SHA-256(branch key "tasuki/v1/blind-index",
//!             len(table) u16 ‖ table ‖ len(column) u16 ‖ column ‖ scope id (16, nil when there is none) ‖ value)
//! ```

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use crate::derive::Label;
use crate::keyring::Keyring;

/// Bytes of an index.
pub const INDEX_BYTES: usize = 16;

/// The index of one value in one column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlindIndex([u8; INDEX_BYTES]);

impl BlindIndex {
    /// The bytes for the row.
    pub fn as_bytes(&self) -> &[u8; INDEX_BYTES] {
        &self.0
    }

    /// The first 64 bits as a number, for large search indexes where size counts more than a rare false match,
    /// which the opened value settles.
    pub fn as_i64(&self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Makes indexes for one column (and, where given, one scope such as a room). Made once, it is cheap to use.
pub struct ColumnIndex(Hmac<Sha256>);

impl Keyring {
    /// Indexes of a column across all rows.
    pub fn blind_index(&self, table: &'static str, column: &'static str) -> ColumnIndex {
        self.blind_index_within(table, column, Uuid::nil())
    }

    /// Indexes of a column within one scope (a room, an organization): equal values in different scopes have
    /// different indexes.
    pub fn blind_index_within(&self, table: &'static str, column: &'static str, scope: Uuid) -> ColumnIndex {
        let key = self.branch(Label::BlindIndex, &[]);
        let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("HMAC takes keys of any length");
        for name in [table, column] {
            let length = u16::try_from(name.len()).expect("names in our migrations are short");
            mac.update(&length.to_be_bytes());
            mac.update(name.as_bytes());
        }
        mac.update(scope.as_bytes());
        ColumnIndex(mac)
    }
}

impl ColumnIndex {
    /// The index of a value that is already normalised.
    pub fn of(&self, value: &[u8]) -> BlindIndex {
        let whole: [u8; 32] = self.0.clone().chain_update(value).finalize().into_bytes().into();
        let mut first = [0; INDEX_BYTES];
        first.iter_mut().zip(whole).for_each(|(place, byte)| *place = byte);
        BlindIndex(first)
    }

    /// The index of a login name: see [`normalised_login_name`].
    pub fn of_login_name(&self, name: &str) -> BlindIndex {
        self.of(normalised_login_name(name).as_bytes())
    }
}

/// A login name as it is compared: NFKC, lower case, NFKC again, without white space at its ends. So
/// `Ｓａｔｏ` and `sato ` are the same person.
pub fn normalised_login_name(name: &str) -> String {
    let folded: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.trim().to_owned()
}
