//! Tasuki: the domain floor.
