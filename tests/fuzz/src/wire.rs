//! The server's own readers of frames, taken from its source so that the whole server need not be built with counters.
#![allow(dead_code, unused_imports, reason = "the server uses the rest")]

#[path = "../../../server/app/src/wire/attachment.rs"]
pub mod attachment;
#[path = "../../../server/app/src/wire/frame/mod.rs"]
pub mod frame;
#[path = "../../../server/app/src/wire/problem.rs"]
pub mod problem;
