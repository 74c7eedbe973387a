//! Tasuki: the store floor.
