//! Tasuki: the app floor.
