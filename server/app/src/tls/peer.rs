//! TLS room: who is at the other end, as far as the certificate proves it: a key, and nothing about a person.

use std::net::SocketAddr;

use aws_lc_rs::digest::{SHA256, digest};
use rustls_pki_types::CertificateDer;
use tasuki_domain::{
    device::DeviceKey,
    time::{SECOND, Timestamp},
};
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::TlsError;

/// A certificate's serial number: an unsigned number of at most 160 bits (RFC 5280, 4.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; 20]);

impl Serial {
    /// A fresh one: 128 random bits behind a leading 1, so that it is never negative and never short.
    ///
    /// # Errors
    /// [`TlsError::Random`].
    pub(super) fn random() -> Result<Self, TlsError> {
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| TlsError::Random)?;
        let mut bytes = vec![1];
        bytes.extend_from_slice(&random);
        Self::from_bytes(&bytes).ok_or(TlsError::Random)
    }

    /// From big-endian bytes, leading zeros ignored; `None` when longer than 20 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        let kept = bytes.get(start..)?;
        let mut serial = [0; 20];
        let room = 20_usize.checked_sub(kept.len())?;
        serial.get_mut(room..)?.copy_from_slice(kept);
        Some(Self(serial))
    }

    /// From hexadecimal digits as [`Serial::hexadecimal`] writes them; `None` when they are none or too many.
    #[must_use]
    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
            .collect();
        Self::from_bytes(&bytes?)
    }

    /// Lower-case hexadecimal digits, two for a byte: what the register and the log store.
    #[must_use]
    pub fn hexadecimal(&self) -> String {
        self.bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Big-endian bytes without leading zeros.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let start = self.0.iter().position(|byte| *byte != 0).unwrap_or(19);
        self.0.get(start..).unwrap_or_default()
    }
}

/// The device at the other end of a connection; an extension of every request at the device door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Digest of the certificate's public key: what the register knows the device by.
    pub device_key: DeviceKey,
    /// The certificate's number.
    pub serial: Serial,
    /// From here on the certificate is worth nothing; the connection ends then.
    pub not_after: Timestamp,
    /// Where the connection came from. Taken from the socket, never from a header.
    pub address: SocketAddr,
}

/// Where a connection came from; an extension of every request at both doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteAddress(pub SocketAddr);

/// Cancelled when the connection must end (revoked, expired): an extension of every request. Sockets wait for it and
/// close with a code of their own; a second later the connection is cut.
#[derive(Clone, Debug)]
pub struct ConnectionToken(pub CancellationToken);

/// What the register keeps of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Digest of the public key.
    pub device_key: DeviceKey,
    /// The certificate's number.
    pub serial: Serial,
    /// First instant of its validity.
    pub not_before: Timestamp,
    /// First instant after its validity.
    pub not_after: Timestamp,
}

impl CertificateFacts {
    /// Reads a device's certificate.
    ///
    /// # Errors
    /// [`TlsError::Unreadable`] when it cannot be read, or when its purpose is not client authentication alone: the
    /// TLS library would also take one without any purpose.
    pub fn read(certificate: &CertificateDer<'_>) -> Result<Self, TlsError> {
        let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| TlsError::Unreadable)?;
        let purpose = parsed.extended_key_usage().ok().flatten().ok_or(TlsError::Unreadable)?.value;
        if !purpose.client_auth || purpose.server_auth || purpose.any || parsed.is_ca() {
            return Err(TlsError::Unreadable);
        }
        let validity = parsed.validity();
        Ok(Self {
            device_key: device_key(parsed.public_key().raw)?,
            serial: Serial::from_bytes(parsed.tbs_certificate.raw_serial()).ok_or(TlsError::Unreadable)?,
            not_before: Timestamp(validity.not_before.timestamp().saturating_mul(SECOND)),
            not_after: Timestamp(validity.not_after.timestamp().saturating_add(1).saturating_mul(SECOND)),
        })
    }
}

/// SHA-256 of a SubjectPublicKeyInfo in DER.
pub(super) fn device_key(public_key_info: &[u8]) -> Result<DeviceKey, TlsError> {
    let digest = digest(&SHA256, public_key_info);
    digest.as_ref().try_into().map(DeviceKey).map_err(|_| TlsError::Unreadable)
}
