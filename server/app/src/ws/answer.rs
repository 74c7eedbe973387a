//! ws: requests that may wait for the log, each answered on its own when it is durable.

use super::conversation::error;
use crate::{
    http::{Problem, RequestFacts},
    usecase::{
        Services, UseCaseError,
        live::queue,
        rooms::{
            InRoom, acknowledge, answer_urgent, post_message,
            take_over::{self, TakeOverOutcome},
        },
    },
    wire::{
        frame::{self, ClientFrame, FrameId, ServerFrame},
        queue::{item_bytes, read_queued},
    },
};
use bytes::Bytes;
use futures::future::BoxFuture;
use tasuki_domain::{
    id::DeviceId,
    policy::Caller,
    problem::{FieldProblem, FieldRule},
    queued::Settled,
};
use uuid::Uuid;

/// Does what a frame asks for.
pub fn command(
    services: Services,
    caller: Caller,
    device: (Caller, DeviceId),
    command: ClientFrame,
) -> BoxFuture<'static, Vec<Bytes>> {
    let id = command.id();
    Box::pin(async move {
        match answer(&services, &caller, (&device.0, device.1), command).await {
            Ok(frame) => vec![frame.bytes()],
            Err(problem) => vec![error(id, &Problem::from(problem))],
        }
    })
}

async fn answer(
    services: &Services,
    caller: &Caller,
    (device_caller, device): (&Caller, DeviceId),
    command: ClientFrame,
) -> Result<ServerFrame, UseCaseError> {
    match command {
        ClientFrame::PostMessage(post) => {
            let new = post.post.into_post(post.room)?;
            let first = post_message::post_message(services, caller, new).await?.first();
            Ok(frame::Ack { id: post.id, message: first.message, at: first.received_at }.into())
        }
        ClientFrame::Acknowledge(frame) => {
            let wanted = InRoom { room: frame.room, message: frame.message };
            acknowledge::acknowledge(services, caller, wanted).await?;
            Ok(frame::Done { id: frame.id }.into())
        }
        ClientFrame::TakeOver(frame) => {
            let wanted = InRoom { room: frame.room, message: frame.message };
            match take_over::take_over(services, caller, wanted).await? {
                TakeOverOutcome::Taken(_) => Ok(frame::Done { id: frame.id }.into()),
                // Who has it stands in the room: `changed` has told it, or the page shows it.
                TakeOverOutcome::AlreadyTaken(_) => Err(UseCaseError::conflict("handover.taken")),
            }
        }
        ClientFrame::AnswerUrgent(frame) => {
            let wanted = InRoom { room: frame.room, message: frame.message };
            answer_urgent::answer_urgent(services, caller, wanted, frame.answer).await?;
            Ok(frame::Done { id: frame.id }.into())
        }
        ClientFrame::DeliverQueued(frame) => {
            let item = item_bytes(&frame.item).ok_or(FieldProblem::new("item", FieldRule::Form))?;
            let at = (device_caller, device);
            let result = queue::deliver(services, at, &item, read_queued).await?;
            Ok(delivered(Some(frame.id), result.item, result.outcome))
        }
        // The conversation answers these itself.
        ClientFrame::Hello(_)
        | ClientFrame::OpenRoom(_)
        | ClientFrame::CloseRoom(_)
        | ClientFrame::MarkRead(_)
        | ClientFrame::Typing(_)
        | ClientFrame::Activity(_)
        | ClientFrame::Ping(_) => Err(UseCaseError::Missing),
    }
}

/// The log as it stands: a client keeps the newest head per device and refuses a log that shrank.
pub async fn log_head(services: &Services) -> Result<frame::LogHead, UseCaseError> {
    let checkpoint = services.store.log_head_note().await.map_err(UseCaseError::failed)?;
    let size = *services.store.log_size().borrow();
    Ok(frame::LogHead { origin: services.store.origin().to_owned(), size, checkpoint })
}

/// Records that a device without a person is rung, before it rings.
pub async fn record_ring(services: &Services, facts: &RequestFacts) -> Result<(), UseCaseError> {
    crate::usecase::live::ring_device::ring_device(services, &facts.device_caller(), facts.device.device)
        .await
}

/// What became of a queued item.
pub fn delivered(id: Option<FrameId>, item: Uuid, settled: Settled) -> ServerFrame {
    let outcome = match settled {
        Settled::Posted(message) => frame::QueueOutcome::Posted { message },
        Settled::Refused(reason) => frame::QueueOutcome::Refused { reason },
    };
    frame::Delivered { id, item, outcome }.into()
}
