//! A small consortium: a patient whom one nurse, a colleague and a care worker care for, a stranger, and rooms.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use futures::stream;
use tasuki_app::{
    clock::Clock,
    config::Config,
    usecase::{
        Intake, Services, UseCaseError,
        add_attachment::{Added, NewAttachment, add_attachment},
        read_attachment::read_attachment,
        rooms::post_message::post_message,
    },
};
use tasuki_domain::{
    access::{Action, Detail},
    attachment::AttachmentFacts,
    id::{
        AttachmentId, ClientId, DeviceId, MessageId, OrganizationId, PersonId, PostId, RequestId, RoomId,
        SessionId,
    },
    info_class::InfoClassId,
    job_type::JobTypeId,
    message::{Asking, Contract, Intent},
    policy::{Actor, Caller, JobKind, SignRevocationList},
    post::{Mentions, NewPost},
    session::{LiveSession, SessionStart},
    time::{DAY, Timestamp},
};
use tasuki_store::{Batch, Done, Founding, Opening, StagedTable, Store, Value, Work, WorkError, on};
use tasuki_vault::{Keyring, RootKey};
use uuid::Uuid;

pub const NOW: i64 = 1_790_000_000_000_000;
pub const OPEN: i64 = i64::MAX;
pub const GENERAL: InfoClassId = InfoClassId::GENERAL;

/// The key under which the register knows the shared device.
pub const DEVICE_KEY: [u8; 32] = [7; 32];

pub struct House {
    pub services: Services,
    pub hand: Arc<AtomicI64>,
    pub nurse: Caller,
    pub colleague: Caller,
    pub care_worker: Caller,
    pub stranger: Caller,
    /// The patient's room.
    pub room: RoomId,
    /// A staff room of nurse and colleague.
    pub staff_room: RoomId,
    _folder: Arc<tempfile::TempDir>,
}

/// A house on SQLite, and one on PostgreSQL where a server is given.
pub async fn houses() -> Vec<House> {
    houses_with(|_| {}).await
}

pub async fn houses_with(set: impl Fn(&mut Config)) -> Vec<House> {
    let mut config = Config::default();
    set(&mut config);
    let config = Arc::new(config);
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut urls = vec![format!("sqlite://{}", folder.path().join("tasuki.sqlite").display())];
    if let Ok(server) = std::env::var("TASUKI_TEST_POSTGRES") {
        use sqlx::Connection as _;
        let name = format!("tasuki_{}", Uuid::new_v4().simple());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        urls.push(format!("{}/{name}", server.rsplit_once('/').unwrap().0));
    }
    let mut houses = Vec::new();
    for url in urls {
        houses.push(House::found(url, config.clone(), folder.clone()).await);
    }
    houses
}

fn helper() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_tasuki"))
}

impl House {
    async fn found(url: String, config: Arc<Config>, folder: Arc<tempfile::TempDir>) -> Self {
        let hand = Arc::new(AtomicI64::new(NOW));
        let clock = Clock::simulated(hand.clone());
        let told = clock.clone();
        let opening = Opening::new(url, Arc::new(move || told.now()));
        let mut entropy = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
        let keyring = Keyring::unlock(RootKey::generate(&mut entropy));
        let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
        let store = Store::found(opening, keyring, founding).await.unwrap();
        let mut services = Services::new(store, clock, config.clone());
        services.intake = Arc::new(Intake::new(&config, helper()));
        let mut rows = Rows::default();
        let organization = Uuid::new_v4();
        let device = Uuid::new_v4();
        rows.device(organization, device);
        let staff = [JobTypeId::NURSE, JobTypeId::NURSE, JobTypeId::CARE_WORKER, JobTypeId::NURSE];
        let [nurse, colleague, care_worker, stranger] =
            staff.map(|job_type| rows.staff((organization, device), job_type));
        let [(_, nurse_post), (_, colleague_post), (_, care_worker_post), _] =
            [&nurse, &colleague, &care_worker, &stranger].map(identity);
        let room = rows.patient(organization, &[nurse_post, colleague_post, care_worker_post]);
        let staff_room = rows.group(organization, &[identity(&nurse).0, identity(&colleague).0]);
        services.store.write(rows).await.unwrap();
        Self { services, hand, nurse, colleague, care_worker, stranger, room, staff_room, _folder: folder }
    }

    pub fn store(&self) -> &Store {
        &self.services.store
    }

    pub fn wait(&self, microseconds: i64) {
        self.hand.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// The nurse adds a file of the general class to the patient's room.
    pub async fn add(&self, name: &str, bytes: &[u8]) -> Result<Added, UseCaseError> {
        self.add_as(&self.nurse, (self.room, GENERAL), name, bytes).await
    }

    pub async fn add_as(
        &self,
        caller: &Caller,
        (room, class): (RoomId, InfoClassId),
        name: &str,
        bytes: &[u8],
    ) -> Result<Added, UseCaseError> {
        let new =
            NewAttachment { room, class, name: name.to_owned(), announced: u64::try_from(bytes.len()).ok() };
        let pieces: Vec<Result<Bytes, std::io::Error>> =
            bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        add_attachment(&self.services, caller, new, stream::iter(pieces)).await
    }

    /// The nurse posts a message of the general class with files into the patient's room.
    pub async fn post(&self, files: &[AttachmentId]) -> Result<MessageId, UseCaseError> {
        self.post_as(&self.nurse, (self.room, GENERAL), files).await
    }

    pub async fn post_as(
        &self,
        caller: &Caller,
        place: (RoomId, InfoClassId),
        files: &[AttachmentId],
    ) -> Result<MessageId, UseCaseError> {
        Ok(post_message(&self.services, caller, self.message(place, files)).await?.first().message)
    }

    /// A message that is not posted yet.
    pub fn message(&self, (room, class): (RoomId, InfoClassId), files: &[AttachmentId]) -> NewPost {
        let now = self.services.now();
        let seconds = u64::try_from(now.0 / 1_000_000).unwrap();
        let stamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0);
        NewPost {
            room,
            client: ClientId::from_uuid(Uuid::new_v7(stamp)),
            class,
            body: tasuki_domain::text::Body::parse("body", "添付します").unwrap(),
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
            attachments: files.to_vec(),
            written_at: now,
            occurred_at: None,
            on_behalf_of: None,
        }
    }

    pub async fn read(
        &self,
        caller: &Caller,
        file: AttachmentId,
    ) -> Result<(AttachmentFacts, Vec<u8>), UseCaseError> {
        let (facts, mut body) = read_attachment(&self.services, caller, file).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok((facts, bytes))
    }

    /// How many entries the log has of an action with an outcome.
    pub async fn entries(&self, action: Action, outcome: i64) -> i64 {
        let mut connection = self.store().reading().await.unwrap();
        let sql = "SELECT count(*) FROM access_entry WHERE action = $1 AND outcome = $2";
        on!(&mut connection, c => sqlx::query_scalar(sql).bind(i64::from(action.code())).bind(outcome)
            .fetch_one(&mut **c).await)
        .unwrap()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut connection = self.store().reading().await.unwrap();
        on!(&mut connection, c => sqlx::query_scalar(sql).fetch_one(&mut **c).await).unwrap()
    }

    /// Changes rows behind the program's back.
    pub async fn tamper(&self, sql: &'static str, ids: &[Uuid]) {
        self.store().write(Tamper { sql, ids: ids.to_vec(), policy: false }).await.unwrap();
    }

    /// Changes rows that rights depend on, as a use case elsewhere would.
    pub async fn change_rights(&self, sql: &'static str, ids: &[Uuid]) {
        self.store().write(Tamper { sql, ids: ids.to_vec(), policy: true }).await.unwrap();
    }
}

pub fn identity(caller: &Caller) -> (PersonId, PostId) {
    let session = caller.session().unwrap();
    (session.person, session.post)
}

fn job() -> Caller {
    Caller::job(JobKind::Service, RequestId::from_uuid(Uuid::new_v4()))
}

struct Tamper {
    sql: &'static str,
    ids: Vec<Uuid>,
    policy: bool,
}

impl Work for Tamper {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let connection = batch.writing().await?;
        on!(connection, c => {
            let mut query = sqlx::query(self.sql);
            for id in &self.ids {
                query = query.bind(*id);
            }
            query.execute(&mut **c).await.map(drop)
        })?;
        if self.policy {
            batch.policy_changed();
        }
        Ok(Done::new((), entry(batch)))
    }
}

fn entry(batch: &mut Batch) -> tasuki_store::EntryProof {
    let facts = tasuki_domain::policy::FactsBuilder::default().build();
    let grant = tasuki_domain::policy::decide(&facts, &job(), SignRevocationList {}, Timestamp(NOW)).unwrap();
    batch.append(grant.entry(Detail::default()))
}

/// Rows that other rooms of the program write.
#[derive(Default)]
struct Rows(Vec<(&'static StagedTable, Vec<Value>)>);

macro_rules! table {
    ($name:ident, $insert:literal) => {
        static $name: StagedTable = StagedTable { insert: concat!("INSERT INTO ", $insert, " "), tail: "" };
    };
}

table!(PERSON, "person (person, organization, login_index, version, from_at, until_at)");
table!(POST, "post (post, person, organization, place, job_type, suspended, from_at, until_at)");
table!(DEVICE, "device (device, organization, place, kind, label, from_at, until_at)");
table!(KEY, "device_key (key_digest, device, serial, issued_at, not_after, superseded_until, revoked_at)");
table!(PATIENT, "patient (patient, organization, place, state, room, linked, version, from_at)");
table!(CONSENT, "consent (consent, patient, giver, classes, facts, from_at, until_at)");
table!(
    MEMBERSHIP,
    "membership (membership, patient, consent, post, organization, place, job_types, proposer, confirmer, \
     confirmed_at, from_at, until_at)"
);
table!(ROOM, "room (room, kind, patient, organization, owner, title, created_at, closed_at)");
table!(MEMBER, "room_member (room, person, from_at, until_at)");

impl Rows {
    fn device(&mut self, organization: Uuid, device: Uuid) {
        let none = Value::Id(Uuid::nil());
        let period = [Value::Int(0), Value::Int(OPEN)];
        let row = vec![Value::Id(device), Value::Id(organization), none, Value::Int(1), Value::Bytes(vec![])];
        self.0.push((&DEVICE, [row, period.to_vec()].concat()));
        self.0.push((
            &KEY,
            vec![
                Value::Bytes(DEVICE_KEY.to_vec()),
                Value::Id(device),
                Value::Text("01".into()),
                Value::Int(0),
                Value::Int(OPEN),
                Value::Int(OPEN),
                Value::Int(OPEN),
            ],
        ));
    }

    fn staff(&mut self, (organization, device): (Uuid, Uuid), job_type: JobTypeId) -> Caller {
        let (person, post) = (Uuid::new_v4(), Uuid::new_v4());
        let index = Value::Bytes(person.as_bytes().to_vec());
        self.0.push((
            &PERSON,
            vec![
                Value::Id(person),
                Value::Id(organization),
                index,
                Value::Int(1),
                Value::Int(0),
                Value::Int(OPEN),
            ],
        ));
        self.0.push((
            &POST,
            vec![
                Value::Id(post),
                Value::Id(person),
                Value::Id(organization),
                Value::Id(Uuid::nil()),
                Value::Int(i64::from(job_type.0)),
                Value::Int(0),
                Value::Int(0),
                Value::Int(OPEN),
            ],
        ));
        let start = SessionStart {
            session: SessionId::from_uuid(Uuid::new_v4()),
            person: PersonId::from_uuid(person),
            post: PostId::from_uuid(post),
            organization: OrganizationId::from_uuid(organization),
            device: DeviceId::from_uuid(device),
            signed_in_at: Timestamp(NOW),
            expires_at: Timestamp(NOW + 10 * DAY),
            idle: 10 * DAY,
        };
        Caller {
            actor: Actor::Person(Arc::new(LiveSession::new(start, Timestamp(NOW)))),
            request: RequestId::from_uuid(Uuid::new_v4()),
            source: None,
            certificate: None,
        }
    }

    fn patient(&mut self, organization: Uuid, team: &[PostId]) -> RoomId {
        let (patient, room, consent) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        let none = || Value::Id(Uuid::nil());
        self.0.push((
            &PATIENT,
            vec![
                Value::Id(patient),
                Value::Id(organization),
                none(),
                Value::Int(1),
                Value::Id(room),
                none(),
                Value::Int(1),
                Value::Int(0),
            ],
        ));
        self.0.push((
            &CONSENT,
            vec![
                Value::Id(consent),
                Value::Id(patient),
                Value::Int(1),
                Value::Int(0b1_1111_1110),
                Value::Bytes(vec![]),
                Value::Int(0),
                Value::Int(OPEN),
            ],
        ));
        for post in team {
            let ids = [Uuid::new_v4(), patient, consent, post.as_uuid(), Uuid::nil(), Uuid::nil()];
            let mut row: Vec<Value> = ids.into_iter().map(Value::Id).collect();
            row.extend([Value::Int(0), none(), none(), Value::Int(1), Value::Int(0), Value::Int(OPEN)]);
            self.0.push((&MEMBERSHIP, row));
        }
        self.room(organization, (room, 1, patient));
        RoomId::from_uuid(room)
    }

    fn group(&mut self, organization: Uuid, members: &[PersonId]) -> RoomId {
        let room = Uuid::new_v4();
        self.room(organization, (room, 2, Uuid::nil()));
        for person in members {
            let period = [Value::Int(0), Value::Int(OPEN)];
            self.0.push((
                &MEMBER,
                [vec![Value::Id(room), Value::Id(person.as_uuid())], period.to_vec()].concat(),
            ));
        }
        RoomId::from_uuid(room)
    }

    fn room(&mut self, organization: Uuid, (room, kind, patient): (Uuid, i64, Uuid)) {
        self.0.push((
            &ROOM,
            vec![
                Value::Id(room),
                Value::Int(kind),
                Value::Id(patient),
                Value::Id(organization),
                Value::Id(Uuid::nil()),
                Value::Bytes(vec![]),
                Value::Int(0),
                Value::Int(OPEN),
            ],
        ));
    }
}

impl Work for Rows {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        for (table, values) in &self.0 {
            batch.stage(table, values.clone());
        }
        batch.policy_changed();
        Ok(Done::new((), entry(batch)))
    }
}

/// The code of the rule that an upload broke.
pub fn rule(result: Result<Added, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::Upload(refusal)) => refusal.code(),
        Err(UseCaseError::Conflict(conflict)) => conflict.0,
        Err(UseCaseError::Busy { .. }) => "busy",
        Err(UseCaseError::Refused(refusal)) => {
            let reasons = HashMap::from([("Matrix", "matrix"), ("Membership", "membership")]);
            reasons.get(format!("{:?}", refusal.reason).as_str()).copied().unwrap_or("refused")
        }
        Ok(_) => "taken",
        Err(other) => panic!("{other:?}"),
    }
}
