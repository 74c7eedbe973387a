//! colleague: the maker's side of attestation: a root, and attestation certificates for authenticators.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SigningKey as _, date_time_ymd,
};
use uuid::Uuid;

/// The AAGUID of the demo's software authenticators ("Tasuki demo key").
pub const DEMO_AAGUID: Uuid = Uuid::from_u128(0x7461_7375_6b69_4d65_ad6f_2d6b_6579_0001);

/// `id-fido-gen-ce-aaguid`, WebAuthn Level 2 section 8.2.1.
const AAGUID_EXTENSION: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

/// An attestation certificate or key could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("attestation certificate: {0}")]
pub struct AttestationError(#[from] rcgen::Error);

/// A maker of authenticators: the root that an operator puts on the list of trusted makers.
pub struct AttestationAuthority {
    certificate_pem: String,
    certificate_der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
    key_pem: zeroize::Zeroizing<String>,
}

impl AttestationAuthority {
    /// Makes a new root called `common_name` (P-256, valid 2020 to 2050, may sign end certificates only).
    ///
    /// Give every root a name of its own: webauthn-rs picks the trusted root by its name alone.
    pub fn generate(common_name: &str) -> Result<Self, AttestationError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = maker_name(common_name)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2050, 1, 1);
        let certificate = params.self_signed(&key)?;
        let key_pem = zeroize::Zeroizing::new(key.serialize_pem());
        Ok(Self {
            certificate_pem: certificate.pem(),
            certificate_der: certificate.der().to_vec(),
            issuer: Issuer::new(params, key),
            key_pem,
        })
    }

    /// Reads a root back from what [`Self::certificate_pem`] and [`Self::key_pem`] gave.
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self, AttestationError> {
        let key = KeyPair::from_pem(key_pem)?;
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key)?;
        let der = rustls_pki_types::pem::PemObject::from_pem_slice(certificate_pem.as_bytes())
            .map(|der: rustls_pki_types::CertificateDer<'_>| der.to_vec())
            .map_err(|_| rcgen::Error::CouldNotParseCertificate)?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            certificate_der: der,
            issuer,
            key_pem: zeroize::Zeroizing::new(key_pem.to_owned()),
        })
    }

    /// The root's certificate, PEM: for the operator's list.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The root's certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The root's private key, PKCS#8 PEM.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// Issues the attestation certificate and key of a batch of authenticators of model `aaguid`
    /// (WebAuthn Level 2, section 8.2.1).
    pub fn attester(&self, aaguid: Uuid) -> Result<Attester, AttestationError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = maker_name("Tasuki software authenticator batch 1")?;
        params.distinguished_name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
        params.is_ca = IsCa::ExplicitNoCa;
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2050, 1, 1);
        // DER: OCTET STRING of 16 bytes inside the extension's own OCTET STRING, not critical.
        let mut content = vec![0x04, 0x10];
        content.extend_from_slice(aaguid.as_bytes());
        params.custom_extensions.push(CustomExtension::from_oid_content(AAGUID_EXTENSION, content));
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Attester { aaguid, certificate_der: certificate.der().to_vec(), key })
    }
}

fn maker_name(common_name: &str) -> Result<DistinguishedName, AttestationError> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString("JP".try_into()?));
    name.push(DnType::OrganizationName, "Tasuki Demo");
    name.push(DnType::CommonName, common_name);
    Ok(name)
}

/// What an authenticator carries to vouch for its keys: model, certificate, attestation key.
pub struct Attester {
    pub(super) aaguid: Uuid,
    pub(super) certificate_der: Vec<u8>,
    key: KeyPair,
}

impl Attester {
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, AttestationError> {
        Ok(self.key.sign(message)?)
    }
}
