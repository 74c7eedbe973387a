//! TLS room: certificates and doors. Knows config, clock, shutdown and domain; hands a router the peer and nothing
//! else. TLS 1.3 and a registered device's certificate, or not a byte of the application (promise 7).

mod acceptor;
mod authority;
mod connections;
mod door;
mod enrolment;
mod error;
mod identity;
mod key;
mod package;
mod peer;
mod provider;
mod reload;
mod request;
mod revocation;
mod sources;
mod stream;
#[cfg(test)]
pub(crate) mod tests;

pub use authority::{Authority, DeviceCertificate, LONGEST_DEVICE_DAYS};
pub use connections::Connections;
pub use door::{Door, listen};
pub use error::TlsError;
pub use identity::{ServerIdentity, TrustedAuthority};
pub use key::PrivateKey;
pub use package::DevicePackage;
pub use peer::{CertificateFacts, ConnectionToken, Peer, RemoteAddress, Serial};
pub use provider::install_provider;
pub use request::DevicePublicKey;
pub use revocation::{Revocation, RevocationList};
