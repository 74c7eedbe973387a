//! A client as a device would be: its own TLS library state, its own sockets.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::super::*;

/// Long enough for a busy machine, short enough to notice a hang.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub type Tls = TlsStream<TcpStream>;

/// What a client shows and speaks.
pub struct Client<'a> {
    pub trusted: &'a CertificateDer<'static>,
    pub shows: Option<(Vec<CertificateDer<'static>>, &'a PrivateKey)>,
    pub version: &'static SupportedProtocolVersion,
    pub provider: CryptoProvider,
    pub protocol: &'static [u8],
}

impl<'a> Client<'a> {
    pub fn nobody(authority: &'a Authority) -> Self {
        Self {
            trusted: authority.certificate(),
            shows: None,
            version: &rustls::version::TLS13,
            provider: aws_lc_rs::default_provider(),
            protocol: b"http/1.1",
        }
    }

    pub fn of(authority: &'a Authority, device: &'a DevicePackage) -> Self {
        let chain = vec![device.certificate().der.clone()];
        Self { shows: Some((chain, device.key())), ..Self::nobody(authority) }
    }

    pub fn config(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(self.provider.clone()))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match &self.shows {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.expose_pkcs8().to_vec()));
                builder.with_client_auth_cert(chain.clone(), key).unwrap()
            }
        };
        config.alpn_protocols = vec![self.protocol.to_vec()];
        Arc::new(config)
    }

    pub async fn connect(&self, address: SocketAddr) -> io::Result<Tls> {
        connect(self.config(), address).await
    }

    /// Whether the door let this client ask a question and answered it.
    pub async fn gets_in(&self, address: SocketAddr) -> bool {
        match self.connect(address).await {
            Ok(mut stream) => get(&mut stream, "/who").await.is_ok_and(|answer| answer.contains("200 OK")),
            Err(_) => false,
        }
    }
}

pub async fn connect(config: Arc<ClientConfig>, address: SocketAddr) -> io::Result<Tls> {
    let connect = async {
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("tasuki.test").unwrap();
        TlsConnector::from(config).connect(name, stream).await
    };
    timeout(PATIENCE, connect).await.expect("the door neither answers nor closes")
}

/// One HTTP/1.1 question on an open connection; the whole answer, or an error when the connection ends before.
pub async fn get(stream: &mut Tls, path: &str) -> io::Result<String> {
    let question = format!("GET {path} HTTP/1.1\r\nhost: tasuki.test\r\nx-forwarded-for: 9.9.9.9\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    answer(stream).await
}

pub async fn answer(stream: &mut Tls) -> io::Result<String> {
    let read = async {
        let mut text = Vec::new();
        loop {
            let mut buffer = [0; 1024];
            let count = stream.read(&mut buffer).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            text.extend_from_slice(&buffer[..count]);
            let whole = String::from_utf8_lossy(&text).into_owned();
            if is_whole(&whole) {
                return Ok(whole);
            }
        }
    };
    timeout(PATIENCE, read).await.expect("the door neither answers nor closes")
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse::<usize>().unwrap())
}

/// Waits until the other side has ended the connection; panics when it does not within the patience.
pub async fn wait_for_end(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let read = async {
        let mut buffer = [0; 1024];
        while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
    };
    timeout(PATIENCE, read).await.expect("the connection is still open");
}
