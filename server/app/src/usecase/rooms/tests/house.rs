//! A small house for the tests of rooms: two employers, one patient, people of several job types, one room.

use crate::{clock::Clock, config::Config, usecase::Services};
use futures::future::BoxFuture;
use sqlx::Connection as _;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tasuki_domain::{
    access::Detail,
    id::{
        ClientId, ConsentId, DeviceId, MembershipId, OrganizationId, PatientId, PersonId, PlaceId, PostId,
        RequestId, RoomId, SessionId,
    },
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Asking, Contract, Intent},
    organization::OrganizationKind,
    policy::*,
    post::{Mentions, NewPost},
    session::{LiveSession, SessionStart},
    text::{Body, Login, Name, Reading, Title},
    time::{HOUR, Timestamp},
};
use tasuki_store::{
    Batch, Done, Founding, Opening, StagedTable, Store, Value, Work, WorkError,
    table::{organization, person},
};
use tasuki_vault::{Keyring, RootKey};
use uuid::Uuid;

/// 2026-09-21T14:13:20Z, a Monday evening in Tokyo.
pub const START: i64 = 1_790_000_000_000_000;

const POST: StagedTable = StagedTable {
    insert: "INSERT INTO post (post, person, organization, place, job_type, suspended, from_at, until_at) ",
    tail: "",
};
const PATIENT: StagedTable = StagedTable {
    insert: "INSERT INTO patient (patient, organization, place, state, room, linked, version, from_at) ",
    tail: "",
};
const ROOM: StagedTable = StagedTable {
    insert: "INSERT INTO room (room, kind, patient, organization, owner, title, created_at, closed_at) ",
    tail: "",
};
const CONSENT: StagedTable = StagedTable {
    insert: "INSERT INTO consent (consent, patient, giver, classes, facts, from_at, until_at) ",
    tail: "",
};
const MEMBERSHIP: StagedTable = StagedTable {
    insert: "INSERT INTO membership (membership, patient, consent, post, organization, place, job_types, proposer, \
             confirmer, confirmed_at, from_at, until_at) ",
    tail: "",
};
const DEVICE: StagedTable = StagedTable {
    insert: "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) ",
    tail: "",
};

/// A person with a post, a device and a session.
#[derive(Clone)]
pub struct Somebody {
    pub person: PersonId,
    pub post: PostId,
    pub session: Arc<LiveSession>,
    pub caller: Caller,
}

/// The house.
pub struct House {
    pub services: Services,
    pub hand: Arc<AtomicI64>,
    pub home: OrganizationId,
    pub visiting: OrganizationId,
    pub patient: PatientId,
    pub room: RoomId,
    pub url: String,
    _folder: Arc<tempfile::TempDir>,
}

/// Runs one closure as a piece of work.
struct Doing<F>(F);

impl<F> Work for Doing<F>
where
    F: for<'a> Fn(&'a mut Batch) -> BoxFuture<'a, Result<(), WorkError>> + Send + Sync + 'static,
{
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        (self.0)(batch).await?;
        let caller = console();
        let entry = tasuki_domain::access::NewEntry {
            action: tasuki_domain::access::Action::Initialise,
            outcome: tasuki_domain::access::Outcome::Done,
            actor: caller.columns(),
            target: tasuki_domain::access::Target::NONE,
            request: caller.request,
            detail: Detail::default(),
        };
        let proof = batch.append(entry);
        Ok(Done::new((), proof))
    }
}

pub fn console() -> Caller {
    Caller {
        actor: Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    }
}

fn config() -> Config {
    let example = include_str!("../../../../../../deploy/config.example.toml");
    Config::from_sources(example, []).unwrap()
}

/// A house on SQLite, and one on PostgreSQL where a server is given.
pub async fn houses() -> Vec<House> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut urls = vec![format!("sqlite://{}", folder.path().join("tasuki.sqlite").display())];
    urls.extend(postgres().await);
    let mut houses = Vec::new();
    for url in urls {
        houses.push(house(url, folder.clone()).await);
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

/// Opens the store of a house at its simulated time.
pub async fn found(url: &str, hand: &Arc<AtomicI64>) -> Store {
    let time = hand.clone();
    let opening = Opening::new(url, Arc::new(move || Timestamp(time.load(Ordering::Relaxed))));
    let mut rng = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
    let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
    Store::found(opening, Keyring::unlock(RootKey::generate(&mut rng)), founding).await.unwrap()
}

async fn house(url: String, folder: Arc<tempfile::TempDir>) -> House {
    let hand = Arc::new(AtomicI64::new(START));
    let store = found(&url, &hand).await;
    let services = Services::new(store, Clock::simulated(hand.clone()), Arc::new(config()));
    let id = |number: u128| Uuid::from_u128(number);
    let house = House {
        services,
        hand,
        home: OrganizationId::from_uuid(id(1)),
        visiting: OrganizationId::from_uuid(id(2)),
        patient: PatientId::from_uuid(id(3)),
        room: RoomId::from_uuid(id(4)),
        url,
        _folder: folder,
    };
    house.organization(house.home, "ひまわり苑").await;
    house.organization(house.visiting, "つばめ訪問看護").await;
    house.add_patient(house.patient, house.room).await;
    house
}

impl House {
    pub fn store(&self) -> &Store {
        &self.services.store
    }

    pub fn now(&self) -> Timestamp {
        self.services.now()
    }

    /// Moves the clock.
    pub fn pass(&self, microseconds: i64) {
        self.hand.fetch_add(microseconds, Ordering::SeqCst);
    }

    pub async fn rows(
        &self,
        how: impl for<'a> Fn(&'a mut Batch) -> BoxFuture<'a, Result<(), WorkError>> + Send + Sync + 'static,
    ) {
        self.store().write(Doing(how)).await.unwrap();
    }

    async fn organization(&self, organization: OrganizationId, name: &str) {
        let grant = self.store().decide(&console(), CreateOrganization { organization }).await.unwrap();
        let new = tasuki_domain::organization::NewOrganization {
            kind: OrganizationKind::ALL[0],
            name: Title::parse("name", name).unwrap(),
            romaji: Reading::parse("romaji", "").unwrap(),
            telephone: None,
        };
        let shared = Arc::new((grant, new));
        self.rows(move |batch| {
            let shared = shared.clone();
            Box::pin(async move { organization::create(batch, &shared.0, &shared.1).await })
        })
        .await;
    }

    /// A patient in a room, cared for by everybody of both employers, on a consent for everything.
    pub async fn add_patient(&self, patient: PatientId, room: RoomId) {
        let (home, visiting) = (self.home.as_uuid(), self.visiting.as_uuid());
        let consent = ConsentId::from_uuid(Uuid::new_v4()).as_uuid();
        let (patient, room) = (patient.as_uuid(), room.as_uuid());
        let nil = Uuid::nil();
        self.rows(move |batch| {
            Box::pin(async move {
                let (id, int) = (Value::Id, Value::Int);
                batch.stage(
                    &PATIENT,
                    vec![id(patient), id(home), id(nil), int(1), id(room), id(nil), int(0), int(0)],
                );
                let title = Value::Bytes(Vec::new());
                batch.stage(
                    &ROOM,
                    vec![id(room), int(1), id(patient), id(home), id(nil), title, int(0), int(i64::MAX)],
                );
                let facts = Value::Bytes(Vec::new());
                batch.stage(
                    &CONSENT,
                    vec![id(consent), id(patient), int(1), int(i64::MAX), facts, int(0), int(i64::MAX)],
                );
                for employer in [home, visiting] {
                    let membership = MembershipId::from_uuid(Uuid::new_v4()).as_uuid();
                    let (post, place) = (nil, PlaceId::from_uuid(nil).as_uuid());
                    let mut row =
                        vec![id(membership), id(patient), id(consent), id(post), id(employer), id(place)];
                    row.extend([int(i64::MAX), id(nil), id(nil), int(0), int(0), int(i64::MAX)]);
                    batch.stage(&MEMBERSHIP, row);
                }
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
    }

    /// The patient takes every consent back.
    pub async fn end_consents(&self) {
        self.tamper("UPDATE consent SET until_at = 1").await;
        self.rows(|batch| {
            batch.policy_changed();
            Box::pin(async { Ok(()) })
        })
        .await;
    }

    /// Somebody signed in: a new person with a post, on a new device.
    pub async fn somebody(&self, organization: OrganizationId, job_type: JobTypeId, name: &str) -> Somebody {
        let person = PersonId::from_uuid(Uuid::new_v4());
        let grant = self.store().decide(&console(), CreatePerson { organization, person }).await.unwrap();
        let login = format!("p{}", &person.as_uuid().simple().to_string()[..12]);
        let new = tasuki_domain::person::NewPerson {
            login: Login::parse("login", &login).unwrap(),
            name: Name::parse("name", name).unwrap(),
            reading: Reading::parse("reading", "").unwrap(),
            romaji: Reading::parse("romaji", "").unwrap(),
        };
        let shared = Arc::new((grant, new));
        self.rows(move |batch| {
            let shared = shared.clone();
            Box::pin(async move { person::create(batch, &shared.0, &shared.1).await })
        })
        .await;
        self.at_work(person, organization, job_type).await
    }

    async fn at_work(&self, person: PersonId, organization: OrganizationId, job_type: JobTypeId) -> Somebody {
        let (post, device) = (PostId::from_uuid(Uuid::new_v4()), DeviceId::from_uuid(Uuid::new_v4()));
        let (employer, nil) = (organization.as_uuid(), Uuid::nil());
        self.rows(move |batch| {
            Box::pin(async move {
                let (id, int) = (Value::Id, Value::Int);
                let mut row = vec![id(post.as_uuid()), id(person.as_uuid()), id(employer), id(nil)];
                row.extend([int(i64::from(job_type.0)), int(0), int(0), int(i64::MAX)]);
                batch.stage(&POST, row);
                let label = Value::Bytes(Vec::new());
                let mut row = vec![id(device.as_uuid()), id(employer), id(nil), int(1), label];
                row.extend([int(0), int(i64::MAX)]);
                batch.stage(&DEVICE, row);
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
        self.sign_in(person, post, (organization, device))
    }

    /// Another session of the same person.
    pub fn sign_in(
        &self,
        person: PersonId,
        post: PostId,
        (organization, device): (OrganizationId, DeviceId),
    ) -> Somebody {
        let now = self.now();
        let start = SessionStart {
            session: SessionId::from_uuid(Uuid::new_v4()),
            person,
            post,
            organization,
            device,
            signed_in_at: now,
            expires_at: now.plus(17 * HOUR),
            idle: 17 * HOUR,
        };
        let session = Arc::new(LiveSession::new(start, now));
        let caller = Caller {
            actor: Actor::Person(session.clone()),
            request: RequestId::from_uuid(Uuid::new_v4()),
            source: None,
            certificate: None,
        };
        Somebody { person, post, session, caller }
    }

    /// The next full sign-in of somebody.
    pub fn sign_in_again(&self, who: &Somebody) -> Somebody {
        self.sign_in(who.person, who.post, (who.session.organization, who.session.device))
    }

    /// A plain post in the patient's room.
    pub fn post(&self, class: InfoClassId, body: &str) -> NewPost {
        NewPost {
            room: self.room,
            client: client(self.now()),
            class,
            body: Body::parse("body", body).unwrap(),
            asking: Asking {
                intent: Intent::Notice,
                contract: Contract::ReadOnly,
                due: None,
                owner: None,
                first: None,
                fallback: None,
            },
            reply_to: None,
            mentions: Mentions::default(),
            attachments: Vec::new(),
            written_at: self.now(),
            occurred_at: None,
            on_behalf_of: None,
        }
    }

    /// Runs one statement on the rows, past every rule: what a thief or a broken disk could do.
    pub async fn tamper(&self, sql: &'static str) {
        if self.url.starts_with("postgres") {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

/// A client id of now.
pub fn client(now: Timestamp) -> ClientId {
    let seconds = u64::try_from(now.0 / 1_000_000).unwrap();
    let stamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0);
    ClientId::from_uuid(Uuid::new_v7(stamp))
}
