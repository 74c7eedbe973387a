//! TLS room: the second door. The same TLS 1.3, but nobody needs a certificate yet; the router behind it has the
//! one-time code and nothing else.

use super::{
    Door, ServerIdentity, TlsError,
    reload::{Believed, Reloadable},
};
use crate::{clock::Clock, config::Limits};

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
}
