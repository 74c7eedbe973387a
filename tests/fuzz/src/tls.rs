//! The server's own readers of certificates, taken from its source so that the whole server need not be built with
//! counters.
#![allow(dead_code, reason = "the server uses the rest")]

#[path = "../../../server/app/src/tls/error.rs"]
mod error;
#[path = "../../../server/app/src/tls/key.rs"]
mod key;
#[path = "../../../server/app/src/tls/peer.rs"]
mod peer;
#[path = "../../../server/app/src/tls/request.rs"]
mod request;

pub use error::TlsError;
pub use key::PrivateKey;
pub use peer::{CertificateFacts, Serial};
pub use request::DevicePublicKey;
