use crate::{
    Batch, Done, Founding, Opening, Revealed, StagedTable, Store, Value, Work, WorkError,
    table::{
        checkpoint::LogProblem,
        log::{LogBody, ProofState},
        log_page::LogFilter,
    },
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tasuki_domain::{
    access::{Action, ActorColumns, ActorKind, Detail, NewEntry, Outcome, Target},
    id::{DeviceId, OrganizationId, PatientId, PersonId, PostId, RequestId, SessionId},
    policy::{Act, Actor, Caller, ExportLog, ReadLog, ReadLogEntry, RefusalReason},
    session::{LiveSession, SessionStart},
    time::{HOUR, Interval, SECOND, Timestamp},
};
use tasuki_vault::{
    Keyring, RootKey,
    log::{
        Checkpoint, Finding,
        proof::verify_inclusion,
        report::Language,
        verify::{Trust, verify_export},
    },
};
use uuid::Uuid;

const START: i64 = 1_790_000_000_000_000;
const NO_ORGANIZATION: Uuid = Uuid::nil();

/// A house with the means to open its database again, as another instance would.
struct House {
    store: Store,
    url: String,
    hand: Arc<AtomicI64>,
    root: zeroize::Zeroizing<[u8; 32]>,
    home: OrganizationId,
    _folder: Arc<tempfile::TempDir>,
}

impl House {
    fn opening(&self) -> Opening {
        let hand = self.hand.clone();
        Opening::new(self.url.clone(), Arc::new(move || Timestamp(hand.load(Ordering::Relaxed))))
    }

    fn keyring(&self) -> Keyring {
        Keyring::unlock(RootKey::from_bytes(&self.root))
    }

    /// The same database, opened once more: nothing is in memory yet.
    async fn again(&self) -> Store {
        Store::open(self.opening(), self.keyring()).await.unwrap()
    }

    fn postgres(&self) -> bool {
        self.store.inner.backend.is_shared()
    }

    /// As superuser: the triggers go, then this.
    async fn tamper(&self, sql: &'static str) {
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

    async fn entries(&self, count: usize) {
        futures::future::join_all((0..count).map(|number| self.store.append(entry(number, self.home)))).await;
    }

    async fn verified(&self, against: Option<&str>) -> (bool, String) {
        let report = self.again().await.verify_log(against, None).await.unwrap();
        (report.sound, report.english)
    }
}

async fn houses() -> Vec<House> {
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

fn entry(number: usize, home: OrganizationId) -> NewEntry {
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
struct Auditor {
    organization: OrganizationId,
    scope: Uuid,
    role: i64,
    person: PersonId,
    post: PostId,
    device: DeviceId,
}

const PERSON: StagedTable = StagedTable {
    insert: "INSERT INTO person (person, organization, login_index, version, from_at, until_at) ",
    tail: "",
};
const POST: StagedTable = StagedTable {
    insert: "INSERT INTO post (post, person, organization, place, job_type, suspended, from_at, until_at) ",
    tail: "",
};
const DEVICE: StagedTable = StagedTable {
    insert: "INSERT INTO device (device, organization, place, kind, label, from_at, until_at) ",
    tail: "",
};
const ROLE: StagedTable = StagedTable {
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
async fn somebody(house: &House, organization: OrganizationId, scope: Uuid, role: i64) -> Caller {
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

async fn office(house: &House) -> Caller {
    somebody(house, house.home, NO_ORGANIZATION, 3).await
}

async fn look<A: Act>(house: &House, caller: &Caller, act: A) -> Revealed<A> {
    let grant = house.store.decide(caller, act).await.unwrap();
    house.store.reveal(grant, Detail::default()).await.unwrap()
}

fn damaged(outcome: Result<impl std::fmt::Debug, LogProblem>) -> Finding {
    match outcome {
        Err(LogProblem::Damaged(finding)) => finding,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn heads_follow_entries_and_verify() {
    for house in houses().await {
        assert_eq!(house.store.log_head().await.unwrap(), None);
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), None);
        house.entries(300).await;
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(300));
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), None);
        let head = house.store.log_head().await.unwrap().unwrap();
        let key = tasuki_vault::log::note::VerifierKey::parse(&head.key).unwrap();
        let checkpoint = Checkpoint::verify(&head.note, &key).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (300, head.root));
        assert_eq!(house.store.log_tiles().await.unwrap(), 1);
        house.entries(700).await;
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(1000));
        let again = house.again().await;
        again.verify_log_tail().await.unwrap();
        assert_eq!(again.log_head().await.unwrap(), house.store.log_head().await.unwrap());
        let (sound, report) = house.verified(None).await;
        assert!(sound, "{report}");
        assert!(report.contains("1000 entries"), "{report}");
        assert!(report.contains("cannot be known without a head from outside"), "{report}");
        let (sound, report) = house.verified(Some(&head.note)).await;
        assert!(sound && report.contains("nothing up to entry count 300"), "{report}");
        for (old, new) in [(0, 1000), (1, 1000), (256, 512), (300, 1000), (300, 300), (999, 1000)] {
            let proof = house.store.log_consistency(old, new).await.unwrap();
            let proof = proof.unwrap_or_else(|| panic!("{old} {new}"));
            assert_eq!((proof.old, proof.new), (old, new));
            if old == 300 {
                assert_eq!(proof.old_root, head.root);
            }
        }
        assert_eq!(house.store.log_consistency(5, 1001).await.unwrap(), None);
        assert_eq!(house.store.log_consistency(6, 5).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_tampered_log_is_named_to_the_entry() {
    let swap = "UPDATE access_entry SET idx = -1 WHERE idx = 3; UPDATE access_entry SET idx = 3 WHERE idx = 590; \
                UPDATE access_entry SET idx = 590 WHERE idx = -1";
    let insert = "UPDATE access_entry SET idx = -1 - idx WHERE idx >= 590; \
                  INSERT INTO access_entry SELECT 590, at, action, outcome, actor_kind, actor, post, organization, device, session, \
                  patient, object_organization, room, object_kind, object, request, key, body, leaf_hash FROM access_entry WHERE idx = 10; \
                  UPDATE access_entry SET idx = -idx WHERE idx < 0";
    let cases: [(&'static str, &[&str]); 9] = [
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 17", &["Entry 17 was altered."]),
        (
            "UPDATE access_entry SET action = 99999999 WHERE idx = 17",
            &["the place of entry 17 is not an entry"],
        ),
        ("DELETE FROM access_entry WHERE idx = 40", &["Entry 40 is missing."]),
        ("DELETE FROM access_entry WHERE idx >= 40 AND idx < 44", &["Entries 40 to 43 are missing."]),
        (swap, &["Entries 3 and 590 changed places."]),
        (
            "UPDATE access_entry SET at = 5 WHERE idx = 41",
            &["Entry 41 was altered.", "Entry 41 bears an earlier time"],
        ),
        (insert, &["does not belong"]),
        (
            "UPDATE access_entry SET body = (SELECT body FROM access_entry WHERE idx = 9) WHERE idx = 8",
            &["Entry 8 was altered."],
        ),
        ("UPDATE access_entry SET leaf_hash = body WHERE idx = 299", &["Entry 299 was altered."]),
    ];
    for (sql, expected) in cases {
        for house in houses().await {
            house.entries(600).await;
            house.store.sign_checkpoint().await.unwrap();
            house.tamper(sql).await;
            let (sound, report) = house.verified(None).await;
            assert!(!sound, "{sql}: {report}");
            for words in expected {
                assert!(report.contains(words), "{sql}\n{words}\n{report}");
            }
            let claims = report.lines().filter(|line| line.starts_with("- Entr")).count();
            assert!(claims <= expected.len().max(2), "{sql}\n{report}");
        }
    }
}

#[tokio::test]
async fn an_entry_altered_together_with_its_hash_is_named_by_its_tile() {
    for house in houses().await {
        house.entries(600).await;
        house.store.sign_checkpoint().await.unwrap();
        let forged = {
            let mut connection = house.store.reading().await.unwrap();
            let found = super::range(&mut connection, (20, 21), 1).await.unwrap();
            let bytes = found[0].canonical(20).unwrap();
            let mut leaf = tasuki_vault::log::Leaf::parse(&bytes).unwrap();
            leaf.outcome = 2;
            leaf.hash().unwrap().0.to_vec()
        };
        house.tamper("UPDATE access_entry SET outcome = 2 WHERE idx = 20").await;
        let mut connection = house.store.inner.backend.writer().await.unwrap();
        on!(&mut connection, c => sqlx::query("UPDATE access_entry SET leaf_hash = $1 WHERE idx = 20").bind(forged).execute(&mut **c).await.map(drop)).unwrap();
        drop(connection);
        let (sound, report) = house.verified(None).await;
        assert!(!sound && report.contains("Entry 20 was altered."), "{report}");
    }
}

#[tokio::test]
async fn a_cut_end_is_found_with_a_head_from_outside_only() {
    let cut = "DELETE FROM access_entry WHERE idx >= 100; DELETE FROM checkpoint WHERE size > 100; \
               UPDATE log_head SET size = 100; UPDATE log_signing SET size = 100";
    for house in houses().await {
        house.entries(100).await;
        house.store.sign_checkpoint().await.unwrap();
        let early = house.store.log_head().await.unwrap().unwrap();
        house.entries(50).await;
        house.store.sign_checkpoint().await.unwrap();
        let known = house.store.log_head().await.unwrap().unwrap();
        house.tamper(cut).await;
        house.again().await.verify_log_tail().await.unwrap();
        let (sound, report) = house.verified(None).await;
        assert!(sound && report.contains("cannot be known"), "{report}");
        let (sound, report) = house.verified(Some(&early.note)).await;
        assert!(sound, "{report}");
        let (sound, report) = house.verified(Some(&known.note)).await;
        assert!(!sound && report.contains("The end was cut off"), "{report}");
        // Whoever goes on from the cut rewrites history: the size alone no longer tells, the root does.
        let forger = house.again().await;
        for number in 0..80 {
            forger.append(entry(number, house.home)).await.unwrap();
        }
        forger.sign_checkpoint().await.unwrap();
        let (sound, report) = house.verified(Some(&known.note)).await;
        assert!(!sound && report.contains("History was rewritten"), "{report}");
    }
}

#[tokio::test]
async fn damage_at_the_end_keeps_the_house_from_opening() {
    type Told = fn(&Finding) -> bool;
    let cases: [(&'static str, Told); 8] = [
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 590", |f| {
            matches!(f, Finding::Altered { index: 590 })
        }),
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 300", |f| {
            matches!(f, Finding::Altered { index: 300 })
        }),
        ("DELETE FROM access_entry WHERE idx = 610", |f| {
            matches!(f, Finding::Missing { from: 610, to: 610 })
        }),
        ("DELETE FROM access_entry WHERE idx >= 595", |f| {
            matches!(f, Finding::TailCut { head: 600, size: 595 })
        }),
        ("DELETE FROM access_entry WHERE idx >= 605", |f| matches!(f, Finding::Missing { from: 605, .. })),
        ("UPDATE access_entry SET at = 5 WHERE idx = 610", |f| matches!(f, Finding::Altered { index: 610 })),
        ("DELETE FROM checkpoint WHERE size = 600", |f| matches!(f, Finding::BadCheckpoint { after: 600 })),
        ("UPDATE log_head SET size = 605", |f| matches!(f, Finding::CountDiffers { noted: 605, .. })),
    ];
    for (sql, expected) in cases {
        for house in houses().await {
            house.entries(600).await;
            house.store.sign_checkpoint().await.unwrap();
            house.entries(20).await;
            house.again().await.verify_log_tail().await.unwrap();
            house.tamper(sql).await;
            let again = house.again().await;
            let finding = damaged(again.verify_log_tail().await);
            assert!(expected(&finding), "{sql}: {finding:?}");
            assert_eq!(again.log_damage(), Some(finding));
        }
    }
}

#[tokio::test]
async fn what_was_changed_before_its_head_is_never_signed() {
    for sql in [
        "UPDATE access_entry SET outcome = 2 WHERE idx = 15",
        "DELETE FROM access_entry WHERE idx = 15",
        "UPDATE access_entry SET at = 5 WHERE idx = 15",
        "DELETE FROM access_entry WHERE idx >= 15",
    ] {
        for house in houses().await {
            house.entries(10).await;
            assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(10));
            house.entries(10).await;
            house.tamper(sql).await;
            let first = damaged(house.store.sign_checkpoint().await);
            assert!(matches!(first.place(), 15), "{sql}: {first:?}");
            assert_eq!(house.store.log_damage(), Some(first.clone()));
            assert_eq!(damaged(house.store.sign_checkpoint().await), first);
            assert_eq!(house.store.log_head().await.unwrap().unwrap().size, 10);
        }
    }
}

#[tokio::test]
async fn two_instances_never_sign_side_by_side() {
    for house in houses().await {
        let other = house.again().await;
        for _ in 0..20 {
            house.entries(7).await;
            let (one, two) = tokio::join!(house.store.sign_checkpoint(), other.sign_checkpoint());
            let signed = [one.unwrap(), two.unwrap()];
            assert!(signed.iter().flatten().count() <= 1, "{signed:?}");
        }
        house.store.sign_checkpoint().await.unwrap();
        assert_eq!(other.sign_checkpoint().await.unwrap(), None);
        assert_eq!(house.store.log_head().await.unwrap(), other.log_head().await.unwrap());
        let (sound, report) = house.verified(None).await;
        assert!(sound, "{report}");
    }
}

#[tokio::test]
async fn one_instance_leads_until_its_lease_ends() {
    for house in houses().await {
        let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
        let lease = 5 * SECOND;
        assert!(house.store.leads(one, lease).await.unwrap());
        if house.postgres() {
            assert!(!house.store.leads(two, lease).await.unwrap());
            house.hand.fetch_add(4 * SECOND, Ordering::Relaxed);
            assert!(house.store.leads(one, lease).await.unwrap());
            house.hand.fetch_add(4 * SECOND, Ordering::Relaxed);
            assert!(!house.store.leads(two, lease).await.unwrap());
            house.hand.fetch_add(SECOND, Ordering::Relaxed);
            assert!(house.store.leads(two, lease).await.unwrap());
            assert!(!house.store.leads(one, lease).await.unwrap());
        }
    }
}

#[tokio::test]
async fn a_page_shows_its_scope_its_look_and_its_proof() {
    for house in houses().await {
        let other = OrganizationId::from_uuid(Uuid::new_v4());
        let auditor = somebody(&house, other, other.as_uuid(), 3).await;
        let office = office(&house).await;
        house.entries(30).await;
        let patient = PatientId::from_uuid(Uuid::new_v4());
        let mut shared = entry(1, house.home);
        shared.target = Target::NONE.patient(Some(patient)).organization(Some(other));
        shared.outcome = Outcome::Refused;
        let shared = house.store.append(shared).await.unwrap().entry();
        house.store.sign_checkpoint().await.unwrap();

        let none = LogFilter::default();
        let own = look(&house, &auditor, ReadLog { organization: Some(other) }).await;
        let page = house.store.log_page(&own, &none, None, 50).await.unwrap();
        let seen: Vec<u64> = page.rows.iter().map(|row| row.index).collect();
        assert_eq!(seen, [shared, 0], "its own and what was done to its own");
        assert!(page.rows.iter().all(|row| row.state == ProofState::Proven));
        assert_eq!((page.look, page.next), (own.entry(), None));

        let refused = house.store.decide(&auditor, ReadLog { organization: Some(house.home) }).await;
        assert!(matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role));
        let refused = house.store.decide(&auditor, ReadLog { organization: None }).await;
        assert!(matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role));

        let all = look(&house, &office, ReadLog { organization: None }).await;
        let page = house.store.log_page(&all, &none, None, 5).await.unwrap();
        let newest: Vec<_> = page.rows.iter().map(|row| (row.index, row.state)).collect();
        let pending: Vec<_> = (0..4).map(|back| (all.entry() - 1 - back, ProofState::Pending)).collect();
        assert!(newest.starts_with(&pending[..3]), "the two refusals and the look before: {newest:?}");
        for filter in [
            LogFilter { patient: Some(patient), ..none },
            LogFilter { outcome: Some(Outcome::Refused), until: Some(house.store.now().plus(1)), ..none },
        ] {
            let page = house.store.log_page(&all, &filter, Some(shared + 1), 50).await.unwrap();
            assert_eq!(page.rows.iter().map(|row| row.index).collect::<Vec<_>>(), [shared]);
        }
        let filter = LogFilter { until: Some(Timestamp(START)), ..none };
        assert!(house.store.log_page(&all, &filter, None, 50).await.unwrap().rows.is_empty());
        let filter = LogFilter { from: Some(Timestamp(START + 1)), ..none };
        assert!(house.store.log_page(&all, &filter, None, 50).await.unwrap().rows.is_empty());

        house.tamper("UPDATE access_entry SET outcome = 2 WHERE idx = 20").await;
        let page = house.store.log_page(&all, &none, Some(22), 3).await.unwrap();
        let states: Vec<_> = page.rows.iter().map(|row| (row.index, row.state)).collect();
        assert_eq!(states, [(21, ProofState::Proven), (20, ProofState::Damaged), (19, ProofState::Proven)]);
        assert_eq!(house.store.log_damage(), Some(Finding::Altered { index: 20 }));
    }
}

#[tokio::test]
async fn administrators_without_the_role_and_stale_passkeys_are_refused() {
    for house in houses().await {
        for role in [1, 2, 4] {
            let caller = somebody(&house, house.home, NO_ORGANIZATION, role).await;
            let refused = house.store.decide(&caller, ReadLog { organization: None }).await;
            assert!(
                matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role)
            );
        }
        let caller = office(&house).await;
        if let Actor::Person(session) = &caller.actor {
            session.step_up(Timestamp(0));
        }
        let size = *house.store.log_size().borrow();
        let refused = house.store.decide(&caller, ReadLog { organization: None }).await;
        assert!(
            matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::StepUp)
        );
        assert_eq!(*house.store.log_size().borrow(), size + 1, "the refusal is in the log");
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_repetition_while_entries_come() {
    for house in houses().await {
        let caller = office(&house).await;
        house.entries(200).await;
        let first = look(&house, &caller, ReadLog { organization: None }).await;
        let (mut before, mut seen) = (None, Vec::new());
        loop {
            let page = house.store.log_page(&first, &LogFilter::default(), before, 17).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.index));
            house.entries(5).await;
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..first.entry()).rev().collect::<Vec<_>>());
        let narrow = LogFilter { action: Some(Action::OpenRoom), ..LogFilter::default() };
        let page = house.store.log_page(&first, &narrow, Some(10), 10).await.unwrap();
        assert_eq!(page.rows.len(), 10);
    }
}

#[tokio::test]
async fn one_entry_opens_with_its_proof() {
    for house in houses().await {
        let caller = office(&house).await;
        house.entries(700).await;
        house.store.sign_checkpoint().await.unwrap();
        for index in [1, 255, 256, 300, 600, 700] {
            let act = ReadLogEntry { organization: None };
            let detail =
                house.store.log_entry(&look(&house, &caller, act).await, index).await.unwrap().unwrap();
            let LogBody::Open(body) = &detail.body else { panic!("{index}") };
            assert_eq!(body.more.get("number"), Some(&detail.row.request.as_uuid().as_u128().to_string()));
            let proof = detail.proof.unwrap();
            let leaf = tasuki_vault::log::tree::leaf_hash(&detail.canonical);
            assert!(verify_inclusion(&leaf, index, proof.size, &proof.path, &proof.root), "{index}");
        }
        let act = ReadLogEntry { organization: None };
        let last = look(&house, &caller, act).await;
        let own = house.store.log_entry(&last, last.entry()).await.unwrap().unwrap();
        assert_eq!((own.row.state, own.proof), (ProofState::Pending, None));
        let LogBody::Open(body) = own.body else { panic!("own body") };
        assert_eq!((body.certificate.as_deref(), body.job_type), (Some("0a1b"), Some(11)));
        assert!(house.store.log_entry(&last, 1_000_000).await.unwrap().is_none());

        let other = OrganizationId::from_uuid(Uuid::new_v4());
        let auditor = somebody(&house, other, other.as_uuid(), 3).await;
        let strange = look(&house, &auditor, ReadLogEntry { organization: Some(other) }).await;
        assert!(house.store.log_entry(&strange, 5).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_export_proves_itself_and_a_cut_copy_does_not() {
    for house in houses().await {
        let caller = office(&house).await;
        for _ in 0..8 {
            house.entries(140).await;
            house.hand.fetch_add(SECOND, Ordering::Relaxed);
            house.store.sign_checkpoint().await.unwrap();
        }
        let period = Interval { from: Timestamp(START + 2 * SECOND), until: Timestamp(START + 5 * SECOND) };
        let look = look(&house, &caller, ExportLog { organization: None }).await;
        house.store.sign_checkpoint().await.unwrap();
        let head = house.store.log_head().await.unwrap().unwrap();
        let mut export = house.store.export_log_proof(&look, period).await.unwrap();
        let mut file = Vec::new();
        while let Some(bytes) = export.bytes().await.unwrap() {
            file.extend(bytes);
        }
        let report = verify_export(file.as_slice(), Trust::default()).unwrap();
        assert!(report.is_sound(), "{}", report.text(Language::English));
        assert_eq!((report.first, report.entries, report.heads), (281, 420, 3));
        let cut = verify_export(&file[..file.len() - 40], Trust::default()).unwrap();
        assert!(!cut.is_sound());
        let trust = Trust { key: None, against: Some(&head.note) };
        let whole = Interval { from: Timestamp(0), until: Timestamp::OPEN_END };
        let mut export = house.store.export_log_proof(&look, whole).await.unwrap();
        let mut file = Vec::new();
        while let Some(bytes) = export.bytes().await.unwrap() {
            file.extend(bytes);
        }
        let report = verify_export(file.as_slice(), trust).unwrap();
        assert!(report.is_sound(), "{}", report.text(Language::English));
        assert_eq!(report.entries, head.size);

        let mut rows = house.store.export_log_rows(&look, period).await.unwrap();
        let mut count = 0;
        loop {
            let some = rows.rows().await.unwrap();
            if some.is_empty() {
                break;
            }
            assert!(some.iter().all(|(row, _)| row.state == ProofState::Proven && period.contains(row.at)));
            count += some.len();
        }
        assert_eq!(count, 420);
    }
}
