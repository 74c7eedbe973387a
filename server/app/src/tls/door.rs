//! TLS room: a door. Takes a router and a listener, and lets in who may come.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use axum_server::Handle;
use hyper_util::{rt::TokioExecutor, server::conn::auto::Builder};
use tasuki_domain::time::Timestamp;
use tokio::{net::TcpSocket, sync::Semaphore};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Connections, ServerIdentity, TlsError, TrustedAuthority,
    acceptor::DoorAcceptor,
    reload::{Believed, Reloadable},
    sources::Sources,
};
use crate::{clock::Clock, config::Limits, shutdown::Shutdown};

/// Connections that the kernel may hold until they are accepted: a ward that comes back from a power cut.
const BACKLOG: u32 = 4_096;

/// How often a door looks after expiry, late lists and silent connections.
const WATCH: Duration = Duration::from_secs(1);

/// A door to the server; clones are the same door.
#[derive(Clone)]
pub struct Door {
    state: Arc<DoorState>,
    limits: Arc<Limits>,
}

/// What the acceptor needs of a door.
pub(super) struct DoorState {
    pub(super) tls: Reloadable,
    pub(super) connections: Connections,
    pub(super) places: Arc<Semaphore>,
    pub(super) sources: Sources,
    pub(super) handshakes: Semaphore,
    pub(super) handshake_timeout: Duration,
    pub(super) clock: Clock,
}

impl Door {
    /// The door for registered devices: TLS 1.3 with a client certificate of one of the authorities. Requests carry
    /// [`Peer`](super::Peer), [`RemoteAddress`](super::RemoteAddress) and
    /// [`ConnectionToken`](super::ConnectionToken) as extensions.
    ///
    /// # Errors
    /// [`TlsError::KeyMismatch`], [`TlsError::Door`], [`TlsError::Verifier`].
    pub fn for_devices(
        server: &ServerIdentity,
        authorities: Vec<TrustedAuthority>,
        limits: &Limits,
        clock: Clock,
    ) -> Result<Self, TlsError> {
        let tls = Reloadable::new(server, Believed::Devices(authorities), clock.clone())?;
        Ok(Self::with(tls, limits, clock))
    }

    pub(super) fn with(tls: Reloadable, limits: &Limits, clock: Clock) -> Self {
        let state = DoorState {
            tls,
            connections: Connections::default(),
            places: Arc::new(Semaphore::new(limits.connections.count())),
            sources: Sources::new(limits.connections_per_source.count()),
            handshakes: Semaphore::new(limits.handshakes_in_flight.count()),
            handshake_timeout: limits.handshake_timeout_ms.milliseconds(),
            clock,
        };
        Self { state: Arc::new(state), limits: Arc::new(limits.clone()) }
    }

    /// The open connections, for ending those of a device that was just revoked.
    #[must_use]
    pub fn connections(&self) -> &Connections {
        &self.state.connections
    }

    /// Takes new revocation lists (or authorities) from the next handshake on and ends the open connections of
    /// certificates that are on them; others notice nothing. Returns how many were ended. The enrolment door, which
    /// asks for no certificate, stays as it is.
    ///
    /// # Errors
    /// [`TlsError::Door`], [`TlsError::Verifier`]: then nothing has changed.
    pub fn reload_authorities(&self, authorities: Vec<TrustedAuthority>) -> Result<usize, TlsError> {
        if matches!(*self.state.tls.believed(), Believed::Anybody) {
            return Ok(0);
        }
        self.state.tls.believe(Believed::Devices(authorities))?;
        let believed = self.state.tls.believed();
        Ok(self.state.connections.close_serials(|serial| believed.is_revoked(serial)))
    }

    /// Shows a renewed server certificate from the next handshake on.
    ///
    /// # Errors
    /// [`TlsError::KeyMismatch`], [`TlsError::Door`]: then nothing has changed.
    pub fn reload_server(&self, server: &ServerIdentity) -> Result<(), TlsError> {
        self.state.tls.show(server)
    }

    /// From here on the door lets nobody in and ends everybody, unless newer lists are loaded before;
    /// [`Timestamp::OPEN_END`] for the enrolment door.
    #[must_use]
    pub fn valid_until(&self) -> Timestamp {
        self.state.tls.valid_until()
    }

    /// Serves `router` on `listener` until the stop: soft, connections finish what they are at (sockets must listen
    /// to `shutdown.soft()` themselves); hard, they are cut. Returns when the last has ended.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub async fn serve(
        &self,
        listener: std::net::TcpListener,
        router: Router,
        shutdown: &Shutdown,
    ) -> io::Result<()> {
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)?
            .handle(handle.clone())
            .acceptor(DoorAcceptor(self.state.clone()))
            .first_request_timeout(self.limits.first_request_timeout_ms.milliseconds())
            .accept_error_handler(|_, error| {
                tracing::debug!(reason = %error.kind(), "A connection was not admitted");
            });
        tune(server.http_builder(), &self.limits);
        // Ended with this future, also when it is dropped halfway.
        let _watch = AbortOnDropHandle::new(tokio::spawn(watch(
            self.state.clone(),
            self.limits.idle_timeout_seconds.get(),
        )));
        let _stop = AbortOnDropHandle::new(tokio::spawn(stop(self.state.clone(), handle, shutdown.clone())));
        let served = server.serve(router.into_make_service()).await;
        // Sockets that left HTTP/1.1 behind are no longer the HTTP server's; they are still ours.
        tokio::select! {
            () = self.state.connections.ended() => {}
            () = shutdown.hard().cancelled() => self.state.connections.cut_all(),
        }
        served
    }
}

/// Opens a listening socket with a queue that is long enough for a whole region coming back at once.
///
/// # Errors
/// When the address cannot be bound.
pub fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Carries the two stages of the stop to the HTTP server and to what it no longer knows.
async fn stop(state: Arc<DoorState>, handle: Handle<SocketAddr>, shutdown: Shutdown) {
    shutdown.soft().cancelled().await;
    handle.graceful_shutdown(None);
    shutdown.hard().cancelled().await;
    state.connections.cut_all();
    handle.shutdown();
}

/// Ends what has become worthless since its handshake.
async fn watch(state: Arc<DoorState>, idle: u64) {
    let mut beat = tokio::time::interval(WATCH);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut late = false;
    loop {
        beat.tick().await;
        let now = state.clock.now();
        state.connections.tick(idle);
        state.connections.close_expired(now);
        if state.tls.valid_until() > now {
            late = false;
            continue;
        }
        let ended = state.connections.close_all();
        if !late {
            tracing::error!(
                ended,
                "The revocation list is out of date: nobody is let in until a new one is signed"
            );
            late = true;
        }
    }
}

/// Sets every size and time of the protocols; the libraries' defaults are made for fewer clients.
fn tune(builder: &mut Builder<TokioExecutor>, limits: &Limits) {
    builder
        .http1()
        .header_read_timeout(limits.header_timeout_ms.milliseconds())
        .max_headers(limits.headers.count())
        .max_buf_size(limits.header_bytes.count());
    let http2 = &limits.http2;
    builder
        .http2()
        .enable_connect_protocol()
        .max_concurrent_streams(http2.streams.small())
        .initial_stream_window_size(http2.stream_window_bytes.small())
        .initial_connection_window_size(http2.connection_window_bytes.small())
        .max_frame_size(http2.frame_bytes.small())
        .max_send_buf_size(http2.send_buffer_bytes.count())
        .max_header_list_size(limits.header_bytes.small())
        .max_pending_accept_reset_streams(http2.pending_resets.count())
        .keep_alive_interval(http2.ping_seconds.seconds())
        .keep_alive_timeout(http2.ping_timeout_seconds.seconds());
}
