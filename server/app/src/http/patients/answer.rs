//! From what a use case found to what the door says of a patient.

use crate::{
    usecase::read_patients::{Card, PatientLine, RegisterRow},
    wire::patient::{
        AssignedNumber, ConsentStanding, PatientCard, PatientSummary, RegisteredPatient, Responsible,
        SafetyFacts,
    },
};
use tasuki_domain::time::{Timestamp, japanese_era};

/// A line of the list.
pub(super) fn summary(line: &PatientLine) -> PatientSummary {
    let header = &line.header;
    let (identity, safety) = (&header.facts.identity, &header.facts.safety);
    let consent = match line.consent {
        None => ConsentStanding::Ended,
        Some(state) if state.ends_soon => ConsentStanding::EndsSoon,
        Some(_) => ConsentStanding::Valid,
    };
    PatientSummary {
        patient: header.patient,
        version: header.version,
        room: header.room,
        organization: header.organization,
        place: header.place,
        state: header.state,
        name: identity.name.as_str().to_owned(),
        reading: identity.reading.as_str().to_owned(),
        sex: identity.sex,
        birth_date: identity.birth_date.to_string(),
        birth_era: japanese_era(identity.birth_date),
        age: line.age,
        room_number: identity.room_number.as_str().to_owned(),
        area: identity.area.as_str().to_owned(),
        colour: header.colour,
        safety: SafetyFacts {
            allergies: safety.allergies.as_str().to_owned(),
            infections: safety.infections.as_str().to_owned(),
            fall_risk: safety.fall_risk,
            dnar: safety.dnar,
            care_level: safety.care_level,
            notes: safety.notes.as_str().to_owned(),
        },
        consent,
        consent_until: line.consent.and_then(|state| ended(state.until)),
    }
}

/// The card.
pub(super) fn card(card: &Card) -> PatientCard {
    let numbers = card.facts.numbers.iter().map(|(organization, number)| AssignedNumber {
        organization: *organization,
        number: number.as_str().to_owned(),
    });
    let responsible = card.facts.responsible.iter().map(|(organization, from, until)| Responsible {
        organization: *organization,
        from: *from,
        until: ended(*until),
    });
    PatientCard {
        summary: summary(&card.line),
        numbers: numbers.collect(),
        responsible: responsible.collect(),
        linked: card.line.header.linked,
        team_size: card.team,
    }
}

/// A line of the register.
pub(super) fn registered(row: &RegisterRow) -> RegisteredPatient {
    RegisteredPatient {
        patient: row.patient,
        version: row.version,
        name: row.identity.name.as_str().to_owned(),
        reading: row.identity.reading.as_str().to_owned(),
        sex: row.identity.sex,
        birth_date: row.identity.birth_date.to_string(),
        birth_era: japanese_era(row.identity.birth_date),
        room_number: row.identity.room_number.as_str().to_owned(),
        area: row.identity.area.as_str().to_owned(),
        place: row.place,
        state: row.state,
        number: row.number.as_ref().map(|number| number.as_str().to_owned()),
        linked: row.linked,
    }
}

fn ended(until: Timestamp) -> Option<Timestamp> {
    (until != Timestamp::OPEN_END).then_some(until)
}
