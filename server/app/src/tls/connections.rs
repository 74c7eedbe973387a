//! TLS room: every open connection, so that a revoked device, an expired certificate or a silent line ends at once.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::task::AtomicWaker;
use tasuki_domain::{device::DeviceKey, time::Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Serial, peer::CertificateFacts};

/// Between the word to the sockets and the cut, so that they can say why (a cut at once shows as 1006).
const FAREWELL: Duration = Duration::from_secs(1);

/// The open connections of one door; clones share the list.
#[derive(Clone, Default)]
pub struct Connections(Arc<Shared>);

#[derive(Default)]
struct Shared {
    open: Mutex<HashMap<u64, Entry>>,
    next: AtomicU64,
    /// Seconds of this door's life, moved on by its watch; what [`Life::touch`] notes down.
    tick: AtomicU64,
    emptied: Notify,
}

struct Entry {
    facts: Option<CertificateFacts>,
    life: Arc<Life>,
}

/// The thread on which one connection hangs.
pub(super) struct Life {
    pub(super) token: CancellationToken,
    cut: AtomicBool,
    touched: AtomicU64,
    pub(super) reader: AtomicWaker,
    pub(super) writer: AtomicWaker,
}

/// Keeps a connection on the list; its end takes it off.
pub(super) struct Registration {
    connections: Connections,
    number: u64,
    pub(super) life: Arc<Life>,
}

impl Connections {
    /// Ends every connection of a device: its token is cancelled now, the connection is cut a second later.
    /// Returns how many there were.
    pub fn close(&self, device: &DeviceKey) -> usize {
        self.close_where(|facts, _| facts.is_some_and(|facts| facts.device_key == *device))
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open().len()
    }

    /// How many a device has open.
    #[must_use]
    pub fn count_of(&self, device: &DeviceKey) -> usize {
        let of = |entry: &&Entry| entry.facts.is_some_and(|facts| facts.device_key == *device);
        self.open().values().filter(of).count()
    }

    /// Resolves when none is open any more.
    pub async fn ended(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            if self.count() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Ends the connections whose certificate is revoked by this test.
    pub(super) fn close_serials(&self, revoked: impl Fn(&Serial) -> bool) -> usize {
        self.close_where(|facts, _| facts.is_some_and(|facts| revoked(&facts.serial)))
    }

    /// Ends connections whose certificate has expired.
    pub(super) fn close_expired(&self, now: Timestamp) -> usize {
        self.close_where(|facts, _| facts.is_some_and(|facts| facts.not_after <= now))
    }

    /// Ends all of them, with the same farewell: for an instance that can no longer tell who is revoked.
    /// Returns how many there were.
    pub fn close_all(&self) -> usize {
        self.close_where(|_, _| true)
    }

    /// Cuts all of them without a word.
    pub(super) fn cut_all(&self) {
        for entry in self.open().values() {
            entry.life.cut();
        }
    }

    /// Moves the watch on by a second and cuts connections that were silent for `idle` seconds.
    pub(super) fn tick(&self, idle: u64) {
        let now = self.0.tick.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let silent = |life: &Life| now.saturating_sub(life.touched.load(Ordering::Relaxed)) > idle;
        // Looking at every connection's own memory each second would be wasteful; five seconds are close enough.
        if now.is_multiple_of(5) || idle < 5 {
            for entry in self.open().values().filter(|entry| silent(&entry.life)) {
                entry.life.cut();
            }
        }
    }

    /// Puts a new connection on the list.
    pub(super) fn register(&self, facts: Option<CertificateFacts>) -> Registration {
        let life = Arc::new(Life {
            token: CancellationToken::new(),
            cut: AtomicBool::new(false),
            touched: AtomicU64::new(self.second()),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
        });
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.open().insert(number, Entry { facts, life: life.clone() });
        Registration { connections: self.clone(), number, life }
    }

    fn close_where(&self, end: impl Fn(Option<&CertificateFacts>, &Life) -> bool) -> usize {
        let chosen: Vec<Arc<Life>> = {
            let open = self.open();
            let fresh = open.values().filter(|entry| !entry.life.token.is_cancelled());
            fresh
                .filter(|entry| end(entry.facts.as_ref(), &entry.life))
                .map(|entry| entry.life.clone())
                .collect()
        };
        let count = chosen.len();
        if count == 0 {
            return 0;
        }
        for life in &chosen {
            life.token.cancel();
        }
        let cut = move || chosen.iter().for_each(|life| life.cut());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    tokio::time::sleep(FAREWELL).await;
                    cut();
                });
            }
            Err(_) => cut(),
        }
        count
    }

    fn second(&self) -> u64 {
        self.0.tick.load(Ordering::Relaxed)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registration {
    /// Notes that bytes moved.
    pub(super) fn touch(&self) {
        self.life.touched.store(self.connections.second(), Ordering::Relaxed);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.remove(&self.number);
        if open.is_empty() {
            self.connections.0.emptied.notify_waiters();
        }
    }
}

impl Life {
    /// Whether the connection must fail from now on.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    fn cut(&self) {
        self.token.cancel();
        self.cut.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
    }
}
