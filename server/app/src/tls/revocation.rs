//! TLS room: the signed list of revoked certificates. A door without a current one lets nobody in.

use std::collections::HashSet;

use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber,
    date_time_ymd,
};
use rustls_pki_types::CertificateRevocationListDer;
use tasuki_domain::time::{DAY, SECOND, Timestamp};
use x509_parser::prelude::{CertificateRevocationList, FromDer};

use super::{Authority, Serial, TlsError, authority::date};

/// A list is good for this long …
const LIST_DAYS: i64 = 14;

/// … and is signed anew when less than this is left, so that a stopped job is noticed a week before it hurts.
const RENEW_DAYS: i64 = 7;

/// A certificate that is worth nothing from `at` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Which certificate.
    pub serial: Serial,
    /// When it was revoked.
    pub at: Timestamp,
}

/// A signed revocation list (RFC 5280, 5).
#[derive(Clone)]
pub struct RevocationList {
    der: CertificateRevocationListDer<'static>,
    next_update: Timestamp,
    serials: HashSet<Serial>,
}

impl Authority {
    /// Signs the list of everything revoked so far. `number` must be larger than that of any list before.
    ///
    /// # Errors
    /// [`TlsError::Signing`], [`TlsError::AuthorityExpired`].
    pub fn sign_revocations(
        &self,
        revoked: &[Revocation],
        number: u64,
        now: Timestamp,
    ) -> Result<RevocationList, TlsError> {
        let next_update = now.plus(LIST_DAYS * DAY).min(self.not_after());
        if next_update <= now {
            return Err(TlsError::AuthorityExpired);
        }
        let params = CertificateRevocationListParams {
            this_update: date(date_time_ymd(1970, 1, 1), now),
            next_update: date(date_time_ymd(1970, 1, 1), next_update),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.iter().map(entry).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let signed = params.signed_by(&self.issuer).map_err(TlsError::Signing)?;
        RevocationList::from_der(signed.der().to_vec())
    }
}

impl RevocationList {
    /// Reads a stored list. Its signature is checked by the door that uses it, against the authority.
    ///
    /// # Errors
    /// [`TlsError::Unreadable`], also for a list that does not say when it ends.
    pub fn from_der(der: Vec<u8>) -> Result<Self, TlsError> {
        let (_, parsed) = CertificateRevocationList::from_der(&der).map_err(|_| TlsError::Unreadable)?;
        let next_update = parsed.next_update().ok_or(TlsError::Unreadable)?;
        let next_update = Timestamp(next_update.timestamp().saturating_mul(SECOND));
        let serials = parsed
            .iter_revoked_certificates()
            .map(|entry| Serial::from_bytes(entry.raw_serial()).ok_or(TlsError::Unreadable))
            .collect::<Result<_, _>>()?;
        Ok(Self { der: der.into(), next_update, serials })
    }

    /// The list in DER, for storing and publishing.
    #[must_use]
    pub fn der(&self) -> &CertificateRevocationListDer<'static> {
        &self.der
    }

    /// From here on nobody gets in unless a newer list was loaded.
    #[must_use]
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Whether it is time to sign a new list.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_update.since(now) < RENEW_DAYS * DAY
    }

    /// Whether a certificate is on the list.
    #[must_use]
    pub fn contains(&self, serial: &Serial) -> bool {
        self.serials.contains(serial)
    }
}

fn entry(revocation: &Revocation) -> RevokedCertParams {
    RevokedCertParams {
        serial_number: SerialNumber::from_slice(revocation.serial.bytes()),
        revocation_time: date(date_time_ymd(1970, 1, 1), revocation.at),
        reason_code: Some(RevocationReason::Unspecified),
        invalidity_date: None,
    }
}
