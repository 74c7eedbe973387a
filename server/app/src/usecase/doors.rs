//! The doors of this process, as far as use cases act on them: whom they believe, and how long the one for enrolment is
//! open.

use crate::tls::{Door, TlsError, TrustedAuthority};
use std::sync::{Arc, OnceLock};
use tasuki_domain::{device::DeviceKey, time::Timestamp};
use tokio::sync::watch;

/// The doors of this process. Cheap to clone; before start-up has opened them there is nothing to act on.
#[derive(Clone)]
pub struct Doors(Arc<Shared>);

struct Shared {
    device: OnceLock<Door>,
    enrolment: watch::Sender<Timestamp>,
}

impl Default for Doors {
    fn default() -> Self {
        Self(Arc::new(Shared { device: OnceLock::new(), enrolment: watch::Sender::new(Timestamp(0)) }))
    }
}

impl Doors {
    /// Start-up tells which door devices come through; a second telling changes nothing.
    pub fn opened(&self, door: Door) {
        let _known = self.0.device.set(door);
    }

    /// Ends the open connections of a device's key. Returns how many there were.
    pub fn close(&self, key: &DeviceKey) -> usize {
        self.0.device.get().map_or(0, |door| door.connections().close(key))
    }

    /// Takes a newer revocation list; ends the connections of certificates that are on it.
    ///
    /// # Errors
    /// When the list does not fit its authority; nothing has changed then.
    pub fn believe(&self, authorities: Vec<TrustedAuthority>) -> Result<usize, TlsError> {
        self.0.device.get().map_or(Ok(0), |door| door.reload_authorities(authorities))
    }

    /// Follows until when the door for enrolment is open.
    #[must_use]
    pub fn enrolment(&self) -> watch::Receiver<Timestamp> {
        self.0.enrolment.subscribe()
    }

    /// Whether the door for enrolment is open.
    #[must_use]
    pub fn enrols(&self, now: Timestamp) -> bool {
        now < *self.0.enrolment.borrow()
    }

    /// Opens the door for enrolment until then; closes it when that is past.
    pub fn enrol_until(&self, until: Timestamp) {
        self.0.enrolment.send_if_modified(|known| std::mem::replace(known, until) != until);
    }
}
