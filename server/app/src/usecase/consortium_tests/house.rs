//! A home with two floors, visiting nurses and a pharmacy; whoever is asked for is signed in on a device of the own
//! employer.

use crate::{
    clock::Clock,
    config::Config,
    usecase::{
        Services, UseCaseError,
        change_care_team::{Proposal, confirm_membership, propose_membership},
        change_consent::{NewConsent, record_consent},
        device_authority::found_authority,
        register_patient::{Registration, register_patient},
    },
};
use sqlx::Connection as _;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, Outcome, Target},
    care_team::{ConsentGiver, Subject},
    id::*,
    info_class::{ClassSet, InfoClassId},
    job_type::JobTypeId,
    patient::*,
    policy::{Actor, Caller, Operator, RefusalReason},
    role::Role,
    session::{LiveSession, SessionStart},
    text::{Area, Fact, Name, Note, Reading, RoomNumber},
    time::{DAY, Interval, Timestamp},
};
use tasuki_store::{Batch, Done, Founding, Opening, StagedTable, Store, Value, Work, WorkError};
use tasuki_vault::{Keyring, RootKey, Scope, Slot};
use uuid::Uuid;

const ORGANIZATION: StagedTable = StagedTable {
    insert: "INSERT INTO organization (organization, kind, version, from_at, until_at) ",
    tail: "",
};
const PLACE: StagedTable = StagedTable {
    insert: "INSERT INTO place (place, organization, parent, kind, position, version, from_at, until_at) ",
    tail: "",
};
const PERSON: StagedTable = StagedTable {
    insert: "INSERT INTO person (person, organization, login_index, version, from_at, until_at) ",
    tail: "",
};
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

/// What the fixtures stage: rows of several tables in one go.
struct Rows(Vec<(&'static StagedTable, Vec<Value>)>);

impl Work for Rows {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        for (table, values) in &self.0 {
            let mut values = values.clone();
            if let ("device", [Value::Id(device), Value::Id(owner), .., label, _, _]) =
                (table.insert.split(' ').nth(2).unwrap(), &mut values[..])
            {
                let slot = Slot::new("device", "label", *device);
                *label = Value::Bytes(batch.seal(Scope::Organization(*owner), slot, b"PC").await?);
            }
            batch.stage(table, values);
        }
        batch.policy_changed();
        let proof = batch.append(NewEntry {
            action: Action::Start,
            outcome: Outcome::Done,
            actor: console().columns(),
            target: Target::NONE,
            request: RequestId::from_uuid(Uuid::nil()),
            detail: Detail::default(),
        });
        Ok(Done::new((), proof))
    }
}

pub struct House {
    pub services: Services,
    pub hand: Arc<AtomicI64>,
    pub home: OrganizationId,
    pub first_floor: PlaceId,
    pub second_floor: PlaceId,
    pub nurses: OrganizationId,
    pub pharmacy: OrganizationId,
    url: String,
    _folder: Arc<tempfile::TempDir>,
}

pub fn console() -> Caller {
    caller(Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }))
}

fn caller(actor: Actor) -> Caller {
    Caller { actor, request: RequestId::from_uuid(Uuid::new_v4()), source: None, certificate: None }
}

/// A house on SQLite, and one on PostgreSQL where a server is given.
pub async fn houses() -> Vec<House> {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut urls = vec![format!("sqlite://{}", folder.path().join("tasuki.sqlite").display())];
    if let Ok(server) = std::env::var("TASUKI_TEST_POSTGRES") {
        let name = format!("tasuki_{}", Uuid::new_v4().simple());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        urls.push(format!("{}/{name}", server.rsplit_once('/').unwrap().0));
    }
    let mut houses = Vec::new();
    for url in urls {
        houses.push(House::build(url, folder.clone()).await);
    }
    houses
}

impl House {
    async fn build(url: String, folder: Arc<tempfile::TempDir>) -> Self {
        crate::tls::install_provider();
        let hand = Arc::new(AtomicI64::new(Clock::system().now().0));
        let clock = Clock::simulated(hand.clone());
        let mut config = Config::default();
        config.server.name = crate::config::DnsName::parse("tasuki.test").unwrap();
        let told = clock.clone();
        let opening = Opening::new(url.clone(), Arc::new(move || told.now()));
        let mut random = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
        let founding = Founding { origin: "care.test/log".into(), rp_id: "tasuki.test".into() };
        let keyring = Keyring::unlock(RootKey::generate(&mut random));
        let store = Store::found(opening, keyring, founding).await.unwrap();
        let services = Services::new(store, clock, Arc::new(config));
        let organization = || OrganizationId::from_uuid(Uuid::new_v4());
        let (home, nurses, pharmacy) = (organization(), organization(), organization());
        let (first_floor, second_floor) = (place(), place());
        let mut rows: Vec<_> = [home, nurses, pharmacy]
            .map(|id| {
                let open = [Value::Int(0), Value::Int(i64::MAX)];
                let mut values = vec![Value::Id(id.as_uuid()), Value::Int(1), Value::Int(1)];
                values.extend(open);
                (&ORGANIZATION, values)
            })
            .into();
        for (position, place) in (1..).zip([first_floor, second_floor]) {
            rows.push((
                &PLACE,
                vec![
                    Value::Id(place.as_uuid()),
                    Value::Id(home.as_uuid()),
                    Value::Id(Uuid::nil()),
                    Value::Int(2),
                    Value::Int(position),
                    Value::Int(1),
                    Value::Int(0),
                    Value::Int(i64::MAX),
                ],
            ));
        }
        services.store.write(Rows(rows)).await.unwrap();
        found_authority(&services, &console()).await.unwrap();
        let house =
            Self { services, hand, home, first_floor, second_floor, nurses, pharmacy, url, _folder: folder };
        house.pass(1);
        house
    }

    /// Moves the clock on.
    pub fn pass(&self, microseconds: i64) {
        self.hand.fetch_add(microseconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        self.services.now()
    }

    /// Somebody with a post and no role, signed in without a fresh passkey.
    pub async fn staff(&self, organization: OrganizationId, job_type: JobTypeId) -> Caller {
        self.somebody(organization, job_type, None).await
    }

    /// Somebody who administers the organization (`None`: the consortium), with a fresh passkey.
    pub async fn administrator(
        &self,
        organization: OrganizationId,
        role: Role,
        scope: Option<OrganizationId>,
    ) -> Caller {
        let caller = self.somebody(organization, JobTypeId::CLERK, Some((role, scope))).await;
        caller.session().unwrap().step_up(self.now().plus(30 * DAY));
        caller
    }

    async fn somebody(
        &self,
        organization: OrganizationId,
        job_type: JobTypeId,
        role: Option<(Role, Option<OrganizationId>)>,
    ) -> Caller {
        let ids: [Uuid; 5] = std::array::from_fn(|_| Uuid::new_v4());
        let [person, post, device, session, held] = ids;
        let (of, nil) = (Value::Id(organization.as_uuid()), || Value::Id(Uuid::nil()));
        let open = || [Value::Int(0), Value::Int(i64::MAX)];
        let login = Value::Bytes(person.as_bytes().to_vec());
        let mut rows = vec![
            (&PERSON, row([Value::Id(person), of.clone(), login, Value::Int(1)], open())),
            (
                &POST,
                row(
                    [
                        Value::Id(post),
                        Value::Id(person),
                        of.clone(),
                        nil(),
                        Value::Int(job_type.0.into()),
                        Value::Int(0),
                    ],
                    open(),
                ),
            ),
            (&DEVICE, row([Value::Id(device), of, nil(), Value::Int(3), Value::Bytes(Vec::new())], open())),
        ];
        if let Some((role, scope)) = role {
            let scope = scope.map_or(Uuid::nil(), OrganizationId::as_uuid);
            let values =
                [Value::Id(held), Value::Id(person), Value::Int(role.code().into()), Value::Id(scope)];
            rows.push((&ROLE, row(values, open())));
        }
        self.services.store.write(Rows(rows)).await.unwrap();
        let now = self.now();
        let start = SessionStart {
            session: SessionId::from_uuid(session),
            person: PersonId::from_uuid(person),
            post: PostId::from_uuid(post),
            organization,
            device: DeviceId::from_uuid(device),
            signed_in_at: now,
            expires_at: now.plus(30 * DAY),
            idle: 30 * DAY,
        };
        let live = Arc::new(LiveSession::new(start, now));
        let mut digest = [0; 32];
        digest[..16].copy_from_slice(session.as_bytes());
        self.services.store.sessions().insert(digest, live.clone());
        caller(Actor::Person(live))
    }

    /// 職員管理 of an organization.
    pub async fn staff_administrator(&self, organization: OrganizationId) -> Caller {
        self.administrator(organization, Role::StaffAdministration, Some(organization)).await
    }

    /// システム管理 of an organization.
    pub async fn system_administrator(&self, organization: OrganizationId) -> Caller {
        self.administrator(organization, Role::SystemAdministration, Some(organization)).await
    }

    /// A patient of the home.
    pub async fn patient(&self, name: &str, place: Option<PlaceId>, room: &str) -> (PatientId, RoomId) {
        let administrator = self.staff_administrator(self.home).await;
        let registration =
            Registration { organization: self.home, place, facts: facts(name, room), number: None };
        register_patient(&self.services, &administrator, registration).await.unwrap()
    }

    /// A consent to everything, for a year.
    pub async fn consent(&self, patient: PatientId) -> ConsentId {
        let administrator = self.staff_administrator(self.home).await;
        record_consent(&self.services, &administrator, patient, consent(self.now())).await.unwrap()
    }

    /// Lets somebody in: proposed by one administrator of the home, confirmed by another.
    pub async fn let_in(&self, patient: PatientId, consent: ConsentId, who: &Caller) -> MembershipId {
        let (one, two) =
            (self.staff_administrator(self.home).await, self.staff_administrator(self.home).await);
        let proposal = self.proposal(consent, who);
        let membership = propose_membership(&self.services, &one, patient, proposal).await.unwrap();
        confirm_membership(&self.services, &two, patient, membership).await.unwrap();
        membership
    }

    pub fn proposal(&self, consent: ConsentId, who: &Caller) -> Proposal {
        let subject = Subject::Post(who.session().unwrap().post);
        Proposal { subject, consent, period: Interval::open(self.now()) }
    }

    /// One number out of the database itself.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self.url.starts_with("sqlite") {
            true => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
            false => {
                let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// What somebody with the database in hand could do.
    pub async fn tamper(&self, sql: &'static str) {
        match self.url.starts_with("sqlite") {
            true => {
                let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            }
            false => {
                let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            }
        }
    }
}

fn row<const N: usize>(values: [Value; N], open: [Value; 2]) -> Vec<Value> {
    values.into_iter().chain(open).collect()
}

fn place() -> PlaceId {
    PlaceId::from_uuid(Uuid::new_v4())
}

pub fn facts(name: &str, room: &str) -> PatientFacts {
    PatientFacts {
        identity: Identity {
            name: Name::parse("name", name).unwrap(),
            reading: Reading::parse("reading", "さとう はな").unwrap(),
            sex: Sex::Female,
            birth_date: "1939-03-04".parse().unwrap(),
            room_number: RoomNumber::parse("room_number", room).unwrap(),
            area: Area::parse("area", "東").unwrap(),
        },
        safety: Safety {
            allergies: Fact::parse("allergies", "そば").unwrap(),
            infections: Fact::parse("infections", "").unwrap(),
            fall_risk: FallRisk::High,
            dnar: Dnar::Unknown,
            care_level: CareLevel::Care3,
            notes: Note::parse("notes", "").unwrap(),
        },
    }
}

pub fn consent(now: Timestamp) -> NewConsent {
    NewConsent {
        giver: ConsentGiver::Family,
        classes: (1..=8).map(InfoClassId).collect::<ClassSet>(),
        period: Interval { from: now, until: now.plus(365 * DAY) },
        note: Note::parse("note", "長女より書面で").unwrap(),
    }
}

/// Why it was refused.
pub fn reason<T>(result: Result<T, UseCaseError>) -> RefusalReason {
    match result.err().expect("it was allowed") {
        UseCaseError::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

/// The code of the conflict.
pub fn conflict<T>(result: Result<T, UseCaseError>) -> &'static str {
    match result.err().expect("it was allowed") {
        UseCaseError::Conflict(conflict) => conflict.0,
        other => panic!("{other:?}"),
    }
}

/// The field that broke a rule, and the rule's code.
pub fn field<T>(result: Result<T, UseCaseError>) -> (&'static str, &'static str) {
    match result.err().expect("it was allowed") {
        UseCaseError::Field(problem) => (problem.field, problem.rule.code()),
        other => panic!("{other:?}"),
    }
}
