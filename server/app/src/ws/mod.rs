//! Live connections: a conversation in frames, and the WebSocket that carries it. Server-sent events carry the same.

mod answer;
mod conversation;
mod encode;
mod flood;
mod socket;
mod stream;

pub use conversation::{Conversation, Opening, Outcome};
pub use flood::{Allowance, Verdict};
pub use socket::serve;
pub use stream::{StreamKey, Streams};

#[cfg(test)]
mod tests;
