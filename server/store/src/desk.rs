//! SQLite's connections, lent and taken back on the spot.
//!
//! sqlx's pool asks a connection's thread whether it is there before it lends it, and again, in a task of its own, when
//! it comes back: two visits to another thread beside the one that does the work. A line to a database server may
//! have broken meanwhile; a thread of this process on an open file has not.

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

/// Lends at most so many connections at once, and opens them when they are first needed.
pub(crate) struct Desk {
    options: SqliteConnectOptions,
    most: u32,
    wait: Duration,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Desk {
    /// A desk that has opened nothing yet. Whoever finds every connection lent waits at most `wait`.
    pub(crate) fn new(options: SqliteConnectOptions, most: u32, wait: Duration) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(usize::MAX)));
        Arc::new(Self { options, most, wait, places, idle: Mutex::default() })
    }

    /// Lends a connection; it comes back when it is dropped, whatever became of the statement on it.
    ///
    /// # Errors
    /// [`sqlx::Error::PoolTimedOut`], [`sqlx::Error::PoolClosed`], or the database cannot be opened.
    pub(crate) async fn lend(self: &Arc<Self>) -> Result<Lent, sqlx::Error> {
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(TryAcquireError::Closed) => return Err(sqlx::Error::PoolClosed),
            Err(TryAcquireError::NoPermits) => {
                let waiting = tokio::time::timeout(self.wait, self.places.clone().acquire_owned());
                let place = waiting.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
                place.map_err(|_| sqlx::Error::PoolClosed)?
            }
        };
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let opening = tokio::time::timeout(self.wait, SqliteConnection::connect_with(&self.options));
                opening.await.map_err(|_| sqlx::Error::PoolTimedOut)??
            }
        };
        Ok(Lent { connection: Some(connection), desk: self.clone(), _place: place })
    }

    /// Waits until everything lent is back, closes it, and lends nothing any more.
    pub(crate) async fn close(&self) {
        // Fails when it is closed already.
        let _all = self.places.acquire_many(self.most).await;
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(error = ?error, "A connection to the database did not close");
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to its desk when it is dropped.
pub struct Lent {
    /// There until the drop.
    connection: Option<SqliteConnection>,
    desk: Arc<Desk>,
    /// Free again only after the connection is back.
    _place: OwnedSemaphorePermit,
}

impl Deref for Lent {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("a lent connection is there until it is dropped")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a lent connection is there until it is dropped")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.desk.idle().extend(self.connection.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(folder: &tempfile::TempDir, most: u32) -> Arc<Desk> {
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("desk.db")).create_if_missing(true);
        Desk::new(options, most, Duration::from_millis(50))
    }

    async fn one(lent: &mut Lent) -> i64 {
        sqlx::query_scalar("SELECT 1").fetch_one(&mut **lent).await.unwrap()
    }

    #[tokio::test]
    async fn lends_so_many_and_the_same_again() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(&folder, 2);
        let (mut first, second) = (desk.lend().await.unwrap(), desk.lend().await.unwrap());
        assert_eq!(one(&mut first).await, 1);
        assert!(matches!(desk.lend().await, Err(sqlx::Error::PoolTimedOut)));
        drop(second);
        assert_eq!(one(&mut desk.lend().await.unwrap()).await, 1);
        drop(first);
        assert_eq!(desk.idle().len(), 2);
    }

    #[tokio::test]
    async fn an_abandoned_statement_leaves_a_connection_of_use() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(&folder, 1);
        let long =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT i FROM n";
        let mut lent = desk.lend().await.unwrap();
        let reading = sqlx::query_scalar::<_, i64>(long).fetch_all(&mut *lent);
        assert!(tokio::time::timeout(Duration::from_micros(1), reading).await.is_err());
        drop(lent);
        assert_eq!(one(&mut desk.lend().await.unwrap()).await, 1);
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_lent_and_lends_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(&folder, 2);
        let lent = desk.lend().await.unwrap();
        let closing = tokio::spawn({
            let desk = desk.clone();
            async move { desk.close().await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!closing.is_finished());
        drop(lent);
        closing.await.unwrap();
        assert!(matches!(desk.lend().await, Err(sqlx::Error::PoolClosed)));
        assert!(desk.idle().is_empty());
        desk.close().await;
    }
}
