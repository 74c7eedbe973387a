//! What this machine allows, measured in the same run: durable batched inserts of the same bytes, and bare TLS
//! handshakes with a client certificate. Nothing of the product is in these figures.

use crate::{consortium::Consortium, figures::per_second};
use sqlx::{
    ConnectOptions, QueryBuilder, Sqlite,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

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
    per_second(written.unsigned_abs(), start.elapsed())
}

/// Full mutual TLS 1.3 handshakes per second, client and server in this process, one byte answered each.
pub async fn handshakes(at_once: usize, lasting: Duration) -> f64 {
    let consortium = Consortium::found();
    let server = consortium.server.clone();
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
        let door = consortium.door(address);
        tokio::spawn(async move {
            let mut done = 0_u64;
            while start.elapsed() < lasting {
                let mut stream = door.connect().await.expect("a handshake");
                stream.read_exact(&mut [0; 1]).await.expect("one byte");
                done += 1;
            }
            done
        })
    });
    let done: u64 =
        futures::future::join_all(knocking).await.into_iter().map(|count| count.expect("ran")).sum();
    accepting.abort();
    per_second(done, start.elapsed())
}
