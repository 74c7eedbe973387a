//! Who leads: of several instances on one database, one runs the timed tasks.

use crate::{
    batch::{Batch, Done, Work},
    error::{StoreError, WorkError},
    store::Store,
};
use tasuki_domain::time::{SECOND, Timestamp};
use uuid::Uuid;

const LEADER: &str = "SELECT instance, until_at FROM leader WHERE one = 1";
const TAKE: &str =
    "UPDATE leader SET instance = $1, until_at = $2 WHERE one = 1 AND (instance = $1 OR until_at <= $3)";

/// Microseconds after the end of a lease within which any living instance would have taken the lead.
const LAPSE: i64 = 4 * SECOND;

struct Take {
    instance: Uuid,
    lease: i64,
}

impl Work for Take {
    type Output = bool;

    async fn run(&self, batch: &mut Batch) -> Result<Done<bool>, WorkError> {
        let now = batch.now();
        let until = now.plus(self.lease).0;
        let taken = on!(batch.writing().await?, c => sqlx::query(TAKE).bind(self.instance).bind(until).bind(now.0).execute(&mut **c).await.map(|done| done.rows_affected()))?;
        Ok(Done::housekeeping(taken == 1))
    }
}

impl Store {
    /// Whether other instances may write to the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.inner.backend.is_shared()
    }

    /// Whether no other instance can be at work: nobody has led for a while, and whoever lived would.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_alone(&self) -> Result<bool, StoreError> {
        if !self.inner.backend.is_shared() {
            return Ok(true);
        }
        let mut connection = self.reading().await?;
        let (_, until): (Uuid, i64) =
            on!(&mut connection, c => sqlx::query_as(LEADER).fetch_one(&mut **c).await)?;
        Ok(self.now().since(Timestamp(until)) > LAPSE)
    }

    /// Whether this instance leads now, for `lease` microseconds: always on SQLite, where one process writes; on
    /// PostgreSQL by a row that the leader keeps renewing. Instances whose clocks differ by more than the lease may
    /// lead side by side for a moment, so a timed task must bear that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leads(&self, instance: Uuid, lease: i64) -> Result<bool, StoreError> {
        if !self.inner.backend.is_shared() {
            return Ok(true);
        }
        let mut connection = self.reading().await?;
        let (leader, until): (Uuid, i64) =
            on!(&mut connection, c => sqlx::query_as(LEADER).fetch_one(&mut **c).await)?;
        drop(connection);
        let left = Timestamp(until).since(self.now());
        if leader == instance && left > lease / 2 {
            return Ok(true);
        }
        if leader != instance && left > 0 {
            return Ok(false);
        }
        match self.write(Take { instance, lease }).await {
            Ok(taken) => Ok(taken.into_value()),
            Err(WorkError::Store(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }
}
