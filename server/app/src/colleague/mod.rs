//! colleague: a person at the public door. Speaks TLS, HTTP, WebSocket and WebAuthn from the client's
//! side only; knows nothing of the server's inside (no store, vault, use case or wire type).
//!
//! The demo's scripted colleagues and every test that acts as a real client use this room.

pub mod attestation;
pub mod authenticator;
pub mod client;
pub mod connection;
mod cookies;
pub mod events;
mod guest;
mod passkey;
pub mod socket;
mod stream_pipe;
#[cfg(test)]
mod tests;

pub use attestation::{AttestationAuthority, AttestationError, Attester};
pub use authenticator::{Authenticator, AuthenticatorError, Behaviour};
pub use client::{Call, CallError, Client, Response};
pub use connection::{ConnectionError, Door, Identity, Protocol, TlsBehaviour};
pub use events::{Event, EventError, Events};
pub use guest::{Guest, GuestError, Live, Luggage};
pub use passkey::StoredPasskey;
pub use socket::{Socket, SocketError};
