//! すぐ: 行きます or 行けません by whoever is rung, the step to the next person when time passes, and the result of the
//! telephone call at the end.

use super::{Happened, InRoom, found::found};
use crate::usecase::{Services, UseCaseError, consortium::perform::perform};
use std::sync::Arc;
use tasuki_domain::{
    access::{Action, Detail, NewEntry, ObjectKind, Outcome, Target},
    id::{PersonId, RequestId},
    message_view::{RoomEvent, RoomEventKind},
    policy::{Act, Actor, AnswerUrgent, Caller, Facts, JobKind, RecordTelephone, Refusal, RefusalReason},
    text::Note,
    urgent::{FALLBACK_AFTER, UrgentAnswer, UrgentState},
};
use tasuki_store::{
    Batch, Committed, Done, Work, WorkError,
    table::{
        message::Located,
        urgent::{self, CallState},
    },
};
use uuid::Uuid;

/// Answers an urgent call.
///
/// # Errors
/// A refusal (only by whoever is rung); `urgent.not_one`; `urgent.settled` when somebody comes already;
/// `urgent.changed` when it moved on this very moment.
pub async fn answer_urgent(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    answer: UrgentAnswer,
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| AnswerUrgent {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    let granted = services.store.decide(caller, act.clone()).await?;
    let call = call_of(services, &located).await?;
    let now = call.state.at(call.called_at, services.now());
    if !now.rings() && now != UrgentState::Telephone {
        return Err(UseCaseError::conflict("urgent.settled"));
    }
    let person = caller.session().ok_or(UseCaseError::Missing)?.person;
    let Some(next) = next(&services.store.facts(), &call, (now, answer), person) else {
        let (target, reason) = (granted.target(), RefusalReason::Own);
        let refusal = Refusal { caller: caller.clone(), action: AnswerUrgent::ACTION, target, reason };
        return Err(services.store.refuse(Box::new(refusal)).await.into());
    };
    let detail = Detail::default().with("answer", answer.text()).with("state", next.text());
    let command = ((call, answer, next, Uuid::new_v4()), detail);
    let committed = perform(services, caller, act, command, |batch, grant, (call, answer, next, row)| {
        Box::pin(urgent::answer(batch, grant, (*row, call), (*answer, *next)))
    })
    .await?;
    Ok(services.told(committed.map(|()| Happened::to(&located, moved(&call, next)))))
}

async fn call_of(services: &Services, located: &Located) -> Result<CallState, UseCaseError> {
    let call = urgent::call(&mut services.store.reading().await?, located.message).await?;
    call.ok_or(UseCaseError::conflict("urgent.not_one"))
}

fn moved(call: &CallState, state: UrgentState) -> RoomEventKind {
    RoomEventKind::Urgent { message: call.message, state, rings: call.rings(state) }
}

/// The state after an answer; `None` when that person is not rung.
fn next(
    facts: &Facts,
    call: &CallState,
    (now, answer): (UrgentState, UrgentAnswer),
    person: PersonId,
) -> Option<UrgentState> {
    let is = |post| facts.post(post).is_some_and(|post| post.person == person);
    let (first, fallback) = (is(call.first), is(call.fallback));
    match now {
        UrgentState::RingingFirst if first => Some(now.after(answer)),
        UrgentState::RingingFallback if fallback => Some(now.after(answer)),
        // The first may still come; that they cannot changes nothing any more.
        UrgentState::RingingFallback if first && answer == UrgentAnswer::Coming => {
            Some(UrgentState::Answered)
        }
        UrgentState::RingingFallback if first => Some(now),
        UrgentState::Telephone if first || fallback => Some(now.after(answer)),
        _ => None,
    }
}

/// Writes down what came of the telephone call.
///
/// # Errors
/// A refusal; `urgent.not_one`; `urgent.not_telephone` before the telephone step and after the call is settled.
pub async fn record_telephone(
    services: &Services,
    caller: &Caller,
    wanted: InRoom,
    result: Note,
) -> Result<Committed<Happened>, UseCaseError> {
    let (located, act) = found(services, caller, wanted, |class, _| RecordTelephone {
        room: wanted.room,
        class,
        message: wanted.message,
    })
    .await?;
    services.store.decide(caller, act.clone()).await?;
    let call = call_of(services, &located).await?;
    if call.state.at(call.called_at, services.now()) != UrgentState::Telephone {
        return Err(UseCaseError::conflict("urgent.not_telephone"));
    }
    let command = ((call, result), Detail::default());
    let committed = perform(services, caller, act, command, |batch, grant, (call, result)| {
        Box::pin(urgent::telephoned(batch, grant, call, result))
    })
    .await?;
    Ok(services.told(committed.map(|()| Happened::to(&located, moved(&call, UrgentState::Telephoned)))))
}

/// Moves on every call that nobody has answered in time: to be run every second or so.
///
/// # Errors
/// When the store fails.
pub async fn advance_urgent(services: &Services) -> Result<Vec<Committed<Happened>>, UseCaseError> {
    let now = services.now();
    let calls = urgent::ringing(&mut services.store.reading().await?, now.plus(-FALLBACK_AFTER)).await?;
    let mut moved_on = Vec::new();
    for call in calls {
        let state = call.state.at(call.called_at, now);
        if state == call.state {
            continue;
        }
        match services.store.write(MovingOn { call, state, entry: entry(services, &call, state) }).await {
            Ok(committed) => moved_on.push(services.told(committed.map(|()| told(&call, state)))),
            // Somebody answered at this very moment.
            Err(WorkError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(moved_on)
}

fn told(call: &CallState, state: UrgentState) -> Happened {
    // The position is not needed: whoever shows the message finds it by its id.
    let event = RoomEvent { room: call.room, class: Some(call.class), sequence: 0, kind: moved(call, state) };
    Happened { events: vec![Arc::new(event)], message: None }
}

fn entry(services: &Services, call: &CallState, state: UrgentState) -> NewEntry {
    let caller = Caller {
        actor: Actor::Job(JobKind::Urgent),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    };
    let room = services.store.facts().room(call.room).cloned();
    let target = Target::object(ObjectKind::Message, call.message.as_uuid())
        .room(Some(call.room))
        .patient(room.as_ref().and_then(|room| room.patient))
        .organization(room.map(|room| room.organization));
    NewEntry {
        action: Action::RingDevice,
        outcome: Outcome::Done,
        actor: caller.columns(),
        target,
        request: caller.request,
        detail: caller.detail().with("state", state.text()),
    }
}

struct MovingOn {
    call: CallState,
    state: UrgentState,
    entry: NewEntry,
}

impl Work for MovingOn {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        if !urgent::move_on(batch, &self.call, self.state).await? {
            return Err(WorkError::Conflict("urgent.changed"));
        }
        Ok(Done::new((), batch.append(self.entry.clone())))
    }
}
