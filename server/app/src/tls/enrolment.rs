//! TLS room: the second door. The same TLS 1.3, but nobody needs a certificate yet; the router behind it has the
//! one-time code and nothing else.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use tasuki_domain::time::{MINUTE, Timestamp};
use tokio::sync::watch;

use super::{
    Door, ServerIdentity, TlsError, listen,
    reload::{Believed, Reloadable},
};
use crate::{clock::Clock, config::Limits, shutdown::Shutdown};

/// How long an enrolment under way may take to end when the door closes.
const DRAIN: Duration = Duration::from_secs(5);

impl Door {
    /// The door for devices that are about to be enrolled. Requests carry
    /// [`RemoteAddress`](super::RemoteAddress) and [`ConnectionToken`](super::ConnectionToken), never a
    /// [`Peer`](super::Peer).
    ///
    /// # Errors
    /// [`TlsError::KeyMismatch`], [`TlsError::Door`].
    pub fn for_enrolment(server: &ServerIdentity, limits: &Limits, clock: Clock) -> Result<Self, TlsError> {
        let tls = Reloadable::new(server, Believed::Anybody, clock.clone())?;
        Ok(Self::with(tls, limits, clock))
    }

    /// Listens at `address` only while the window is open, and closes the port when it is not: `window` says until
    /// when. Returns at the stop.
    ///
    /// # Errors
    /// When the address cannot be bound or the listener fails.
    pub async fn serve_while_open(
        &self,
        address: SocketAddr,
        router: Router,
        (mut window, clock): (watch::Receiver<Timestamp>, Clock),
        shutdown: &Shutdown,
    ) -> io::Result<()> {
        loop {
            tokio::select! {
                opened = closes_or_opens(&mut window, &clock, true) => if !opened { return Ok(()) },
                () = shutdown.soft().cancelled() => return Ok(()),
            }
            let visit = Shutdown::new(DRAIN);
            let listener = listen(address)?;
            tracing::info!("The door for enrolment is open");
            let ended = async {
                tokio::select! {
                    _ = closes_or_opens(&mut window, &clock, false) => {}
                    () = shutdown.soft().cancelled() => {}
                }
                visit.begin();
            };
            let (served, ()) = tokio::join!(self.serve(listener, router.clone(), &visit), ended);
            served?;
            tracing::info!("The door for enrolment is closed");
        }
    }
}

/// Resolves when the window is as wanted; false when nobody is left to open it.
async fn closes_or_opens(window: &mut watch::Receiver<Timestamp>, clock: &Clock, open: bool) -> bool {
    loop {
        let left = window.borrow_and_update().since(clock.now());
        if (left > 0) == open {
            return true;
        }
        // A window that is open is looked at again when it ends, and every minute in case the clock has jumped.
        let wait = u64::try_from(left.clamp(1_000, MINUTE)).unwrap_or(1_000);
        let changed = if open {
            window.changed().await.is_ok()
        } else {
            tokio::time::timeout(Duration::from_micros(wait), window.changed())
                .await
                .unwrap_or(Ok(()))
                .is_ok()
        };
        if !changed {
            return !open;
        }
    }
}
