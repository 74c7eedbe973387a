//! Tasuki: the vault floor.
