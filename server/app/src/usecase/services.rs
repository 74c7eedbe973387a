//! What every use case is given: the open house and its tools. Cheap to clone.

use crate::{clock::Clock, config::Config};
use std::sync::Arc;
use tasuki_domain::time::Timestamp;
use tasuki_store::Store;

/// The open house and its tools.
#[derive(Clone)]
pub struct Services {
    /// Rows, facts, the log.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator has set.
    pub config: Arc<Config>,
}

impl Services {
    /// The tools of an open house.
    #[must_use]
    pub fn new(store: Store, clock: Clock, config: Arc<Config>) -> Self {
        Self { store, clock, config }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
