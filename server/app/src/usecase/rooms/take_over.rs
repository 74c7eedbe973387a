//! 引き受けた: a handover is taken over by name; the first one has it.

use super::{
    Happened, InRoom,
    found::{found, named},
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    message::Intent,
    message_view::{Byline, RoomEventKind},
    policy::{Caller, Grant, TakeOver},
};
use tasuki_store::{
    Batch, Committed, Done, Work, WorkError,
    table::{
        acknowledgement::{self, TakenOver},
        message::Located,
    },
};

/// What came of taking over.
#[derive(Debug)]
pub enum TakeOverOutcome {
    /// The caller has it.
    Taken(Committed<Happened>),
    /// Somebody else was first: `handover.taken`, with the name.
    AlreadyTaken(Byline),
}

/// Takes a handover over. The try is in the log either way.
///
/// # Errors
/// A refusal; `handover.not_one`; `message.withdrawn`.
pub async fn take_over(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
) -> Result<TakeOverOutcome, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| TakeOver {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let grant = services.store.decide(caller, act).await?;
    if located.intent != Intent::Handover {
        return Err(UseCaseError::conflict("handover.not_one"));
    }
    if located.is_withdrawn() {
        return Err(UseCaseError::conflict("message.withdrawn"));
    }
    let committed = services.store.write(Taking { grant, located }).await?;
    match committed.value().clone() {
        TakenOver::Other(by) => Ok(TakeOverOutcome::AlreadyTaken(named(services, &committed, by).await?)),
        TakenOver::Own(by) => {
            let by = named(services, &committed, by).await?;
            let kind = RoomEventKind::Taken { message: wanted.message, by };
            Ok(TakeOverOutcome::Taken(services.told(committed.map(|_| Happened::to(&located, kind)))))
        }
    }
}

struct Taking {
    grant: Grant<TakeOver>,
    located: Located,
}

impl Work for Taking {
    type Output = TakenOver;

    async fn run(&self, batch: &mut Batch) -> Result<Done<TakenOver>, WorkError> {
        // Somebody whose right has ended meanwhile takes nothing, whoever was first.
        self.grant.renew(&*batch.facts().await?, batch.now())?;
        let (taken, proof) = acknowledgement::take_over(batch, &self.grant, &self.located).await?;
        Ok(Done::new(taken, proof))
    }
}
