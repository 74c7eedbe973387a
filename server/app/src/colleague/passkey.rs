//! colleague: one passkey of the software authenticator and its stored form.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::authenticator::AuthenticatorError;

/// A passkey as `demo/credentials.json` carries it, also the input of the browser's virtual
/// authenticator (CDP `WebAuthn.addCredential`: `credentialId`, `userHandle`, `rpId`, `privateKey`).
///
/// When importing into a browser give `signCount` the present Unix time in seconds: the software
/// authenticator counts the same way, so both can use one passkey in turn without a regress.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPasskey {
    /// Credential id, base64url without padding.
    pub credential_id: String,
    /// The user handle that the server chose at registration, base64url without padding.
    pub user_handle: String,
    /// The relying party's DNS name.
    pub rp_id: String,
    /// P-256 private key, PKCS#8 version 1 DER, base64 with padding.
    pub private_key_pkcs8: String,
}

impl Drop for StoredPasskey {
    fn drop(&mut self) {
        self.private_key_pkcs8.zeroize();
    }
}

/// A passkey in memory. No Debug, no Clone: it holds a private key.
pub(super) struct Passkey {
    pub(super) credential_id: Vec<u8>,
    pub(super) user_handle: Vec<u8>,
    pub(super) rp_id: String,
    key: EcdsaKeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
    pub(super) last_count: u32,
}

impl Passkey {
    /// Makes a new P-256 key with a random 32-byte credential id.
    pub(super) fn generate(rp_id: &str, user_handle: &[u8]) -> Result<Self, AuthenticatorError> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)
            .map_err(|_| AuthenticatorError::Key)?;
        let mut credential_id = vec![0_u8; 32];
        random.fill(&mut credential_id).map_err(|_| AuthenticatorError::Key)?;
        Self::from_parts(
            credential_id,
            user_handle.to_vec(),
            rp_id.to_owned(),
            Zeroizing::new(document.as_ref().to_vec()),
        )
    }

    fn from_parts(
        credential_id: Vec<u8>,
        user_handle: Vec<u8>,
        rp_id: String,
        pkcs8: Zeroizing<Vec<u8>>,
    ) -> Result<Self, AuthenticatorError> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8)
            .map_err(|_| AuthenticatorError::Key)?;
        Ok(Self { credential_id, user_handle, rp_id, key, pkcs8, last_count: 0 })
    }

    pub(super) fn from_stored(stored: &StoredPasskey) -> Result<Self, AuthenticatorError> {
        let url = |text: &str| {
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| AuthenticatorError::StoredForm)
        };
        let pkcs8 = STANDARD.decode(&stored.private_key_pkcs8).map_err(|_| AuthenticatorError::StoredForm)?;
        Self::from_parts(
            url(&stored.credential_id)?,
            url(&stored.user_handle)?,
            stored.rp_id.clone(),
            Zeroizing::new(pkcs8),
        )
    }

    pub(super) fn to_stored(&self) -> StoredPasskey {
        StoredPasskey {
            credential_id: URL_SAFE_NO_PAD.encode(&self.credential_id),
            user_handle: URL_SAFE_NO_PAD.encode(&self.user_handle),
            rp_id: self.rp_id.clone(),
            private_key_pkcs8: STANDARD.encode(&*self.pkcs8),
        }
    }

    /// ECDSA P-256 with SHA-256 over `message`, DER form (COSE algorithm -7).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        self.key
            .sign(&SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| AuthenticatorError::Key)
    }

    /// The public point, x and y of 32 bytes each.
    pub(super) fn public_point(&self) -> Result<([u8; 32], [u8; 32]), AuthenticatorError> {
        let point = self.key.public_key().as_ref();
        let part = |from: usize| {
            point
                .get(from..from + 32)
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
                .ok_or(AuthenticatorError::Key)
        };
        Ok((part(1)?, part(33)?))
    }
}
