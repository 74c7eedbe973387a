//! The newest signed head, which everybody signed in and every device may keep, and proofs between two heads. Whoever
//! keeps an earlier head can show that nothing below it was changed since.

use crate::usecase::{Services, UseCaseError};
use tasuki_domain::time::Timestamp;

/// A signed head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeadView {
    /// The log's name.
    pub origin: String,
    /// How many entries it covers.
    pub size: u64,
    /// The root over them, base64.
    pub root: String,
    /// The complete signed note.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
    /// The public key under which it verifies.
    pub key: String,
}

/// The proof that one tree is the beginning of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofView {
    /// Entries in the older tree.
    pub old: u64,
    /// Its root, base64.
    pub old_root: String,
    /// Entries in the newer tree.
    pub new: u64,
    /// Its root, base64.
    pub new_root: String,
    /// The hashes, base64 (RFC 6962 2.1.2).
    pub path: Vec<String>,
}

/// The newest signed head; `None` before the first.
///
/// # Errors
/// When the stored head does not fit the stored log, or the store failed.
pub async fn log_head(services: &Services) -> Result<Option<HeadView>, UseCaseError> {
    let head = services.store.log_head().await.map_err(UseCaseError::failed)?;
    Ok(head.map(|head| HeadView {
        origin: head.origin,
        size: head.size,
        root: head.root.to_string(),
        note: head.note,
        at: head.at,
        key: head.key,
    }))
}

/// Proves that the tree of `old` entries is the beginning of the tree of `new` entries.
///
/// # Errors
/// [`UseCaseError::Missing`] when there are no two such trees under the newest head; or the store failed.
pub async fn log_proof(services: &Services, old: u64, new: u64) -> Result<ProofView, UseCaseError> {
    let proof = services.store.log_consistency(old, new).await.map_err(UseCaseError::failed)?;
    let proof = proof.ok_or(UseCaseError::Missing)?;
    Ok(ProofView {
        old: proof.old,
        old_root: proof.old_root.to_string(),
        new: proof.new,
        new_root: proof.new_root.to_string(),
        path: proof.path.iter().map(ToString::to_string).collect(),
    })
}
