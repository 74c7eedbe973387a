//! The policy against a second, plain telling of the promises, over random small worlds.
//!
//! - `world`: a consortium small enough to be random, and the oracle that tells in one sentence who may read what
//! - `content`: nobody reads outside care team × consent × matrix; who administers never reads
//! - `ingredient`: take one thing away, and the refusal names it
//! - `administration`: roles, second persons, the console
//! - `vocabulary`: the codes of the log stay what they are

mod administration;
mod content;
mod ingredient;
mod vocabulary;
mod world;
