//! TLS room: the cryptography that the doors speak (IPA/CRYPTREC 高セキュリティ型, TLS 1.3 only).

use std::sync::{Arc, LazyLock};

use rustls::crypto::{
    CryptoProvider,
    aws_lc_rs::{self, cipher_suite, kx_group},
};

/// Suites and groups of the doors, in the order of the server's preference.
static DOOR: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
        ],
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1],
        ..aws_lc_rs::default_provider()
    })
});

/// Makes aws-lc-rs the process's default for every TLS connection that names none. Call it first in `main` and in
/// tests; calling it again changes nothing.
pub fn install_provider() {
    // An error only says that a default is installed already, and aws-lc-rs is the only one in the program.
    let _ = aws_lc_rs::default_provider().install_default();
}

/// The doors' own selection.
pub(super) fn door_provider() -> Arc<CryptoProvider> {
    DOOR.clone()
}
