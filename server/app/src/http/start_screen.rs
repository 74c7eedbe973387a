//! http: the start screen of a device.

use super::{OnDevice, Present, Problem, ProblemDocument, parameters::Asked, session::shown};
use crate::{
    usecase::{Services, sign_in},
    wire::{
        matrix::Word,
        session::{StartPerson, StartPost, StartQuestion, StartScreen},
    },
};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the start screen.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(read))
}

/// This device, when it locks and when its certificate ends, who is signed in on it, and who may sign in. A registered device suffices; the look is recorded.
#[utoipa::path(get, path = "/api/v1/device", tag = "sign-in", params(StartQuestion), responses(
    (status = 200, body = StartScreen),
    (status = "default", description = "`device.refused`, `query.form`, `rate`", body = ProblemDocument),
))]
async fn read(
    OnDevice(caller, facts): OnDevice,
    here: Result<Present, Problem>,
    State(services): State<Services>,
    Asked(question): Asked<StartQuestion>,
) -> Result<Json<StartScreen>, Problem> {
    let screen = sign_in::read_start_screen(&services, &caller, question.all).await?;
    let session = match here {
        Ok(Present(caller)) => Some(shown(sign_in::describe_session(&services, &caller)?)),
        Err(problem) if problem.document().code == "session.ended" => None,
        Err(problem) => return Err(problem),
    };
    let words = screen.job_types.into_iter();
    let words = words.map(|row| Word { id: row.id.0, japanese: row.japanese, english: row.english });
    Ok(Json(StartScreen {
        device: screen.device.device,
        kind: screen.device.kind.text(),
        organization: screen.device.organization,
        organization_name: screen.organization_name,
        place: screen.place,
        idle: screen.idle,
        longest_hours: screen.longest_hours,
        return_by_passkey: screen.return_by_passkey,
        certificate_until: facts.certificate_until,
        people: screen.people.into_iter().map(person).collect(),
        job_types: words.collect(),
        session,
    }))
}

fn person(shown: sign_in::StartPerson) -> StartPerson {
    let post = |post: sign_in::StartPost| StartPost {
        post: post.post,
        job_type: post.job_type.0,
        place: post.place,
    };
    StartPerson {
        person: shown.person,
        version: shown.name.version,
        name: shown.name.name,
        reading: shown.name.reading,
        romaji: shown.name.romaji,
        posts: shown.posts.into_iter().map(post).collect(),
        returns: shown.returns,
    }
}
