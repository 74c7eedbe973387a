//! TLS room: the public key of a device, taken from a certificate signing request. What the request wishes for
//! besides its key is ignored: names and purposes are the authority's to give.

use rcgen::{PublicKeyData, SignatureAlgorithm, SubjectPublicKeyInfo};
use rustls_pki_types::{CertificateSigningRequestDer, pem::PemObject};
use tasuki_domain::device::DeviceKey;
use x509_parser::prelude::{FromDer, X509CertificationRequest};

use super::{PrivateKey, TlsError, peer::device_key};

/// Largest request that is looked at.
const LONGEST: usize = 16 * 1024;

/// A device's public key whose owner has shown to hold the private one.
pub struct DevicePublicKey(SubjectPublicKeyInfo);

impl DevicePublicKey {
    /// Reads a PKCS#10 request (DER or PEM) and verifies that its own key signed it.
    ///
    /// # Errors
    /// [`TlsError::Request`] when it is too long, broken, not signed by its key, or not P-256 or P-384.
    pub fn from_request(request: &[u8]) -> Result<Self, TlsError> {
        if request.len() > LONGEST {
            return Err(TlsError::Request);
        }
        if request.starts_with(b"-----BEGIN") {
            let decoded =
                CertificateSigningRequestDer::from_pem_slice(request).map_err(|_| TlsError::Request)?;
            return Self::from_der(&decoded);
        }
        Self::from_der(request)
    }

    fn from_der(request: &[u8]) -> Result<Self, TlsError> {
        let (rest, parsed) = X509CertificationRequest::from_der(request).map_err(|_| TlsError::Request)?;
        if !rest.is_empty() {
            return Err(TlsError::Request);
        }
        let info = &parsed.certification_request_info.subject_pki;
        let key = SubjectPublicKeyInfo::from_der(info.raw).map_err(|_| TlsError::Request)?;
        let curves: [&SignatureAlgorithm; 2] =
            [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384];
        if !curves.contains(&key.algorithm()) {
            return Err(TlsError::Request);
        }
        parsed.verify_signature().map_err(|_| TlsError::Request)?;
        Ok(Self(key))
    }

    /// The public half of a key that was made here.
    ///
    /// # Errors
    /// [`TlsError::Key`].
    pub fn of(key: &PrivateKey) -> Result<Self, TlsError> {
        let info = key.signer()?.subject_public_key_info();
        SubjectPublicKeyInfo::from_der(&info).map(Self).map_err(|_| TlsError::Key)
    }

    /// What the register will know the device by.
    ///
    /// # Errors
    /// Never in practice; the digest has a fixed length.
    pub fn device_key(&self) -> Result<DeviceKey, TlsError> {
        device_key(&self.0.subject_public_key_info())
    }

    pub(super) fn info(&self) -> &SubjectPublicKeyInfo {
        &self.0
    }
}
