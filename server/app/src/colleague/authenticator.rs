//! colleague: a software authenticator with the browser's part around it: answers the server's
//! creation and request options as `navigator.credentials` would (WebAuthn Level 2, sections 5 to 8).

mod answer;
#[cfg(test)]
mod tests;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs_proto::{PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions};

use super::attestation::{AttestationError, Attester};
use super::passkey::{Passkey, StoredPasskey};
use answer::{Flags, attestation_object, attested_data, authenticator_data, client_data};

/// Why the authenticator (or the browser around it) refuses.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticatorError {
    /// The options are not what WebAuthn defines.
    #[error("the options do not parse: {0}")]
    Options(#[from] serde_json::Error),
    /// `excludeCredentials` names a passkey that is already here (`InvalidStateError`).
    #[error("this authenticator is already registered")]
    AlreadyRegistered,
    /// No passkey here for this server and allow list (`NotAllowedError`).
    #[error("no passkey for this request")]
    NoPasskey,
    /// The server does not offer ES256 (`NotSupportedError`).
    #[error("ES256 is not offered")]
    Algorithm,
    /// The relying party id does not belong to the origin (`SecurityError`).
    #[error("the relying party id does not belong to the origin")]
    ForeignRelyingParty,
    /// A stored passkey does not parse.
    #[error("the stored passkey does not parse")]
    StoredForm,
    /// Making or using a key failed.
    #[error("key operation failed")]
    Key,
    /// The attestation key failed.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// CBOR encoding failed.
    #[error("encoding failed")]
    Encoding,
}

/// How the authenticator departs from the rules; the default departs in nothing. For refusal tests.
#[derive(Debug, Clone, Default)]
pub struct Behaviour {
    /// Leaves the user-verified bit off, even when verification is required.
    pub without_user_verification: bool,
    /// Leaves the user-present bit off.
    pub without_user_presence: bool,
    /// Claims this origin instead of the true one.
    pub origin: Option<String>,
    /// Hashes this relying party id instead of the asked one.
    pub rp_id: Option<String>,
    /// Sends exactly this signature counter (`Some(0)`: as a synchronised passkey does).
    pub counter: Option<u32>,
    /// Says that the key may be copied to other devices.
    pub backup_eligible: bool,
    /// Says that the key is copied already.
    pub backed_up: bool,
    /// Answers this challenge instead of the given one (a replay).
    pub challenge: Option<Vec<u8>>,
    /// Spoils the signature.
    pub wrong_signature: bool,
}

/// A software authenticator in a browser at one origin. Holds private keys: no Debug, no Clone.
pub struct Authenticator {
    origin: String,
    passkeys: Vec<Passkey>,
    attester: Option<Attester>,
    /// What it does wrong from now on.
    pub behaviour: Behaviour,
}

impl Authenticator {
    /// An empty authenticator without attestation, used at `origin` (`https://name[:port]`).
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            passkeys: Vec::new(),
            attester: None,
            behaviour: Behaviour::default(),
        }
    }

    /// An empty authenticator whose registrations carry `packed` attestation by `attester`.
    pub fn attested(origin: &str, attester: Attester) -> Self {
        Self { attester: Some(attester), ..Self::new(origin) }
    }

    /// Puts a stored passkey into this authenticator.
    ///
    /// # Errors
    /// `StoredForm` or `Key` when it does not parse.
    pub fn import(&mut self, stored: &StoredPasskey) -> Result<(), AuthenticatorError> {
        self.passkeys.push(Passkey::from_stored(stored)?);
        Ok(())
    }

    /// The stored form of every passkey, oldest first. Holds private keys.
    pub fn export(&self) -> Vec<StoredPasskey> {
        self.passkeys.iter().map(Passkey::to_stored).collect()
    }

    /// `navigator.credentials.create`: takes the server's creation options (with or without the
    /// `publicKey` wrapper) and gives what `PublicKeyCredential.toJSON()` gives.
    pub fn create(&mut self, options: &Value) -> Result<Value, AuthenticatorError> {
        let options: PublicKeyCredentialCreationOptions = parse(options)?;
        self.check_relying_party(&options.rp.id)?;
        let excluded = options.exclude_credentials.iter().flatten();
        if excluded.into_iter().any(|entry| self.holds(&entry.id)) {
            return Err(AuthenticatorError::AlreadyRegistered);
        }
        if !options.pub_key_cred_params.iter().any(|entry| entry.alg == -7) {
            return Err(AuthenticatorError::Algorithm);
        }
        let mut passkey = Passkey::generate(&options.rp.id, &options.user.id)?;
        let client = self.client_data("webauthn.create", &options.challenge);
        let protect = options.extensions.as_ref().is_some_and(|extensions| extensions.cred_protect.is_some());
        let data = self.registration_data(&mut passkey, protect)?;
        let answer = self.registration(&passkey, &client, &data)?;
        self.passkeys.push(passkey);
        Ok(answer)
    }

    /// `navigator.credentials.get`: takes the server's request options (with or without the
    /// `publicKey` wrapper). With an empty allow list the newest passkey for that server answers.
    pub fn get(&mut self, options: &Value) -> Result<Value, AuthenticatorError> {
        let options: PublicKeyCredentialRequestOptions = parse(options)?;
        self.check_relying_party(&options.rp_id)?;
        let behaviour = self.behaviour.clone();
        let client = self.client_data("webauthn.get", &options.challenge);
        let allowed = |passkey: &Passkey| {
            options.allow_credentials.is_empty()
                || (options.allow_credentials.iter()).any(|entry| entry.id == passkey.credential_id)
        };
        let passkey = (self.passkeys.iter_mut().rev())
            .find(|passkey| passkey.rp_id == options.rp_id && allowed(passkey))
            .ok_or(AuthenticatorError::NoPasskey)?;
        let rp_id = behaviour.rp_id.as_deref().unwrap_or(&passkey.rp_id);
        let flags = flags(&behaviour);
        let data = authenticator_data(rp_id, flags, count(&behaviour, &mut passkey.last_count), &[]);
        let mut signature = passkey.sign(&signed_bytes(&data, &client))?;
        if behaviour.wrong_signature {
            signature = passkey.sign(b"something else")?;
        }
        let id = URL_SAFE_NO_PAD.encode(&passkey.credential_id);
        Ok(json!({
            "id": id, "rawId": id, "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(&data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&client),
                "signature": URL_SAFE_NO_PAD.encode(&signature),
                "userHandle": URL_SAFE_NO_PAD.encode(&passkey.user_handle),
            }
        }))
    }

    fn holds(&self, credential_id: &[u8]) -> bool {
        (self.passkeys.iter()).any(|passkey| passkey.credential_id == credential_id)
    }

    fn check_relying_party(&self, rp_id: &str) -> Result<(), AuthenticatorError> {
        let host = self.origin.strip_prefix("https://").unwrap_or("");
        let host = host.split([':', '/']).next().unwrap_or("");
        let belongs = host == rp_id || host.ends_with(&format!(".{rp_id}"));
        if belongs && !rp_id.is_empty() { Ok(()) } else { Err(AuthenticatorError::ForeignRelyingParty) }
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> Vec<u8> {
        let origin = self.behaviour.origin.as_deref().unwrap_or(&self.origin);
        let challenge = self.behaviour.challenge.as_deref().unwrap_or(challenge);
        client_data(kind, challenge, origin)
    }

    fn registration_data(&self, passkey: &mut Passkey, protect: bool) -> Result<Vec<u8>, AuthenticatorError> {
        let aaguid = self.attester.as_ref().map_or([0; 16], |attester| attester.aaguid.into_bytes());
        let mut flags = flags(&self.behaviour);
        flags.attested = true;
        flags.extensions = protect;
        let mut tail = attested_data(aaguid, passkey)?;
        if protect {
            tail.extend(answer::credential_protection()?);
        }
        let rp_id = self.behaviour.rp_id.clone();
        let rp_id = rp_id.as_deref().unwrap_or(&passkey.rp_id);
        let count = count(&self.behaviour, &mut passkey.last_count);
        Ok(authenticator_data(rp_id, flags, count, &tail))
    }

    fn registration(
        &self,
        passkey: &Passkey,
        client: &[u8],
        data: &[u8],
    ) -> Result<Value, AuthenticatorError> {
        let statement = match &self.attester {
            Some(attester) => {
                let mut signature = attester.sign(&signed_bytes(data, client))?;
                if self.behaviour.wrong_signature {
                    signature = attester.sign(b"something else")?;
                }
                Some((signature, attester.certificate_der.clone()))
            }
            None => None,
        };
        let object = attestation_object(data, statement)?;
        let id = URL_SAFE_NO_PAD.encode(&passkey.credential_id);
        Ok(json!({
            "id": id, "rawId": id, "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": { "credProps": { "rk": true } },
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(&object),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "publicKeyAlgorithm": -7,
                "transports": ["usb"],
            }
        }))
    }
}

fn parse<T: DeserializeOwned>(options: &Value) -> Result<T, AuthenticatorError> {
    let inner = options.get("publicKey").unwrap_or(options);
    Ok(serde_json::from_value(inner.clone())?)
}

fn flags(behaviour: &Behaviour) -> Flags {
    Flags {
        present: !behaviour.without_user_presence,
        verified: !behaviour.without_user_verification,
        backup_eligible: behaviour.backup_eligible,
        backed_up: behaviour.backed_up,
        attested: false,
        extensions: false,
    }
}

/// The counter is the Unix time in seconds, or one more than the last: it rises even when two
/// processes hold the same stored passkey, of which only one could have kept a plain count.
fn count(behaviour: &Behaviour, last: &mut u32) -> u32 {
    if let Some(fixed) = behaviour.counter {
        return fixed;
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let now = u32::try_from(seconds).unwrap_or(u32::MAX - 1);
    *last = now.max(last.saturating_add(1));
    *last
}

fn signed_bytes(data: &[u8], client: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    bytes.extend_from_slice(&Sha256::digest(client));
    bytes
}
