//! Passkeys: asking for one, verifying the answer, registering a new one. Around the WebAuthn library, which demands
//! user verification, the challenge, the origin and the signature; the rules about which key counts where are
//! [`PasskeyDemand`]'s.

use crate::usecase::UseCaseError;
use rand::Rng;
use tasuki_domain::{
    id::{PasskeyId, PersonId},
    passkey::{PasskeyDemand, PasskeyFact, PasskeyKind},
    problem::{FieldProblem, FieldRule},
};
use tasuki_store::table::passkey::{self as row, NewPasskey};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AttestationCaList, AttestedPasskeyRegistration, Credential, CredentialID, Passkey,
        PasskeyAuthentication, PasskeyRegistration, Url, WebauthnError,
    },
};
use webauthn_rs_proto::{
    AllowCredentials, AuthenticatorAttachment, AuthenticatorSelectionCriteria, AuthenticatorTransport,
    CreationChallengeResponse, PublicKeyCredential, PublicKeyCredentialHints,
    PublicKeyCredentialRequestOptions, RegisterPublicKeyCredential, RequestChallengeResponse,
    UserVerificationPolicy,
};

/// The passkey part of signing in.
pub(super) struct Passkeys {
    webauthn: Webauthn,
    attestation: Option<AttestationCaList>,
}

/// An answer of `navigator.credentials.get`.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The signed answer.
    pub credential: PublicKeyCredential,
    /// What the browser says the authenticator is.
    pub attachment: Option<AuthenticatorAttachment>,
}

/// An answer of `navigator.credentials.create`.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The signed answer.
    pub credential: RegisterPublicKeyCredential,
    /// What the browser says the authenticator is.
    pub attachment: Option<AuthenticatorAttachment>,
}

/// A challenge that is out, and whose answer counts.
pub(super) struct Asked {
    person: PersonId,
    demand: PasskeyDemand,
    state: PasskeyAuthentication,
    rows: Vec<(CredentialID, PasskeyId, PasskeyFact)>,
}

/// A passkey that answered rightly.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    /// Whose.
    pub(super) person: PersonId,
    pub(super) passkey: PasskeyId,
    pub(super) counter: u32,
}

/// A passkey that did not.
#[derive(Clone, Copy)]
pub(super) struct Wrong {
    /// Set when its counter went back: it is to be flagged.
    pub(super) copied: Option<PasskeyId>,
}

/// A registration that is out.
pub(super) struct Registering {
    id: PasskeyId,
    person: PersonId,
    demand: PasskeyDemand,
    kind: PasskeyKind,
    label: String,
    state: State,
}

enum State {
    Plain(PasskeyRegistration),
    Attested(AttestedPasskeyRegistration),
}

/// Who registers which kind of passkey.
pub(super) struct Wish<'a> {
    /// The row to be.
    pub(super) id: PasskeyId,
    pub(super) person: PersonId,
    /// What the authenticator shows beside the key.
    pub(super) login: &'a str,
    pub(super) name: &'a str,
    pub(super) kind: PasskeyKind,
    /// The name that the person gives the key.
    pub(super) label: &'a str,
}

impl Passkeys {
    /// For passkeys bound to `rp_id`, used at `https://<rp_id>[:port]`. Port 0 (tests) stands for any.
    pub(super) fn new(
        rp_id: &str,
        port: u16,
        attestation: Option<AttestationCaList>,
    ) -> Result<Self, WebauthnError> {
        let origin = match port {
            0 | 443 => format!("https://{rp_id}"),
            port => format!("https://{rp_id}:{port}"),
        };
        let origin = Url::parse(&origin).map_err(|_| WebauthnError::Configuration)?;
        let webauthn =
            WebauthnBuilder::new(rp_id, &origin)?.rp_name("Tasuki").allow_any_port(port == 0).build()?;
        Ok(Self { webauthn, attestation })
    }

    /// Names the makers whose keys count where keys must be attested.
    pub(super) fn trust(&mut self, list: AttestationCaList) {
        self.attestation = Some(list);
    }

    /// Whether the makers of keys are checked.
    pub(super) const fn attests(&self) -> bool {
        self.attestation.is_some()
    }

    /// Asks for one of the passkeys that count. `None` when none does.
    pub(super) fn ask(
        &self,
        person: PersonId,
        demand: PasskeyDemand,
        passkeys: &[row::Passkey],
    ) -> Result<Option<(RequestChallengeResponse, Asked)>, UseCaseError> {
        let mut keys = Vec::new();
        let mut rows = Vec::new();
        for passkey in passkeys.iter().filter(|passkey| demand.met_by(&passkey.fact)) {
            let mut credential: Credential =
                serde_json::from_value(passkey.credential.clone()).map_err(UseCaseError::failed)?;
            credential.counter = passkey.counter;
            rows.push((credential.cred_id.clone(), passkey.passkey, passkey.fact));
            keys.push(Passkey::from(credential));
        }
        if keys.is_empty() {
            return Ok(None);
        }
        let (options, state) =
            self.webauthn.start_passkey_authentication(&keys).map_err(UseCaseError::failed)?;
        Ok(Some((options, Asked { person, demand, state, rows })))
    }

    /// Options that look like those of somebody with a passkey: `credential_id` must be the same every time for the
    /// same person and tell nothing.
    pub(super) fn decoy(&self, rp_id: &str, credential_id: &[u8]) -> RequestChallengeResponse {
        let mut challenge = [0_u8; 32];
        super::entropy().fill_bytes(&mut challenge);
        let allow = AllowCredentials {
            type_: "public-key".into(),
            id: credential_id.to_vec(),
            transports: Some(vec![AuthenticatorTransport::Usb]),
        };
        RequestChallengeResponse {
            public_key: PublicKeyCredentialRequestOptions {
                challenge: challenge.to_vec(),
                timeout: Some(300_000),
                rp_id: rp_id.to_owned(),
                allow_credentials: vec![allow],
                user_verification: UserVerificationPolicy::Required,
                hints: None,
                extensions: None,
            },
            mediation: None,
        }
    }

    /// Verifies an answer.
    pub(super) fn verify(&self, asked: &Asked, answer: &Assertion) -> Result<Proof, Wrong> {
        let wrong = Wrong { copied: None };
        let (_, passkey, fact) = asked
            .rows
            .iter()
            .find(|(id, ..)| id.as_slice() == answer.credential.get_credential_id())
            .ok_or(wrong)?;
        let other =
            answer.credential.get_user_unique_id().is_some_and(|id| id != asked.person.as_uuid().as_bytes());
        let platform = answer.attachment == Some(AuthenticatorAttachment::Platform);
        let misplaced = platform && fact.kind == PasskeyKind::SecurityKey && asked.demand.is_strict();
        if other || misplaced {
            return Err(wrong);
        }
        match self.webauthn.finish_passkey_authentication(&answer.credential, &asked.state) {
            // What was bound to its hardware at registration and can be copied now is another kind of key.
            Ok(result) if result.backup_eligible() && !fact.backup_eligible => Err(wrong),
            Ok(result) if !result.user_verified() => Err(wrong),
            Ok(result) => Ok(Proof { person: asked.person, passkey: *passkey, counter: result.counter() }),
            Err(WebauthnError::CredentialPossibleCompromise) => Err(Wrong { copied: Some(*passkey) }),
            Err(_) => Err(wrong),
        }
    }

    /// Asks for a new passkey.
    pub(super) fn ask_new(
        &self,
        demand: PasskeyDemand,
        wish: &Wish<'_>,
        known: &[row::Passkey],
    ) -> Result<(CreationChallengeResponse, Registering), UseCaseError> {
        let shared = demand.device.kind == tasuki_domain::device::DeviceKind::Shared;
        if shared && wish.kind == PasskeyKind::ThisDevice {
            return Err(UseCaseError::conflict("passkey.shared_device"));
        }
        let attachment = match wish.kind {
            PasskeyKind::SecurityKey => AuthenticatorAttachment::CrossPlatform,
            PasskeyKind::ThisDevice => AuthenticatorAttachment::Platform,
        };
        let exclude = known
            .iter()
            .map(|passkey| {
                let credential: Credential = serde_json::from_value(passkey.credential.clone())?;
                Ok(credential.cred_id)
            })
            .collect::<Result<Vec<CredentialID>, serde_json::Error>>()
            .map_err(UseCaseError::failed)?;
        let list =
            self.attestation.clone().filter(|_| wish.kind == PasskeyKind::SecurityKey || demand.is_strict());
        let (id, login, name) = (wish.person.as_uuid(), wish.login, wish.name);
        let (mut options, state) = match list {
            Some(list) => self
                .webauthn
                .start_attested_passkey_registration(id, login, name, Some(exclude), list, Some(attachment))
                .map(|(options, state)| (options, State::Attested(state))),
            None => self
                .webauthn
                .start_passkey_registration(id, login, name, Some(exclude))
                .map(|(options, state)| (options, State::Plain(state))),
        }
        .map_err(UseCaseError::failed)?;
        hint(&mut options, attachment);
        admit_older_keys(&mut options);
        let registering = Registering {
            id: wish.id,
            person: wish.person,
            demand,
            kind: wish.kind,
            label: wish.label.to_owned(),
            state,
        };
        Ok((options, registering))
    }

    /// Verifies a new passkey; it is not stored yet.
    pub(super) fn verify_new(
        &self,
        registering: &Registering,
        answer: &Attestation,
    ) -> Result<NewPasskey, UseCaseError> {
        let (credential, attested): (Credential, bool) = match &registering.state {
            State::Plain(state) => {
                let passkey = self.webauthn.finish_passkey_registration(&answer.credential, state);
                (passkey.map_err(|_| not_registered())?.into(), false)
            }
            State::Attested(state) => {
                let passkey = self.webauthn.finish_attested_passkey_registration(&answer.credential, state);
                (passkey.map_err(not_attested)?.into(), true)
            }
        };
        let fact = PasskeyFact {
            kind: registering.kind,
            device: match registering.kind {
                PasskeyKind::SecurityKey => None,
                PasskeyKind::ThisDevice => Some(registering.demand.device.device),
            },
            attested,
            backup_eligible: credential.backup_eligible,
            flagged: false,
        };
        if registering.kind == PasskeyKind::SecurityKey && !is_security_key(&credential, answer.attachment) {
            return Err(UseCaseError::conflict("passkey.not_a_security_key"));
        }
        if !registering.demand.met_by(&fact) {
            return Err(UseCaseError::conflict("passkey.copyable"));
        }
        Ok(NewPasskey {
            passkey: registering.id,
            person: registering.person,
            credential_id: credential.cred_id.to_vec(),
            fact,
            counter: credential.counter,
            label: registering.label.clone(),
            credential: serde_json::to_value(&credential).map_err(UseCaseError::failed)?,
        })
    }
}

/// Carried about, not built in, not copyable. Transports are the browser's word; where that does not suffice the
/// operator gives a list of makers, and the attestation says it.
fn is_security_key(credential: &Credential, attachment: Option<AuthenticatorAttachment>) -> bool {
    let built_in = credential.transports.iter().flatten().any(|transport| {
        matches!(transport, AuthenticatorTransport::Internal | AuthenticatorTransport::Hybrid)
    });
    attachment != Some(AuthenticatorAttachment::Platform) && !built_in && !credential.backup_eligible
}

/// The browser then offers the right kind first.
fn hint(options: &mut CreationChallengeResponse, attachment: AuthenticatorAttachment) {
    let public = &mut options.public_key;
    if let Some(selection) = public.authenticator_selection.as_mut() {
        let selection: &mut AuthenticatorSelectionCriteria = selection;
        selection.authenticator_attachment = Some(attachment);
    }
    public.hints = Some(vec![match attachment {
        AuthenticatorAttachment::CrossPlatform => PublicKeyCredentialHints::SecurityKey,
        AuthenticatorAttachment::Platform => PublicKeyCredentialHints::ClientDevice,
    }]);
}

/// A key without the `credProtect` extension is not refused by the browser, whose dialog would say nothing of the
/// reason: every sign-in demands user verification, whatever the key protects by itself.
fn admit_older_keys(options: &mut CreationChallengeResponse) {
    let extensions = options.public_key.extensions.as_mut();
    if let Some(protect) = extensions.and_then(|extensions| extensions.cred_protect.as_mut()) {
        protect.enforce_credential_protection_policy = Some(false);
    }
}

fn not_attested(error: WebauthnError) -> UseCaseError {
    match error {
        WebauthnError::InvalidClientDataType
        | WebauthnError::MismatchedChallenge
        | WebauthnError::InvalidRPOrigin
        | WebauthnError::InvalidRPIDHash
        | WebauthnError::UserNotPresent
        | WebauthnError::UserNotVerified => not_registered(),
        WebauthnError::CredentialMayNotBeHardwareBound => UseCaseError::conflict("passkey.copyable"),
        _ => UseCaseError::conflict("passkey.not_attested"),
    }
}

fn not_registered() -> UseCaseError {
    let rule = FieldRule::Own {
        code: "passkey.refused",
        japanese: "パスキーを登録できませんでした。もう一度お試しください。",
        english: "The passkey could not be registered. Please try again.",
    };
    FieldProblem::new("credential", rule).into()
}
