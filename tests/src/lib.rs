//! The harness that starts the whole service.
