//! The demonstration: a consortium that nobody works for, made through the use cases on a simulated clock, and
//! colleagues who talk about its patients through the public door.

mod actor;
mod cast;
mod credentials;
mod found;
mod history;
mod make;
mod newcomers;
mod package;
mod small_talk;
mod stage;
mod story;

pub use actor::{ActorPart, Cue, Report, sign_in};
pub use cast::{Cast, converse};
pub use credentials::{Credentials, DeviceCredentials, Newcomer, PersonCredentials};
pub use make::DemoFolder;
pub use newcomers::invite;
pub use small_talk::{answer, remark};
pub use stage::DemoProblem;
pub use story::Story;
