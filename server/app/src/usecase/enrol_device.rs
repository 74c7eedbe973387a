//! A device fetches its certificate with its one-time code: against its own request, or, where a platform cannot make
//! one, as a file with a key that is made here and not kept.

use super::{
    Services, UseCaseError,
    device_authority::{self, Signing, new_key, unfit},
    register_device::handle,
};
use crate::tls::{DeviceCertificate, DevicePackage, DevicePublicKey, LONGEST_DEVICE_DAYS, PrivateKey};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::net::IpAddr;
use tasuki_domain::{
    access::{Action, ActorColumns, ActorKind, Detail, NewEntry, ObjectKind, Outcome, Target},
    device::DeviceKey,
    id::{DeviceId, OrganizationId, RequestId},
    policy::{Actor, Caller, EnrolDevice, Grant, RefusalReason, decide},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use tasuki_store::{
    Batch, Done, EntryProof, Work, WorkError,
    table::device::{self, CodeUse, TriedCode},
};
use tasuki_vault::token::{OneTimeCode, TokenKind};
use uuid::Uuid;

/// Fewest and most characters of the password of a certificate file.
pub const PACKAGE_PASSWORD: std::ops::RangeInclusive<usize> = 12..=128;

/// Who stands at the door for enrolment: nobody knows yet.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The request.
    pub request: RequestId,
    /// From where.
    pub source: IpAddr,
}

/// How the device wants its certificate.
pub enum Wanted {
    /// For its own key: a PKCS#10 request, DER or PEM.
    Request(Vec<u8>),
    /// With a fresh key, as a file under this password.
    Package(SecretString),
}

/// What the device gets.
pub enum Enrolled {
    /// The certificate and the authority's, PEM.
    Chain {
        /// The register row.
        device: DeviceId,
        /// PEM.
        chain: String,
        /// When the certificate ends.
        not_after: Timestamp,
    },
    /// A PKCS#12 file.
    Package {
        /// The register row.
        device: DeviceId,
        /// The file.
        file: SecretSlice<u8>,
        /// When the certificate ends.
        not_after: Timestamp,
    },
}

/// Why a device was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// Nobody has opened the door, or its time is over.
    #[error("the door for enrolment is closed")]
    Closed,
    /// The code has a typing error; it was not tried.
    #[error("the code has a typing error")]
    Typo,
    /// The code is wrong, used, late or closed: all alike.
    #[error("the code is refused")]
    Refused,
    /// Too many tries from this address.
    #[error("too many tries")]
    TooMany {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// Anything else.
    #[error(transparent)]
    Other(#[from] UseCaseError),
}

/// Enrols a device.
///
/// # Errors
/// [`EnrolmentError`]; a wrong code is in the log before it is told.
pub async fn enrol_device(
    services: &Services,
    visitor: Visitor,
    code: &str,
    wanted: Wanted,
) -> Result<Enrolled, EnrolmentError> {
    if !services.doors.enrols(services.now()) {
        return Err(EnrolmentError::Closed);
    }
    services
        .limiter
        .enrolment(visitor.source, services.now())
        .map_err(|many| EnrolmentError::TooMany { retry_after: many.retry_after })?;
    let (key, packing) = prepared(wanted).map_err(UseCaseError::from)?;
    let code = OneTimeCode::parse(code).map_err(|_| EnrolmentError::Typo)?;
    let digest = code.digest(&services.store.keyring().token_pepper(), TokenKind::DeviceEnrolment);
    let tried = TriedCode { digest: *digest.as_bytes(), handle: handle(&code.text()) };
    let signing = device_authority::open(services).await?;
    let authority = signing.authority.certificate().clone();
    let written = services.store.write(Enrol { visitor, tried, key, signing }).await;
    let signed = written.map_err(UseCaseError::from)?.into_value().ok_or(EnrolmentError::Refused)?;
    if !signed.replaced.is_empty() {
        for key in &signed.replaced {
            services.doors.close(key);
        }
        device_authority::refresh_doors(services).await?;
    }
    let (device, not_after) = (signed.device, signed.certificate.facts.not_after);
    let Some((key, password)) = packing else {
        return Ok(Enrolled::Chain { device, chain: signed.chain, not_after });
    };
    let package = DevicePackage::new(signed.certificate, key, authority);
    let file = tokio::task::spawn_blocking(move || package.to_pkcs12(&signed.label, &password))
        .await
        .map_err(UseCaseError::failed)?
        .map_err(UseCaseError::failed)?;
    Ok(Enrolled::Package { device, file, not_after })
}

type Packing = Option<(PrivateKey, SecretString)>;

/// The public key to sign, and what is needed to pack it where it was made here. Judged before the code is, so that a
/// broken request costs no try and tells nothing about the code.
fn prepared(wanted: Wanted) -> Result<(DevicePublicKey, Packing), FieldProblem> {
    let broken = |_| FieldProblem::new("csr", FieldRule::Form);
    match wanted {
        Wanted::Request(request) => Ok((DevicePublicKey::from_request(&request).map_err(broken)?, None)),
        Wanted::Package(password) => {
            let length = password.expose_secret().chars().count();
            if length < *PACKAGE_PASSWORD.start() {
                return Err(FieldProblem::new("password", FieldRule::TooShort(*PACKAGE_PASSWORD.start())));
            }
            if length > *PACKAGE_PASSWORD.end() {
                return Err(FieldProblem::new("password", FieldRule::TooLong(*PACKAGE_PASSWORD.end())));
            }
            let key = PrivateKey::generate().map_err(broken)?;
            Ok((DevicePublicKey::of(&key).map_err(broken)?, Some((key, password))))
        }
    }
}

struct Enrol {
    visitor: Visitor,
    tried: TriedCode,
    key: DevicePublicKey,
    signing: Signing,
}

/// A certificate that was signed for a good code.
struct Signed {
    device: DeviceId,
    label: String,
    certificate: DeviceCertificate,
    chain: String,
    replaced: Vec<DeviceKey>,
}

impl Work for Enrol {
    /// `None` when the code was refused, which is in the log then.
    type Output = Option<Signed>;

    async fn run(&self, batch: &mut Batch) -> Result<Done<Self::Output>, WorkError> {
        let device = match device::try_code(batch, &self.tried).await? {
            CodeUse::Good(device) => device,
            CodeUse::Spent(device) => {
                let spent = RefusalReason::TooManyFailures;
                return Ok(Done::new(None, self.refuse(batch, Some(device), spent).await?));
            }
            CodeUse::Unknown => {
                let device = device::count_failure(batch, &self.tried).await?;
                return Ok(Done::new(None, self.refuse(batch, device, RefusalReason::Secret).await?));
            }
        };
        let facts = batch.facts().await?;
        let organization =
            facts.device(device).map_or(OrganizationId::from_uuid(Uuid::nil()), |fact| fact.organization);
        let caller = self.caller(device, organization);
        match decide(&facts, &caller, EnrolDevice { device }, batch.now()) {
            Ok(grant) => self.sign(batch, &grant).await,
            Err(refusal) => Ok(Done::new(None, batch.append(refusal.entry()))),
        }
    }
}

impl Enrol {
    async fn sign(
        &self,
        batch: &mut Batch,
        grant: &Grant<EnrolDevice>,
    ) -> Result<Done<Option<Signed>>, WorkError> {
        let label = device::label(batch, grant).await?;
        let certificate =
            self.signing.authority.issue_device(label.as_str(), &self.key, LONGEST_DEVICE_DAYS, batch.now());
        let certificate = certificate.map_err(unfit)?;
        let detail = Detail::default().with("new_certificate", certificate.facts.serial.hexadecimal());
        let proof = batch.record(grant, detail).await?;
        let now = batch.now();
        let replaced = device::supersede(batch, grant, now).await?;
        device::add_key(batch, grant, &new_key(&certificate.facts)).await?;
        if !replaced.is_empty() {
            self.signing.sign_list(batch).await?;
        }
        let chain = self.signing.chain_pem(&certificate.der);
        let (device, label) = (grant.act().device, label.as_str().to_owned());
        Ok(Done::new(Some(Signed { device, label, certificate, chain, replaced }), proof))
    }

    fn caller(&self, device: DeviceId, organization: OrganizationId) -> Caller {
        Caller {
            actor: Actor::Device { device, organization },
            request: self.visitor.request,
            source: Some(self.visitor.source),
            certificate: None,
        }
    }

    /// The entry of a wrong try, at the device whose code was meant, as far as that is known.
    async fn refuse(
        &self,
        batch: &mut Batch,
        device: Option<DeviceId>,
        reason: RefusalReason,
    ) -> Result<EntryProof, WorkError> {
        let facts = batch.facts().await?;
        let owner = device.and_then(|device| facts.device(device)).map(|fact| fact.organization);
        let object = device.map_or(Uuid::nil(), DeviceId::as_uuid);
        let detail = Detail { source: Some(self.visitor.source), refusal: Some(reason), ..Detail::default() };
        Ok(batch.append(NewEntry {
            action: Action::EnrolDevice,
            outcome: Outcome::Refused,
            actor: ActorColumns {
                kind: ActorKind::Device,
                actor: Uuid::nil(),
                post: None,
                organization: None,
                device: None,
                session: None,
            },
            target: Target::object(ObjectKind::Device, object).organization(owner),
            request: self.visitor.request,
            detail,
        }))
    }
}
