//! Hasher room: passwords are hashed by a bounded number of threads, behind a bounded queue. It knows neither names
//! nor rows. Each hash takes tens of milliseconds of a core and the cost's memory, so one more than fits is told to
//! come back instead of being taken in.
//!
//! The threads are its own: the memory of a hash stays with the thread that used it, and the runtime's pool for
//! blocking work would in time keep it for dozens of them.

use crate::config::{Argon2, Hashing};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
    mpsc,
};
use tasuki_vault::password::{self, Cost, Password, PasswordError, PasswordHash};
use tokio::sync::{Semaphore, oneshot};

/// Seconds after which a queue of this kind has usually drained.
const RETRY_AFTER: u32 = 2;

/// Why nothing was hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HasherError {
    /// As many hashes wait as may wait.
    #[error("too many passwords are being hashed")]
    Busy {
        /// Seconds until another try is worth it.
        retry_after: u32,
    },
    /// The memory of the cost cannot be had just now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The hashing thread died.
    #[error("the hashing thread died")]
    Died,
}

/// The hashing threads. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Arc<Shared>);

struct Shared {
    /// One permit for each that may run or wait; it goes with the work, so that it is held as long as the work is.
    admitted: Arc<Semaphore>,
    /// The way to the threads, which end with it.
    work: mpsc::Sender<Job>,
    cost: Cost,
    /// What unknown names are compared with: the same work, never a match.
    nobody: Arc<PasswordHash>,
    done: Arc<AtomicU64>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Hasher {
    /// Threads, queue and cost as configured.
    ///
    /// # Panics
    /// When the system has no thread to give, which happens at the start or never.
    #[must_use]
    pub fn new(hashing: &Hashing, argon2: &Argon2) -> Self {
        let (threads, queue) = (hashing.threads.count(), hashing.queue.count());
        let cost = Cost::new(argon2.memory_kib.small(), argon2.iterations.small(), argon2.lanes.small())
            .expect("the configuration allows only what the vault allows");
        let (work, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads {
            let jobs = jobs.clone();
            let thread = std::thread::Builder::new().name("hasher".into());
            thread.spawn(move || serve(&jobs)).expect("the system has a thread to give");
        }
        Self(Arc::new(Shared {
            admitted: Arc::new(Semaphore::new(threads.saturating_add(queue))),
            work,
            cost,
            nobody: Arc::new(password::dummy_hash(cost, &mut entropy())),
            done: Arc::default(),
        }))
    }

    /// Whether the password is the one that was hashed. `None` stands for a name that nobody has, or that has no
    /// password: the same work, and never a match.
    ///
    /// # Errors
    /// [`HasherError`].
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verified, HasherError> {
        let known = stored.is_some();
        let stored = stored.map_or_else(|| self.0.nobody.clone(), Arc::new);
        let cost = self.0.cost;
        self.run(move || {
            let right = password::verify(&password, &stored)? && known;
            let renewed = (right && stored.needs_rehash(cost))
                .then(|| password::hash(&password, cost, &mut entropy()))
                .transpose()?;
            Ok(Verified { right, renewed })
        })
        .await
    }

    /// Hashes a chosen password at the configured cost.
    ///
    /// # Errors
    /// [`HasherError`].
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HasherError> {
        let cost = self.0.cost;
        self.run(move || password::hash(&password, cost, &mut entropy())).await
    }

    /// How many pieces of work were done since the start: the same for every kind of failed sign-in.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.done.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let admitted = self.0.admitted.clone().try_acquire_owned();
        let admitted = admitted.map_err(|_| HasherError::Busy { retry_after: RETRY_AFTER })?;
        let (reply, answer) = oneshot::channel();
        let done = self.0.done.clone();
        let job: Job = Box::new(move || {
            let _admitted = admitted;
            // Whoever asked may have gone while it waited.
            if !reply.is_closed() {
                let outcome = work();
                done.fetch_add(1, Ordering::Relaxed);
                let _gone = reply.send(outcome);
            }
        });
        self.0.work.send(job).map_err(|_| HasherError::Died)?;
        Ok(answer.await.map_err(|_| HasherError::Died)??)
    }
}

/// One hashing thread, until there is nobody left who could ask.
fn serve(jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        job();
    }
}

/// What the comparison of a password found.
pub struct Verified {
    /// It is the one that was hashed.
    pub right: bool,
    /// The same password at today's cost, when the stored hash was made at a lower one.
    pub renewed: Option<PasswordHash>,
}

fn entropy() -> impl rand::CryptoRng {
    rand::rand_core::UnwrapErr(rand::rngs::SysRng)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Number;
    use futures::FutureExt;

    fn hasher(threads: u64, queue: u64) -> Hasher {
        let hashing = Hashing { threads: Number::of(threads), queue: Number::of(queue) };
        Hasher::new(&hashing, &Argon2::default())
    }

    fn password(text: &str) -> Password {
        Password::presented(text).ok().unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_of_somebody_is_right() {
        let hasher = hasher(2, 4);
        let stored = || async { hasher.hash(password("つばめが低く飛ぶ")).await.ok() };
        assert!(hasher.verify(password("つばめが低く飛ぶ"), stored().await).await.unwrap().right);
        assert!(!hasher.verify(password("つばめが高く飛ぶ"), stored().await).await.unwrap().right);
        assert!(!hasher.verify(password("つばめが低く飛ぶ"), None).await.unwrap().right);
    }

    #[tokio::test]
    async fn one_more_than_fits_is_told_to_come_back() {
        let hasher = hasher(1, 2);
        let tries = (0..8).map(|_| hasher.verify(password("whatever it is"), None));
        let answers = futures::future::join_all(tries).await;
        let busy = answers.iter().filter(|answer| matches!(answer, Err(HasherError::Busy { .. }))).count();
        assert_eq!(busy, 5);
        assert_eq!(hasher.done(), 3);
    }

    #[tokio::test]
    async fn who_went_away_while_waiting_costs_nothing() {
        let hasher = hasher(1, 8);
        for _ in 0..8 {
            assert!(hasher.verify(password("whatever it is"), None).now_or_never().is_none());
        }
        // The thread may have begun the first one before its caller went; that one alone is done.
        let last = loop {
            match hasher.verify(password("whatever it is"), None).await {
                Err(HasherError::Busy { .. }) => tokio::task::yield_now().await,
                last => break last,
            }
        };
        assert!(last.is_ok());
        assert!(hasher.done() <= 2, "{} were hashed", hasher.done());
    }
}
