//! colleague: TLS to the door, as a device does it or as a stranger would.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longest wait for TCP and TLS together.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// A connection could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// A PEM text does not parse.
    #[error("PEM does not parse: {0}")]
    Pem(#[from] rustls_pki_types::pem::Error),
    /// Certificate, key or authority do not fit together.
    #[error("TLS settings: {0}")]
    Tls(#[from] rustls::Error),
    /// The authority's certificate is unusable.
    #[error("authority: {0}")]
    Authority(#[from] rustls::client::VerifierBuilderError),
    /// The door's name is no DNS name.
    #[error("the name of the door is not a DNS name")]
    Name,
    /// TCP or the TLS handshake failed. In TLS 1.3 a refused client certificate shows only at the
    /// first read or write, so a refusal may come later, as an error of the call.
    #[error("connection: {0}")]
    Io(#[from] std::io::Error),
    /// Not connected within ten seconds.
    #[error("not connected in time")]
    TimedOut,
}

/// A device's certificate chain and private key, both PEM.
pub struct Identity {
    certificate: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a certificate chain (leaf first) and its PKCS#8 key.
    ///
    /// # Errors
    /// `Pem` when either does not parse.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, ConnectionError> {
        Ok(Self {
            certificate: CertificateDer::pem_slice_iter(certificate.as_bytes()).collect::<Result<_, _>>()?,
            key: PrivateKeyDer::from_pem_slice(key.as_bytes())?,
        })
    }
}

/// Which HTTP the connection speaks; offered as the only ALPN protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1
    Http1,
    /// HTTP/2
    Http2,
}

/// How the TLS side departs from a good device; the default departs in nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct TlsBehaviour {
    /// Offers TLS 1.2 and nothing newer.
    pub only_tls12: bool,
    /// Allows session resumption, which a device does not use.
    pub resume: bool,
}

/// Where the door is, whom it has to be, and how to knock. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    address: SocketAddr,
    name: String,
    protocol: Protocol,
    config: Arc<ClientConfig>,
}

impl Door {
    /// A door at `address` that must prove to be `name` under `authority_pem` (only that authority
    /// is trusted). Without `identity` no client certificate is shown.
    ///
    /// # Errors
    /// `Pem`, `Tls`, `Authority` when certificates or key are unusable.
    pub fn new(
        address: SocketAddr,
        name: &str,
        authority_pem: &str,
        identity: Option<&Identity>,
        protocol: Protocol,
    ) -> Result<Self, ConnectionError> {
        let behaviour = TlsBehaviour::default();
        let config = config(authority_pem, identity, protocol, behaviour)?;
        Ok(Self { address, name: name.to_owned(), protocol, config: Arc::new(config) })
    }

    /// The same door, knocked at with a TLS that misbehaves.
    ///
    /// # Errors
    /// As [`Door::new`].
    pub fn misbehaving(
        mut self,
        authority_pem: &str,
        identity: Option<&Identity>,
        behaviour: TlsBehaviour,
    ) -> Result<Self, ConnectionError> {
        let config = config(authority_pem, identity, self.protocol, behaviour)?;
        self.config = Arc::new(config);
        Ok(self)
    }

    /// The HTTP version this door is used with.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// `name:port`, or the name alone at 443: the `Host` of requests.
    pub fn authority(&self) -> String {
        match self.address.port() {
            443 => self.name.clone(),
            port => format!("{}:{port}", self.name),
        }
    }

    /// `https://name[:port]`: the origin a browser at this door has.
    pub fn origin(&self) -> String {
        format!("https://{}", self.authority())
    }

    /// Opens one TLS connection.
    ///
    /// # Errors
    /// `Io` when TCP or TLS fails, `TimedOut` after ten seconds, `Name` for a name that is no DNS name.
    pub async fn connect(&self) -> Result<TlsStream<TcpStream>, ConnectionError> {
        let name = ServerName::try_from(self.name.clone()).map_err(|_| ConnectionError::Name)?;
        let connecting = async {
            let tcp = TcpStream::connect(self.address).await?;
            tcp.set_nodelay(true)?;
            let connector = TlsConnector::from(Arc::clone(&self.config));
            connector.connect(name, tcp).await
        };
        tokio::time::timeout(CONNECT_LIMIT, connecting)
            .await
            .map_err(|_| ConnectionError::TimedOut)?
            .map_err(ConnectionError::Io)
    }
}

fn config(
    authority_pem: &str,
    identity: Option<&Identity>,
    protocol: Protocol,
    behaviour: TlsBehaviour,
) -> Result<ClientConfig, ConnectionError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority_pem.as_bytes()) {
        roots.add(certificate?)?;
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let versions: &[&rustls::SupportedProtocolVersion] =
        if behaviour.only_tls12 { &[&rustls::version::TLS12] } else { &[&rustls::version::TLS13] };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_webpki_verifier(verifier);
    let mut config = match identity {
        Some(identity) => {
            builder.with_client_auth_cert(identity.certificate.clone(), identity.key.clone_key())?
        }
        None => builder.with_no_client_auth(),
    };
    if !behaviour.resume {
        config.resumption = rustls::client::Resumption::disabled();
    }
    config.alpn_protocols = match protocol {
        Protocol::Http1 => vec![b"http/1.1".to_vec()],
        Protocol::Http2 => vec![b"h2".to_vec()],
    };
    Ok(config)
}
