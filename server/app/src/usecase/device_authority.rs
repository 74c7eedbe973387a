//! The device authority: founded once, its key derived from the root key and opened only while something is signed.

use super::{Services, UseCaseError};
use crate::{
    config::DnsName,
    tls::{
        Authority, CertificateFacts, PrivateKey, Revocation, RevocationList, Serial, ServerIdentity,
        TrustedAuthority,
    },
};
use sha2::{Digest as _, Sha256};
use tasuki_domain::{
    access::Detail,
    id::RequestId,
    policy::{Actor, Caller, Grant, Initialise, JobKind, SignRevocationList},
    time::Timestamp,
};
use tasuki_store::{
    Batch, Done, StoreError, Work, WorkError,
    table::{
        authority::{self, AuthorityRow, SignedList},
        device::{self, NewKey},
    },
};
use uuid::Uuid;

/// Signing failed, or what is stored does not fit together.
const UNFIT: StoreError = StoreError::Damaged("device authority");

/// The authority, opened for signing, with the row that it came from.
pub(super) struct Signing {
    pub(super) authority: Authority,
    pub(super) generation: u32,
}

/// Founds the device authority of a new consortium, with its first, empty revocation list.
///
/// # Errors
/// [`UseCaseError::Conflict`] `authority.exists`.
pub async fn found_authority(services: &Services, caller: &Caller) -> Result<(), UseCaseError> {
    let grant = services.store.decide(caller, Initialise {}).await?;
    let now = services.now();
    let key = private_key(services, authority::FIRST)?;
    let authority =
        Authority::found(&services.config.server.name, &key, now).map_err(UseCaseError::failed)?;
    let list = authority.sign_revocations(&[], 1, now).map_err(UseCaseError::failed)?;
    let certificate = authority.certificate().to_vec();
    let work = Found { grant, certificate, until: authority.not_after(), list: signed(&list) };
    services.store.write(work).await?;
    Ok(())
}

/// A fresh certificate and key for the server's own doors, made at every start and never stored.
///
/// # Errors
/// [`UseCaseError::Missing`] before the authority was founded; [`UseCaseError::Failed`].
pub async fn server_identity(services: &Services, name: &DnsName) -> Result<ServerIdentity, UseCaseError> {
    let signing = open(services).await?;
    signing.authority.issue_server(name, services.now()).map_err(UseCaseError::failed)
}

/// Whom the device door believes: the authority and its newest list.
///
/// # Errors
/// As [`server_identity`].
pub async fn trusted(services: &Services) -> Result<Vec<TrustedAuthority>, UseCaseError> {
    let row = row(services).await?;
    let revocations = RevocationList::from_der(row.list).map_err(UseCaseError::failed)?;
    Ok(vec![TrustedAuthority { certificate: row.certificate.into(), revocations }])
}

/// The authority's certificate as PEM, which devices are told to trust.
///
/// # Errors
/// As [`server_identity`].
pub async fn authority_pem(services: &Services) -> Result<String, UseCaseError> {
    Ok(pem(&row(services).await?.certificate))
}

/// SHA-256 of the authority's certificate, as browsers and systems show it, to compare with what a device has received.
///
/// # Errors
/// When there is no authority yet.
pub async fn authority_fingerprint(services: &Services) -> Result<String, UseCaseError> {
    let digest = Sha256::digest(&row(services).await?.certificate);
    Ok(digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"))
}

/// Shows this process's doors what is in the store: the newest list and how long enrolment is open. Called after every
/// change here, and when another instance has changed something.
///
/// # Errors
/// As [`server_identity`].
pub async fn refresh_doors(services: &Services) -> Result<(), UseCaseError> {
    let trusted = trusted(services).await?;
    services.doors.believe(trusted).map_err(UseCaseError::failed)?;
    services.doors.enrol_until(authority::window(&services.store).await?);
    Ok(())
}

/// Keeps the list fresh: called by the clock, at least once an hour. Signs anew when less than a week is left, and
/// revokes old keys whose day after a renewal is over.
///
/// # Errors
/// As [`server_identity`].
pub async fn tend_revocations(services: &Services) -> Result<(), UseCaseError> {
    let row = row(services).await?;
    let list = RevocationList::from_der(row.list).map_err(UseCaseError::failed)?;
    let due = list.is_due(services.now());
    if !due && !device::any_superseded(&services.store).await? {
        return Ok(());
    }
    let caller = Caller {
        actor: Actor::Job(JobKind::Expiry),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    };
    let grant = services.store.decide(&caller, SignRevocationList {}).await?;
    let signing = open(services).await?;
    let retired = services.store.write(Tend { grant, signing }).await?.into_value();
    refresh_doors(services).await?;
    for key in retired {
        services.doors.close(&key);
    }
    Ok(())
}

/// Opens the authority for signing; it is closed again when the value goes.
pub(super) async fn open(services: &Services) -> Result<Signing, UseCaseError> {
    let row = row(services).await?;
    let key = private_key(services, row.generation)?;
    let authority = Authority::open(&row.certificate, &key).map_err(UseCaseError::failed)?;
    Ok(Signing { authority, generation: row.generation })
}

impl Signing {
    /// Signs and keeps a list of everything that is revoked in this transaction.
    pub(super) async fn sign_list(&self, batch: &mut Batch) -> Result<(), WorkError> {
        let number = authority::next_number(batch, self.generation).await?;
        let revoked = device::revoked(batch).await?;
        let revoked: Option<Vec<Revocation>> = revoked
            .iter()
            .map(|key| Some(Revocation { serial: Serial::from_hexadecimal(&key.serial)?, at: key.at }))
            .collect();
        let list = self.authority.sign_revocations(&revoked.ok_or(UNFIT)?, number, batch.now());
        authority::put_list(batch, self.generation, &signed(&list.map_err(|_| UNFIT)?)).await
    }

    /// A device's certificate and the authority's, as PEM.
    pub(super) fn chain_pem(&self, certificate: &[u8]) -> String {
        pem(certificate) + &pem(self.authority.certificate())
    }
}

/// What the register keeps of a certificate.
pub(super) fn new_key(facts: &CertificateFacts) -> NewKey {
    NewKey { key: facts.device_key, serial: facts.serial.hexadecimal(), not_after: facts.not_after }
}

/// A failed signature inside a transaction.
pub(super) fn unfit<E>(_: E) -> WorkError {
    UNFIT.into()
}

async fn row(services: &Services) -> Result<AuthorityRow, UseCaseError> {
    authority::current(&services.store).await?.ok_or(UseCaseError::Missing)
}

fn private_key(services: &Services, generation: u32) -> Result<PrivateKey, UseCaseError> {
    let bytes = services.store.keyring().device_authority_pkcs8(generation);
    Ok(PrivateKey::from_pkcs8(bytes.map_err(UseCaseError::failed)?.to_vec()))
}

fn signed(list: &RevocationList) -> SignedList {
    SignedList { list: list.der().to_vec(), next_update: list.next_update() }
}

/// A certificate in the textual form of RFC 7468.
fn pem(der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (position, letter) in STANDARD.encode(der).chars().enumerate() {
        if position > 0 && position.is_multiple_of(64) {
            text.push('\n');
        }
        text.push(letter);
    }
    text + "\n-----END CERTIFICATE-----\n"
}

struct Found {
    grant: Grant<Initialise>,
    certificate: Vec<u8>,
    until: Timestamp,
    list: SignedList,
}

impl Work for Found {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let proof = batch.record(&self.grant, Detail::default().with("founded", "device_authority")).await?;
        authority::found(batch, &self.grant, (&self.certificate, self.until), &self.list).await?;
        Ok(Done::new((), proof))
    }
}

struct Tend {
    grant: Grant<SignRevocationList>,
    signing: Signing,
}

impl Work for Tend {
    type Output = Vec<tasuki_domain::device::DeviceKey>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let retired = device::retire_superseded(batch, &self.grant).await?;
        self.signing.sign_list(batch).await?;
        let proof = batch.record(&self.grant, Detail::default().with("retired", retired.len())).await?;
        Ok(Done::new(retired, proof))
    }
}
