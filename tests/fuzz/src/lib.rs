//! What the targets share: a small, true access log to start from, and readers that live inside the server.

pub mod tls;
pub mod wire;

use tasuki_vault::keyring::Keyring;
use tasuki_vault::log::export::{ExportError, ExportReader, ExportWriter, Frame, Header};
use tasuki_vault::log::note::VerifierKey;
use tasuki_vault::log::{Frontier, Leaf, LogSigner};
use tasuki_vault::secret::RootKey;
use uuid::Uuid;

/// A log as it was written: its export, its key, and its last signed head.
pub struct TrueLog {
    /// The whole export.
    pub export: Vec<u8>,
    /// The key under which its heads verify.
    pub key: VerifierKey,
    /// The signed note over all of it.
    pub head: String,
    /// The canonical bytes of each entry.
    pub leaves: Vec<Vec<u8>>,
}

impl TrueLog {
    /// Entries in the log.
    pub const ENTRIES: u64 = 11;

    /// Writes the log: always the same bytes.
    pub fn write() -> Self {
        let signer = signer();
        let key = signer.verifier_key().clone();
        let mut tree = Frontier::new();
        let header = Header { key: key.clone(), before: tree.clone() };
        let mut writer = ExportWriter::begin(Vec::new(), &header).expect("memory can be written");
        let mut head = String::new();
        let mut leaves = Vec::new();
        for index in 0..Self::ENTRIES {
            let body = vec![
                u8::try_from(index).expect("few entries");
                usize::try_from(index % 4).expect("small") * 9
            ];
            let leaf = leaf(index, &body);
            let hash = leaf.hash().expect("the body is short");
            let bytes = leaf.encode().expect("the body is short");
            writer.entry(&hash, &bytes).expect("memory can be written");
            leaves.push(bytes);
            tree.append(hash);
            if index % 4 == 3 || index + 1 == Self::ENTRIES {
                head = signer.sign(tree.size(), tree.root());
                writer.checkpoint(&head).expect("memory can be written");
            }
        }
        Self { export: writer.end().expect("memory can be written"), key, head, leaves }
    }
}

fn signer() -> LogSigner {
    let keyring = Keyring::unlock(RootKey::from_bytes(&[7; 32].into()));
    keyring.log_signer("fuzz.example/log").expect("the origin is a name")
}

fn leaf(index: u64, body: &[u8]) -> Leaf<'_> {
    let id = |number: u8| Uuid::from_bytes([number; 16]);
    Leaf {
        index,
        at: 1_790_000_000_000_000 + i64::try_from(index).expect("few entries"),
        action: 1,
        outcome: 1,
        actor_kind: 1,
        actor: id(1),
        post: id(2),
        organization: id(3),
        device: id(4),
        session: id(5),
        patient: id(6),
        object_organization: id(3),
        room: id(7),
        object: id(8),
        object_kind: 1,
        request: Uuid::from_u64_pair(0, index),
        key_id: if body.is_empty() { Uuid::nil() } else { id(9) },
        body,
    }
}

/// The entries of an export, as far as it can be read.
pub fn leaves(export: &[u8]) -> Result<Vec<Vec<u8>>, ExportError> {
    let mut reader = ExportReader::open(export)?;
    let mut leaves = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        if let Frame::Entry { leaf, .. } = frame {
            leaves.push(leaf.to_vec());
        }
    }
    Ok(leaves)
}
