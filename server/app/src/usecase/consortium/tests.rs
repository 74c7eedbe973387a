use super::*;
use crate::{
    clock::Clock,
    config::Config,
    usecase::{Services, UseCaseError},
};
use sqlx::Connection as _;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tasuki_domain::{
    access::Outcome,
    id::{DeviceId, OrganizationId, PersonId, PlaceId, PostId, RequestId, RoleId, SessionId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    organization::{NewOrganization, NewPlace, OrganizationChange, OrganizationKind, PlaceChange, PlaceKind},
    person::{NewPerson, NewPost, PersonChange},
    policy::{Actor, Caller, Operator, RefusalReason},
    problem::FieldRule,
    role::{Role, Scope},
    session::{LiveSession, SessionStart, SessionState},
    text::{Login, Name, Reading, Telephone, Title},
    time::{DAY, HOUR, Interval, MINUTE, Timestamp},
};
use tasuki_store::{Founding, Opening, Store};
use tasuki_vault::{Keyring, RootKey};
use uuid::Uuid;

const START: i64 = 1_790_000_000_000_000;

/// An open house with an office that has founded it.
pub(crate) struct House {
    pub(crate) services: Services,
    url: String,
    hand: Arc<AtomicI64>,
    founded: Founded,
    _folder: Option<tempfile::TempDir>,
}

/// A house on SQLite, and one on PostgreSQL where a server is given.
pub(crate) async fn houses() -> Vec<House> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}", folder.path().join("tasuki.sqlite").display());
    let mut houses = vec![house(sqlite, Some(folder)).await];
    if let Ok(server) = std::env::var("TASUKI_TEST_POSTGRES") {
        let name = format!("tasuki_{}", Uuid::new_v4().simple());
        let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        houses.push(house(format!("{}/{name}", server.rsplit_once('/').unwrap().0), None).await);
    }
    houses
}

async fn house(url: String, folder: Option<tempfile::TempDir>) -> House {
    let hand = Arc::new(AtomicI64::new(START));
    let clock = Clock::simulated(hand.clone());
    let time = clock.clone();
    let opening = Opening::new(url.clone(), Arc::new(move || time.now()));
    let mut random = rand::rand_core::UnwrapErr(rand::rngs::SysRng);
    let keyring = Keyring::unlock(RootKey::generate(&mut random));
    let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
    let store = Store::found(opening, keyring, founding).await.unwrap();
    let config = Config::from_sources("[server]\nname = \"care.test\"\n", [])
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    let services = Services::new(store, clock, Arc::new(config));
    let founded = found_consortium(&services, &console(), founding_command()).await.unwrap();
    House { services, url, hand, founded, _folder: folder }
}

fn founding_command() -> FoundingCommand {
    FoundingCommand {
        organization: employer("事務局"),
        person: staff("office", "事務 太郎"),
        post: first(JobTypeId::CLERK),
    }
}

fn console() -> Caller {
    let operator = Operator { user: "root".into(), host: "home".into(), reason: "test".into() };
    Caller { actor: Actor::Operator(operator), request: request(), source: None, certificate: None }
}

fn request() -> RequestId {
    RequestId::from_uuid(Uuid::new_v4())
}

fn title(text: &str) -> Title {
    Title::parse("title", text).unwrap()
}

fn employer(name: &str) -> NewOrganization {
    let romaji = Reading::parse("romaji", "").unwrap();
    NewOrganization { kind: OrganizationKind::NursingHome, name: title(name), romaji, telephone: None }
}

fn staff(login: &str, name: &str) -> NewPerson {
    NewPerson {
        login: Login::parse("login", login).unwrap(),
        name: Name::parse("name", name).unwrap(),
        reading: Reading::parse("reading", &format!("よみ{login}")).unwrap(),
        romaji: Reading::parse("romaji", "").unwrap(),
    }
}

const fn first(job_type: JobTypeId) -> FirstPost {
    FirstPost { place: None, job_type, from: None, until: None }
}

const NO_CHANGE: PersonChange =
    PersonChange { version: 1, login: None, name: None, reading: None, romaji: None };

/// An employer with a device, an administrator of its own and a nurse, both signed in.
pub(crate) struct Employer {
    pub(crate) organization: OrganizationId,
    pub(crate) administrator: Caller,
    pub(crate) nurse: CreatedPerson,
    pub(crate) nurse_caller: Caller,
}

impl House {
    fn now(&self) -> Timestamp {
        self.services.now()
    }

    async fn run(&self, sql: &'static str, ids: &[Uuid]) {
        if self.url.starts_with("postgres") {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let query = ids.iter().fold(sqlx::query(sql), |query, id| query.bind(*id));
            query.execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            let query = ids.iter().fold(sqlx::query(sql), |query, id| query.bind(*id));
            query.execute(&mut connection).await.unwrap();
        }
    }

    pub(crate) async fn employer(&self, name: &str) -> Employer {
        let (services, console) = (&self.services, console());
        let organization = create_organization(services, &console, employer(name)).await.unwrap();
        let device = DeviceId::from_uuid(Uuid::new_v4());
        self.run(
            "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) \
             VALUES ($1, $2, $3, 3, (SELECT facts FROM organization_version LIMIT 1), 0, 9223372036854775807)",
            &[device.as_uuid(), organization.as_uuid(), Uuid::nil()],
        )
        .await;
        let login =
            |role: &str| format!("{role}.{}", organization.as_uuid().simple().to_string().split_at(8).0);
        let manager = staff(&login("manager"), "管理 次郎");
        let manager =
            create_person(services, &console, organization, manager, first(JobTypeId::CLERK)).await.unwrap();
        let scope = Scope::Organization(organization);
        grant_role(services, &console, manager.person, (Role::StaffAdministration, scope)).await.unwrap();
        let nurse = staff(&login("nurse"), "看護 花子");
        let nurse =
            create_person(services, &console, organization, nurse, first(JobTypeId::NURSE)).await.unwrap();
        Employer {
            organization,
            administrator: self.sign_in(organization, device, manager),
            nurse,
            nurse_caller: self.sign_in(organization, device, nurse),
        }
    }

    fn sign_in(&self, organization: OrganizationId, device: DeviceId, who: CreatedPerson) -> Caller {
        let session = SessionId::from_uuid(Uuid::new_v4());
        let start = SessionStart {
            session,
            person: who.person,
            post: who.post,
            organization,
            device,
            signed_in_at: self.now(),
            expires_at: self.now().plus(DAY),
            idle: DAY,
        };
        let live = Arc::new(LiveSession::new(start, self.now()));
        live.step_up(self.now().plus(DAY));
        let mut digest = [0; 32];
        digest[..16].copy_from_slice(session.as_uuid().as_bytes());
        self.services.store.sessions().insert(digest, live.clone());
        Caller { actor: Actor::Person(live), request: request(), source: None, certificate: None }
    }

    fn log_size(&self) -> u64 {
        *self.services.store.log_size().borrow()
    }
}

fn reason(error: UseCaseError) -> RefusalReason {
    match error {
        UseCaseError::Refused(refusal) => {
            assert_eq!(refusal.entry().outcome, Outcome::Refused);
            refusal.reason
        }
        other => panic!("{other:?}"),
    }
}

fn conflict(error: UseCaseError) -> &'static str {
    match error {
        UseCaseError::Conflict(conflict) => conflict.0,
        other => panic!("{other:?}"),
    }
}

fn state(caller: &Caller, now: Timestamp) -> SessionState {
    caller.session().unwrap().state(now)
}

#[tokio::test]
async fn a_consortium_is_founded_once_and_at_the_console() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let again = found_consortium(&house.services, &home.administrator, founding_command()).await;
        assert_eq!(reason(again.unwrap_err()), RefusalReason::Role);
        let again = found_consortium(&house.services, &console(), founding_command()).await;
        assert_eq!(conflict(again.unwrap_err()), "consortium.founded");
        let (facts, now, first) = (house.services.store.facts(), house.now(), house.founded.person);
        assert!(facts.holds(first, Role::StaffAdministration, None, now));
        assert!(facts.holds(first, Role::SystemAdministration, None, now));
        assert!(!facts.holds(first, Role::Audit, None, now));
    }
}

#[tokio::test]
async fn without_the_role_nothing_of_an_employer_moves() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let s = &house.services;
        // The nurse administers nothing; the partner's administrator reaches its own people and nothing else.
        for stranger in [&home.nurse_caller, &partner.administrator] {
            let before = house.log_size();
            let place =
                NewPlace { parent: None, kind: PlaceKind::Floor, name: title("1階"), position: None };
            let change =
                OrganizationChange { version: 1, kind: None, name: None, romaji: None, telephone: None };
            let new_post = NewPost {
                person: home.nurse.person,
                place: None,
                job_type: JobTypeId::NURSE,
                from: None,
                until: None,
            };
            let question = PeopleQuestion { organization: home.organization, after: None, limit: 10 };
            let matrix =
                MatrixCommand { organization: Some(home.organization), version: 0, cells: Vec::new() };
            let scope = Scope::Organization(home.organization);
            let refusals = [
                create_organization(s, stranger, employer("新しい法人")).await.map(drop),
                change_organization(s, stranger, home.organization, change).await.map(drop),
                end_organization(s, stranger, home.organization).await,
                create_place(s, stranger, home.organization, place).await.map(drop),
                create_person(s, stranger, home.organization, staff("new", "新人"), first(JobTypeId::NURSE))
                    .await
                    .map(drop),
                change_person(s, stranger, home.nurse.person, NO_CHANGE).await.map(drop),
                disable_person(s, stranger, home.nurse.person).await,
                create_post(s, stranger, home.organization, new_post).await.map(drop),
                end_post(s, stranger, home.nurse.post, None).await,
                reconfirm_post(s, stranger, home.nurse.post).await,
                grant_role(s, stranger, home.nurse.person, (Role::Maintenance, scope)).await.map(drop),
                read_people(s, stranger, question).await.map(drop),
                read_roles(s, stranger, home.organization, None).await.map(drop),
                change_matrix(s, stranger, matrix.clone()).await.map(drop),
                change_matrix(s, stranger, MatrixCommand { organization: None, ..matrix }).await.map(drop),
                create_job_type(s, stranger, (title("新職種"), title("New"))).await.map(drop),
                rename_info_class(s, stranger, InfoClassId::GENERAL, (None, None)).await,
            ];
            let count = refusals.len() as u64;
            for (number, refusal) in refusals.into_iter().enumerate() {
                assert_eq!(reason(refusal.unwrap_err()), RefusalReason::Role, "act {number}");
            }
            assert_eq!(house.log_size(), before + count, "every refusal has its entry");
        }
        assert_eq!(s.store.facts().person(home.nurse.person).unwrap().version, 1);
        assert_eq!(state(&home.nurse_caller, house.now()), SessionState::Live);
    }
}

#[tokio::test]
async fn what_is_not_there_is_missing_and_recorded() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let (s, who, id) = (&house.services, &home.administrator, Uuid::new_v4());
        let change = PlaceChange { version: 1, kind: None, name: None, parent: None, position: None };
        let before = house.log_size();
        for result in [
            change_person(s, who, PersonId::from_uuid(id), NO_CHANGE).await.map(drop),
            disable_person(s, who, PersonId::from_uuid(id)).await,
            end_post(s, who, PostId::from_uuid(id), None).await,
            reconfirm_post(s, who, PostId::from_uuid(id)).await,
            end_role(s, who, RoleId::from_uuid(id)).await,
            change_place(s, who, PlaceId::from_uuid(id), change).await,
            end_place(s, who, PlaceId::from_uuid(id)).await,
        ] {
            assert_eq!(reason(result.unwrap_err()), RefusalReason::Missing);
        }
        assert_eq!(house.log_size(), before + 7);
        let places = read_places(s, who, OrganizationId::from_uuid(id)).await;
        assert!(matches!(places, Err(UseCaseError::Missing)));
    }
}

#[tokio::test]
async fn administering_needs_a_fresh_passkey() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        home.administrator.session().unwrap().step_up(house.now());
        let refused = disable_person(&house.services, &home.administrator, home.nurse.person).await;
        assert_eq!(reason(refused.unwrap_err()), RefusalReason::StepUp);
    }
}

#[tokio::test]
async fn a_leaver_is_cut_off_by_the_employer_alone_and_at_once() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let s = &house.services;
        assert!(read_organizations(s, &home.nurse_caller).await.is_ok());
        let announced = house.now().plus(HOUR);
        end_post(s, &home.administrator, home.nurse.post, Some(announced)).await.unwrap();
        assert_eq!(state(&home.nurse_caller, house.now()), SessionState::Live);
        assert!(read_organizations(s, &home.nurse_caller).await.is_ok());
        end_post(s, &home.administrator, home.nurse.post, None).await.unwrap();
        assert_eq!(state(&home.nurse_caller, house.now()), SessionState::Ended);
        assert_eq!(
            reason(read_organizations(s, &home.nurse_caller).await.unwrap_err()),
            RefusalReason::Session
        );
        let again = end_post(s, &home.administrator, home.nurse.post, None).await;
        assert_eq!(conflict(again.unwrap_err()), "post.ended");
    }
}

#[tokio::test]
async fn an_announced_end_comes_by_itself() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let until = house.now().plus(MINUTE);
        end_post(&house.services, &home.administrator, home.nurse.post, Some(until)).await.unwrap();
        house.hand.fetch_add(MINUTE, Ordering::Relaxed);
        let refused = read_organizations(&house.services, &home.nurse_caller).await.unwrap_err();
        assert_eq!(reason(refused), RefusalReason::Post);
    }
}

#[tokio::test]
async fn a_disabled_person_is_out_and_stays_out() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let s = &house.services;
        let nurse = home.nurse.person;
        let second =
            NewPost { person: nurse, place: None, job_type: JobTypeId::NURSE, from: None, until: None };
        let elsewhere = create_post(s, &partner.administrator, partner.organization, second).await.unwrap();
        let refused = disable_person(s, &home.administrator, nurse).await;
        assert_eq!(conflict(refused.unwrap_err()), "person.posts_elsewhere");
        assert_eq!(state(&home.nurse_caller, house.now()), SessionState::Live);
        end_post(s, &partner.administrator, elsewhere, None).await.unwrap();
        assert_eq!(
            state(&home.nurse_caller, house.now()),
            SessionState::Live,
            "the other employer's post goes on"
        );
        disable_person(s, &home.administrator, nurse).await.unwrap();
        assert_eq!(state(&home.nurse_caller, house.now()), SessionState::Ended);
        assert_eq!(s.store.facts().posts_of(nurse, house.now()).count(), 0);
        for result in [
            disable_person(s, &home.administrator, nurse).await,
            change_person(s, &home.administrator, nurse, NO_CHANGE).await.map(drop),
            create_post(s, &home.administrator, home.organization, second).await.map(drop),
        ] {
            assert_eq!(conflict(result.unwrap_err()), "person.disabled");
        }
    }
}

#[tokio::test]
async fn roles_are_given_by_a_second_person_and_exclude_each_other() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let s = &house.services;
        let (own, manager) =
            (Scope::Organization(home.organization), home.administrator.session().unwrap().person);
        let oneself = grant_role(s, &home.administrator, manager, (Role::SystemAdministration, own)).await;
        assert_eq!(reason(oneself.unwrap_err()), RefusalReason::SecondPerson);
        for scope in [own, Scope::Consortium] {
            let both = grant_role(s, &console(), manager, (Role::Audit, scope)).await;
            assert_eq!(reason(both.unwrap_err()), RefusalReason::RolesExclude, "not at the console either");
        }
        let wide =
            grant_role(s, &home.administrator, home.nurse.person, (Role::Audit, Scope::Consortium)).await;
        assert_eq!(reason(wide.unwrap_err()), RefusalReason::Role);
        // A small home borrows the partner's reviewer.
        let reviewer = partner.administrator.session().unwrap().person;
        let held = grant_role(s, &home.administrator, reviewer, (Role::Audit, own)).await.unwrap();
        let again = grant_role(s, &home.administrator, reviewer, (Role::Audit, own)).await;
        assert_eq!(conflict(again.unwrap_err()), "role.held");
        let reaching = read_roles(s, &home.administrator, home.organization, None).await.unwrap();
        let roles: BTreeSet<_> = reaching.iter().map(|view| (view.row.person, view.row.role.role)).collect();
        let office = house.founded.person;
        let expected = [
            (manager, Role::StaffAdministration),
            (reviewer, Role::Audit),
            (office, Role::StaffAdministration),
            (office, Role::SystemAdministration),
        ];
        assert_eq!(roles, expected.into_iter().collect());
        assert!(reaching.iter().all(|view| !view.name.name.is_empty()));
        let only = read_roles(s, &home.administrator, home.organization, Some(reviewer)).await.unwrap();
        assert_eq!(only.iter().map(|view| view.row.held).collect::<Vec<_>>(), [held]);
        assert_eq!(reason(end_role(s, &partner.administrator, held).await.unwrap_err()), RefusalReason::Role);
        end_role(s, &home.administrator, held).await.unwrap();
        assert_eq!(conflict(end_role(s, &home.administrator, held).await.unwrap_err()), "role.ended");
        assert!(!s.store.facts().holds(reviewer, Role::Audit, Some(home.organization), house.now()));
    }
}

#[tokio::test]
async fn the_register_pages_without_gap_or_double() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let s = &house.services;
        for number in 0..5 {
            let new = staff(&format!("worker.{number}"), "介護 一郎");
            create_person(s, &home.administrator, home.organization, new, first(JobTypeId::CARE_WORKER))
                .await
                .unwrap();
        }
        let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let question = PeopleQuestion { organization: home.organization, after, limit: 3 };
            let page = read_people(s, &home.administrator, question).await.unwrap();
            assert!(page.people.iter().all(|view| view.posts.len() == 1));
            seen.extend(page.people.iter().map(|view| view.record.login.clone()));
            pages += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((pages, seen.len()), (3, 7));
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7);
    }
}

#[tokio::test]
async fn colleagues_are_found_however_they_are_typed_and_leavers_are_not() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let s = &house.services;
        let find = async |query: &str, after, limit| {
            let question = DirectoryQuestion { query: query.into(), after, limit };
            read_directory(s, &home.nurse_caller, question).await.unwrap()
        };
        for query in ["看護 花子", "看護　花", "ﾖﾐNURSE", "よみｎｕｒｓｅ"] {
            let page = find(query, None, 10).await;
            assert_eq!(page.entries.len(), 1, "{query}");
            assert_eq!(page.entries[0].post.person, home.nurse.person);
            assert_eq!(page.entries[0].organization.name, "やまゆり苑");
        }
        assert_eq!(find("やまゆり", None, 10).await.entries.len(), 2);
        assert_eq!(find("看護師", None, 10).await.entries.len(), 1);
        assert_eq!(find("いない人", None, 10).await.entries.len(), 0);
        let (one, all) = (find("", None, 1).await, find("", None, 10).await);
        assert_eq!((one.entries.len(), all.entries.len(), all.next), (1, 3, None));
        let rest = find("", one.next, 10).await;
        let order =
            |page: &DirectoryPage| page.entries.iter().map(|entry| entry.post.post).collect::<Vec<_>>();
        assert_eq!([order(&one), order(&rest)].concat(), order(&all));
        let last = all.entries[0].post;
        assert_eq!(one.entries[0].post.post, last.post);
        end_post(s, &console(), last.post, None).await.unwrap();
        if last.post != home.nurse.post {
            assert_eq!(
                order(&find("", Some(last.post), 10).await),
                order(&rest),
                "a page goes on after a leaver"
            );
        }
    }
}

#[tokio::test]
async fn an_employer_that_leaves_takes_everything_along() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let s = &house.services;
        end_organization(s, &console(), home.organization).await.unwrap();
        for caller in [&home.administrator, &home.nurse_caller] {
            assert_eq!(state(caller, house.now()), SessionState::Ended);
        }
        assert_eq!(state(&partner.nurse_caller, house.now()), SessionState::Live);
        let facts = s.store.facts();
        assert!(facts.live_posts(house.now()).all(|post| post.organization != home.organization));
        let device = home.nurse_caller.session().unwrap().device;
        assert!(!facts.device(device).unwrap().is_live(house.now()));
        let late =
            create_person(s, &console(), home.organization, staff("late", "遅刻"), first(JobTypeId::NURSE))
                .await;
        assert_eq!(conflict(late.unwrap_err()), "organization.ended");
        let shown = read_organizations(s, &partner.nurse_caller).await.unwrap();
        let ended = shown.iter().find(|view| view.fact.organization == home.organization).unwrap();
        assert_eq!((ended.name.name.as_str(), ended.fact.period.until), ("やまゆり苑", house.now()));
    }
}

#[tokio::test]
async fn fields_are_refused_by_name() {
    for house in houses().await {
        let (home, partner) = (house.employer("やまゆり苑").await, house.employer("ひまわり薬局").await);
        let (s, who) = (&house.services, &home.administrator);
        let place = NewPlace { parent: None, kind: PlaceKind::Floor, name: title("1階"), position: None };
        let foreign = create_place(s, &partner.administrator, partner.organization, place).await.unwrap();
        let usual = NewPost {
            person: home.nurse.person,
            place: None,
            job_type: JobTypeId::CARE_WORKER,
            from: None,
            until: None,
        };
        let now = house.now();
        for (post, field, rule) in [
            (NewPost { place: Some(foreign), ..usual }, "place", FieldRule::Choice),
            (NewPost { job_type: JobTypeId(40), ..usual }, "job_type", FieldRule::Choice),
            (NewPost { from: Some(now.plus(-1)), ..usual }, "from", FieldRule::Past),
            (NewPost { until: Some(now), ..usual }, "until", FieldRule::Interval),
        ] {
            match create_post(s, who, home.organization, post).await {
                Err(UseCaseError::Field(problem)) => assert_eq!((problem.field, problem.rule), (field, rule)),
                other => panic!("{field}: {other:?}"),
            }
        }
        create_post(s, who, home.organization, usual).await.unwrap();
        let twice = create_post(s, who, home.organization, usual).await;
        assert_eq!(conflict(twice.unwrap_err()), "post.exists");
        let unknown = NewPost { person: PersonId::from_uuid(Uuid::new_v4()), ..usual };
        assert!(matches!(create_post(s, who, home.organization, unknown).await, Err(UseCaseError::Missing)));
        assert_eq!(s.store.facts().posts().filter(|post| post.person == home.nurse.person).count(), 2);
    }
}

#[tokio::test]
async fn a_change_keeps_the_rest_and_the_past() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let s = &house.services;
        let telephone = Some(Some(Telephone::parse("telephone", "03-1234-5678").unwrap()));
        let change = OrganizationChange { version: 1, kind: None, name: None, romaji: None, telephone };
        let changed = change_organization(s, &home.administrator, home.organization, change.clone()).await;
        assert_eq!(changed.unwrap(), 2);
        let stale = change_organization(s, &home.administrator, home.organization, change).await;
        assert_eq!(conflict(stale.unwrap_err()), "organization.changed");
        let shown = read_organizations(s, &home.nurse_caller).await.unwrap();
        let own = shown.iter().find(|view| view.fact.organization == home.organization).unwrap();
        assert_eq!((own.name.name.as_str(), own.name.telephone.as_str()), ("やまゆり苑", "03-1234-5678"));
        assert_eq!(own.fact.period, Interval::open(Timestamp(START)));
    }
}

#[tokio::test]
async fn a_tampered_register_is_not_shown() {
    for house in houses().await {
        let home = house.employer("やまゆり苑").await;
        let question = PeopleQuestion { organization: home.organization, after: None, limit: 10 };
        assert_eq!(
            read_people(&house.services, &home.administrator, question).await.unwrap().people.len(),
            2
        );
        let manager = home.administrator.session().unwrap().person;
        house
            .run(
                "UPDATE person_version SET facts = (SELECT v.facts FROM person_version v WHERE v.person = $1) WHERE person = $2",
                &[manager.as_uuid(), home.nurse.person.as_uuid()],
            )
            .await;
        let read = read_people(&house.services, &home.administrator, question).await;
        assert!(matches!(read, Err(UseCaseError::Failed(_))), "a moved row does not open");
    }
}
