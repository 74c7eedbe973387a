//! TLS room: certificate and key of a device in one file (PKCS#12) under a password.

use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey as PackedKey,
    PrivateKeyChain,
};
use rustls_pki_types::CertificateDer;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::{DeviceCertificate, PrivateKey, TlsError};

/// Rounds of the password's key derivation; the file travels, so guessing must be slow.
const ROUNDS: u32 = 100_000;

/// A device's certificate with its key, not yet handed over.
pub struct DevicePackage {
    certificate: DeviceCertificate,
    key: PrivateKey,
    authority: CertificateDer<'static>,
}

impl DevicePackage {
    /// Joins a certificate and the key that it was signed for.
    #[must_use]
    pub fn new(certificate: DeviceCertificate, key: PrivateKey, authority: CertificateDer<'static>) -> Self {
        Self { certificate, key, authority }
    }

    /// The certificate and what the register keeps of it.
    #[must_use]
    pub fn certificate(&self) -> &DeviceCertificate {
        &self.certificate
    }

    /// The key itself, for programs that connect as this device (demo, tests).
    #[must_use]
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The PKCS#12 file (AES-256, HMAC-SHA-256) that browsers and operating systems import. Takes about a second of
    /// one core in a debug build: call it off the asynchronous threads.
    ///
    /// # Errors
    /// [`TlsError::Package`].
    pub fn to_pkcs12(&self, label: &str, password: &SecretString) -> Result<SecretSlice<u8>, TlsError> {
        let leaf = Certificate::from_der(&self.certificate.der).map_err(TlsError::Package)?;
        let root = Certificate::from_der(&self.authority).map_err(TlsError::Package)?;
        let key = PackedKey::from_der(self.key.expose_pkcs8()).map_err(TlsError::Package)?;
        let identifier = self.certificate.facts.device_key.0.to_vec();
        let mut store = KeyStore::new();
        let chain = PrivateKeyChain::new(identifier, key, [leaf, root]);
        store.add_entry(label, KeyStoreEntry::PrivateKeyChain(chain));
        store
            .writer(password.expose_secret())
            .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
            .encryption_iterations(ROUNDS)
            .mac_algorithm(MacAlgorithm::HmacSha256)
            .mac_iterations(ROUNDS)
            .write()
            .map(SecretSlice::from)
            .map_err(TlsError::Package)
    }
}
