//! colleague: the byte forms of an authenticator's answers (WebAuthn Level 2, section 6; CTAP 2.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::super::passkey::Passkey;
use super::AuthenticatorError;

/// The flag bits of authenticator data.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    pub(super) present: bool,
    pub(super) verified: bool,
    pub(super) backup_eligible: bool,
    pub(super) backed_up: bool,
    pub(super) attested: bool,
    pub(super) extensions: bool,
}

impl Flags {
    fn byte(self) -> u8 {
        u8::from(self.present)
            | u8::from(self.verified) << 2
            | u8::from(self.backup_eligible) << 3
            | u8::from(self.backed_up) << 4
            | u8::from(self.attested) << 6
            | u8::from(self.extensions) << 7
    }
}

/// `clientDataJSON` as a browser writes it.
pub(super) fn client_data(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    json!({
        "type": kind,
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "origin": origin,
        "crossOrigin": false,
    })
    .to_string()
    .into_bytes()
}

/// rpIdHash, flags, counter, then `tail` (attested data and extensions).
pub(super) fn authenticator_data(rp_id: &str, flags: Flags, count: u32, tail: &[u8]) -> Vec<u8> {
    let mut data = Sha256::digest(rp_id.as_bytes()).to_vec();
    data.push(flags.byte());
    data.extend_from_slice(&count.to_be_bytes());
    data.extend_from_slice(tail);
    data
}

/// Attested credential data: model, credential id, COSE key (EC2, ES256, P-256).
pub(super) fn attested_data(aaguid: [u8; 16], passkey: &Passkey) -> Result<Vec<u8>, AuthenticatorError> {
    let (x, y) = passkey.public_point()?;
    let key = Cbor::Map(vec![
        (Cbor::from(1), Cbor::from(2)),
        (Cbor::from(3), Cbor::from(-7)),
        (Cbor::from(-1), Cbor::from(1)),
        (Cbor::from(-2), Cbor::Bytes(x.to_vec())),
        (Cbor::from(-3), Cbor::Bytes(y.to_vec())),
    ]);
    let length = u16::try_from(passkey.credential_id.len()).map_err(|_| AuthenticatorError::Encoding)?;
    let mut data = aaguid.to_vec();
    data.extend_from_slice(&length.to_be_bytes());
    data.extend_from_slice(&passkey.credential_id);
    data.extend(encode(&key)?);
    Ok(data)
}

/// The `credProtect` output "user verification required" (CTAP 2.1, section 12.1).
pub(super) fn credential_protection() -> Result<Vec<u8>, AuthenticatorError> {
    encode(&Cbor::Map(vec![(Cbor::from("credProtect"), Cbor::from(3))]))
}

/// The attestation object: `packed` with (signature, certificate DER), or `none`.
pub(super) fn attestation_object(
    data: &[u8],
    statement: Option<(Vec<u8>, Vec<u8>)>,
) -> Result<Vec<u8>, AuthenticatorError> {
    let (format, statement) = match statement {
        Some((signature, certificate)) => (
            "packed",
            vec![
                (Cbor::from("alg"), Cbor::from(-7)),
                (Cbor::from("sig"), Cbor::Bytes(signature)),
                (Cbor::from("x5c"), Cbor::Array(vec![Cbor::Bytes(certificate)])),
            ],
        ),
        None => ("none", Vec::new()),
    };
    encode(&Cbor::Map(vec![
        (Cbor::from("fmt"), Cbor::from(format)),
        (Cbor::from("attStmt"), Cbor::Map(statement)),
        (Cbor::from("authData"), Cbor::Bytes(data.to_vec())),
    ]))
}

fn encode(value: &Cbor) -> Result<Vec<u8>, AuthenticatorError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| AuthenticatorError::Encoding)?;
    Ok(bytes)
}
