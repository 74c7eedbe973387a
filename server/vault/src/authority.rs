//! Vault: P-256 keys that follow from the root: the device authority's signing key and the scalar that opens
//! queued items. It knows no certificate.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use zeroize::Zeroizing;

use crate::derive::Label;
use crate::keyring::Keyring;

/// The cryptographic library refused a key that it should take; cannot happen with a sound build.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the cryptographic library refused a derived key")]
pub struct DerivedKeyRefused;

impl Keyring {
    /// The private key that signs device certificates, as PKCS #8 DER (P-256). A new `generation` is a new
    /// authority; the first is 1.
    ///
    /// # Errors
    /// [`DerivedKeyRefused`].
    pub fn device_authority_pkcs8(&self, generation: u32) -> Result<Zeroizing<Vec<u8>>, DerivedKeyRefused> {
        let scalar = self.p256_key(Label::DeviceAuthority, generation)?;
        let der = AsDer::<EcPrivateKeyRfc5915Der<'_>>::as_der(&scalar).map_err(|_| DerivedKeyRefused)?;
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, der.as_ref())
            .map_err(|_| DerivedKeyRefused)?;
        let document = pair.to_pkcs8v1().map_err(|_| DerivedKeyRefused)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// A P-256 scalar: 32 bytes under `label` with context `generation u32 ‖ try u8`, tries counted from 0 until
    /// the bytes lie between 1 and the order of the group (the first try fails once in 2³²).
    pub(crate) fn p256_key(&self, label: Label, generation: u32) -> Result<PrivateKey, DerivedKeyRefused> {
        (0..=u8::MAX)
            .find_map(|attempt| {
                let [a, b, c, d] = generation.to_be_bytes();
                let scalar = self.branch(label, &[a, b, c, d, attempt]);
                PrivateKey::from_private_key(&ECDH_P256, scalar.bytes()).ok()
            })
            .ok_or(DerivedKeyRefused)
    }
}
