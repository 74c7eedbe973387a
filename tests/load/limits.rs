//! What this machine allows, measured in the same run: durable batched inserts of the same bytes, bare TLS handshakes
//! with a client certificate, and a bare broadcast over TLS. Nothing of the product is in these figures.

use crate::figures::{Cpu, Latencies};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{ClientConfig, RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use sqlx::{
    ConnectOptions, QueryBuilder, Sqlite,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::broadcast,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Bytes of a message's sealed body and of an entry's, as the product stores them.
const BODY: usize = 420;
const ENTRY: usize = 180;

/// Durable messages per second: `batch` message rows and as many log rows in one synced transaction, over and over.
pub async fn durable_inserts(folder: &Path, batch: usize, lasting: Duration) -> f64 {
    let file = folder.join(format!("limit-{batch}.db"));
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .connect()
        .await
        .expect("a new database opens");
    sqlx::raw_sql("CREATE TABLE m (a INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT; CREATE TABLE e (a INTEGER PRIMARY KEY, b BLOB NOT NULL) STRICT;")
        .execute(&mut connection)
        .await
        .expect("two tables are made");
    let (start, mut written) = (Instant::now(), 0_i64);
    while start.elapsed() < lasting {
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.expect("begins");
        for (insert, bytes) in [("INSERT INTO m (a, b) ", BODY), ("INSERT INTO e (a, b) ", ENTRY)] {
            let mut query = QueryBuilder::<Sqlite>::new(insert);
            query.push_values(0..batch, |mut row, number| {
                row.push_bind(written + i64::try_from(number).unwrap_or(0)).push_bind(vec![7_u8; bytes]);
            });
            query.build().execute(&mut connection).await.expect("rows go in");
        }
        sqlx::raw_sql("COMMIT").execute(&mut connection).await.expect("commits");
        written += i64::try_from(batch).unwrap_or(0);
    }
    written as f64 / start.elapsed().as_secs_f64()
}

/// A server and a client configuration of a consortium that exists for this measurement only.
fn consortium() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).expect("an authority");
    let issuer = Issuer::new(params, key);
    let leaf = |usage| {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        params.extended_key_usages = vec![usage];
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
    };
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("a root");
    let roots = Arc::new(roots);
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone()).build().expect("a verifier");
    let (chain, key) = leaf(ExtendedKeyUsagePurpose::ServerAuth);
    let mut server = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .expect("an identity");
    server.send_tls13_tickets = 0;
    let (chain, key) = leaf(ExtendedKeyUsagePurpose::ClientAuth);
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .expect("an identity");
    client.resumption = rustls::client::Resumption::disabled();
    (Arc::new(server), Arc::new(client))
}

async fn connect(client: &Arc<ClientConfig>, address: std::net::SocketAddr) -> tokio_rustls::client::TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("connects");
    stream.set_nodelay(true).expect("no delay");
    let name = "localhost".try_into().expect("a name");
    TlsConnector::from(client.clone()).connect(name, stream).await.expect("a handshake")
}

/// Full mutual TLS 1.3 handshakes per second, client and server in this process, one byte answered each.
pub async fn handshakes(at_once: usize, lasting: Duration) -> f64 {
    let (server, client) = consortium();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let accepting = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("accepts");
            let acceptor = TlsAcceptor::from(server.clone());
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _answered = stream.write_all(b"1").await;
                    let _ended = stream.read(&mut [0; 8]).await;
                }
            });
        }
    });
    let start = Instant::now();
    let knocking = (0..at_once).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut done = 0_u32;
            while start.elapsed() < lasting {
                let mut stream = connect(&client, address).await;
                stream.read_exact(&mut [0; 1]).await.expect("one byte");
                done += 1;
            }
            done
        })
    });
    let done: u32 = futures::future::join_all(knocking).await.into_iter().map(|count| count.expect("ran")).sum();
    accepting.abort();
    f64::from(done) / start.elapsed().as_secs_f64()
}

/// What a bare broadcast does: `members` TLS connections, frames of `bytes` to all of them.
pub struct Broadcast {
    /// Deliveries per second when frames are sent as fast as they go.
    pub deliveries: f64,
    /// CPU milliseconds of server and clients together per 1000 deliveries.
    pub cpu: f64,
    /// Send to delivery at `paced` frames a second.
    pub latencies: Latencies,
}

/// Sends frames to every member, first paced for latencies, then as fast as they go.
pub async fn broadcast(members: usize, bytes: usize, paced: u32, lasting: Duration) -> Broadcast {
    let (server, client) = consortium();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, _) = broadcast::channel::<Arc<Vec<u8>>>(8192);
    let publishing = sender.clone();
    let accepting = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("accepts");
            stream.set_nodelay(true).expect("no delay");
            let (acceptor, mut frames) = (TlsAcceptor::from(server.clone()), publishing.subscribe());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while let Ok(frame) = frames.recv().await {
                    // What is waiting goes out in one record, as a tuned server would do it.
                    let mut waiting = frame.as_ref().clone();
                    while let Ok(frame) = frames.try_recv() {
                        waiting.extend_from_slice(&frame);
                    }
                    if stream.write_all(&waiting).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let start = Instant::now();
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..members {
        let mut stream = connect(&client, address).await;
        let told = told.clone();
        tokio::spawn(async move {
            let mut frame = vec![0; bytes];
            while stream.read_exact(&mut frame).await.is_ok() {
                let sent = frame.first_chunk::<8>().map_or(0, |stamp| u64::from_le_bytes(*stamp));
                let _gone = told.send((sent, start.elapsed()));
            }
        });
    }
    while sender.receiver_count() < members {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let frame = || {
        let mut frame = vec![0; bytes];
        let stamp = u64::try_from(start.elapsed().as_micros()).unwrap_or(0).to_le_bytes();
        frame.splice(..8, stamp);
        Arc::new(frame)
    };
    let mut latencies = Latencies::default();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / paced);
    for _ in 0..(u64::from(paced) * lasting.as_secs()) {
        beat.tick().await;
        sender.send(frame()).expect("members listen");
        for _ in 0..members {
            let (sent, at) = heard.recv().await.expect("a delivery");
            latencies.add(at.saturating_sub(Duration::from_micros(sent)));
        }
    }
    let (cpu, saturated, mut delivered) = (Cpu::of_this_process(), Instant::now(), 0_u64);
    while saturated.elapsed() < lasting {
        for _ in 0..32 {
            sender.send(frame()).expect("members listen");
        }
        for _ in 0..32 * members {
            heard.recv().await.expect("a delivery");
            delivered += 1;
        }
    }
    let elapsed = saturated.elapsed();
    let used = cpu.since();
    accepting.abort();
    Broadcast {
        deliveries: delivered as f64 / elapsed.as_secs_f64(),
        cpu: used.as_secs_f64() * 1e6 / delivered as f64,
        latencies,
    }
}
