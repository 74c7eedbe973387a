//! Vault: key derivation. One label per purpose, listed here and nowhere else.
//!
//! HKDF-SHA-256 (RFC 5869); the info is `label ‖ 0x00 ‖ context`. Labels contain no zero byte, so no
//! two pairs of label and context give the same info.

use hkdf::Hkdf;
use sha2::Sha256;

use crate::secret::Secret;

/// Every purpose for which a key is derived. A label never changes its text or its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Label {
    /// The public check value of the root key.
    RootFingerprint,
    /// Branch that wraps the keys of consortium, rooms, patients and persons.
    Consortium,
    /// Branch that wraps the keys of one organization; context: its id.
    Organization,
    /// Branch that wraps the key of one month of the access log; context: yyyymm, big-endian `i32`.
    LogMonth,
    /// Branch of all blind indexes.
    BlindIndex,
    /// Seed of the Ed25519 key that signs checkpoints of the access log; context: the log's origin.
    LogSigning,
    /// Seed of the Ed25519 key with which this installation countersigns another log; context: its own name.
    WitnessSigning,
    /// Scalar of the P-256 key that signs device certificates; context: generation and try.
    DeviceAuthority,
    /// Scalar of the P-256 key that opens queued items; context: generation and try.
    QueueSealing,
    /// Pepper of the digests of session tokens and one-time codes.
    TokenPepper,
    /// Key of the tag on a backup's manifest.
    Backup,
    /// Key and nonce that wrap one data key.
    WrappedKey,
    /// Key and nonce of one sealed value.
    Value,
    /// Key of one sealed file.
    Stream,
    /// Key and nonce of a root key file sealed by a passphrase.
    KeyFile,
    /// Key and nonce of one queued item; context: the item's header.
    QueueItem,
    /// The key lent to a session to tag queued items; context: the id of the lent key.
    QueueLentKey,
    /// Key of one reader's cursors in one room; context: person and room.
    ReaderCursor,
}

impl Label {
    /// All labels, for the test that they differ.
    pub const ALL: [Self; 18] = [
        Self::RootFingerprint,
        Self::Consortium,
        Self::Organization,
        Self::LogMonth,
        Self::BlindIndex,
        Self::LogSigning,
        Self::WitnessSigning,
        Self::DeviceAuthority,
        Self::QueueSealing,
        Self::TokenPepper,
        Self::Backup,
        Self::WrappedKey,
        Self::Value,
        Self::Stream,
        Self::KeyFile,
        Self::QueueItem,
        Self::QueueLentKey,
        Self::ReaderCursor,
    ];

    /// The label as it enters the derivation.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RootFingerprint => "tasuki/v1/fingerprint",
            Self::Consortium => "tasuki/v1/consortium",
            Self::Organization => "tasuki/v1/organization",
            Self::LogMonth => "tasuki/v1/log-month",
            Self::BlindIndex => "tasuki/v1/blind-index",
            Self::LogSigning => "tasuki/v1/log-signing",
            Self::WitnessSigning => "tasuki/v1/witness-signing",
            Self::DeviceAuthority => "tasuki/v1/device-authority",
            Self::QueueSealing => "tasuki/v1/queue-sealing",
            Self::TokenPepper => "tasuki/v1/token-pepper",
            Self::Backup => "tasuki/v1/backup",
            Self::WrappedKey => "tasuki/v1/wrapped-key",
            Self::Value => "tasuki/v1/value",
            Self::Stream => "tasuki/v1/stream",
            Self::KeyFile => "tasuki/v1/key-file",
            Self::QueueItem => "tasuki/v1/queue-item",
            Self::QueueLentKey => "tasuki/v1/queue-lent-key",
            Self::ReaderCursor => "tasuki/v1/reader-cursor",
        }
    }
}

/// Derives `out` from a secret that is already uniform.
pub(crate) fn derive_into(secret: &Secret, label: Label, context: &[u8], out: &mut [u8]) {
    salted_into(secret.bytes(), None, label, context, out);
}

/// Derives a key of its own from `secret`.
pub(crate) fn derive(secret: &Secret, label: Label, context: &[u8]) -> Secret {
    Secret::filled(|bytes| derive_into(secret, label, context, bytes))
}

/// Derives `out` from key material and an optional salt.
pub(crate) fn salted_into(
    material: &[u8],
    salt: Option<&[u8]>,
    label: Label,
    context: &[u8],
    out: &mut [u8],
) {
    Hkdf::<Sha256>::new(salt, material)
        .expand_multi_info(&[label.text().as_bytes(), &[0], context], out)
        .expect("every caller asks for fewer than 255 blocks");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn labels_differ_and_hold_no_zero_byte() {
        for (position, label) in Label::ALL.iter().enumerate() {
            assert!(!label.text().contains('\0'));
            assert!(Label::ALL.iter().skip(position + 1).all(|other| other.text() != label.text()));
        }
    }

    #[test]
    fn rfc_5869_test_case_1() {
        let mut out = [0; 42];
        Hkdf::<Sha256>::new(Some(&bytes("000102030405060708090a0b0c")), &[0x0b; 22])
            .expand(&bytes("f0f1f2f3f4f5f6f7f8f9"), &mut out)
            .unwrap();
        let expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
        assert_eq!(out.to_vec(), bytes(expected));
    }

    #[test]
    fn rfc_5869_test_case_3_without_salt_and_info() {
        let mut out = [0; 42];
        Hkdf::<Sha256>::new(None, &[0x0b; 22]).expand(&[], &mut out).unwrap();
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
        assert_eq!(out.to_vec(), bytes(expected));
    }

    #[test]
    fn every_label_gives_what_the_frozen_vector_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/vault/derive.json");
        let vector: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let root = Secret::filled(|to| to.copy_from_slice(&bytes(vector["root"].as_str().unwrap())));
        let cases = vector["labels"].as_array().unwrap();
        assert_eq!(cases.len(), Label::ALL.len());
        for case in cases {
            let text = case["label"].as_str().unwrap();
            let label = Label::ALL.into_iter().find(|label| label.text() == text).expect("a known label");
            for (context, field) in [(&[][..], "empty_context"), (&[1, 2][..], "context_0102")] {
                let expected = bytes(case[field].as_str().unwrap());
                assert_eq!(derive(&root, label, context).bytes().to_vec(), expected, "{text} {field}");
            }
        }
    }

    #[test]
    fn label_and_context_separate() {
        let secret = Secret::filled(|to| to.fill(7));
        let one = derive(&secret, Label::Organization, &[1; 16]);
        let two = derive(&secret, Label::Organization, &[2; 16]);
        let three = derive(&secret, Label::LogMonth, &[1; 16]);
        assert_ne!(one.bytes(), two.bytes());
        assert_ne!(one.bytes(), three.bytes());
    }
}
