//! TLS room: what a door shows of itself, and whom it believes.

use rustls_pki_types::CertificateDer;

use super::{PrivateKey, RevocationList};

/// The server's certificate chain (its own first) and key.
pub struct ServerIdentity {
    /// Certificates, the server's own first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of the first certificate.
    pub key: PrivateKey,
}

/// An authority whose devices are let in, with its current revocation list. Without the list it vouches for nobody.
#[derive(Clone)]
pub struct TrustedAuthority {
    /// The authority's certificate.
    pub certificate: CertificateDer<'static>,
    /// Its list.
    pub revocations: RevocationList,
}
