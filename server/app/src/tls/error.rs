//! TLS room: what can go wrong with certificates and doors. No text from a certificate is ever part of it.

/// Failures of the authority, of certificates and of doors.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A private key is not a P-256 key in PKCS#8.
    #[error("a private key cannot be used")]
    Key,
    /// A private key does not belong to its certificate.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// A certificate or revocation list cannot be read.
    #[error("a certificate or revocation list cannot be read")]
    Unreadable,
    /// The authority has expired, or would before what it should sign.
    #[error("the authority is expired")]
    AuthorityExpired,
    /// A certificate signing request is broken, not signed by its key, or uses a key other than P-256 or P-384.
    #[error("the certificate request is refused")]
    Request,
    /// A device label is empty, too long, or holds control characters.
    #[error("the device label is refused")]
    Label,
    /// The operating system gave no randomness.
    #[error("no randomness")]
    Random,
    /// Signing failed.
    #[error("signing failed")]
    Signing(#[source] rcgen::Error),
    /// The PKCS#12 file could not be made.
    #[error("the certificate file could not be made")]
    Package(#[source] p12_keystore::error::Error),
    /// The TLS library refused the parts of a door.
    #[error("the door's certificates do not fit together")]
    Door(#[source] rustls::Error),
    /// The TLS library refused the authorities or their revocation lists.
    #[error("the authorities do not fit together")]
    Verifier(#[source] rustls::server::VerifierBuilderError),
}
