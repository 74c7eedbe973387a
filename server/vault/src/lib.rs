//! Tasuki: the vault floor. Keys, sealing, passwords, tokens and the access-log tree: every line that
//! a promise of secrecy or of an unforgeable log rests on. An auditor reads this crate alone.
//!
//! It does no I/O, holds no clock and draws no randomness of its own: bytes, times (µs UTC) and the
//! random source ([`rand::CryptoRng`]) come in as arguments. It knows nothing of rooms, rows or HTTP.
//! `unsafe` is forbidden. Primitives come from kept crates (`aes-gcm`, `hkdf`, `hmac`, `sha2`,
//! `argon2`, and `aws-lc-rs` for Ed25519 and P-256); nothing is invented below the level of a format.
//!
//! # The keys
//!
//! ```text
//! root key (key file, passphrase, recovery sheet)
//!   ├─ consortium branch ─────── wraps data keys of: consortium, room, patient, person  × epoch
//!   ├─ organization branch ×n ── wraps data keys of one organization                    × epoch
//!   ├─ log month branch ×n ───── wraps the data key of one month of the access log
//!   ├─ blind index, token pepper, queue sealing, backup
//!   └─ log signing (Ed25519), device authority (P-256)
//! data key ── HKDF-SHA-256, fresh 256-bit salt per value ── AES-256-GCM key and nonce
//! ```
//!
//! A branch is *derived* (one label per purpose, [`derive::Label`]); a data key is *random* and is stored
//! wrapped, so that destroying the wrapped row destroys what was sealed under it, the root key
//! notwithstanding.
//!
//! # The rooms of this floor
//!
//! - [`secret`] — the root key, passphrases, and how a secret lives and dies in memory
//! - [`key_file`] — the root key as a file, plain or sealed by a passphrase; the locked keyring
//! - [`recovery_sheet`] — the root key on paper, with a check on every line
//! - [`mod@derive`] — the list of labels; HKDF-SHA-256
//! - [`keyring`] — unlocked root, data keys by scope and epoch, wrapped and opened
//! - [`place`] — the slot (table, column, row) a sealed value belongs to
//! - [`seal`] — one value, format 1
//! - [`stream`] — a file in chunks of 256 KiB
//! - [`password`] — Argon2id
//! - [`token`] — session tokens and one-time codes, kept only as digests
//! - [`blind_index`] — equality search over sealed values
//! - [`queue`] — items that a device delivers after their author went home
//! - [`reader`] — positions in a room as one reader may hold them
//! - [`authority`] — the key that signs device certificates
//! - [`backup`] — the tag on a backup's manifest
//! - [`log`] — the access-log tree, its checkpoints, its export, its offline verifier

#![deny(missing_docs)]

mod alphabet;
pub mod authority;
pub mod backup;
pub mod blind_index;
mod cipher;
mod cursor;
pub mod derive;
pub mod key_file;
pub mod keyring;
pub mod log;
pub mod password;
pub mod place;
pub mod queue;
pub mod reader;
pub mod recovery_sheet;
pub mod seal;
pub mod secret;
pub mod stream;
pub mod token;

pub use key_file::LockedKeyring;
pub use keyring::{KeyId, Keyring, Scope, WrappedKey};
pub use place::Slot;
pub use seal::{OpenError, SealError, Sealed};
pub use secret::{Passphrase, RootKey};
