//! The one durable pipeline: takes all work that is waiting, one transaction, one sync, then answers every caller.
//! While a commit is on its way the next batch gathers: no timers.

use crate::{
    batch::{Batch, Done, ProofOf, Work},
    error::{StoreError, WorkError},
    facts,
    log_append::{self, LogHead},
    store::{Committed, Inner},
};
use futures::future::BoxFuture;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tasuki_domain::{id::RoomId, time::Timestamp};
use tokio::sync::{mpsc, oneshot};

/// A piece of work with its type erased, so that one queue holds all of them.
pub(crate) trait Piece: Send {
    /// Runs the work; `Err` only when the database itself failed, so that the whole batch must be undone.
    fn run<'a>(&'a mut self, batch: &'a mut Batch) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Tells the caller. `Err` when nothing of the batch was kept.
    fn answer(self: Box<Self>, verdict: Result<Durable, StoreError>);
}

/// Where a committed batch stands in the log.
#[derive(Clone, Copy)]
pub(crate) struct Durable {
    first: u64,
    at: Timestamp,
}

struct Typed<W: Work> {
    work: W,
    outcome: Option<Result<Done<W::Output>, WorkError>>,
    reply: oneshot::Sender<Result<Committed<W::Output>, WorkError>>,
}

/// Wraps work for the queue.
pub(crate) fn piece<W: Work>(
    work: W,
    reply: oneshot::Sender<Result<Committed<W::Output>, WorkError>>,
) -> Box<dyn Piece> {
    Box::new(Typed { work, outcome: None, reply })
}

impl<W: Work> Piece for Typed<W> {
    fn run<'a>(&'a mut self, batch: &'a mut Batch) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            batch.begin_piece().await?;
            let outcome = self.work.run(batch).await;
            match &outcome {
                Ok(_) => batch.keep_piece().await?,
                Err(WorkError::Store(_)) => {}
                Err(WorkError::Refused(refusal)) => {
                    batch.undo_piece().await?;
                    batch.append(refusal.entry());
                }
                Err(_) => batch.undo_piece().await?,
            }
            match outcome {
                Err(WorkError::Store(error)) => Err(error),
                outcome => {
                    self.outcome = Some(outcome);
                    Ok(())
                }
            }
        })
    }

    fn answer(self: Box<Self>, verdict: Result<Durable, StoreError>) {
        let answer = match (verdict, self.outcome) {
            (Err(error), _) => Err(error.into()),
            (Ok(_), None) => Err(StoreError::Stopped.into()),
            (Ok(_), Some(Err(error))) => Err(error),
            (Ok(durable), Some(Ok(Done { value, proof }))) => {
                let entry = match proof.0 {
                    ProofOf::Entry(position) => durable.first + position as u64,
                    ProofOf::Earlier(index) => index,
                    ProofOf::Housekeeping => durable.first,
                };
                Ok(Committed::new(value, entry, durable.at))
            }
        };
        // A caller that has gone away needs no answer: what is durable stays.
        let _gone = self.reply.send(answer);
    }
}

/// The writer of an instance.
pub(crate) struct Writer {
    inner: Arc<Inner>,
    head: Option<LogHead>,
    stopped: AtomicBool,
}

impl Writer {
    pub(crate) const fn new(inner: Arc<Inner>) -> Self {
        Self { inner, head: None, stopped: AtomicBool::new(false) }
    }

    /// Serves the queue until every sender is gone.
    pub(crate) async fn serve(mut self, mut queue: mpsc::Receiver<Box<dyn Piece>>, most: usize) {
        let mut waiting = Vec::with_capacity(most);
        while queue.recv_many(&mut waiting, most).await > 0 {
            self.write(std::mem::take(&mut waiting)).await;
        }
    }

    async fn write(&mut self, mut pieces: Vec<Box<dyn Piece>>) {
        match self.transaction(&mut pieces).await {
            Ok(durable) => pieces.into_iter().for_each(|piece| piece.answer(Ok(durable))),
            Err(error) if pieces.len() == 1 => {
                tracing::warn!(error = ?error, "A piece of work failed in the database");
                pieces.into_iter().for_each(|piece| piece.answer(Err(failed(&error))));
            }
            Err(error) => {
                tracing::debug!(error = ?error, pieces = pieces.len(), "A batch is replayed piece by piece");
                for piece in pieces {
                    let mut alone = vec![piece];
                    let verdict = self.transaction(&mut alone).await;
                    for piece in alone {
                        piece.answer(match &verdict {
                            Ok(durable) => Ok(*durable),
                            Err(error) => {
                                tracing::warn!(error = ?error, "A piece of work failed in the database");
                                Err(failed(error))
                            }
                        });
                    }
                }
            }
        }
    }

    async fn transaction(&mut self, pieces: &mut [Box<dyn Piece>]) -> Result<Durable, StoreError> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        let mut connection = self.inner.backend.writer().await?;
        connection.begin().await?;
        let now = (self.inner.clock)();
        let facts = match self.inner.backend.is_shared() {
            false => self.inner.facts.load_full(),
            true => self.inner.catch_up(&mut connection).await?,
        };
        let mut batch = Batch::new(self.inner.clone(), connection, facts, now);
        match self.run(&mut batch, pieces).await {
            Ok((durable, head)) => {
                self.commit(&mut batch).await?;
                self.publish(batch, head).await;
                Ok(durable)
            }
            Err(error) => {
                self.head = None;
                if let Err(second) = batch.connection.run("ROLLBACK").await {
                    tracing::error!(error = ?second, "A rollback failed");
                }
                Err(error)
            }
        }
    }

    async fn run(
        &self,
        batch: &mut Batch,
        pieces: &mut [Box<dyn Piece>],
    ) -> Result<(Durable, LogHead), StoreError> {
        for piece in pieces {
            piece.run(batch).await?;
        }
        batch.stage_heads();
        let shared = self.inner.backend.is_shared();
        // Other instances look at the version: a new data key raises it too, so that they fetch it.
        let raises = batch.policy_changed || (shared && !batch.new_keys.is_empty());
        if raises || batch.revoked {
            facts::raise(&mut batch.connection, raises, batch.revoked).await?;
        }
        let head = match self.head {
            Some(head) if !shared => head,
            _ => log_append::read_head(&mut batch.connection, shared).await?,
        };
        let keys = batch.new_keys.len();
        let next = log_append::append(batch, head).await?;
        // The first entry of a month has a key of its own.
        if shared && batch.new_keys.len() > keys {
            facts::raise(&mut batch.connection, true, false).await?;
        }
        batch.flush_rows().await?;
        Ok((Durable { first: head.size, at: next.last_at }, next))
    }

    async fn commit(&mut self, batch: &mut Batch) -> Result<(), StoreError> {
        // Facts are read inside the transaction, so that what is published is what was committed.
        let facts = match batch.policy_changed {
            true => Some(facts::load(&mut batch.connection).await?),
            false => None,
        };
        if let Err(error) = batch.connection.run("COMMIT").await {
            self.head = None;
            if is_harmless(&error) {
                let _failed = batch.connection.run("ROLLBACK").await;
            } else {
                // After a failed sync nobody knows what is on the disk (PostgreSQL wiki "Fsync Errors").
                tracing::error!(error = ?error, "A commit failed; nothing is acknowledged until a restart");
                self.stopped.store(true, Ordering::Release);
            }
            return Err(error.into());
        }
        if let Some(facts) = facts {
            self.inner.facts.store(Arc::new(facts));
        }
        Ok(())
    }

    async fn publish(&mut self, batch: Batch, head: LogHead) {
        self.head = Some(head);
        for (scope, key) in batch.new_keys {
            self.inner.keys.set(scope, key);
        }
        let heads: Vec<(RoomId, i64)> = batch.heads.into_iter().collect();
        self.inner.heads.advance(&heads);
        for effect in batch.after {
            effect(&self.inner);
        }
        self.inner.log_size.send_replace(head.size);
    }
}

/// A full disk or a busy database is refused before anything is synced; everything else leaves the disk in doubt.
fn is_harmless(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    matches!(code.as_deref(), Some("5" | "13" | "261" | "517" | "40001" | "40P01" | "23505"))
}

/// The answer for a caller when the database failed; the cause was logged once.
fn failed(error: &StoreError) -> StoreError {
    match error {
        StoreError::Stopped => StoreError::Stopped,
        StoreError::Database(sqlx::Error::Database(database)) => {
            StoreError::Database(sqlx::Error::Protocol(database.message().to_owned()))
        }
        _ => StoreError::Database(sqlx::Error::Protocol("the transaction was rolled back".into())),
    }
}
