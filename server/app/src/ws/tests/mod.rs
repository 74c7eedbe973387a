//! Live connections over real TLS, as a browser opens them, over both versions of HTTP.

mod abuse;
mod acting;
mod endings;
mod house;
mod queue;
mod rooms;
mod streams;
