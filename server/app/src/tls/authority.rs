//! TLS room: the consortium's authority. It signs the server, every device, and the list of revoked ones.

use std::{ops::Add, time::Duration};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyUsagePurpose, NameConstraints, PublicKeyData, SerialNumber, date_time_ymd,
};
use rustls_pki_types::CertificateDer;
use tasuki_domain::time::{DAY, MINUTE, SECOND, Timestamp};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{
    CertificateFacts, DevicePublicKey, PrivateKey, Serial, ServerIdentity, TlsError, key::Signer,
    package::DevicePackage,
};
use crate::config::DnsName;

/// Validity of the authority itself.
const AUTHORITY_DAYS: i64 = 3_650;

/// Validity of the server's certificate; browsers take no more than 397 days.
const SERVER_DAYS: i64 = 390;

/// Longest validity of a device's certificate.
pub const LONGEST_DEVICE_DAYS: u16 = 365;

/// Certificates begin a little earlier, for devices whose clock is late.
const BACKDATED: i64 = 5 * MINUTE;

/// Longest label, in characters (X.520 upper bound of a common name).
const LONGEST_LABEL: usize = 64;

/// The authority, opened: certificate and key. One per consortium (decision 20).
pub struct Authority {
    certificate: CertificateDer<'static>,
    not_after: Timestamp,
    pub(super) issuer: Issuer<'static, Signer>,
}

/// A device's certificate as it was signed.
pub struct DeviceCertificate {
    /// The certificate in DER.
    pub der: CertificateDer<'static>,
    /// What the register keeps of it.
    pub facts: CertificateFacts,
}

impl Authority {
    /// Founds the authority for a server of this name (ECDSA P-256, ten years). It can vouch for that name and
    /// `localhost` only, so that devices which trust it trust it for nothing else (RFC 5280, 4.2.1.10).
    /// The key goes to the vault, which seals it.
    ///
    /// # Errors
    /// [`TlsError::Random`] or [`TlsError::Signing`].
    pub fn create(name: &DnsName, now: Timestamp) -> Result<(Self, PrivateKey), TlsError> {
        let key = PrivateKey::generate()?;
        Ok((Self::found(name, &key, now)?, key))
    }

    /// The same on a key that was derived from the root key.
    ///
    /// # Errors
    /// [`TlsError::Key`], [`TlsError::Random`] or [`TlsError::Signing`].
    pub fn found(name: &DnsName, key: &PrivateKey, now: Timestamp) -> Result<Self, TlsError> {
        let common_name: String = format!("Tasuki {name}").chars().take(LONGEST_LABEL).collect();
        let mut params = parameters(&common_name, now, now.plus(AUTHORITY_DAYS * DAY))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: server_names(name).into_iter().map(GeneralSubtree::DnsName).collect(),
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key.signer()?).map_err(TlsError::Signing)?;
        Self::open(certificate.der(), key)
    }

    /// When the authority with this certificate ends; the key is not needed to tell.
    ///
    /// # Errors
    /// [`TlsError::Unreadable`] when it is no authority's certificate.
    pub fn end_of(certificate: &[u8]) -> Result<Timestamp, TlsError> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| TlsError::Unreadable)?;
        if !parsed.is_ca() {
            return Err(TlsError::Unreadable);
        }
        Ok(end(&parsed))
    }

    /// Opens the authority from its stored certificate and the key that the vault opened.
    ///
    /// # Errors
    /// [`TlsError::Unreadable`], [`TlsError::Key`], or [`TlsError::KeyMismatch`] when the two do not belong together.
    pub fn open(certificate: &[u8], key: &PrivateKey) -> Result<Self, TlsError> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| TlsError::Unreadable)?;
        let signer = key.signer()?;
        if parsed.public_key().raw != signer.subject_public_key_info() {
            return Err(TlsError::KeyMismatch);
        }
        if !parsed.is_ca() {
            return Err(TlsError::Unreadable);
        }
        let not_after = end(&parsed);
        let certificate = CertificateDer::from(certificate.to_vec());
        let issuer = Issuer::from_ca_cert_der(&certificate, signer).map_err(TlsError::Signing)?;
        Ok(Self { certificate, not_after, issuer })
    }

    /// The authority's certificate: what devices trust and doors check against.
    #[must_use]
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// When the authority itself ends.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// A fresh key and certificate for the server (its DNS name and `localhost`, 390 days at most).
    ///
    /// # Errors
    /// [`TlsError::AuthorityExpired`], [`TlsError::Random`], [`TlsError::Signing`].
    pub fn issue_server(&self, name: &DnsName, now: Timestamp) -> Result<ServerIdentity, TlsError> {
        let key = PrivateKey::generate()?;
        let label: String = name.as_str().chars().take(LONGEST_LABEL).collect();
        let mut params = parameters(&label, now, self.until(now, SERVER_DAYS)?)?;
        params.subject_alt_names =
            CertificateParams::new(server_names(name)).map_err(TlsError::Signing)?.subject_alt_names;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let public = DevicePublicKey::of(&key)?;
        let certificate = params.signed_by(public.info(), &self.issuer).map_err(TlsError::Signing)?;
        let chain = vec![certificate.der().clone(), self.certificate.clone()];
        Ok(ServerIdentity { chain, key })
    }

    /// Signs a device's own key. The label names the device ("あおぞら2階 共用1"), never a person; `days` is at most
    /// [`LONGEST_DEVICE_DAYS`], more is shortened.
    ///
    /// # Errors
    /// [`TlsError::Label`], [`TlsError::AuthorityExpired`], [`TlsError::Random`], [`TlsError::Signing`].
    pub fn issue_device(
        &self,
        label: &str,
        key: &DevicePublicKey,
        days: u16,
        now: Timestamp,
    ) -> Result<DeviceCertificate, TlsError> {
        let length = label.chars().count();
        if label.trim().is_empty() || length > LONGEST_LABEL || label.chars().any(char::is_control) {
            return Err(TlsError::Label);
        }
        let until = self.until(now, i64::from(days.clamp(1, LONGEST_DEVICE_DAYS)))?;
        let mut params = parameters(label, now, until)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(key.info(), &self.issuer).map_err(TlsError::Signing)?;
        let der = certificate.der().clone();
        let facts = CertificateFacts::read(&der)?;
        Ok(DeviceCertificate { der, facts })
    }

    /// The same with a fresh key, for devices that cannot make their own; the result is handed over as one file.
    ///
    /// # Errors
    /// As [`Authority::issue_device`].
    pub fn issue_device_with_key(
        &self,
        label: &str,
        days: u16,
        now: Timestamp,
    ) -> Result<DevicePackage, TlsError> {
        let key = PrivateKey::generate()?;
        let certificate = self.issue_device(label, &DevicePublicKey::of(&key)?, days, now)?;
        Ok(DevicePackage::new(certificate, key, self.certificate.clone()))
    }

    /// The end of something that should last `days`, but not longer than the authority.
    fn until(&self, now: Timestamp, days: i64) -> Result<Timestamp, TlsError> {
        let until = now.plus(days * DAY).min(self.not_after);
        if until > now { Ok(until) } else { Err(TlsError::AuthorityExpired) }
    }
}

fn end(certificate: &X509Certificate<'_>) -> Timestamp {
    Timestamp(certificate.validity().not_after.timestamp().saturating_mul(SECOND))
}

/// What every certificate here has in common: a random number, a bounded life, signing as its only key usage.
fn parameters(name: &str, now: Timestamp, until: Timestamp) -> Result<CertificateParams, TlsError> {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.serial_number = Some(SerialNumber::from_slice(Serial::random()?.bytes()));
    params.not_before = date(date_time_ymd(1970, 1, 1), now.plus(-BACKDATED));
    params.not_after = date(date_time_ymd(1970, 1, 1), until);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Names that the server's certificate carries.
fn server_names(name: &DnsName) -> Vec<String> {
    let mut names = vec![name.as_str().to_owned()];
    if name.as_str() != "localhost" {
        names.push("localhost".into());
    }
    names
}

/// A time in whole seconds as the certificate library wants it, counted from its own `epoch`.
pub(super) fn date<T: Add<Duration, Output = T>>(epoch: T, at: Timestamp) -> T {
    epoch + Duration::from_secs(u64::try_from(at.0 / SECOND).unwrap_or(0))
}
