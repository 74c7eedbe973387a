//! wire: what `navigator.credentials` gives (WebAuthn Level 3, `PublicKeyCredential.toJSON()`), read into bounded types.

use serde_json::Value;
use tasuki_domain::problem::{FieldProblem, FieldRule};
use webauthn_rs_proto::{AuthenticatorAttachment, PublicKeyCredential, RegisterPublicKeyCredential};

/// The longest credential id (WebAuthn Level 3, 4).
const LONGEST_ID: usize = 1_023;

/// Reads the answer of `navigator.credentials.get`, with what the browser says the authenticator is.
///
/// # Errors
/// `credential` with `field.form` or `field.too_long`.
pub fn assertion(
    json: Value,
) -> Result<(PublicKeyCredential, Option<AuthenticatorAttachment>), FieldProblem> {
    let attachment = attachment(&json);
    let credential: PublicKeyCredential = serde_json::from_value(json).map_err(|_| malformed())?;
    demand_id(&credential.raw_id, &credential.type_)?;
    Ok((credential, attachment))
}

/// Reads the answer of `navigator.credentials.create`.
///
/// # Errors
/// As [`assertion`].
pub fn attestation(
    json: Value,
) -> Result<(RegisterPublicKeyCredential, Option<AuthenticatorAttachment>), FieldProblem> {
    let attachment = attachment(&json);
    let credential: RegisterPublicKeyCredential = serde_json::from_value(json).map_err(|_| malformed())?;
    demand_id(&credential.raw_id, &credential.type_)?;
    Ok((credential, attachment))
}

fn attachment(json: &Value) -> Option<AuthenticatorAttachment> {
    json.get("authenticatorAttachment").and_then(|value| serde_json::from_value(value.clone()).ok())
}

fn demand_id(id: &[u8], kind: &str) -> Result<(), FieldProblem> {
    if kind != "public-key" {
        return Err(malformed());
    }
    if id.len() > LONGEST_ID {
        return Err(FieldProblem::new("credential.rawId", FieldRule::TooLong(LONGEST_ID)));
    }
    Ok(())
}

const fn malformed() -> FieldProblem {
    FieldProblem::new("credential", FieldRule::Form)
}
