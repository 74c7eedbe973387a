//! What keeps screens alive: open rooms that hear what is posted, calls that ring, items that a device delivers later.

pub mod keep;
pub mod queue;
pub mod ring_device;
pub mod room;
