//! A house for the tests of the log: entries, auditors, a superuser who tampers.

use crate::{
    Batch, Done, Founding, Opening, Revealed, StagedTable, Store, Value, Work, WorkError,
    table::checkpoint::LogProblem,
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tasuki_domain::{
    access::{Action, ActorColumns, ActorKind, Detail, NewEntry, Outcome, Target},
    id::{DeviceId, OrganizationId, PersonId, PostId, RequestId, SessionId},
    policy::{Act, Actor, Caller},
    session::{LiveSession, SessionStart},
    time::{HOUR, Timestamp},
};
use tasuki_vault::{Keyring, RootKey, log::Finding};
use uuid::Uuid;

pub const START: i64 = 1_790_000_000_000_000;
pub const NO_ORGANIZATION: Uuid = Uuid::nil();

/// A house with the means to open its database again, as another instance would.
pub struct House {
    pub store: Store,
    pub url: String,
    pub hand: Arc<AtomicI64>,
    pub root: zeroize::Zeroizing<[u8; 32]>,
    pub home: OrganizationId,
    _folder: Arc<tempfile::TempDir>,
}

impl House {
    pub fn opening(&self) -> Opening {
        let hand = self.hand.clone();
        Opening::new(self.url.clone(), Arc::new(move || Timestamp(hand.load(Ordering::Relaxed))))
    }

    pub fn keyring(&self) -> Keyring {
        Keyring::unlock(RootKey::from_bytes(&self.root))
    }

    /// The same database, opened once more: nothing is in memory yet.
    pub async fn again(&self) -> Store {
        Store::open(self.opening(), self.keyring()).await.unwrap()
    }

    pub fn postgres(&self) -> bool {
        self.store.inner.backend.is_shared()
    }

    /// As superuser: the triggers go, then this.
    pub async fn tamper(&self, sql: &'static str) {
        let triggers = if self.postgres() {
            "ALTER TABLE access_entry DISABLE TRIGGER ALL; ALTER TABLE checkpoint DISABLE TRIGGER ALL; \
             ALTER TABLE log_tile DISABLE TRIGGER ALL"
        } else {
            "DROP TRIGGER IF EXISTS access_entry_no_update; DROP TRIGGER IF EXISTS access_entry_no_delete; \
             DROP TRIGGER IF EXISTS checkpoint_no_update; DROP TRIGGER IF EXISTS checkpoint_no_delete; \
             DROP TRIGGER IF EXISTS log_tile_no_update; DROP TRIGGER IF EXISTS log_tile_no_delete"
        };
        let mut connection = self.store.inner.backend.writer().await.unwrap();
        connection.run(triggers).await.unwrap();
        connection.run(sql).await.unwrap();
    }

    pub async fn entries(&self, count: usize) {
        futures::future::join_all((0..count).map(|number| self.store.append(entry(number, self.home)))).await;
    }

    pub async fn verified(&self, against: Option<&str>) -> (bool, String) {
        let report = self.again().await.verify_log(against, None).await.unwrap();
        (report.sound, report.english)
    }
}

pub async fn houses() -> Vec<House> {
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
        let hand = Arc::new(AtomicI64::new(START));
        let time = hand.clone();
        let mut root = zeroize::Zeroizing::new([0; 32]);
        rand::Rng::fill_bytes(&mut crate::store::entropy(), root.as_mut_slice());
        let opening = Opening::new(url.clone(), Arc::new(move || Timestamp(time.load(Ordering::Relaxed))));
        let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
        let store =
            Store::found(opening, Keyring::unlock(RootKey::from_bytes(&root)), founding).await.unwrap();
        let home = OrganizationId::from_uuid(Uuid::new_v4());
        houses.push(House { store, url, hand, root, home, _folder: folder.clone() });
    }
    houses
}

pub fn entry(number: usize, home: OrganizationId) -> NewEntry {
    NewEntry {
        action: Action::OpenRoom,
        outcome: Outcome::Done,
        actor: ActorColumns {
            kind: ActorKind::Person,
            actor: Uuid::from_u128(7),
            post: None,
            organization: Some(home),
            device: None,
            session: None,
        },
        target: Target::NONE,
        request: RequestId::from_uuid(Uuid::from_u128(number as u128)),
        detail: Detail::default().with("number", number),
    }
}

/// The rows that make an auditor: a person, a post, a device, a role.
pub struct Auditor {
    pub organization: OrganizationId,
    pub scope: Uuid,
    pub role: i64,
    pub person: PersonId,
    pub post: PostId,
    pub device: DeviceId,
}

pub const PERSON: StagedTable = StagedTable {
    insert: "INSERT INTO person (person, organization, login_index, version, from_at, until_at) ",
    tail: "",
};
pub const POST: StagedTable = StagedTable {
    insert: "INSERT INTO post (post, person, organization, place, job_type, suspended, from_at, until_at) ",
    tail: "",
};
pub const DEVICE: StagedTable = StagedTable {
    insert: "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) ",
    tail: "",
};
pub const ROLE: StagedTable = StagedTable {
    insert: "INSERT INTO role (held, person, role, organization, from_at, until_at) ",
    tail: "",
};

impl Work for Auditor {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        let (from, until) = (Value::Int(0), Value::Int(i64::MAX));
        let (person, post, device) = (
            Value::Id(self.person.as_uuid()),
            Value::Id(self.post.as_uuid()),
            Value::Id(self.device.as_uuid()),
        );
        let home = Value::Id(self.organization.as_uuid());
        let none = Value::Id(Uuid::nil());
        let login = Value::Bytes(self.person.as_uuid().as_bytes().to_vec());
        batch.stage(
            &PERSON,
            vec![person.clone(), home.clone(), login, Value::Int(1), from.clone(), until.clone()],
        );
        batch.stage(
            &POST,
            vec![
                post,
                person.clone(),
                home.clone(),
                none.clone(),
                Value::Int(11),
                Value::Int(0),
                from.clone(),
                until.clone(),
            ],
        );
        batch.stage(
            &DEVICE,
            vec![device, home, none, Value::Int(3), Value::Bytes(Vec::new()), from.clone(), until.clone()],
        );
        batch.stage(
            &ROLE,
            vec![
                Value::Id(Uuid::new_v4()),
                person,
                Value::Int(self.role),
                Value::Id(self.scope),
                from,
                until,
            ],
        );
        batch.policy_changed();
        let proof = batch.append(entry(0, self.organization));
        Ok(Done::new((), proof))
    }
}

/// Somebody with a role over a scope, signed in with a fresh passkey.
pub async fn somebody(house: &House, organization: OrganizationId, scope: Uuid, role: i64) -> Caller {
    let (person, post, device) = (
        PersonId::from_uuid(Uuid::new_v4()),
        PostId::from_uuid(Uuid::new_v4()),
        DeviceId::from_uuid(Uuid::new_v4()),
    );
    house.store.write(Auditor { organization, scope, role, person, post, device }).await.unwrap();
    let now = house.store.now();
    let session = LiveSession::new(
        SessionStart {
            session: SessionId::from_uuid(Uuid::new_v4()),
            person,
            post,
            organization,
            device,
            signed_in_at: now,
            expires_at: now.plus(HOUR),
            idle: HOUR,
        },
        now,
    );
    session.step_up(now.plus(HOUR));
    Caller {
        actor: Actor::Person(Arc::new(session)),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: Some("192.0.2.7".parse().unwrap()),
        certificate: Some("0a1b".into()),
    }
}

pub async fn office(house: &House) -> Caller {
    somebody(house, house.home, NO_ORGANIZATION, 3).await
}

pub async fn look<A: Act>(house: &House, caller: &Caller, act: A) -> Revealed<A> {
    let grant = house.store.decide(caller, act).await.unwrap();
    house.store.reveal(grant, Detail::default()).await.unwrap()
}

pub fn damaged(outcome: Result<impl std::fmt::Debug, LogProblem>) -> Finding {
    match outcome {
        Err(LogProblem::Damaged(finding)) => finding,
        other => panic!("{other:?}"),
    }
}
