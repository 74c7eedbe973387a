//! Telling systemd how far we are (sd_notify): ready, stopping. Without systemd nothing happens.

use std::os::unix::net::UnixDatagram;

/// Doors are open.
pub const READY: &str = "READY=1";
/// The stop has begun.
pub const STOPPING: &str = "STOPPING=1";

/// Tells the service manager, when one listens.
pub fn notify(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let sent = UnixDatagram::unbound().and_then(|datagram| datagram.send_to(state.as_bytes(), socket));
    if let Err(error) = sent {
        tracing::warn!(error = ?error, "The service manager could not be told");
    }
}
