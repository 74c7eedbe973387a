//! App floor: stopping in two stages. Soft: no new work, sockets say goodbye. Hard: what is left is cut.

use std::{io, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Tells every room that the server is stopping; clones share the same stop.
#[derive(Clone)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
    drain: Duration,
}

impl Shutdown {
    /// A stop that has not begun; `drain` is the time between the stages.
    #[must_use]
    pub fn new(drain: Duration) -> Self {
        Self { soft: CancellationToken::new(), hard: CancellationToken::new(), drain }
    }

    /// Cancelled when the soft stage begins: finish what you are at, take nothing new.
    #[must_use]
    pub fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Cancelled when the hard stage begins: end now.
    #[must_use]
    pub fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// Begins the soft stage; the hard one follows after the drain time. Calling it again changes nothing.
    /// Must be called inside the runtime.
    pub fn begin(&self) {
        if self.soft.is_cancelled() {
            return;
        }
        self.soft.cancel();
        let (hard, drain) = (self.hard.clone(), self.drain);
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(drain) => hard.cancel(),
                () = hard.cancelled() => {}
            }
        });
    }

    /// Goes to the hard stage at once.
    pub fn cut(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// Listens for SIGTERM and SIGINT from now on: the first begins the stop, a second one cuts it short.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn on_signals(&self) -> io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                    () = shutdown.hard.cancelled() => return,
                }
                if shutdown.soft.is_cancelled() {
                    tracing::warn!("Asked to stop again; cutting what is still open");
                    shutdown.cut();
                } else {
                    tracing::info!("Asked to stop; letting open work finish");
                    shutdown.begin();
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_hard_stage_follows_the_soft_one_after_the_drain() {
        let drain = Duration::from_millis(150);
        let shutdown = Shutdown::new(drain);
        let started = std::time::Instant::now();
        shutdown.begin();
        shutdown.begin();
        assert!(shutdown.soft().is_cancelled() && !shutdown.hard().is_cancelled());
        shutdown.hard().cancelled().await;
        assert!(started.elapsed() >= drain);
    }

    #[tokio::test]
    async fn a_first_signal_is_soft_and_a_second_hard() {
        let shutdown = Shutdown::new(Duration::from_secs(600));
        shutdown.on_signals().unwrap();
        let myself = rustix::process::getpid();
        rustix::process::kill_process(myself, rustix::process::Signal::TERM).unwrap();
        shutdown.soft().cancelled().await;
        assert!(!shutdown.hard().is_cancelled());
        rustix::process::kill_process(myself, rustix::process::Signal::INT).unwrap();
        shutdown.hard().cancelled().await;
    }
}
