//! TLS room: the door's TLS configuration, built anew on every change while open connections go on.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use arc_swap::ArcSwap;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime},
    server::{NoServerSessionStorage, WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
    time_provider::TimeProvider,
};
use tasuki_domain::time::{SECOND, Timestamp};

use super::{Serial, ServerIdentity, TlsError, TrustedAuthority, provider::door_provider};
use crate::clock::Clock;

/// The configuration that new handshakes use, and the parts that it was built from.
pub(super) struct Reloadable {
    current: ArcSwap<ServerConfig>,
    believed: ArcSwap<Believed>,
    valid_until: AtomicI64,
    shown: Mutex<Arc<CertifiedKey>>,
    clock: Clock,
}

/// Who is let in.
pub(super) enum Believed {
    /// Anybody: the enrolment door asks for no certificate.
    Anybody,
    /// Devices of these authorities.
    Devices(Vec<TrustedAuthority>),
}

impl Believed {
    /// Whether a certificate is on any of the lists.
    pub(super) fn is_revoked(&self, serial: &Serial) -> bool {
        match self {
            Self::Anybody => false,
            Self::Devices(authorities) => authorities.iter().any(|one| one.revocations.contains(serial)),
        }
    }

    /// From here on nobody may be let in; an authority without end is the enrolment door's.
    fn valid_until(&self) -> Timestamp {
        match self {
            Self::Anybody => Timestamp::OPEN_END,
            Self::Devices(authorities) => {
                let ends = authorities.iter().map(|one| one.revocations.next_update());
                ends.min().unwrap_or(Timestamp(0))
            }
        }
    }
}

impl Reloadable {
    pub(super) fn new(server: &ServerIdentity, believed: Believed, clock: Clock) -> Result<Self, TlsError> {
        let shown = certified(server)?;
        let config = build(&shown, &believed, &clock)?;
        Ok(Self {
            current: ArcSwap::from_pointee(config),
            valid_until: AtomicI64::new(believed.valid_until().0),
            believed: ArcSwap::from_pointee(believed),
            shown: Mutex::new(shown),
            clock,
        })
    }

    /// The configuration for a handshake that begins now.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.current.load_full()
    }

    /// Who is let in now.
    pub(super) fn believed(&self) -> Arc<Believed> {
        self.believed.load_full()
    }

    /// When the earliest revocation list ends.
    pub(super) fn valid_until(&self) -> Timestamp {
        Timestamp(self.valid_until.load(Ordering::SeqCst))
    }

    /// Takes new revocation lists or authorities. A broken one changes nothing; a late one shuts the door.
    pub(super) fn believe(&self, believed: Believed) -> Result<(), TlsError> {
        // The lock keeps two reloads from mixing one's certificate with the other's lists.
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let config = build(&shown, &believed, &self.clock)?;
        self.valid_until.store(believed.valid_until().0, Ordering::SeqCst);
        self.believed.store(Arc::new(believed));
        self.current.store(Arc::new(config));
        Ok(())
    }

    /// Shows a renewed certificate from the next handshake on.
    pub(super) fn show(&self, server: &ServerIdentity) -> Result<(), TlsError> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let renewed = certified(server)?;
        let config = build(&renewed, &self.believed(), &self.clock)?;
        *shown = renewed;
        self.current.store(Arc::new(config));
        Ok(())
    }
}

/// Checks that key and certificate belong together.
fn certified(server: &ServerIdentity) -> Result<Arc<CertifiedKey>, TlsError> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server.key.expose_pkcs8()));
    let provider = door_provider();
    // `load_private_key` wants an owned key; its copy is held and cleared by the cryptographic library.
    let signing = provider.key_provider.load_private_key(key.clone_key()).map_err(TlsError::Door)?;
    let certified = CertifiedKey::new(server.chain.clone(), signing);
    certified.keys_match().map_err(|_| TlsError::KeyMismatch)?;
    Ok(Arc::new(certified))
}

/// TLS 1.3 only, no resumption of any kind, no early data; every build has its own, empty session memory.
fn build(shown: &Arc<CertifiedKey>, believed: &Believed, clock: &Clock) -> Result<ServerConfig, TlsError> {
    let time = Arc::new(DoorTime(clock.clone()));
    let versions = ServerConfig::builder_with_details(door_provider(), time)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(TlsError::Door)?;
    let verified = match believed {
        Believed::Anybody => versions.with_no_client_auth(),
        Believed::Devices(authorities) => versions.with_client_cert_verifier(verifier(authorities)?),
    };
    let resolver = Arc::new(SingleCertAndKey::from(shown.clone()));
    let mut config = verified.with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ignore_client_order = true;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// Accepts certificates of these authorities for client authentication, revocation known and current.
fn verifier(authorities: &[TrustedAuthority]) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.certificate.clone()).map_err(TlsError::Door)?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), door_provider())
        .with_crls(authorities.iter().map(|one| one.revocations.der().clone()))
        .enforce_revocation_expiration()
        .build()
        .map_err(TlsError::Verifier)
}

/// Lets the TLS library judge expiry by the server's own clock.
struct DoorTime(Clock);

impl std::fmt::Debug for DoorTime {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DoorTime")
    }
}

impl TimeProvider for DoorTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().0 / SECOND).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}
