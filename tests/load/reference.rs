//! The bare reference: what a server does at the very least to keep the promise "acknowledged means durable, sealed and
//! in the log" for one room. Mutual TLS, WebSocket, seal, chained log, one sync for everything that is waiting,
//! acknowledge, tell all members. No rights, no rooms, no receipts, no catching up, no database.

use crate::consortium::Consortium;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use futures::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::WebSocketConfig,
    },
};
use uuid::Uuid;

/// What the reference is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Duty {
    /// The room, over WebSockets.
    Room,
    /// Mutual TLS alone: gives back what it hears and keeps nothing while it waits.
    Echo,
}

/// Bytes of an entry of the log before its link to the one before.
const ENTRY: usize = 180;

/// What the product tells of a message besides its words, in bytes.
const ENVELOPE: usize = 760;

/// Serves until it is killed. Certificates go into `folder`; the port is told on standard output.
pub async fn serve(duty: Duty, folder: &Path) {
    let consortium = Consortium::found();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file is written");
    write("ca.pem", &consortium.authority);
    write("device.pem", &consortium.device.0);
    write("device.key", &consortium.device.1);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (queue, waiting) = mpsc::unbounded_channel();
    let room = Arc::new(Room { members: Mutex::default(), queue });
    let (log, told) = (File::create(folder.join("log")).expect("a log"), room.clone());
    std::thread::spawn(move || Writer::new(log).serve(waiting, &told));
    crate::report::say(&format!("{address}"));
    let acceptor = TlsAcceptor::from(consortium.server);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        stream.set_nodelay(true).expect("no delay");
        let (acceptor, room) = (acceptor.clone(), room.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            match duty {
                Duty::Echo => echo(stream).await,
                Duty::Room => member(stream, room).await,
            }
        });
    }
}

async fn echo(mut stream: TlsStream<TcpStream>) {
    let mut bytes = [0; 64];
    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
        let heard = bytes.get(..count).unwrap_or_default();
        if stream.write_all(heard).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

struct Room {
    members: Mutex<Vec<mpsc::UnboundedSender<Utf8Bytes>>>,
    queue: mpsc::UnboundedSender<Post>,
}

/// What a member wants to have written, and whom to answer.
struct Post {
    id: u64,
    text: String,
    author: mpsc::UnboundedSender<Utf8Bytes>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Asked {
    Hello { id: u64 },
    OpenRoom { id: u64 },
    PostMessage { id: u64, post: Words },
    MarkRead {},
}

#[derive(Deserialize)]
struct Words {
    text: String,
}

#[expect(clippy::result_large_err, reason = "the callback's type is given by the library")]
fn select(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    if let Some(offered) = request.headers().get("sec-websocket-protocol") {
        response.headers_mut().insert("sec-websocket-protocol", offered.clone());
    }
    Ok(response)
}

async fn member(stream: TlsStream<TcpStream>, room: Arc<Room>) {
    let config = WebSocketConfig::default().read_buffer_size(2_048);
    let Ok(mut socket) = accept_hdr_async_with_config(stream, select, Some(config)).await else { return };
    let (tell, mut told) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            Some(first) = told.recv() => {
                let mut frames = vec![first];
                while let Ok(next) = told.try_recv() {
                    frames.push(next);
                }
                if send(&mut socket, frames).await.is_err() {
                    return;
                }
            }
            heard = socket.next() => {
                let Some(Ok(message)) = heard else { return };
                if let Message::Text(text) = message && hear(&text, &room, &tell).is_none() {
                    return;
                }
                // What came in the same record is heard before anything is written.
                while let Some(Some(Ok(Message::Text(text)))) = socket.next().now_or_never() {
                    if hear(&text, &room, &tell).is_none() {
                        return;
                    }
                }
            }
        }
    }
}

async fn send(
    socket: &mut WebSocketStream<TlsStream<TcpStream>>,
    frames: Vec<Utf8Bytes>,
) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    for frame in frames {
        socket.feed(Message::Text(frame)).await?;
    }
    socket.flush().await
}

fn hear(text: &str, room: &Room, tell: &mpsc::UnboundedSender<Utf8Bytes>) -> Option<()> {
    match serde_json::from_str(text).ok()? {
        Asked::Hello { id } => tell.send(format!(r#"{{"type":"welcome","id":{id}}}"#).into()).ok(),
        Asked::OpenRoom { id } => {
            room.members.lock().unwrap_or_else(PoisonError::into_inner).push(tell.clone());
            tell.send(format!(r#"{{"type":"opened","id":{id}}}"#).into()).ok()?;
            tell.send(r#"{"type":"page","messages":[],"cursor":"","more":false}"#.into()).ok()
        }
        Asked::PostMessage { id, post } => {
            room.queue.send(Post { id, text: post.text, author: tell.clone() }).ok()
        }
        Asked::MarkRead {} => Some(()),
    }
}

struct Writer {
    log: File,
    key: LessSafeKey,
    link: [u8; 32],
    count: u64,
}

impl Writer {
    fn new(log: File) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key of 32 bytes");
        Self { log, key: LessSafeKey::new(key), link: [0; 32], count: 0 }
    }

    /// Takes everything that is waiting, writes it, syncs once, and only then answers and tells.
    fn serve(mut self, mut queue: mpsc::UnboundedReceiver<Post>, room: &Room) {
        let mut posts = Vec::new();
        while queue.blocking_recv_many(&mut posts, 1_024) > 0 {
            let bytes: Vec<u8> = posts.iter().flat_map(|post| self.record(&post.text)).collect();
            self.log.write_all(&bytes).expect("the log takes it");
            self.log.sync_data().expect("the log is synced");
            let members = room.members.lock().unwrap_or_else(PoisonError::into_inner);
            for Post { id, text, author } in posts.drain(..) {
                let message = Uuid::new_v4();
                // Whoever has gone need not hear it.
                let _ = author.send(format!(r#"{{"type":"ack","id":{id},"message":"{message}"}}"#).into());
                let (head, fill) = (r#"{"type":"message","message":{"text":""#, "x".repeat(ENVELOPE));
                let frame: Utf8Bytes =
                    format!(r#"{head}{text}","message":"{message}","rest":"{fill}"}}}}"#).into();
                members.iter().for_each(|member| drop(member.send(frame.clone())));
            }
        }
    }

    /// The sealed words and the entry of the log with its link to the one before.
    fn record(&mut self, text: &str) -> Vec<u8> {
        self.count += 1;
        let mut nonce = [0; 12];
        nonce.split_at_mut(8).0.copy_from_slice(&self.count.to_le_bytes());
        let mut record = text.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).expect("it is sealed");
        let entry = [1; ENTRY];
        self.link =
            Sha256::new().chain_update(self.link).chain_update(entry).chain_update(&record).finalize().into();
        record.extend(entry);
        record.extend(self.link);
        record
    }
}
