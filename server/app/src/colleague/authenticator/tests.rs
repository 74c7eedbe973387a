//! colleague: the authenticator against webauthn-rs itself: what passes, and that each misbehaviour is refused.

use serde_json::Value;
use webauthn_rs::prelude::*;

use super::super::attestation::{AttestationAuthority, DEMO_AAGUID};
use super::{Authenticator, AuthenticatorError, Behaviour};

const ORIGIN: &str = "https://tasuki.example:8443";
const RP: &str = "tasuki.example";

fn server() -> Webauthn {
    let origin = Url::parse(ORIGIN).unwrap();
    WebauthnBuilder::new(RP, &origin).unwrap().build().unwrap()
}

fn value(options: &impl serde::Serialize) -> Value {
    serde_json::to_value(options).unwrap()
}

fn register(server: &Webauthn, key: &mut Authenticator) -> Result<Passkey, WebauthnError> {
    let (options, state) =
        server.start_passkey_registration(Uuid::new_v4(), "aoki", "青木 花", None).unwrap();
    let answer = key.create(&value(&options)).unwrap();
    server.finish_passkey_registration(&serde_json::from_value(answer).unwrap(), &state)
}

fn authenticate(
    server: &Webauthn,
    key: &mut Authenticator,
    passkeys: &[Passkey],
) -> Result<AuthenticationResult, WebauthnError> {
    let (options, state) = server.start_passkey_authentication(passkeys).unwrap();
    // The state survives being stored between start and finish.
    let state: PasskeyAuthentication = serde_json::from_value(value(&state)).unwrap();
    let answer = key.get(&value(&options)).unwrap();
    server.finish_passkey_authentication(&serde_json::from_value(answer).unwrap(), &state)
}

fn makers(authority: &AttestationAuthority, aaguid: Uuid) -> AttestationCaList {
    let mut list = AttestationCaListBuilder::new();
    list.insert_device_pem(
        authority.certificate_pem().as_bytes(),
        aaguid,
        "demo".to_owned(),
        Default::default(),
    )
    .unwrap();
    list.build()
}

fn register_attested(
    key: &mut Authenticator,
    list: AttestationCaList,
) -> Result<AttestedPasskey, WebauthnError> {
    let server = server();
    let (options, state) =
        server.start_attested_passkey_registration(Uuid::new_v4(), "aoki", "青木", None, list, None).unwrap();
    let state: AttestedPasskeyRegistration = serde_json::from_value(value(&state)).unwrap();
    let answer = key.create(&value(&options)).unwrap();
    server.finish_attested_passkey_registration(&serde_json::from_value(answer).unwrap(), &state)
}

#[test]
fn registers_and_signs_in_as_passkey_with_user_verification() {
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    let mut passkey = register(&server, &mut key).unwrap();
    let first = authenticate(&server, &mut key, std::slice::from_ref(&passkey)).unwrap();
    assert!(first.user_verified() && !first.backup_eligible() && first.needs_update());
    assert_eq!(passkey.update_credential(&first), Some(true));
    let second = authenticate(&server, &mut key, &[passkey]).unwrap();
    assert!(second.counter() > first.counter());
}

#[test]
fn stored_form_has_exactly_four_fields_and_signs_in_again() {
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    let passkey = register(&server, &mut key).unwrap();
    let stored = value(&key.export().first().unwrap());
    let mut names: Vec<_> = stored.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["credential_id", "private_key_pkcs8", "rp_id", "user_handle"]);
    // A second process imports it: its counter still rises (the first use in the same second aside).
    let mut other = Authenticator::new(ORIGIN);
    other.import(&serde_json::from_value(stored).unwrap()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let result = authenticate(&server, &mut other, &[passkey]).unwrap();
    assert!(result.user_verified());
}

#[test]
fn passkey_facts_are_readable_from_the_stored_credential() {
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    key.behaviour.backup_eligible = true;
    let passkey = register(&server, &mut key).unwrap();
    let facts = value(&passkey);
    let fact = |name: &str| facts.pointer(&format!("/cred/{name}")).unwrap().clone();
    assert_eq!(fact("backup_eligible"), true);
    assert_eq!(fact("user_verified"), true);
    // Transports are kept only with packed or tpm attestation.
    assert_eq!(fact("transports"), Value::Null);
}

#[test]
fn registers_attested_against_its_maker_only() {
    let authority = AttestationAuthority::generate("Tasuki demo keys").unwrap();
    let mut key = Authenticator::attested(ORIGIN, authority.attester(DEMO_AAGUID).unwrap());
    let passkey = register_attested(&mut key, makers(&authority, DEMO_AAGUID)).unwrap();
    let facts = value(&passkey);
    assert_eq!(facts.pointer("/cred/transports/0").unwrap(), "usb");
    assert!(matches!(
        passkey.attestation().metadata,
        AttestationMetadata::Packed { aaguid } if aaguid == DEMO_AAGUID
    ));

    let server = server();
    let keys = [passkey];
    let (options, state) = server.start_attested_passkey_authentication(&keys).unwrap();
    let answer = serde_json::from_value(key.get(&value(&options)).unwrap()).unwrap();
    let result = server.finish_attested_passkey_authentication(&answer, &state).unwrap();
    assert!(result.user_verified());

    let foreign = AttestationAuthority::generate("Another maker").unwrap();
    assert!(register_attested(&mut key, makers(&foreign, DEMO_AAGUID)).is_err());
    assert!(matches!(
        register_attested(&mut key, makers(&authority, Uuid::from_u128(7))),
        Err(WebauthnError::AttestationUntrustedAaguid)
    ));
}

#[test]
fn attested_registration_refuses_copyable_keys_and_missing_attestation() {
    let authority = AttestationAuthority::generate("Tasuki demo keys").unwrap();
    let reread = AttestationAuthority::from_pem(authority.certificate_pem(), authority.key_pem()).unwrap();
    let mut key = Authenticator::attested(ORIGIN, reread.attester(DEMO_AAGUID).unwrap());
    register_attested(&mut key, makers(&authority, DEMO_AAGUID)).unwrap();
    key.behaviour.backup_eligible = true;
    assert!(matches!(
        register_attested(&mut key, makers(&authority, DEMO_AAGUID)),
        Err(WebauthnError::CredentialMayNotBeHardwareBound)
    ));
    let mut plain = Authenticator::new(ORIGIN);
    assert!(matches!(
        register_attested(&mut plain, makers(&authority, DEMO_AAGUID)),
        Err(WebauthnError::AttestationNotVerifiable)
    ));
    key.behaviour = Behaviour { wrong_signature: true, ..Behaviour::default() };
    assert!(register_attested(&mut key, makers(&authority, DEMO_AAGUID)).is_err());
}

#[test]
fn registers_as_security_key() {
    let server = server();
    let authority = AttestationAuthority::generate("Tasuki demo keys").unwrap();
    let mut key = Authenticator::attested(ORIGIN, authority.attester(DEMO_AAGUID).unwrap());
    let list = Some(makers(&authority, DEMO_AAGUID));
    let (options, state) =
        server.start_securitykey_registration(Uuid::new_v4(), "aoki", "青木", None, list, None).unwrap();
    let answer = serde_json::from_value(key.create(&value(&options)).unwrap()).unwrap();
    let registered = server.finish_securitykey_registration(&answer, &state).unwrap();
    let (options, state) = server.start_securitykey_authentication(&[registered]).unwrap();
    let answer = serde_json::from_value(key.get(&value(&options)).unwrap()).unwrap();
    server.finish_securitykey_authentication(&answer, &state).unwrap();
}

#[test]
fn each_misbehaviour_is_refused_at_registration() {
    let server = server();
    let refused = |behaviour: Behaviour| {
        let mut key = Authenticator::new(ORIGIN);
        key.behaviour = behaviour;
        register(&server, &mut key).unwrap_err()
    };
    assert!(matches!(
        refused(Behaviour { without_user_verification: true, ..Behaviour::default() }),
        WebauthnError::UserNotVerified
    ));
    assert!(matches!(
        refused(Behaviour { without_user_presence: true, ..Behaviour::default() }),
        WebauthnError::UserNotPresent
    ));
    assert!(matches!(
        refused(Behaviour { origin: Some("https://evil.example".into()), ..Behaviour::default() }),
        WebauthnError::InvalidRPOrigin
    ));
    assert!(matches!(
        refused(Behaviour { rp_id: Some("evil.example".into()), ..Behaviour::default() }),
        WebauthnError::InvalidRPIDHash
    ));
    assert!(matches!(
        refused(Behaviour { challenge: Some(vec![1; 32]), ..Behaviour::default() }),
        WebauthnError::MismatchedChallenge
    ));
    assert!(matches!(
        refused(Behaviour { backed_up: true, ..Behaviour::default() }),
        WebauthnError::CredentialMayNotBeHardwareBound
    ));
}

#[test]
fn each_misbehaviour_is_refused_at_sign_in() {
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    let passkey = register(&server, &mut key).unwrap();
    let mut refused = |behaviour: Behaviour| {
        key.behaviour = behaviour;
        authenticate(&server, &mut key, std::slice::from_ref(&passkey)).unwrap_err()
    };
    assert!(matches!(
        refused(Behaviour { without_user_verification: true, ..Behaviour::default() }),
        WebauthnError::UserNotVerified
    ));
    assert!(matches!(
        refused(Behaviour { without_user_presence: true, ..Behaviour::default() }),
        WebauthnError::UserNotPresent
    ));
    assert!(matches!(
        refused(Behaviour { origin: Some("https://evil.example".into()), ..Behaviour::default() }),
        WebauthnError::InvalidRPOrigin
    ));
    assert!(matches!(
        refused(Behaviour { rp_id: Some("evil.example".into()), ..Behaviour::default() }),
        WebauthnError::InvalidRPIDHash
    ));
    assert!(matches!(
        refused(Behaviour { challenge: Some(vec![1; 32]), ..Behaviour::default() }),
        WebauthnError::MismatchedChallenge
    ));
    assert!(matches!(
        refused(Behaviour { counter: Some(5), ..Behaviour::default() }),
        WebauthnError::CredentialPossibleCompromise
    ));
    assert!(matches!(
        refused(Behaviour { counter: Some(0), ..Behaviour::default() }),
        WebauthnError::CredentialPossibleCompromise
    ));
    assert!(matches!(
        refused(Behaviour { wrong_signature: true, ..Behaviour::default() }),
        WebauthnError::AuthenticationFailure
    ));
    assert!(matches!(
        refused(Behaviour { backed_up: true, ..Behaviour::default() }),
        WebauthnError::CredentialMayNotBeHardwareBound
    ));
    // A plain passkey may turn copyable later and webauthn-rs lets it: the caller has to look.
    key.behaviour = Behaviour { backup_eligible: true, ..Behaviour::default() };
    let turned = authenticate(&server, &mut key, &[passkey]).unwrap();
    assert!(turned.backup_eligible() && turned.needs_update());
}

#[test]
fn a_stale_counter_is_seen_against_the_state_only() {
    // webauthn-rs compares with the passkey given to start, so the caller must store each update.
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    key.behaviour.counter = Some(10);
    let mut passkey = register(&server, &mut key).unwrap();
    key.behaviour.counter = Some(12);
    let result = authenticate(&server, &mut key, std::slice::from_ref(&passkey)).unwrap();
    assert!(authenticate(&server, &mut key, std::slice::from_ref(&passkey)).is_ok());
    passkey.update_credential(&result);
    assert!(matches!(
        authenticate(&server, &mut key, &[passkey]),
        Err(WebauthnError::CredentialPossibleCompromise)
    ));
}

#[test]
fn the_browser_part_refuses_what_a_browser_refuses() {
    let server = server();
    let mut key = Authenticator::new(ORIGIN);
    let passkey = register(&server, &mut key).unwrap();
    let exclude = Some(vec![passkey.cred_id().clone()]);
    let (options, _) = server.start_passkey_registration(Uuid::new_v4(), "aoki", "青木", exclude).unwrap();
    assert!(matches!(key.create(&value(&options)), Err(AuthenticatorError::AlreadyRegistered)));
    let (options, _) = server.start_passkey_authentication(&[passkey]).unwrap();
    assert!(matches!(Authenticator::new(ORIGIN).get(&value(&options)), Err(AuthenticatorError::NoPasskey)));
    assert!(matches!(
        Authenticator::new("https://evil.example").get(&value(&options)),
        Err(AuthenticatorError::ForeignRelyingParty)
    ));
    assert!(matches!(key.get(&Value::Null), Err(AuthenticatorError::Options(_))));
}
