//! http: what concerns me over all rooms: home and handover.

use super::{Problem, ProblemDocument, SignedIn};
use crate::{
    usecase::{
        Services,
        rooms::{
            read_handover::{self, read_handover},
            read_home::{self, read_home},
        },
    },
    wire::{
        frame::MessageBody,
        room::{Handover, Home, HomeItem, HomeRoom, PatientLine, RoomHandover},
    },
};
use axum::{Json, extract::State};
use tasuki_domain::{
    message_view::{MessageView, Words},
    text::Body as BodyText,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of my lists; each demands a person who is signed in.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(home)).routes(routes!(handover))
}

/// Characters of a message's words in a list.
const EXCERPT: usize = 80;

/// すぐ, 今日返事, 読むだけ, for me. One recorded look names everything shown.
#[utoipa::path(get, path = "/api/v1/home", tag = "home", responses(
    (status = 200, body = Home),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn home(SignedIn(caller): SignedIn, State(services): State<Services>) -> Result<Json<Home>, Problem> {
    let found = read_home(&services, &caller).await?;
    let items = |messages: Vec<MessageView>| messages.into_iter().map(item).collect();
    Ok(Json(Home {
        urgent: items(found.urgent),
        today: items(found.today),
        to_read: items(found.to_read),
        rooms: found.rooms.into_iter().map(room).collect(),
        patients: found.patients.iter().map(patient).collect(),
    }))
}

fn room(found: read_home::HomeRoom) -> HomeRoom {
    HomeRoom {
        room: found.room,
        patient: found.patient,
        unread: found.unread,
        owed: found.owed,
        urgent: found.urgent,
    }
}

/// A message cut to the beginning of its words.
fn item(mut message: MessageView) -> HomeItem {
    let cut = match &mut message.words {
        Words::Original(body) | Words::Corrected { body, .. } => shorten(body),
        Words::Withdrawn { .. } => false,
    };
    HomeItem { message: MessageBody::of(&message, true), cut }
}

fn shorten(body: &mut BodyText) -> bool {
    match body.as_str().char_indices().nth(EXCERPT) {
        None => false,
        Some((end, _)) => {
            let beginning = body.as_str().get(..end).unwrap_or_default().to_owned();
            *body = BodyText::from_stored(beginning);
            true
        }
    }
}

pub(super) fn patient(found: &crate::usecase::rooms::PatientHeader) -> PatientLine {
    let identity = &found.facts.identity;
    PatientLine {
        patient: found.patient,
        room: found.room,
        name: identity.name.as_str().to_owned(),
        reading: identity.reading.as_str().to_owned(),
        birth_date: identity.birth_date.to_string(),
        room_number: identity.room_number.as_str().to_owned(),
        area: identity.area.as_str().to_owned(),
        colour: found.colour,
    }
}

/// 申し送り since the end of my previous shift, and everything that nobody took over.
#[utoipa::path(get, path = "/api/v1/handover", tag = "home", responses(
    (status = 200, body = Handover),
    (status = "default", description = "`session.*`", body = ProblemDocument),
))]
async fn handover(
    SignedIn(caller): SignedIn,
    State(services): State<Services>,
) -> Result<Json<Handover>, Problem> {
    let found = read_handover(&services, &caller).await?;
    Ok(Json(Handover { since: found.since, rooms: found.rooms.iter().map(of_room).collect() }))
}

fn of_room(found: &read_handover::RoomHandover) -> RoomHandover {
    RoomHandover {
        room: found.room,
        patient: found.patient.as_ref().map(patient),
        messages: found.messages.iter().map(|message| MessageBody::of(message, true)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_between_characters() {
        let mut short = BodyText::from_stored("あ".repeat(80));
        assert!(!shorten(&mut short));
        let mut long = BodyText::from_stored("髙".repeat(81));
        assert!(shorten(&mut long));
        assert_eq!(long.as_str().chars().count(), 80);
    }
}
