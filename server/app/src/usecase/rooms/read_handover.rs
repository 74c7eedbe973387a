//! 申し送り: per patient, what was marked since the end of my previous shift, and everything that nobody took over.

use super::read_home::listed;
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{MessageId, PatientId, RoomId},
    message_view::MessageView,
    policy::{Caller, ReadHandover},
    time::{DAY, Timestamp},
};
use tasuki_store::table::{
    home::Reader,
    patient::{self, PatientHeader},
};

/// The handovers of one room.
#[derive(Clone, Debug)]
pub struct RoomHandover {
    /// The room.
    pub room: RoomId,
    /// Its patient.
    pub patient: Option<PatientHeader>,
    /// The messages, oldest first.
    pub messages: Vec<MessageView>,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The end of my previous shift; a day back without one.
    pub since: Timestamp,
    /// Room by room, those with something untaken first.
    pub rooms: Vec<RoomHandover>,
}

/// Reads my handover list.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn read_handover(services: &Services, caller: &Caller) -> Result<Handover, UseCaseError> {
    let grant = services.store.decide(caller, ReadHandover {}).await?;
    let store = &services.store;
    let session = caller.session().ok_or(UseCaseError::Missing)?;
    let previous = store.previous_shift_end(session.person, session.signed_in_at).await?;
    let since = previous.unwrap_or(session.signed_in_at.plus(-DAY));
    let reader = Reader::of(store, caller).ok_or(UseCaseError::Missing)?;
    let found = store.handovers(&reader, since).await?;
    let ids: Vec<MessageId> = found.iter().map(|(message, _)| *message).collect();
    let look = store.reveal(grant, Detail::default().with("messages", listed(&ids))).await?;
    let mut opened = store.messages_named(&look, &ids).await?;
    let mut rooms: Vec<RoomHandover> = Vec::new();
    for (message, room) in found {
        let Some(view) = opened.remove(&message) else { continue };
        match rooms.iter_mut().find(|known| known.room == room) {
            Some(known) => known.messages.push(view),
            None => rooms.push(RoomHandover { room, patient: None, messages: vec![view] }),
        }
    }
    let facts = store.facts();
    let patient_of = |room| facts.room(room).and_then(|fact| fact.patient);
    let patients: Vec<PatientId> = rooms.iter().filter_map(|room| patient_of(room.room)).collect();
    let headers = patient::headers(store, &look, &patients).await?;
    for room in &mut rooms {
        let patient = patient_of(room.room);
        room.patient = headers.iter().find(|header| Some(header.patient) == patient).cloned();
    }
    rooms.sort_by_key(|room| (room.messages.iter().all(|message| message.taken.is_some()), room.room));
    Ok(Handover { since, rooms })
}
