//! The stage: the house before its doors open, a clock whose hand the story moves, and who is who.

use super::story::Story;
use crate::{
    colleague::{AttestationAuthority, Authenticator, attestation::DEMO_AAGUID},
    usecase::{
        Services, UseCaseError,
        sign_in::{
            Assertion, Attestation, FirstCode, PasskeyOutcome, PasskeyWish, Presented, PresentedPasskey,
            ask_first_passkey, ask_step_up, check_code, check_password, choose_first_password,
            confirm_enrolment, finish_first_sign_in, finish_step_up, issue_enrolment_code, present_passkey,
        },
    },
};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PatientId, PersonId, PlaceId, PostId, RequestId, RoomId},
    passkey::PasskeyKind,
    policy::{Actor, Caller, Operator},
    problem::FieldProblem,
    session::{Claimed, SessionState},
    text::{DeviceLabel, Login},
    time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The person who stands for the consortium's office in everything that needs a second one.
pub(super) const OFFICE: &str = "yoshida";

/// Why the demonstration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoProblem {
    /// A use case said no.
    #[error("a use case of the story failed")]
    UseCase(#[from] UseCaseError),
    /// The story names something that it does not introduce.
    #[error("the story does not introduce {0}")]
    Unknown(String),
    /// A word of the story breaks a rule.
    #[error("a word of the story breaks a rule")]
    Word(#[from] FieldProblem),
    /// Files, keys, certificates.
    #[error("{0}")]
    Other(String),
}

impl DemoProblem {
    pub(super) fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }
}

/// A person on the stage, with both factors at hand.
pub(super) struct Player {
    pub(super) person: PersonId,
    pub(super) post: PostId,
    pub(super) device: DeviceId,
    pub(super) organization: OrganizationId,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) authenticator: Authenticator,
    caller: Option<Caller>,
    uses: u32,
    began: Option<u32>,
}

impl Player {
    /// Counts the key's uses from a day ago, second by second: a week's uses in a few seconds must stay behind the
    /// present, from which the key is used at the door.
    fn count(&mut self) {
        self.uses += 1;
        let seconds = crate::clock::Clock::system().now().plus(-DAY).0 / SECOND;
        let began = *self.began.get_or_insert(u32::try_from(seconds).unwrap_or(1));
        self.authenticator.behaviour.counter = Some(began.saturating_add(self.uses));
    }
}

/// The stage.
pub(super) struct Stage {
    pub(super) services: Services,
    pub(super) story: Story,
    pub(super) organizations: HashMap<String, OrganizationId>,
    pub(super) places: HashMap<String, PlaceId>,
    pub(super) devices: HashMap<String, DeviceId>,
    pub(super) players: HashMap<String, Player>,
    pub(super) rooms: HashMap<String, (PatientId, RoomId)>,
    /// Registered people who have never signed in.
    pub(super) newcomers: HashMap<String, PersonId>,
    pub(super) origin: String,
    attestation: Option<AttestationAuthority>,
    hand: Arc<AtomicI64>,
    today: Timestamp,
}

impl Stage {
    /// An empty stage on the day of `today`.
    pub(super) fn new(
        services: Services,
        story: Story,
        (hand, today): (Arc<AtomicI64>, Timestamp),
        attestation: Option<AttestationAuthority>,
    ) -> Self {
        let server = &services.config.server;
        let origin = match server.listen.port() {
            443 => format!("https://{}", server.name.as_str()),
            port => format!("https://{}:{port}", server.name.as_str()),
        };
        Self {
            services,
            story,
            organizations: HashMap::new(),
            places: HashMap::new(),
            devices: HashMap::new(),
            players: HashMap::new(),
            rooms: HashMap::new(),
            newcomers: HashMap::new(),
            origin,
            attestation,
            hand,
            today,
        }
    }

    /// Moves the clock's hand forward to an instant of the story; it never goes back.
    pub(super) fn move_to(&self, at: Timestamp) {
        self.hand.fetch_max(at.0, Ordering::SeqCst);
    }

    /// The instant of `days hh:mm` from today in Tokyo.
    pub(super) fn instant(&self, text: &str) -> Result<Timestamp, DemoProblem> {
        let wrong = || DemoProblem::Unknown(format!("the time {text:?}"));
        let (days, clock) = text.split_once(' ').ok_or_else(wrong)?;
        let (hours, minutes) = clock.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| wrong());
        let midnight = Timestamp::tokyo_midnight(self.today.tokyo_date()).ok_or_else(wrong)?;
        Ok(midnight.plus(number(days)? * DAY + number(hours)? * HOUR + number(minutes)? * MINUTE))
    }

    /// The console of the demonstration.
    pub(super) fn operator(&self) -> Caller {
        let operator =
            Operator { user: "demo".into(), host: "demo".into(), reason: "デモの準備".into() };
        caller(Actor::Operator(operator))
    }

    pub(super) fn organization(&self, key: &str) -> Result<OrganizationId, DemoProblem> {
        self.organizations.get(key).copied().ok_or_else(|| DemoProblem::Unknown(key.into()))
    }

    pub(super) fn place(&self, key: &str) -> Result<PlaceId, DemoProblem> {
        self.places.get(key).copied().ok_or_else(|| DemoProblem::Unknown(key.into()))
    }

    pub(super) fn player(&self, key: &str) -> Result<&Player, DemoProblem> {
        self.players.get(key).ok_or_else(|| DemoProblem::Unknown(key.into()))
    }

    /// Takes a registered person onto the stage: first sign-in with password and security key.
    pub(super) async fn enter(&mut self, key: &str, who: Entrance) -> Result<(), DemoProblem> {
        let authenticator = match &self.attestation {
            None => Authenticator::new(&self.origin),
            Some(authority) => Authenticator::attested(
                &self.origin,
                authority.attester(DEMO_AAGUID).map_err(DemoProblem::other)?,
            ),
        };
        let Entrance { person, post, device, organization, login, password } = who;
        let mut player = Player {
            person,
            post,
            device,
            organization,
            login,
            password,
            authenticator,
            caller: None,
            uses: 0,
            began: None,
        };
        let issued = issue_enrolment_code(&self.services, &self.operator(), person).await?;
        if issued.waits {
            let second = self.administrator(OFFICE).await?;
            confirm_enrolment(&self.services, &second, person).await?;
        }
        self.first_sign_in(&mut player, issued.code).await?;
        self.players.insert(key.to_owned(), player);
        Ok(())
    }

    async fn first_sign_in(&self, player: &mut Player, code: Zeroizing<String>) -> Result<(), DemoProblem> {
        let services = &self.services;
        let device = device_caller(player);
        let login = Login::parse("login", &player.login)?;
        let flow = check_code(services, &device, FirstCode { login, code }).await?;
        choose_first_password(services, &device, &flow, &player.password).await?;
        let wish = PasskeyWish {
            kind: PasskeyKind::SecurityKey,
            label: DeviceLabel::parse("label", "セキュリティキー")?,
        };
        let options = ask_first_passkey(services, &device, &flow, &wish).await?;
        player.count();
        let answer = player.authenticator.create(&json(&options)?).map_err(DemoProblem::other)?;
        let attachment = attachment(&answer)?;
        let credential = serde_json::from_value(answer).map_err(DemoProblem::other)?;
        finish_first_sign_in(services, &device, &flow, &Attestation { credential, attachment }).await?;
        Ok(())
    }

    /// The person in a live session; signs in when there is none.
    pub(super) async fn caller(&mut self, key: &str) -> Result<Caller, DemoProblem> {
        let now = self.services.now();
        let player = self.players.get_mut(key).ok_or_else(|| DemoProblem::Unknown(key.into()))?;
        if let Some(known) = &player.caller {
            let live = known.session().is_some_and(|session| session.state(now) == SessionState::Live);
            if live {
                known.session().into_iter().for_each(|session| session.touch(now));
                return Ok(Caller { request: request(), ..known.clone() });
            }
        }
        let signed_in = sign_in(&self.services, player).await?;
        player.caller = Some(signed_in.clone());
        Ok(signed_in)
    }

    /// The same with a fresh security key, for what administrators do.
    pub(super) async fn administrator(&mut self, key: &str) -> Result<Caller, DemoProblem> {
        let caller = self.caller(key).await?;
        let now = self.services.now();
        let fresh = caller.session().is_some_and(|session| now.plus(MINUTE) < session.stepped_up_until());
        if !fresh {
            let player = self.players.get_mut(key).ok_or_else(|| DemoProblem::Unknown(key.into()))?;
            let asked = ask_step_up(&self.services, &caller).await?;
            let answer = assertion(player, &json(&asked.options)?)?;
            finish_step_up(&self.services, &caller, &asked.flow, &answer).await?;
        }
        Ok(caller)
    }
}

/// Who comes onto the stage.
pub(super) struct Entrance {
    pub(super) person: PersonId,
    pub(super) post: PostId,
    pub(super) device: DeviceId,
    pub(super) organization: OrganizationId,
    pub(super) login: String,
    pub(super) password: String,
}

async fn sign_in(services: &Services, player: &mut Player) -> Result<Caller, DemoProblem> {
    let device = device_caller(player);
    let login = Login::parse("login", &player.login)?;
    let password = Zeroizing::new(player.password.clone());
    let asked = check_password(services, &device, Presented { who: Claimed::Login(login), password }).await?;
    let answer = assertion(player, &json(&asked.options)?)?;
    let presented =
        PresentedPasskey { flow: asked.flow.to_string(), answer: Some(answer), post: Some(player.post) };
    match present_passkey(services, &device, presented).await? {
        PasskeyOutcome::Begun(begun) => Ok(caller(Actor::Person(begun.session))),
        PasskeyOutcome::ChoosePost(_) => Err(DemoProblem::Unknown(format!("the post of {}", player.login))),
    }
}

fn assertion(player: &mut Player, options: &Value) -> Result<Assertion, DemoProblem> {
    player.count();
    let answer = player.authenticator.get(options).map_err(DemoProblem::other)?;
    let attachment = attachment(&answer)?;
    Ok(Assertion { credential: serde_json::from_value(answer).map_err(DemoProblem::other)?, attachment })
}

fn attachment<T: serde::de::DeserializeOwned>(answer: &Value) -> Result<Option<T>, DemoProblem> {
    let said = answer.get("authenticatorAttachment").filter(|said| !said.is_null());
    said.map(|said| serde_json::from_value(said.clone()).map_err(DemoProblem::other)).transpose()
}

fn json(options: &impl serde::Serialize) -> Result<Value, DemoProblem> {
    serde_json::to_value(options).map_err(DemoProblem::other)
}

fn device_caller(player: &Player) -> Caller {
    caller(Actor::Device { device: player.device, organization: player.organization })
}

fn caller(actor: Actor) -> Caller {
    Caller { actor, request: request(), source: None, certificate: None }
}

fn request() -> RequestId {
    RequestId::from_uuid(Uuid::new_v4())
}
