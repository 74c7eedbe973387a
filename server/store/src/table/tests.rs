use super::*;
use crate::{Batch, Done, Founding, Opening, Store, StoreError, Work, WorkError};
use futures::future::BoxFuture;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId, PlaceId, PostId, RequestId, RoleId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    organization::{NewOrganization, NewPlace, OrganizationKind, PlaceChange, PlaceKind},
    person::{NewPerson, NewPost, PersonChange},
    policy::*,
    problem::FieldRule,
    role::{Role, Scope},
    text::{Login, Name, Reading, Title},
    time::{DAY, HOUR, Timestamp},
};
use tasuki_vault::{Keyring, RootKey};
use uuid::Uuid;

const START: i64 = 1_790_000_000_000_000;

struct House {
    store: Store,
    hand: Arc<AtomicI64>,
    url: String,
    root: [u8; 32],
    _folder: tempfile::TempDir,
}

/// A house on SQLite, and one on PostgreSQL where a server is given; each in a database of its own.
async fn houses() -> Vec<House> {
    let folder = tempfile::tempdir().unwrap();
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
        let opening = Opening::new(url.clone(), Arc::new(move || Timestamp(time.load(Ordering::Relaxed))));
        let root = RootKey::generate(&mut crate::store::entropy());
        let bytes = *root.expose();
        let keyring = Keyring::unlock(root);
        let founding = Founding { origin: "care.test/log".into(), rp_id: "care.test".into() };
        let store = Store::found(opening, keyring, founding).await.unwrap();
        let _folder = tempfile::tempdir().unwrap();
        houses.push(House { store, hand, url, root: bytes, _folder });
    }
    // The SQLite file lives as long as its house.
    houses[0]._folder = folder;
    houses
}

fn console() -> Caller {
    Caller {
        actor: Actor::Operator(Operator { user: "root".into(), host: "home".into(), reason: "test".into() }),
        request: RequestId::from_uuid(Uuid::new_v4()),
        source: None,
        certificate: None,
    }
}

/// Runs one closure as a piece of work under one grant.
struct Doing<A, F>(Grant<A>, F);

fn doing<A, F, T>(grant: Grant<A>, how: F) -> Doing<A, F>
where
    F: for<'a> Fn(&'a mut Batch, &'a Grant<A>) -> BoxFuture<'a, Result<T, WorkError>> + Send + Sync + 'static,
{
    Doing(grant, how)
}

impl<A: Act, F, T: Send + 'static> Work for Doing<A, F>
where
    F: for<'a> Fn(&'a mut Batch, &'a Grant<A>) -> BoxFuture<'a, Result<T, WorkError>> + Send + Sync + 'static,
{
    type Output = T;

    async fn run(&self, batch: &mut Batch) -> Result<Done<T>, WorkError> {
        let proof = batch.record(&self.0, Detail::default()).await?;
        let value = (self.1)(batch, &self.0).await?;
        Ok(Done::new(value, proof))
    }
}

/// Does an act at the console: `act!(house, Act { … }, |batch, grant| async expression)`.
macro_rules! act {
    ($house:expr, $act:expr, |$batch:ident, $grant:ident| $body:expr) => {{
        let grant = $house.store.decide(&console(), $act).await.unwrap();
        let work = doing(grant, move |$batch, $grant| Box::pin($body));
        $house.store.write(work).await.map(|committed| committed.into_value())
    }};
}

fn title(text: &str) -> Title {
    Title::parse("title", text).unwrap()
}

fn field(error: WorkError) -> (&'static str, FieldRule) {
    match error {
        WorkError::Field(problem) => (problem.field, problem.rule),
        other => panic!("{other:?}"),
    }
}

fn conflict(error: WorkError) -> &'static str {
    match error {
        WorkError::Conflict(code) => code,
        other => panic!("{other:?}"),
    }
}

async fn organization(house: &House) -> OrganizationId {
    let organization = OrganizationId::from_uuid(Uuid::new_v4());
    act!(house, CreateOrganization { organization }, |batch, grant| async move {
        let new = NewOrganization {
            kind: OrganizationKind::NursingHome,
            name: title("やまゆり苑"),
            romaji: Reading::parse("romaji", "Yamayuri-en").unwrap(),
            telephone: None,
        };
        organization::create(batch, grant, &new).await
    })
    .unwrap();
    organization
}

async fn person(house: &House, organization: OrganizationId, login: &str) -> Result<PersonId, WorkError> {
    let person = PersonId::from_uuid(Uuid::new_v4());
    let login = Login::parse("login", login).unwrap();
    act!(house, CreatePerson { organization, person }, |batch, grant| {
        let new = NewPerson {
            login: login.clone(),
            name: Name::parse("name", "佐藤 花子").unwrap(),
            reading: Reading::parse("reading", "さとう はなこ").unwrap(),
            romaji: Reading::parse("romaji", "").unwrap(),
        };
        async move { person::create(batch, grant, &new).await }
    })
    .map(|()| person)
}

async fn post(house: &House, organization: OrganizationId, person: PersonId) -> PostId {
    let post = PostId::from_uuid(Uuid::new_v4());
    act!(house, CreatePost { organization, post }, |batch, grant| async move {
        let new = NewPost { person, place: None, job_type: JobTypeId::NURSE, from: None, until: None };
        post::create(batch, grant, &new).await
    })
    .unwrap();
    post
}

async fn look<A: Act>(house: &House, act: A) -> crate::Revealed<A> {
    let grant = house.store.decide(&console(), act).await.unwrap();
    house.store.reveal(grant, Detail::default()).await.unwrap()
}

async fn tamper(house: &House, sql: &'static str) {
    house.store.inner.backend.writer().await.unwrap().run(sql).await.unwrap();
    house.store.inner.names.people.invalidate_all();
}

#[tokio::test]
async fn a_login_is_one_persons_however_it_is_typed() {
    for house in houses().await {
        let home = organization(&house).await;
        let sato = person(&house, home, "Sato.Hanako").await.unwrap();
        for same in ["sato.hanako", "ＳＡＴＯ．ＨＡＮＡＫＯ", " Sato.Hanako "] {
            let taken = person(&house, home, same).await.unwrap_err();
            assert_eq!(field(taken), ("login", FieldRule::Taken), "{same}");
            assert_eq!(person::find_by_login(&house.store, same).await.unwrap(), Some(sato));
        }
        assert_eq!(person::find_by_login(&house.store, "sato").await.unwrap(), None);
        let other = person(&house, home, "suzuki").await.unwrap();
        let renamed = act!(house, ChangePerson { organization: home, person: other }, |batch, grant| {
            let login = Some(Login::parse("login", "SATO.hanako").unwrap());
            let change = PersonChange { version: 1, login, name: None, reading: None, romaji: None };
            async move { person::change(batch, grant, &change).await }
        });
        assert_eq!(field(renamed.unwrap_err()), ("login", FieldRule::Taken));
        assert_eq!(person::find_by_login(&house.store, "suzuki").await.unwrap(), Some(other));
    }
}

#[tokio::test]
async fn old_versions_stay_and_a_stale_change_is_refused() {
    for house in houses().await {
        let home = organization(&house).await;
        let sato = person(&house, home, "sato").await.unwrap();
        let change = async || {
            act!(house, ChangePerson { organization: home, person: sato }, |batch, grant| {
                let name = Some(Name::parse("name", "田中 花子").unwrap());
                let change = PersonChange { version: 1, login: None, name, reading: None, romaji: None };
                async move { person::change(batch, grant, &change).await }
            })
        };
        assert_eq!(change().await.unwrap(), 2);
        assert_eq!(conflict(change().await.unwrap_err()), "person.changed");
        let look = look(&house, ReadPeople { organization: home }).await;
        let wanted =
            [(sato, Some(1)), (sato, None), (sato, Some(7)), (PersonId::from_uuid(Uuid::new_v4()), None)];
        for _ in 0..2 {
            let names = person::names(&house.store, &look, &wanted).await.unwrap();
            assert_eq!(names.get(sato, Some(1)).unwrap().name, "佐藤 花子");
            assert_eq!(names.get(sato, None).unwrap().name, "田中 花子");
            assert_eq!(names.get(sato, None).unwrap().reading, "さとう はなこ");
            assert!(names.get(sato, Some(7)).is_none());
            assert_eq!(names.iter().count(), 2);
        }
        assert_eq!(house.store.facts().person(sato).unwrap().version, 2);
    }
}

#[tokio::test]
async fn moved_or_rolled_back_facts_do_not_open() {
    for house in houses().await {
        let home = organization(&house).await;
        let (sato, suzuki) =
            (person(&house, home, "sato").await.unwrap(), person(&house, home, "suzuki").await.unwrap());
        act!(house, ChangePerson { organization: home, person: sato }, |batch, grant| async move {
            let name = Some(Name::parse("name", "田中 花子").unwrap());
            let change = PersonChange { version: 1, login: None, name, reading: None, romaji: None };
            person::change(batch, grant, &change).await
        })
        .unwrap();
        let look = look(&house, ReadPeople { organization: home }).await;
        let names = |person| {
            let (store, look) = (&house.store, &look);
            async move { person::names(store, look, &[(person, None)]).await }
        };
        assert!(names(sato).await.is_ok());
        tamper(&house, "UPDATE person_version SET facts = (SELECT v.facts FROM person_version v WHERE v.person = person_version.person AND v.version = 1)").await;
        assert!(matches!(names(sato).await, Err(StoreError::Damaged("person's name"))), "rolled back");
        assert!(matches!(
            person::register(&house.store, &look, &[sato]).await,
            Err(StoreError::Damaged("person"))
        ));
        assert!(names(suzuki).await.is_ok());
        tamper(&house, "UPDATE person_version SET facts = (SELECT v.facts FROM person_version v WHERE v.person <> person_version.person AND v.version = 1) WHERE (SELECT count(*) FROM person_version v WHERE v.person = person_version.person) = 1").await;
        assert!(matches!(names(suzuki).await, Err(StoreError::Open(_))), "moved");
    }
}

#[tokio::test]
async fn the_register_shows_own_people_only() {
    for house in houses().await {
        let (home, partner) = (organization(&house).await, organization(&house).await);
        let own = person(&house, home, "own").await.unwrap();
        let foreign = person(&house, partner, "foreign").await.unwrap();
        let shared = person(&house, partner, "shared").await.unwrap();
        post(&house, home, shared).await;
        let look = look(&house, ReadPeople { organization: home }).await;
        let records = person::register(&house.store, &look, &[own, foreign, shared]).await.unwrap();
        let logins: Vec<&str> = records.iter().map(|record| record.login.as_str()).collect();
        assert_eq!(logins, ["own", "shared"]);
    }
}

#[tokio::test]
async fn places_stand_in_the_order_of_the_round() {
    for house in houses().await {
        let (home, partner) = (organization(&house).await, organization(&house).await);
        let create = async |organization, parent, position| {
            let place = PlaceId::from_uuid(Uuid::new_v4());
            act!(house, CreatePlace { organization, place }, |batch, grant| async move {
                let new = NewPlace { parent, kind: PlaceKind::Room, name: title("部屋"), position };
                place::create(batch, grant, &new).await
            })
            .map(|()| place)
        };
        let change = async |place, version, parent, position| {
            act!(house, ChangePlace { organization: home, place }, |batch, grant| async move {
                let change = PlaceChange { version, kind: None, name: None, parent, position };
                place::change(batch, grant, &change).await
            })
        };
        let first = create(home, None, None).await.unwrap();
        let third = create(home, None, None).await.unwrap();
        let second = create(home, None, Some(1)).await.unwrap();
        let below = create(home, Some(first), None).await.unwrap();
        let order = |wanted: &[PlaceId]| {
            let facts = house.store.facts();
            let mut places = wanted.to_vec();
            places.sort_by_key(|place| place::round_order(&facts, Some(*place)));
            places
        };
        assert_eq!(order(&[third, second, below, first]), [first, below, second, third]);
        change(third, 1, None, Some(0)).await.unwrap();
        assert_eq!(order(&[first, second, third]), [third, first, second]);
        assert_eq!(conflict(change(third, 1, None, Some(2)).await.unwrap_err()), "place.changed");
        // No tree that bites its own tail, none that reaches into another house.
        let itself = change(first, 1, Some(Some(below)), None).await.unwrap_err();
        assert_eq!(field(itself), ("parent", FieldRule::Choice));
        let foreign = create(partner, None, None).await.unwrap();
        let abroad = change(first, 1, Some(Some(foreign)), None).await.unwrap_err();
        assert_eq!(field(abroad), ("parent", FieldRule::Choice));
        let mut deep = below;
        for _ in 2..place::DEEPEST {
            deep = create(home, Some(deep), None).await.unwrap();
        }
        assert_eq!(field(create(home, Some(deep), None).await.unwrap_err()), ("parent", FieldRule::Choice));
        let too_high = change(second, 1, Some(Some(deep)), None).await.unwrap_err();
        assert_eq!(field(too_high), ("parent", FieldRule::Choice));

        let look = look(&house, ReadPeople { organization: home }).await;
        let names = place::names(&house.store, &look, &[deep]).await.unwrap();
        assert_eq!(place::path(&house.store.facts(), &names, deep).len(), place::DEEPEST);

        let end = async |place| {
            act!(house, EndPlace { organization: home, place }, |batch, grant| async move {
                place::end(batch, grant).await
            })
        };
        assert_eq!(conflict(end(first).await.unwrap_err()), "place.in_use");
        end(third).await.unwrap();
        assert_eq!(conflict(end(third).await.unwrap_err()), "place.ended");
    }
}

#[tokio::test]
async fn the_last_post_takes_the_roles_there_and_the_home_along() {
    for house in houses().await {
        let (home, partner) = (organization(&house).await, organization(&house).await);
        let sato = person(&house, home, "sato").await.unwrap();
        let one = post(&house, home, sato).await;
        house.hand.fetch_add(HOUR, Ordering::Relaxed);
        let other = post(&house, partner, sato).await;
        for scope in [Scope::Organization(home), Scope::Organization(partner), Scope::Consortium] {
            let held = RoleId::from_uuid(Uuid::new_v4());
            let role = Role::SystemAdministration;
            let give = || GrantRole { person: sato, role, scope, held };
            act!(house, give(), |batch, grant| async move { role::give(batch, grant).await }).unwrap();
            let again = act!(house, give(), |batch, grant| async move { role::give(batch, grant).await });
            assert_eq!(conflict(again.unwrap_err()), "role.held");
        }
        let end = async |post, organization, until| {
            act!(house, EndPost { organization, post }, |batch, grant| async move {
                post::end(batch, grant, until).await
            })
        };
        let past = end(one, home, Some(house.store.now())).await.unwrap_err();
        assert_eq!(field(past), ("until", FieldRule::Past));
        assert!(matches!(end(one, partner, None).await, Err(WorkError::Missing)));
        let later = house.store.now().plus(DAY);
        end(one, home, Some(later)).await.unwrap();
        assert!(house.store.facts().post(one).unwrap().is_live(house.store.now()));
        end(one, home, None).await.unwrap();
        assert_eq!(conflict(end(one, home, None).await.unwrap_err()), "post.ended");
        let (facts, now) = (house.store.facts(), house.store.now());
        let scopes: Vec<Scope> = facts.scopes(sato, Role::SystemAdministration, now).collect();
        assert_eq!(scopes, [Scope::Organization(partner), Scope::Consortium]);
        assert_eq!(facts.person(sato).unwrap().organization, partner);
        end(other, partner, None).await.unwrap();
        let (facts, now) = (house.store.facts(), house.store.now());
        assert_eq!(facts.scopes(sato, Role::SystemAdministration, now).count(), 0);
        assert_eq!(facts.person(sato).unwrap().organization, partner);
    }
}

#[tokio::test]
async fn a_suspended_post_takes_its_roles_out_of_force_until_reconfirmed() {
    for house in houses().await {
        let (home, partner) = (organization(&house).await, organization(&house).await);
        let sato = person(&house, home, "sato").await.unwrap();
        post(&house, home, sato).await;
        let other = post(&house, partner, sato).await;
        for scope in [Scope::Organization(home), Scope::Organization(partner)] {
            let (held, role) = (RoleId::from_uuid(Uuid::new_v4()), Role::StaffAdministration);
            act!(house, GrantRole { person: sato, role, scope, held }, |batch, grant| async move {
                role::give(batch, grant).await
            })
            .unwrap();
        }
        let holds = |organization| {
            let (facts, now) = (house.store.facts(), house.store.now());
            facts.holds(sato, Role::StaffAdministration, Some(organization), now)
        };
        let suspended = act!(house, ResetPerson { organization: home, person: sato }, |batch, grant| {
            async move { post::suspend_elsewhere(batch, grant).await }
        });
        assert_eq!(suspended.unwrap(), [other]);
        assert!(holds(home) && !holds(partner));
        let reconfirm = async || {
            act!(house, ReconfirmPost { organization: partner, post: other }, |batch, grant| async move {
                post::reconfirm(batch, grant).await
            })
        };
        reconfirm().await.unwrap();
        assert!(holds(home) && holds(partner));
        assert_eq!(conflict(reconfirm().await.unwrap_err()), "post.not_suspended");
    }
}

#[tokio::test]
async fn the_matrix_is_versioned_and_organizations_only_narrow() {
    for house in houses().await {
        let home = organization(&house).await;
        let replace = async |organization, version, cells: Vec<MatrixCell>| {
            act!(house, ChangeMatrix { organization }, |batch, grant| {
                let new = matrix::NewMatrix { version, cells: cells.clone() };
                async move { matrix::replace(batch, grant, &new).await }
            })
        };
        let usual = tasuki_domain::defaults::matrix();
        let with = |job_type, class, read, write| {
            let mut cells = usual.clone();
            cells.retain(|cell| (cell.job_type, cell.class) != (job_type, class));
            cells.push(MatrixCell { organization: None, job_type, class, read, write });
            cells
        };
        let clerk = JobTypeId::CLERK;
        let widened = with(clerk, InfoClassId::MEDICAL, true, false);
        assert_eq!(conflict(replace(Some(home), 0, widened.clone()).await.unwrap_err()), "matrix.widens");
        assert_eq!(conflict(replace(Some(home), 1, usual.clone()).await.unwrap_err()), "matrix.changed");
        let unsafe_cells = with(clerk, InfoClassId::SAFETY, false, false);
        assert_eq!(conflict(replace(None, 1, unsafe_cells).await.unwrap_err()), "matrix.safety");
        for (cells, rule) in [
            (with(clerk, InfoClassId(40), true, false), FieldRule::Choice),
            (with(clerk, InfoClassId::MEDICAL, false, true), FieldRule::Unexpected),
            ([usual.clone(), usual.clone()].concat(), FieldRule::Unexpected),
        ] {
            assert_eq!(field(replace(None, 1, cells).await.unwrap_err()), ("cells", rule));
        }
        let narrowed = with(JobTypeId::NURSE, InfoClassId::SENSITIVE, false, false);
        let changed = replace(Some(home), 0, narrowed).await.unwrap();
        assert_eq!((changed.version, changed.changes), (1, vec!["4.8:-".to_owned()]));
        assert_eq!(replace(None, 1, widened).await.unwrap().changes, ["11.5:r"]);
        let facts = house.store.facts();
        let reads = |organization, job_type, class| facts.rights(organization, job_type).0.contains(class);
        assert!(!reads(home, JobTypeId::NURSE, InfoClassId::SENSITIVE));
        assert!(reads(OrganizationId::from_uuid(Uuid::nil()), JobTypeId::NURSE, InfoClassId::SENSITIVE));
        assert!(reads(OrganizationId::from_uuid(Uuid::nil()), clerk, InfoClassId::MEDICAL));
        // What the consortium gives afterwards does not reach an organization that has said its own.
        assert!(!reads(home, clerk, InfoClassId::MEDICAL));
    }
}

#[tokio::test]
async fn tables_of_words_grow_to_their_bound_and_safety_stays() {
    for house in houses().await {
        let create = async |japanese: String| {
            act!(house, ChangeInfoClasses {}, |batch, grant| {
                let japanese = title(&japanese);
                async move { info_class::create(batch, grant, &japanese, &title("Class")).await }
            })
        };
        assert_eq!(field(create("服薬".into()).await.unwrap_err()), ("japanese", FieldRule::Taken));
        for number in 9..=info_class::HIGHEST {
            assert_eq!(create(format!("区分{number}")).await.unwrap(), InfoClassId(number));
        }
        assert_eq!(conflict(create("もう一つ".into()).await.unwrap_err()), "info_class.full");
        let rename = async |id| {
            act!(house, ChangeInfoClasses {}, |batch, grant| async move {
                info_class::rename(batch, grant, id, (Some(&title("口腔")), None)).await
            })
        };
        assert_eq!(conflict(rename(InfoClassId::SAFETY).await.unwrap_err()), "info_class.safety");
        assert!(matches!(rename(InfoClassId(0)).await, Err(WorkError::Missing)));
        rename(InfoClassId(9)).await.unwrap();
        let list = info_class::list(&house.store).await.unwrap();
        assert_eq!(list.len(), 62);
        assert!(list.iter().any(|class| class.id == InfoClassId(9) && class.japanese == "口腔"));
    }
}

/// On PostgreSQL: what one instance makes, with keys of its own, the other one knows and opens at once, both ways.
#[tokio::test]
async fn a_second_instance_opens_what_the_first_one_sealed() {
    for house in houses().await.into_iter().filter(|house| house.store.is_shared()) {
        let time = house.hand.clone();
        let opening =
            Opening::new(house.url.clone(), Arc::new(move || Timestamp(time.load(Ordering::Relaxed))));
        let root = RootKey::from_bytes(&zeroize::Zeroizing::new(house.root));
        let store = Store::open(opening, Keyring::unlock(root)).await.unwrap();
        let (url, root, hand) = (house.url.clone(), house.root, house.hand.clone());
        let second = House { store, hand, url, root, _folder: tempfile::tempdir().unwrap() };
        for (number, (one, other)) in [(&house, &second), (&second, &house)].into_iter().enumerate() {
            let home = organization(one).await;
            let hanako = person(one, home, &format!("hanako{number}")).await.unwrap();
            post(one, home, hanako).await;
            let look = look(other, ReadPeople { organization: home }).await;
            let records = person::register(&other.store, &look, &[hanako]).await.unwrap();
            assert_eq!(records[0].name.name.as_str(), "佐藤 花子");
            // The other one adds to what it has just learnt of, under the keys that are there already.
            let taro = person(other, home, &format!("taro{number}")).await.unwrap();
            post(other, home, taro).await;
            let look = self::look(one, ReadPeople { organization: home }).await;
            let records = person::register(&one.store, &look, &[hanako, taro]).await.unwrap();
            assert_eq!(records.len(), 2);
        }
    }
}
