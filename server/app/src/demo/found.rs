//! Founding the demonstration: employers, places, devices, people, patients, care teams, in the order in which a
//! person would do it, each through its use case.

use super::{
    stage::{DemoProblem, Entrance, OFFICE, Stage},
    story,
};
use crate::usecase::{
    change_care_team::{confirm_membership, propose_membership},
    change_consent::record_consent,
    consortium::{
        FirstPost, FoundingCommand, create_organization, create_person, create_place, found_consortium,
        grant_role,
    },
    device_authority,
    enrol_device::{Enrolled, Visitor, Wanted, enrol_device},
    enrolment_window::{close_enrolment, open_enrolment},
    register_device::register_device,
    register_patient::{Registration, register_patient},
};
use jiff::civil::Date;
use secrecy::ExposeSecret;
use std::{net::IpAddr, path::Path};
use tasuki_domain::{
    care_team::{ConsentGiver, Subject},
    device::DeviceKind,
    id::{OrganizationId, PatientId, RequestId},
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    organization::{NewOrganization, NewPlace, OrganizationKind, PlaceKind},
    patient::{CareLevel, Dnar, FallRisk, Identity, PatientFacts, Safety, Sex},
    person::NewPerson,
    role::{Role, Scope},
    text::{Area, DeviceLabel, Fact, Login, Name, Note, Reading, RoomNumber, Telephone, Title},
    time::{DAY, Interval, MINUTE},
};
use tasuki_store::table::{consent::NewConsent, device::NewDevice, membership::Proposal};
use uuid::Uuid;

/// Password of every demonstration p12 file; it protects nothing.
pub(super) const PACKAGE_PASSWORD: &str = "tasuki-demo-2026";

impl Stage {
    /// Makes the consortium, with the devices' certificates written into `certificates`.
    pub(super) async fn found(&mut self, certificates: &Path) -> Result<(), DemoProblem> {
        let operator = self.operator();
        device_authority::found_authority(&self.services, &operator).await?;
        let story = self.story.clone();
        let office = story.organization.iter().find(|organization| organization.key == "office");
        let office = office.ok_or_else(|| DemoProblem::Unknown("office".into()))?;
        let first = story.person.iter().find(|person| person.key == OFFICE);
        let first = first.ok_or_else(|| DemoProblem::Unknown(OFFICE.into()))?;
        let post = FirstPost { place: None, job_type: JobTypeId(first.job_type), from: None, until: None };
        let command = FoundingCommand { organization: organization(office)?, person: person(first)?, post };
        let founded = found_consortium(&self.services, &operator, command).await?;
        self.organizations.insert(office.key.clone(), founded.organization);
        for other in story.organization.iter().filter(|other| other.key != office.key) {
            let id = create_organization(&self.services, &operator, organization(other)?).await?;
            self.organizations.insert(other.key.clone(), id);
        }
        self.places(&story).await?;
        self.devices(&story, certificates).await?;
        let office_device = self.devices.get(&first.device).copied().unwrap_or_else(unknown_device);
        let entrance = Entrance {
            person: founded.person,
            post: founded.post,
            device: office_device,
            organization: founded.organization,
            login: first.login.clone(),
            password: password(&first.key),
        };
        self.enter(OFFICE, entrance).await?;
        for person in story.person.iter().filter(|person| person.key != OFFICE) {
            self.person(person).await?;
        }
        for patient in &story.patient {
            self.patient(patient).await?;
        }
        Ok(())
    }

    async fn places(&mut self, story: &story::Story) -> Result<(), DemoProblem> {
        let operator = self.operator();
        for organization in &story.organization {
            let owner = self.organization(&organization.key)?;
            for place in &organization.places {
                let new = NewPlace {
                    parent: None,
                    kind: PlaceKind::from_text(&place.kind)
                        .ok_or_else(|| DemoProblem::Unknown(place.kind.clone()))?,
                    name: Title::parse("name", &place.name)?,
                    position: None,
                };
                let id = create_place(&self.services, &operator, owner, new).await?;
                self.places.insert(place.key.clone(), id);
            }
        }
        Ok(())
    }

    async fn devices(&mut self, story: &story::Story, certificates: &Path) -> Result<(), DemoProblem> {
        let operator = self.operator();
        open_enrolment(&self.services, &operator, 60).await?;
        // As by hand, one after the other: so many the enrolment door bears in a minute from one address.
        let rate = self.services.config.limits.rate.enrolment_per_minute.get();
        let pace = MINUTE / i64::try_from(rate).unwrap_or(MINUTE).max(1);
        for device in &story.device {
            self.move_to(self.services.now().plus(pace));
            let place = device.place.as_deref().map(|place| self.place(place)).transpose()?;
            let new = NewDevice {
                label: DeviceLabel::parse("label", &device.label)?,
                kind: DeviceKind::from_text(&device.kind)
                    .ok_or_else(|| DemoProblem::Unknown(device.kind.clone()))?,
                place,
            };
            let owner = self.organization(&device.organization)?;
            let issued = register_device(&self.services, &operator, owner, new, 60).await?;
            let visitor = Visitor {
                request: RequestId::from_uuid(Uuid::new_v4()),
                source: IpAddr::from([127, 0, 0, 1]),
            };
            let wanted = Wanted::Package(PACKAGE_PASSWORD.to_owned().into());
            let enrolled = enrol_device(&self.services, visitor, &issued.code, wanted)
                .await
                .map_err(DemoProblem::other)?;
            let Enrolled::Package { file, .. } = enrolled else {
                return Err(DemoProblem::Unknown(device.key.clone()));
            };
            super::package::write(certificates, &device.key, file.expose_secret(), PACKAGE_PASSWORD)?;
            self.devices.insert(device.key.clone(), issued.device);
        }
        close_enrolment(&self.services, &operator).await?;
        Ok(())
    }

    async fn person(&mut self, story: &story::Person) -> Result<(), DemoProblem> {
        let operator = self.operator();
        let owner = self.organization(&story.organization)?;
        let place = story.place.as_deref().map(|place| self.place(place)).transpose()?;
        let first = FirstPost { place, job_type: JobTypeId(story.job_type), from: None, until: None };
        let created = create_person(&self.services, &operator, owner, person(story)?, first).await?;
        for role in &story.roles {
            let scope = match &role.organization {
                None => Scope::Consortium,
                Some(organization) => Scope::Organization(self.organization(organization)?),
            };
            let role = Role::from_text(&role.role).ok_or_else(|| DemoProblem::Unknown(role.role.clone()))?;
            grant_role(&self.services, &operator, created.person, (role, scope)).await?;
        }
        if story.newcomer {
            self.newcomers.insert(story.key.clone(), created.person);
            return Ok(());
        }
        let device = self.devices.get(&story.device).copied();
        let entrance = Entrance {
            person: created.person,
            post: created.post,
            device: device.ok_or_else(|| DemoProblem::Unknown(story.device.clone()))?,
            organization: owner,
            login: story.login.clone(),
            password: password(&story.key),
        };
        self.enter(&story.key, entrance).await
    }

    /// A patient is registered by the responsible organization; the care team is confirmed by the office.
    async fn patient(&mut self, story: &story::Patient) -> Result<(), DemoProblem> {
        let owner = self.organization(&story.organization)?;
        let manager = self.manager_of(&story.organization)?;
        let caller = self.administrator(&manager).await?;
        let registration = Registration {
            organization: owner,
            place: Some(self.place(&story.place)?),
            facts: facts(story)?,
            number: None,
        };
        let (patient, room) = register_patient(&self.services, &caller, registration).await?;
        self.rooms.insert(story.key.clone(), (patient, room));
        let now = self.services.now();
        let consent = NewConsent {
            giver: ConsentGiver::Patient,
            classes: (1..=8).map(InfoClassId).collect::<ClassSet>(),
            period: Interval { from: now, until: now.plus(700 * DAY) },
            note: Note::parse("note", "重要事項説明書とともに書面で同意")?,
        };
        let consent = record_consent(&self.services, &caller, patient, consent).await?;
        for subject in self.subjects(story, owner)? {
            let proposal = Proposal { subject, consent, period: Interval::open(now) };
            self.membership(&manager, patient, proposal).await?;
        }
        Ok(())
    }

    async fn membership(
        &mut self,
        manager: &str,
        patient: PatientId,
        proposal: Proposal,
    ) -> Result<(), DemoProblem> {
        let caller = self.administrator(manager).await?;
        let membership = propose_membership(&self.services, &caller, patient, proposal).await?;
        let second = self.administrator(OFFICE).await?;
        confirm_membership(&self.services, &second, patient, membership).await?;
        Ok(())
    }

    fn subjects(&self, story: &story::Patient, owner: OrganizationId) -> Result<Vec<Subject>, DemoProblem> {
        let mut subjects = Vec::new();
        for member in &story.team {
            subjects.push(Subject::Post(self.player(member)?.post));
        }
        if let Some(floor) = &story.floor {
            let place = Some(self.place(floor)?);
            subjects.push(Subject::Staff {
                organization: owner,
                place,
                job_types: vec![JobTypeId::CARE_WORKER],
            });
            subjects.push(Subject::Staff {
                organization: owner,
                place: None,
                job_types: vec![JobTypeId::NURSE],
            });
        }
        Ok(subjects)
    }

    fn manager_of(&self, organization: &str) -> Result<String, DemoProblem> {
        let manages = |person: &&story::Person| {
            !person.newcomer
                && person.roles.iter().any(|role| {
                    role.role == Role::StaffAdministration.text()
                        && role.organization.as_deref() == Some(organization)
                })
        };
        let manager = self.story.person.iter().find(manages).map(|person| person.key.clone());
        manager.ok_or_else(|| DemoProblem::Unknown(format!("a manager of {organization}")))
    }
}

/// A password that nobody would choose, and that protects nothing.
pub(super) fn password(key: &str) -> String {
    let words = ["あけぼの", "せせらぎ", "つばくろ", "ともしび", "みおつくし", "ゆうなぎ"];
    let sum: usize = key.bytes().map(usize::from).sum();
    let word = |shift: usize| words.get((sum + shift) % words.len()).copied().unwrap_or("あけぼの");
    format!("{}-{}-{}", word(0), word(2), 1_000 + sum * 7 % 9_000)
}

fn unknown_device() -> tasuki_domain::id::DeviceId {
    tasuki_domain::id::DeviceId::from_uuid(Uuid::nil())
}

fn organization(story: &story::Organization) -> Result<NewOrganization, DemoProblem> {
    Ok(NewOrganization {
        kind: OrganizationKind::from_text(&story.kind)
            .ok_or_else(|| DemoProblem::Unknown(story.kind.clone()))?,
        name: Title::parse("name", &story.name)?,
        romaji: Reading::parse("romaji", &story.romaji)?,
        telephone: Some(Telephone::parse("telephone", &story.telephone)?),
    })
}

fn person(story: &story::Person) -> Result<NewPerson, DemoProblem> {
    Ok(NewPerson {
        login: Login::parse("login", &story.login)?,
        name: Name::parse("name", &story.name)?,
        reading: Reading::parse("reading", &story.reading)?,
        romaji: Reading::parse("romaji", &story.login.replace('.', " "))?,
    })
}

fn facts(story: &story::Patient) -> Result<PatientFacts, DemoProblem> {
    let in_home = story.room.chars().all(|character| character.is_ascii_digit());
    let (number, area) = if in_home { (story.room.as_str(), "") } else { ("", story.room.as_str()) };
    let care_level = CareLevel::ALL.iter().find(|level| level.japanese() == story.care_level).copied();
    let fall_risk = match story.fall_risk.chars().next() {
        Some('高') => FallRisk::High,
        Some('中') => FallRisk::Medium,
        _ => FallRisk::Low,
    };
    Ok(PatientFacts {
        identity: Identity {
            name: Name::parse("name", &story.name)?,
            reading: Reading::parse("reading", &story.reading)?,
            sex: Sex::from_text(&story.sex).ok_or_else(|| DemoProblem::Unknown(story.sex.clone()))?,
            birth_date: story.birth.parse::<Date>().map_err(DemoProblem::other)?,
            room_number: RoomNumber::parse("room_number", number)?,
            area: Area::parse("area", area)?,
        },
        safety: Safety {
            allergies: Fact::parse(
                "allergies",
                if story.allergies.is_empty() { "なし" } else { &story.allergies },
            )?,
            infections: Fact::parse(
                "infections",
                if story.infections.is_empty() { "なし" } else { &story.infections },
            )?,
            fall_risk,
            dnar: if story.dnar { Dnar::DoNotResuscitate } else { Dnar::Resuscitate },
            care_level: care_level.ok_or_else(|| DemoProblem::Unknown(story.care_level.clone()))?,
            notes: Note::parse("notes", "")?,
        },
    })
}
