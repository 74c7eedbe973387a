//! お願い and 質問 on their way: the owner accepts, declines or finishes; the author asks again.

use super::{
    Happened, InRoom,
    found::{found, named},
};
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use tasuki_domain::{
    access::Detail,
    id::PersonId,
    message::{Intent, WorkState},
    message_view::RoomEventKind,
    policy::{Act, Caller, ChangeRequest, Refusal, RefusalReason},
    text::Note,
};
use tasuki_store::{
    Committed, WorkError,
    table::{
        byline_of,
        message::Located,
        request::{self, Step},
    },
};
use uuid::Uuid;

/// Moves a request on, with words about it.
///
/// # Errors
/// A refusal (only the owner and the author); `request.not_one`; `request.changed` when that step makes no sense any
/// more.
pub async fn change_request(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    (state, note): (WorkState, Note),
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| ChangeRequest {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let session = caller.session().ok_or(UseCaseError::Missing)?.clone();
    // Whether the caller may see it is decided before what it is is told.
    let granted = services.store.decide(caller, act.clone()).await?;
    if !may(&located, state, session.person)? {
        let reason = RefusalReason::Own;
        let target = granted.target();
        let refusal = Refusal { caller: caller.clone(), action: ChangeRequest::ACTION, target, reason };
        return Err(services.store.refuse(Box::new(refusal)).await.into());
    }
    let detail = Detail::default().with("state", state.text());
    let command = ((located, state, note, Uuid::new_v4()), detail);
    let committed = perform(services, caller, act, command, |batch, grant, (located, state, note, row)| {
        Box::pin(async move {
            if !located.state.may_become(*state) || located.is_withdrawn() {
                return Err(WorkError::Conflict("request.changed"));
            }
            let step = Step { row: *row, before: located, state: *state, answer: None, note };
            request::step(batch, grant, step).await
        })
    })
    .await?;
    let facts = services.store.facts();
    let by = byline_of(&facts, session.person, session.post, committed.at());
    let by = named(services, &committed, by).await?;
    let kind = RoomEventKind::State { message: wanted.message, state, by };
    Ok(services.told(committed.map(|()| Happened::to(&located, kind))))
}

/// Who may make which step.
fn may(message: &Located, state: WorkState, person: PersonId) -> Result<bool, UseCaseError> {
    let (author, owner) = (message.signature.author == person, message.owner == Some(person));
    match message.intent {
        Intent::Request => Ok(match state {
            WorkState::Accepted | WorkState::Done | WorkState::Declined => owner,
            WorkState::Open => author,
            WorkState::None => false,
        }),
        // An answer closes a question; its author may say that it is still open.
        Intent::Question => Ok(author && state == WorkState::Open),
        Intent::Notice | Intent::Handover => Err(UseCaseError::conflict("request.not_one")),
    }
}
