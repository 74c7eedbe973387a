//! TLS room: private keys. They are zeroed when dropped and cannot be printed or copied.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use secrecy::{ExposeSecret, SecretSlice};

use super::TlsError;

/// A P-256 private key as PKCS#8 bytes.
pub struct PrivateKey(SecretSlice<u8>);

impl PrivateKey {
    /// A fresh key from the system's random source.
    ///
    /// # Errors
    /// [`TlsError::Random`] when there is none.
    pub fn generate() -> Result<Self, TlsError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
            .map_err(|_| TlsError::Random)?;
        Ok(Self::from_pkcs8(document.as_ref().to_vec()))
    }

    /// Takes bytes that the vault opened; they are zeroed with this value.
    #[must_use]
    pub fn from_pkcs8(bytes: Vec<u8>) -> Self {
        Self(SecretSlice::from(bytes))
    }

    /// The bytes, for sealing them and for nothing else.
    #[must_use]
    pub fn expose_pkcs8(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The key in a form that signs.
    pub(super) fn signer(&self) -> Result<Signer, TlsError> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, self.0.expose_secret())
            .map(Signer)
            .map_err(|_| TlsError::Key)
    }
}

/// A key pair held by the cryptographic library, which clears it when dropped.
pub(super) struct Signer(EcdsaKeyPair);

impl PublicKeyData for Signer {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Signer {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RingUnspecified)
    }
}
