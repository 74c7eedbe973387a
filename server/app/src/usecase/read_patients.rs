//! My patients in round order, and a patient's card.

use super::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    care_team::PatientState,
    id::{OrganizationId, PatientId},
    info_class::InfoClassId,
    patient::{age, room_order},
    policy::{Caller, Facts, PostFact, ReadPatient, ReadPatientRegister, ReadPatients},
    time::{DAY, Timestamp},
};
use tasuki_store::table::patient;

pub use tasuki_store::table::patient::{CardFacts, PatientHeader, RegisterRow};

/// A consent that ends within this time is shown as ending.
const ENDS_SOON: i64 = 30 * DAY;

/// Whether a consent holds, as far as the reader's own membership rests on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConsentState {
    /// Until when; an open end is [`Timestamp::OPEN_END`].
    pub until: Timestamp,
    /// Less than thirty days are left.
    pub ends_soon: bool,
}

/// A patient in the list.
#[derive(Clone, Debug)]
pub struct PatientLine {
    /// What is known.
    pub header: PatientHeader,
    /// Completed years.
    pub age: u16,
    /// The consent; `None` only when it ended while the list was being read.
    pub consent: Option<ConsentState>,
}

/// A patient's card.
#[derive(Clone, Debug)]
pub struct Card {
    /// What the list shows.
    pub line: PatientLine,
    /// Numbers and responsible organizations.
    pub facts: CardFacts,
    /// How many posts may see the patient now.
    pub team: usize,
}

/// The caller's patients in care, in the order in which one walks: place by place, then by room number. The entry in
/// the log names them.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn read_patients(services: &Services, caller: &Caller) -> Result<Vec<PatientLine>, UseCaseError> {
    let grant = services.store.decide(caller, ReadPatients {}).await?;
    let (facts, now) = (services.store.facts(), services.now());
    let Some(post) = own_post(&facts, caller) else { return Ok(Vec::new()) };
    let mine: Vec<PatientId> = facts
        .patients()
        .filter(|fact| fact.state == PatientState::InCare && facts.cares_for(post, fact.patient, now))
        .map(|fact| fact.patient)
        .collect();
    let names = mine.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let detail = Detail::default().with("patients", mine.len()).with("shown", names);
    let look = services.store.reveal(grant, detail).await?;
    let mut lines: Vec<PatientLine> = patient::headers(&services.store, &look, &mine)
        .await?
        .into_iter()
        .map(|header| line(&facts, post, header, now))
        .collect();
    lines.sort_by_cached_key(|line| {
        let identity = &line.header.facts.identity;
        let path = facts.round_path(line.header.place);
        // Whoever has no place comes last.
        (path.is_empty(), path, room_order(identity.room_number.as_str()), line.header.patient)
    });
    Ok(lines)
}

/// A patient's card.
///
/// # Errors
/// [`UseCaseError::Refused`], [`UseCaseError::Missing`].
pub async fn read_patient(
    services: &Services,
    caller: &Caller,
    patient: PatientId,
) -> Result<Card, UseCaseError> {
    let grant = services.store.decide(caller, ReadPatient { patient }).await?;
    let look = services.store.reveal_within_window(grant, Detail::default()).await?;
    let card = patient::card(&services.store, &look).await?.ok_or(UseCaseError::Missing)?;
    let (facts, now) = (services.store.facts(), services.now());
    let post = own_post(&facts, caller).ok_or(UseCaseError::Missing)?;
    let team = facts.audience(card.header.room, InfoClassId::SAFETY, now).len();
    Ok(Card { line: line(&facts, post, card.header.clone(), now), facts: card, team })
}

/// The register of the patients for whom an organization is responsible: identity, never content.
///
/// # Errors
/// [`UseCaseError::Refused`].
pub async fn read_patient_register(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Vec<RegisterRow>, UseCaseError> {
    let grant = services.store.decide(caller, ReadPatientRegister { organization }).await?;
    let count = services.store.facts().patients().filter(|fact| fact.organization == organization).count();
    let look = services.store.reveal(grant, Detail::default().with("patients", count)).await?;
    Ok(patient::register_of(&services.store, &look).await?)
}

fn own_post<'a>(facts: &'a Facts, caller: &Caller) -> Option<&'a PostFact> {
    caller.session().and_then(|session| facts.post(session.post))
}

fn line(facts: &Facts, post: &PostFact, header: PatientHeader, now: Timestamp) -> PatientLine {
    let until = facts
        .team(header.patient)
        .iter()
        .filter(|member| {
            member.confirmed && member.period.contains(now) && facts.lets_in(&member.subject, post)
        })
        .filter_map(|member| {
            let mut consents = facts.consents(header.patient).iter();
            consents.find(|consent| consent.consent == member.consent && consent.is_live(now))
        })
        .map(|consent| consent.period.until)
        .max();
    PatientLine {
        age: age(header.facts.identity.birth_date, now.tokyo_date()),
        consent: until.map(|until| ConsentState { until, ends_soon: until.since(now) < ENDS_SOON }),
        header,
    }
}
