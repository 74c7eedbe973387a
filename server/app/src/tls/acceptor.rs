//! TLS room: from a TCP connection to a known peer, within the limits, or to nothing at all.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use axum_server::accept::Accept;
use futures::future::{BoxFuture, Either, Ready, ready};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::{net::TcpStream, time::Instant};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};
use tower::Service;

use super::{
    ConnectionToken, Peer, RemoteAddress, door::DoorState, peer::CertificateFacts, reload::Believed,
    stream::DoorStream,
};
use crate::clock::Clock;

/// Admits connections to one door.
#[derive(Clone)]
pub(super) struct DoorAcceptor(pub(super) Arc<DoorState>);

impl<S: Send + 'static> Accept<TcpStream, S> for DoorAcceptor {
    type Stream = DoorStream;
    type Service = DoorService<S>;
    type Future = BoxFuture<'static, io::Result<(DoorStream, DoorService<S>)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let state = self.0.clone();
        Box::pin(async move {
            let (stream, visit) = admit(&state, stream).await?;
            Ok((stream, DoorService { inner: service, visit: Arc::new(visit) }))
        })
    }
}

/// Limits, handshake, certificate, registration: each step can only refuse.
async fn admit(state: &DoorState, stream: TcpStream) -> io::Result<(DoorStream, Visit)> {
    let address = stream.peer_addr()?;
    stream.set_nodelay(true)?;
    let permit = state.places.clone().try_acquire_owned().map_err(|_| refused("every place is taken"))?;
    let source = state.sources.enter(address.ip()).ok_or_else(|| refused("the source has all its places"))?;
    let stream = handshake(state, stream).await?;
    let facts = match &*state.tls.believed() {
        Believed::Anybody => None,
        Believed::Devices(_) => Some(leaf(&stream)?),
    };
    let registration = state.connections.register(facts);
    let token = ConnectionToken(registration.life.token.clone());
    // Looked at after the registration: a revocation that came during the handshake either finds the connection on
    // the list, or is seen here.
    let expired = facts.is_some_and(|facts| facts.not_after <= state.clock.now());
    let revoked = facts.is_some_and(|facts| state.tls.believed().is_revoked(&facts.serial));
    if expired || revoked || state.tls.valid_until() <= state.clock.now() {
        return Err(refused("the certificate is worth nothing"));
    }
    let peer = facts.map(|facts| Peer {
        device_key: facts.device_key,
        serial: facts.serial,
        not_after: facts.not_after,
        address,
    });
    let visit = Visit { peer, address, token, clock: state.clock.clone() };
    Ok((DoorStream::new(stream, registration, permit, source), visit))
}

/// The handshake within its time. Waiting for the client's first message takes no place among those being computed,
/// so that silent clients cannot hold up the others.
async fn handshake(state: &DoorState, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let deadline = Instant::now() + state.handshake_timeout;
    let steps = async {
        let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        let _turn = state.handshakes.acquire().await.map_err(|_| refused("the door is closed"))?;
        hello.into_stream(state.tls.config()).await
    };
    tokio::time::timeout_at(deadline, steps).await.map_err(|_| refused("the handshake took too long"))?
}

/// Reads the certificate that the handshake has verified.
fn leaf(stream: &TlsStream<TcpStream>) -> io::Result<CertificateFacts> {
    let (_, session) = stream.get_ref();
    let leaf = session.peer_certificates().and_then(<[_]>::first).ok_or_else(|| refused("no certificate"))?;
    CertificateFacts::read(leaf).map_err(|_| refused("not a device's certificate"))
}

/// A refusal with a reason for the operator; the client sees only a closed connection.
fn refused(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, reason)
}

/// What every request of a connection carries.
struct Visit {
    peer: Option<Peer>,
    address: SocketAddr,
    token: ConnectionToken,
    clock: Clock,
}

impl Visit {
    fn is_over(&self) -> bool {
        self.token.0.is_cancelled() || self.peer.is_some_and(|peer| peer.not_after <= self.clock.now())
    }
}

/// The router, told with every request who is there; a connection that is being closed gets no further.
pub(super) struct DoorService<S> {
    inner: S,
    visit: Arc<Visit>,
}

impl<S: Clone> Clone for DoorService<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), visit: self.visit.clone() }
    }
}

impl<S> Service<Request<Incoming>> for DoorService<S>
where
    S: Service<Request<Incoming>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<Ready<Result<Response<Body>, S::Error>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        if self.visit.is_over() {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::FORBIDDEN;
            return Either::Left(ready(Ok(response)));
        }
        let extensions = request.extensions_mut();
        if let Some(peer) = self.visit.peer {
            extensions.insert(peer);
        }
        extensions.insert(RemoteAddress(self.visit.address));
        extensions.insert(self.visit.token.clone());
        Either::Right(self.inner.call(request))
    }
}
