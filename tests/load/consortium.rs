//! Certificates that exist for one measurement only: an authority, a server and a device, as mutual TLS 1.3 needs them.

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use std::{net::SocketAddr, sync::Arc};
use tasuki_app::colleague::{Door, Identity, Protocol};

/// A consortium without anybody in it.
pub struct Consortium {
    /// What its server shows and demands.
    pub server: Arc<ServerConfig>,
    /// The authority, PEM.
    pub authority: String,
    /// A device's certificate and key, PEM.
    pub device: (String, String),
}

impl Consortium {
    /// A new one.
    pub fn found() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).expect("an authority");
        let issuer = Issuer::new(params, key);
        let leaf = |usage| {
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
            params.extended_key_usages = vec![usage];
            (params.signed_by(&key, &issuer).expect("a certificate"), key)
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).expect("a root");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let (certificate, key) = leaf(ExtendedKeyUsagePurpose::ServerAuth);
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("an identity");
        server.send_tls13_tickets = 0;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        let (certificate, key) = leaf(ExtendedKeyUsagePurpose::ClientAuth);
        let device = (certificate.pem(), key.serialize_pem());
        Self { server: Arc::new(server), authority: authority.pem(), device }
    }

    /// The device's way to the server.
    pub fn door(&self, address: SocketAddr) -> Door {
        door(address, &self.authority, (&self.device.0, &self.device.1))
    }
}

/// The way of a device with this certificate and key (PEM) to a server on this machine.
pub fn door(address: SocketAddr, authority: &str, (certificate, key): (&str, &str)) -> Door {
    let identity = Identity::from_pem(certificate, key).expect("a certificate with its key");
    Door::new(address, "localhost", authority, Some(&identity), Protocol::Http1).expect("a door")
}
