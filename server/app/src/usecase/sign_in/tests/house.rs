//! A small house for the tests of signing in: two employers, devices of every kind, people with a password and a key.

use super::super::*;
use crate::{
    clock::Clock,
    colleague::{Authenticator, Behaviour},
    config::Config,
    usecase::{Services, UseCaseError, sign_in::passkeys::Wish},
};
use futures::future::BoxFuture;
use serde_json::Value as Json;
use sqlx::Connection as _;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, Outcome, Target},
    device::DeviceKind,
    id::{DeviceId, OrganizationId, PasskeyId, PersonId, PostId, RequestId},
    job_type::JobTypeId,
    organization::{NewOrganization, OrganizationKind},
    passkey::PasskeyKind,
    person::NewPerson,
    policy::*,
    text::{DeviceLabel, Login, Name, Reading, Title},
    time::Timestamp,
};
use tasuki_store::{
    Batch, Done, EntryProof, Founding, Opening, StagedTable, Store, Value, Work, WorkError,
    table::{credential, organization, passkey, person},
};
use tasuki_vault::{Keyring, RootKey};
use tokio::sync::Mutex;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const START: i64 = 1_790_000_000_000_000;
pub const PASSWORD: &str = "つばめが低く飛ぶ夕方";
pub const ORIGIN: &str = "https://care.test:8443";

const POST: StagedTable = StagedTable {
    insert: "INSERT INTO post (post, person, organization, place, job_type, suspended, from_at, until_at) ",
    tail: "",
};
const ROLE: StagedTable = StagedTable {
    insert: "INSERT INTO role (held, person, role, organization, from_at, until_at) ",
    tail: "",
};
const DEVICE: StagedTable = StagedTable {
    insert: "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) ",
    tail: "",
};

pub struct House {
    pub services: Services,
    pub hand: Arc<AtomicI64>,
    pub home: OrganizationId,
    pub visiting: OrganizationId,
    pub tablet: DeviceId,
    pub tablet_two: DeviceId,
    pub phone: DeviceId,
    pub desktop: DeviceId,
    pub foreign: DeviceId,
    organizations: HashMap<DeviceId, OrganizationId>,
    url: String,
    _folder: Arc<tempfile::TempDir>,
}

/// Somebody who can sign in.
pub struct Somebody {
    pub person: PersonId,
    pub post: PostId,
    pub login: String,
    pub key: Mutex<Authenticator>,
    pub passkey: PasskeyId,
}

type Rows =
    dyn for<'a> Fn(&'a mut Batch, &'a EntryProof) -> BoxFuture<'a, Result<(), WorkError>> + Send + Sync;

struct Doing(Box<Rows>);

impl Work for Doing {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let caller = console();
        let proof = batch.append(NewEntry {
            action: Action::Initialise,
            outcome: Outcome::Done,
            actor: caller.columns(),
            target: Target::NONE,
            request: caller.request,
            detail: Detail::default(),
        });
        (self.0)(batch, &proof).await?;
        Ok(Done::new((), proof))
    }
}

pub fn console() -> Caller {
    caller(Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }))
}

fn caller(actor: Actor) -> Caller {
    Caller { actor, request: RequestId::from_uuid(Uuid::new_v4()), source: None, certificate: None }
}

pub fn config() -> Config {
    let example = include_str!("../../../../../../deploy/config.example.toml");
    let mut config = Config::from_sources(example, []).unwrap();
    config.limits.rate.sign_in_per_minute = crate::config::Number::of(10_000);
    config
}

/// A house on SQLite, and one on PostgreSQL where a server is given.
pub async fn houses() -> Vec<House> {
    houses_with(config()).await
}

pub async fn houses_with(config: Config) -> Vec<House> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut urls = vec![format!("sqlite://{}", folder.path().join("tasuki.sqlite").display())];
    urls.extend(postgres().await);
    let mut houses = Vec::new();
    for url in urls {
        houses.push(house(url, config.clone(), folder.clone()).await);
    }
    houses
}

async fn postgres() -> Option<String> {
    let server = std::env::var("TASUKI_TEST_POSTGRES").ok()?;
    let name = format!("tasuki_{}", Uuid::new_v4().simple());
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
    Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0))
}

async fn house(url: String, config: Config, folder: Arc<tempfile::TempDir>) -> House {
    let hand = Arc::new(AtomicI64::new(START));
    let time = hand.clone();
    let opening = Opening::new(&url, Arc::new(move || Timestamp(time.load(Ordering::SeqCst))));
    let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
    let keyring = Keyring::unlock(RootKey::generate(&mut entropy()));
    let store = Store::found(opening, keyring, founding).await.unwrap();
    let clock = Clock::simulated(hand.clone());
    let services = Services::new(store, clock, Arc::new(config)).with_attestation().unwrap();
    let device = || DeviceId::from_uuid(Uuid::new_v4());
    let mut house = House {
        services,
        hand,
        home: OrganizationId::from_uuid(Uuid::new_v4()),
        visiting: OrganizationId::from_uuid(Uuid::new_v4()),
        tablet: device(),
        tablet_two: device(),
        phone: device(),
        desktop: device(),
        foreign: device(),
        organizations: HashMap::new(),
        url,
        _folder: folder,
    };
    house.organization(house.home, "ひまわり苑").await;
    house.organization(house.visiting, "つばめ訪問看護").await;
    let (home, visiting) = (house.home, house.visiting);
    for (device, organization, kind) in [
        (house.tablet, home, DeviceKind::Shared),
        (house.tablet_two, home, DeviceKind::Shared),
        (house.phone, home, DeviceKind::Personal),
        (house.desktop, home, DeviceKind::Desktop),
        (house.foreign, visiting, DeviceKind::Shared),
    ] {
        house.organizations.insert(device, organization);
        house.device(device, organization, kind).await;
    }
    house
}

impl House {
    pub fn now(&self) -> Timestamp {
        self.services.now()
    }

    pub fn pass(&self, microseconds: i64) {
        self.hand.fetch_add(microseconds, Ordering::SeqCst);
    }

    /// A device on which nobody is signed in, as caller.
    pub fn on(&self, device: DeviceId) -> Caller {
        caller(Actor::Device { device, organization: self.organizations[&device] })
    }

    pub async fn rows(
        &self,
        how: impl for<'a> Fn(&'a mut Batch, &'a EntryProof) -> BoxFuture<'a, Result<(), WorkError>>
        + Send
        + Sync
        + 'static,
    ) {
        self.services.store.write(Doing(Box::new(how))).await.unwrap();
    }

    async fn organization(&self, organization: OrganizationId, name: &str) {
        let store = &self.services.store;
        let grant = store.decide(&console(), CreateOrganization { organization }).await.unwrap();
        let new = NewOrganization {
            kind: OrganizationKind::NursingHome,
            name: Title::parse("name", name).unwrap(),
            romaji: Reading::parse("romaji", "").unwrap(),
            telephone: None,
        };
        let shared = Arc::new((grant, new));
        self.rows(move |batch, _| {
            let shared = shared.clone();
            Box::pin(async move { organization::create(batch, &shared.0, &shared.1).await })
        })
        .await;
    }

    async fn device(&self, device: DeviceId, organization: OrganizationId, kind: DeviceKind) {
        self.rows(move |batch, _| {
            Box::pin(async move {
                let (id, int) = (Value::Id, Value::Int);
                let mut row = vec![id(device.as_uuid()), id(organization.as_uuid()), id(Uuid::nil())];
                let label = Value::Bytes(Vec::new());
                row.extend([int(i64::from(kind.code())), label, int(0), int(i64::MAX)]);
                batch.stage(&DEVICE, row);
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
    }

    /// A new person without a post and without a way to sign in.
    pub async fn person(&self, login: &str, name: &str) -> PersonId {
        let (organization, person) = (self.home, PersonId::from_uuid(Uuid::new_v4()));
        let act = CreatePerson { organization, person };
        let grant = self.services.store.decide(&console(), act).await.unwrap();
        let new = NewPerson {
            login: Login::parse("login", login).unwrap(),
            name: Name::parse("name", name).unwrap(),
            reading: Reading::parse("reading", "さとう はなこ").unwrap(),
            romaji: Reading::parse("romaji", "Sato Hanako").unwrap(),
        };
        let shared = Arc::new((grant, new));
        self.rows(move |batch, _| {
            let shared = shared.clone();
            Box::pin(async move { person::create(batch, &shared.0, &shared.1).await })
        })
        .await;
        person
    }

    pub async fn post(&self, person: PersonId, organization: OrganizationId) -> PostId {
        let post = PostId::from_uuid(Uuid::new_v4());
        self.rows(move |batch, _| {
            Box::pin(async move {
                let (id, int) = (Value::Id, Value::Int);
                let mut row = vec![id(post.as_uuid()), id(person.as_uuid()), id(organization.as_uuid())];
                let job_type = int(i64::from(JobTypeId::NURSE.0));
                row.extend([id(Uuid::nil()), job_type, int(0), int(0), int(i64::MAX)]);
                batch.stage(&POST, row);
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
        post
    }

    /// Gives a role for the whole consortium.
    pub async fn role(&self, person: PersonId, role: tasuki_domain::role::Role) {
        self.rows(move |batch, _| {
            Box::pin(async move {
                let (id, int) = (Value::Id, Value::Int);
                let mut row = vec![id(Uuid::new_v4()), id(person.as_uuid()), int(i64::from(role.code()))];
                row.extend([id(Uuid::nil()), int(0), int(i64::MAX)]);
                batch.stage(&ROLE, row);
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
    }

    /// Cuts a person off, by the clock alone.
    pub async fn disable(&self, person: PersonId) {
        let until = self.now().0;
        self.tamper(&format!(
            "UPDATE person SET until_at = {until} WHERE person = {}",
            self.literal(person.as_uuid())
        ))
        .await;
        self.rows(|batch, _| {
            batch.policy_changed();
            Box::pin(async { Ok(()) })
        })
        .await;
    }

    /// Somebody with a post, the password and a security key.
    pub async fn somebody(&self, login: &str) -> Somebody {
        let person = self.person(login, "佐藤 花子").await;
        let post = self.post(person, self.home).await;
        let mut key = Authenticator::new(ORIGIN);
        let passkey = self.factors(person, &mut key, (PasskeyKind::SecurityKey, self.tablet)).await.unwrap();
        Somebody { person, post, login: login.into(), key: Mutex::new(key), passkey }
    }

    /// Gives a person the password and a passkey, made on a device.
    pub async fn factors(
        &self,
        person: PersonId,
        key: &mut Authenticator,
        (kind, device): (PasskeyKind, DeviceId),
    ) -> Result<PasskeyId, UseCaseError> {
        self.factors_as(person, key, (kind, device), |answer| answer).await
    }

    /// The same, with the browser's answer changed on the way.
    pub async fn factors_as(
        &self,
        person: PersonId,
        key: &mut Authenticator,
        (kind, device): (PasskeyKind, DeviceId),
        change: impl Fn(Json) -> Json,
    ) -> Result<PasskeyId, UseCaseError> {
        let tools = &self.services.sign_in;
        let id = PasskeyId::from_uuid(Uuid::new_v4());
        let wish = Wish { id, person, login: "sato", name: "佐藤", kind, label: "青いキー" };
        let fact = *self.services.store.facts().device(device).unwrap();
        let demand = super::super::tools::demand(&self.services, fact, person);
        let (options, registering) = tools.passkeys.ask_new(demand, &wish, &[])?;
        let answer = change(key.create(&serde_json::to_value(&options).unwrap()).unwrap());
        let new = tools.passkeys.verify_new(&registering, &attestation(answer))?;
        let password = tasuki_vault::password::Password::chosen(PASSWORD).unwrap();
        let hash = Arc::new(hashed(tools, password).await);
        self.rows(move |batch, entry| {
            let (hash, new) = (hash.clone(), new.clone());
            Box::pin(async move {
                credential::store(batch, entry, person, &hash).await?;
                passkey::register(batch, entry, &new).await
            })
        })
        .await;
        Ok(id)
    }

    /// The password step.
    pub async fn password(
        &self,
        device: DeviceId,
        login: &str,
        password: &str,
    ) -> Result<PasskeyRequest, UseCaseError> {
        let login = Login::parse("login", login).unwrap();
        let presented = Presented {
            who: tasuki_domain::session::Claimed::Login(login),
            password: Zeroizing::new(password.into()),
        };
        check_password(&self.services, &self.on(device), presented).await
    }

    /// The passkey step.
    pub async fn passkey(
        &self,
        device: DeviceId,
        flow: &str,
        answer: Option<Json>,
        post: Option<PostId>,
    ) -> Result<PasskeyOutcome, UseCaseError> {
        let presented = PresentedPasskey { flow: flow.into(), answer: answer.map(assertion), post };
        present_passkey(&self.services, &self.on(device), presented).await
    }

    /// Both steps.
    pub async fn sign_in(&self, device: DeviceId, who: &Somebody) -> Result<BegunSession, UseCaseError> {
        let asked = self.password(device, &who.login, PASSWORD).await?;
        let answer = who.answer(&asked).await;
        match self.passkey(device, &asked.flow, Some(answer), None).await? {
            PasskeyOutcome::Begun(begun) => Ok(begun),
            PasskeyOutcome::ChoosePost(_) => panic!("one post was expected"),
        }
    }

    /// A return by passkey alone.
    pub async fn come_back(&self, device: DeviceId, who: &Somebody) -> Result<BegunSession, UseCaseError> {
        let asked = ask_return(&self.services, &self.on(device), who.person).await?;
        let answer = assertion(who.answer(&asked).await);
        finish_return(&self.services, &self.on(device), &asked.flow, &answer).await
    }

    /// A fresh passkey.
    pub async fn step_up(&self, begun: &BegunSession, who: &Somebody) -> Result<Timestamp, UseCaseError> {
        let caller = self.as_person(begun);
        let asked = ask_step_up(&self.services, &caller).await?;
        let answer = assertion(who.answer(&asked).await);
        finish_step_up(&self.services, &caller, &asked.flow, &answer).await
    }

    pub fn as_person(&self, begun: &BegunSession) -> Caller {
        caller(Actor::Person(begun.session.clone()))
    }

    /// Action and outcome of every entry from `first` on, in order, with the object.
    pub async fn entries(&self, first: u64) -> Vec<(Action, Outcome, Uuid)> {
        let mut connection = self.services.store.reading().await.unwrap();
        let sql = "SELECT action, outcome, object FROM access_entry WHERE idx >= $1 ORDER BY idx";
        let first = i64::try_from(first).unwrap();
        let rows: Vec<(i64, i64, Uuid)> =
            tasuki_store::on!(&mut connection, c => sqlx::query_as(sql).bind(first)
            .fetch_all(&mut **c).await)
            .unwrap();
        rows.into_iter()
            .map(|(action, outcome, object)| {
                let action = Action::from_code(u16::try_from(action).unwrap()).unwrap();
                (action, Outcome::from_code(u8::try_from(outcome).unwrap()).unwrap(), object)
            })
            .collect()
    }

    pub fn log_size(&self) -> u64 {
        *self.services.store.log_size().borrow()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut connection = self.services.store.reading().await.unwrap();
        tasuki_store::on!(&mut connection, c => sqlx::query_scalar(sql).fetch_one(&mut **c).await).unwrap()
    }

    pub fn literal(&self, id: Uuid) -> String {
        if self.url.starts_with("postgres") { format!("'{id}'") } else { format!("x'{}'", id.simple()) }
    }

    /// Runs one statement on the rows, past every rule.
    pub async fn tamper(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("postgres") {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

/// One hash serves everybody in these tests: what is tested is not its cost.
async fn hashed(
    tools: &SignInTools,
    password: tasuki_vault::password::Password,
) -> tasuki_vault::password::PasswordHash {
    static ONE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let text =
        ONE.get_or_init(|| async { tools.hasher().hash(password).await.unwrap().as_str().to_owned() }).await;
    tasuki_vault::password::PasswordHash::parse(text).unwrap()
}

impl Somebody {
    /// The key's answer.
    pub async fn answer(&self, asked: &PasskeyRequest) -> Json {
        self.key.lock().await.get(&serde_json::to_value(&asked.options).unwrap()).unwrap()
    }

    /// The answer of a key that misbehaves once.
    pub async fn misbehaved(&self, asked: &PasskeyRequest, behaviour: Behaviour) -> Json {
        let mut key = self.key.lock().await;
        key.behaviour = behaviour;
        let answer = key.get(&serde_json::to_value(&asked.options).unwrap()).unwrap();
        key.behaviour = Behaviour::default();
        answer
    }
}

pub fn assertion(json: Json) -> Assertion {
    let (credential, attachment) = crate::wire::web_authn::assertion(json).unwrap();
    Assertion { credential, attachment }
}

pub fn attestation(json: Json) -> Attestation {
    let (credential, attachment) = crate::wire::web_authn::attestation(json).unwrap();
    Attestation { credential, attachment }
}

pub fn label() -> DeviceLabel {
    DeviceLabel::parse("label", "予備のキー").unwrap()
}

/// The code of a conflict.
pub fn conflict<T>(result: Result<T, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Conflict(conflict)) => conflict.0,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it went through"),
    }
}

/// Whether it was the one answer of every failed step.
pub fn failed<T>(result: &Result<T, UseCaseError>) -> bool {
    matches!(result, Err(UseCaseError::SignIn))
}

/// The reason of a refusal.
pub fn reason<T>(result: Result<T, UseCaseError>) -> RefusalReason {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal.reason,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it went through"),
    }
}
