//! Config room: who this server is, where it listens and where its data lies.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{DnsName, Number};

/// `[server]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The final DNS name; passkeys are bound to it, so it cannot change after `init`.
    pub name: DnsName,
    /// Door for registered devices (client certificate required).
    pub listen: SocketAddr,
    /// Door for devices that are about to enrol (one-time code, no certificate yet).
    pub enrolment_listen: SocketAddr,
    /// Folder of the embedded database, its lock and the control socket.
    pub data_folder: PathBuf,
    /// How long open requests and sockets may take to end when the server stops.
    pub drain_seconds: Number<1, 300>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            name: DnsName::parse("localhost").expect("a constant that is a DNS name"),
            listen: SocketAddr::from(([0, 0, 0, 0], 8443)),
            enrolment_listen: SocketAddr::from(([0, 0, 0, 0], 8444)),
            data_folder: "/var/lib/tasuki".into(),
            drain_seconds: Number::of(20),
        }
    }
}
