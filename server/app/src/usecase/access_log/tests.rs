use super::*;
use crate::{
    cli,
    console::{self, ConsoleCommand, Question, audit},
    usecase::{
        Services, UseCaseError,
        rooms::tests::house::{House, Somebody, houses},
    },
};
use std::{io::Read as _, sync::Arc};
use tasuki_domain::{
    access::{Action, Detail, NewEntry, Outcome, Target},
    id::OrganizationId,
    job_type::JobTypeId,
    policy::{Caller, ChangePerson, RefusalReason},
    text::Name,
    time::{HOUR, Interval, SECOND, Timestamp},
};
use tasuki_store::{StagedTable, Value};
use tasuki_vault::{Scope, Slot};
use uuid::Uuid;

const ROLE: StagedTable = StagedTable {
    insert: "INSERT INTO role (held, person, role, organization, from_at, until_at) ",
    tail: "",
};
const PATIENT_VERSION: StagedTable =
    StagedTable { insert: "INSERT INTO patient_version (patient, version, facts, at) ", tail: "" };

/// Gives a role over a scope (nil: the consortium) and a fresh passkey.
async fn role(house: &House, somebody: &Somebody, role: i64, scope: Uuid) {
    let person = somebody.person.as_uuid();
    house
        .rows(move |batch| {
            Box::pin(async move {
                let held = Value::Id(Uuid::new_v4());
                let row = vec![
                    held,
                    Value::Id(person),
                    Value::Int(role),
                    Value::Id(scope),
                    Value::Int(0),
                    Value::Int(i64::MAX),
                ];
                batch.stage(&ROLE, row);
                batch.policy_changed();
                Ok(())
            })
        })
        .await;
    somebody.session.step_up(house.now().plus(17 * HOUR));
}

async fn auditor(house: &House, scope: Uuid) -> Somebody {
    let auditor = house.somebody(house.visiting, JobTypeId::NURSE, "監査 一郎").await;
    role(house, &auditor, 3, scope).await;
    auditor
}

fn entry(caller: &Caller, action: Action, target: Target) -> NewEntry {
    let detail = Detail { source: Some("192.0.2.9".parse().unwrap()), ..caller.detail() };
    let (actor, request) = (caller.columns(), caller.request);
    NewEntry { action, outcome: Outcome::Done, actor, target, request, detail }
}

fn question() -> LogQuestion {
    LogQuestion { organization: None, filter: LogFilter::default(), before: None, limit: 100 }
}

fn refusal(outcome: Result<impl std::fmt::Debug, UseCaseError>) -> RefusalReason {
    match outcome {
        Err(UseCaseError::Refused(refusal)) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

fn everything() -> Interval {
    Interval { from: Timestamp(0), until: Timestamp::OPEN_END }
}

async fn drain(mut export: LogExport) -> Vec<u8> {
    let mut file = Vec::new();
    while let Some(bytes) = export.bytes().await.unwrap() {
        file.extend(bytes);
    }
    file
}

#[tokio::test]
async fn only_auditors_read_and_the_look_comes_first() {
    for house in houses().await {
        let nurse = house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        assert_eq!(refusal(read_log(&house.services, &nurse.caller, question()).await), RefusalReason::Role);
        for other in [1, 2, 4] {
            role(&house, &nurse, other, Uuid::nil()).await;
            assert_eq!(
                refusal(read_log(&house.services, &nurse.caller, question()).await),
                RefusalReason::Role
            );
            assert_eq!(refusal(read_log_entry(&house.services, &nurse.caller, 0).await), RefusalReason::Role);
        }
        let auditor = auditor(&house, Uuid::nil()).await;
        let before = *house.store().log_size().borrow();
        let page = read_log(&house.services, &auditor.caller, question()).await.unwrap();
        assert_eq!(page.look, before);
        assert_eq!(page.rows.first().map(|view| view.row.index), Some(before - 1));
        let again = read_log(&house.services, &auditor.caller, question()).await.unwrap();
        let first = again.rows.first().unwrap();
        assert_eq!((first.row.index, first.row.known_action()), (before, Some(Action::ReadLog)));
        assert_eq!(first.name.as_deref(), Some("監査 一郎"));
        assert_eq!(first.organization.as_deref(), Some("つばめ訪問看護"));
        assert_eq!(first.job_title.as_deref(), Some("看護師"));
        let refused = LogFilter { outcome: Some(Outcome::Refused), ..LogFilter::default() };
        let page =
            read_log(&house.services, &auditor.caller, LogQuestion { filter: refused, ..question() }).await;
        assert_eq!(page.unwrap().rows.len(), 7, "every refusal of above is there");
    }
}

#[tokio::test]
async fn an_auditor_of_one_employer_sees_that_one_only() {
    for house in houses().await {
        let nurse = house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        let theirs =
            house.store().append(entry(&nurse.caller, Action::SignIn, Target::NONE)).await.unwrap().entry();
        let target = Target::NONE.organization(Some(house.visiting));
        let ours =
            house.store().append(entry(&nurse.caller, Action::ReadPeople, target)).await.unwrap().entry();
        let auditor = auditor(&house, house.visiting.as_uuid()).await;
        let page = read_log(&house.services, &auditor.caller, question()).await.unwrap();
        assert_eq!(page.organization, Some(house.visiting));
        let own = |view: &LogRowView| {
            view.row.organization == Some(house.visiting)
                || view.row.object_organization == Some(house.visiting)
        };
        assert!(page.rows.iter().all(own));
        assert!(page.rows.iter().any(|view| view.row.index == ours));
        assert!(read_log_entry(&house.services, &auditor.caller, ours).await.is_ok());
        let strange = read_log_entry(&house.services, &auditor.caller, theirs).await;
        assert!(matches!(strange, Err(UseCaseError::Missing)), "{strange:?}");
        let other = LogQuestion { organization: Some(house.home), ..question() };
        assert_eq!(refusal(read_log(&house.services, &auditor.caller, other).await), RefusalReason::Role);
        let command = |organization, format| LogExportCommand { organization, period: everything(), format };
        let table = LogFormat::Table(Charset::Utf8);
        let foreign = export_log(&house.services, &auditor.caller, command(Some(house.home), table)).await;
        assert_eq!(refusal(foreign.map(drop)), RefusalReason::Role);
        let proof = export_log(&house.services, &auditor.caller, command(None, LogFormat::Proof)).await;
        assert_eq!(refusal(proof.map(drop)), RefusalReason::Role, "the provable form holds everybody's");
        let file = export_log(&house.services, &auditor.caller, command(None, table)).await.unwrap();
        let text = String::from_utf8(drain(file).await).unwrap();
        let numbers: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert!(
            numbers.contains(&ours.to_string().as_str()) && !numbers.contains(&theirs.to_string().as_str())
        );
        role(&house, &auditor, 3, house.home.as_uuid()).await;
        let several = read_log(&house.services, &auditor.caller, question()).await;
        assert!(matches!(several, Err(UseCaseError::Field(problem)) if problem.field == "organization"));
        assert!(read_log_entry(&house.services, &auditor.caller, theirs).await.is_ok());
    }
}

#[tokio::test]
async fn names_are_those_of_the_time_and_patients_stand_in_the_detail_only() {
    for house in houses().await {
        let nurse = house.somebody(house.home, JobTypeId::NURSE, "髙﨑 花子").await;
        name_patient(&house).await;
        let target = Target::NONE.patient(Some(house.patient)).organization(Some(house.home));
        let old = house.store().append(entry(&nurse.caller, Action::OpenRoom, target)).await.unwrap().entry();
        house.pass(SECOND);
        rename(&house, &nurse, "高橋 花子").await;
        let new = house.store().append(entry(&nurse.caller, Action::OpenRoom, target)).await.unwrap().entry();
        house.store().sign_checkpoint().await.unwrap();
        let auditor = auditor(&house, Uuid::nil()).await;
        let filter = LogFilter { patient: Some(house.patient), ..LogFilter::default() };
        let page =
            read_log(&house.services, &auditor.caller, LogQuestion { filter, ..question() }).await.unwrap();
        let names: Vec<_> = page.rows.iter().map(|view| (view.row.index, view.name.as_deref())).collect();
        assert_eq!(names, [(new, Some("高橋 花子")), (old, Some("髙﨑 花子"))]);
        assert!(page.rows.iter().all(|view| view.row.state == ProofState::Proven));
        let detail = read_log_entry(&house.services, &auditor.caller, old).await.unwrap();
        assert_eq!(detail.patient.as_deref(), Some("患者 太郎"));
        assert_eq!(detail.view.name.as_deref(), Some("髙﨑 花子"));
        assert!(detail.proof.is_some());
        let LogBody::Open(body) = detail.body else { panic!("sealed") };
        assert_eq!(body.source.map(|source| source.to_string()).as_deref(), Some("192.0.2.9"));
        table_holds_everything(&house, &auditor.caller, old).await;
    }
}

/// The table of the whole log, read back.
async fn table_holds_everything(house: &House, auditor: &Caller, old: u64) {
    let format = LogFormat::Table(Charset::ShiftJis);
    let command = LogExportCommand { organization: None, period: everything(), format };
    let file = drain(export_log(&house.services, auditor, command).await.unwrap()).await;
    let (text, _, lossy) = encoding_rs::SHIFT_JIS.decode(&file);
    assert!(!lossy && !text.contains("患者 太郎"));
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let headings: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    for demanded in [
        "利用者ID",
        "氏名",
        "時刻",
        "カテゴリ",
        "操作情報",
        "職種",
        "所属",
        "端末証明書",
        "接続元",
        "対象者",
        "対象ID",
        "結果",
        "理由",
    ] {
        assert!(headings.iter().any(|heading| heading == demanded), "{demanded}");
    }
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let cell = |row: &csv::StringRecord, heading: &str| {
        row.get(headings.iter().position(|known| known == heading).unwrap()).unwrap().to_owned()
    };
    let numbers: Vec<u64> = rows.iter().map(|row| cell(row, "記録番号").parse().unwrap()).collect();
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "every entry once, in order");
    let last = rows.last().unwrap();
    assert_eq!(cell(last, "操作情報"), "アクセスログの書出し", "the export itself is in it");
    assert_eq!((cell(last, "結果"), cell(last, "証明")), ("実施".into(), "証明済み".into()));
    let row = rows.iter().find(|row| cell(row, "記録番号") == old.to_string()).unwrap();
    assert_eq!(cell(row, "氏名"), "髙﨑 花子");
    assert_eq!(cell(row, "職種"), "看護師");
    assert_eq!(cell(row, "所属"), "ひまわり苑");
    assert_eq!(cell(row, "対象者"), house.patient.to_string());
    assert_eq!(cell(row, "接続元"), "192.0.2.9");
    assert_eq!(cell(row, "時刻"), "2026-09-21 23:13:20.000000+09:00");
}

/// Gives the patient a name.
async fn name_patient(house: &House) {
    let facts = serde_json::json!({"name": "患者 太郎", "reading": "", "sex": 1, "birth_date": "1939-03-04", "room_number": "",
        "area": "", "allergies": "", "infections": "", "fall_risk": 1, "dnar": 1, "care_level": 1, "notes": ""});
    let (facts, patient) = (facts.to_string(), house.patient.as_uuid());
    house
        .rows(move |batch| {
            let facts = facts.clone();
            Box::pin(async move {
                let slot = Slot::new("patient_version", "facts", Uuid::from_u128(patient.as_u128() ^ 1));
                let sealed = batch.seal(Scope::Patient(patient), slot, facts.as_bytes()).await?;
                let row = vec![Value::Id(patient), Value::Int(1), Value::Bytes(sealed), Value::Int(0)];
                batch.stage(&PATIENT_VERSION, row);
                Ok(())
            })
        })
        .await;
}

async fn rename(house: &House, somebody: &Somebody, name: &str) {
    let act = ChangePerson { organization: house.home, person: somebody.person };
    let grant = house.store().decide(&crate::usecase::rooms::tests::house::console(), act).await.unwrap();
    let name = Some(Name::parse("name", name).unwrap());
    let change =
        tasuki_domain::person::PersonChange { version: 1, login: None, name, reading: None, romaji: None };
    let shared = Arc::new((grant, change));
    house
        .rows(move |batch| {
            let shared = shared.clone();
            Box::pin(async move {
                tasuki_store::table::person::change(batch, &shared.0, &shared.1).await.map(drop)
            })
        })
        .await;
}

#[tokio::test]
async fn an_empty_period_is_a_table_of_headings_and_a_backward_one_refused() {
    for house in houses().await {
        let auditor = auditor(&house, Uuid::nil()).await;
        let period = Interval { from: Timestamp(0), until: Timestamp(1) };
        let format = LogFormat::Table(Charset::Utf8WithMark);
        let command = LogExportCommand { organization: None, period, format };
        let file = drain(export_log(&house.services, &auditor.caller, command).await.unwrap()).await;
        let text = String::from_utf8(file).unwrap();
        assert!(text.starts_with("\u{feff}記録番号,時刻,") && text.lines().count() == 1, "{text}");
        let period = Interval { from: Timestamp(2), until: Timestamp(2) };
        let wrong =
            export_log(&house.services, &auditor.caller, LogExportCommand { period, ..command }).await;
        assert!(matches!(wrong.map(drop), Err(UseCaseError::Field(problem)) if problem.field == "until"));
    }
}

#[tokio::test]
async fn anybody_keeps_heads_and_proves_later_ones_from_them() {
    for house in houses().await {
        assert_eq!(log_head(&house.services).await.unwrap(), None);
        sign_checkpoint(&house.services).await.unwrap();
        let kept = log_head(&house.services).await.unwrap().unwrap();
        house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        sign_checkpoint(&house.services).await.unwrap();
        let head = log_head(&house.services).await.unwrap().unwrap();
        assert!(head.size > kept.size && head.note.starts_with("care.test/log\n"));
        let proof = log_proof(&house.services, kept.size, head.size).await.unwrap();
        assert_eq!((proof.old_root, proof.new_root), (kept.root, head.root));
        let beyond = log_proof(&house.services, kept.size, head.size + 1).await;
        assert!(matches!(beyond, Err(UseCaseError::Missing)));
    }
}

#[tokio::test]
async fn damage_is_an_incident_recorded_once_and_shown() {
    for house in houses().await {
        sign_checkpoint(&house.services).await.unwrap();
        let nurse = house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        let victim =
            house.store().append(entry(&nurse.caller, Action::SignIn, Target::NONE)).await.unwrap().entry();
        open_triggers(&house).await;
        house.tamper("UPDATE access_entry SET outcome = 2 WHERE action = 101").await;
        let size = *house.store().log_size().borrow();
        for _ in 0..3 {
            assert!(matches!(sign_checkpoint(&house.services).await, Err(UseCaseError::Failed(_))));
        }
        assert_eq!(*house.store().log_size().borrow(), size + 1, "one incident, one entry");
        let auditor = auditor(&house, Uuid::nil()).await;
        let page = read_log(&house.services, &auditor.caller, question()).await.unwrap();
        let state = |index| page.rows.iter().find(|view| view.row.index == index).map(|view| view.row.state);
        assert_eq!(state(victim), Some(ProofState::Damaged));
        assert_eq!(state(size), Some(ProofState::Pending));
        let verdict = verify_log(&house.services, &auditor.caller, None, None).await.unwrap();
        assert!(!verdict.sound && verdict.recorded, "{}", verdict.english);
        assert!(verdict.english.contains(&format!("Entry {victim} was altered.")), "{}", verdict.english);
        assert!(verdict.japanese.contains(&format!("記録 {victim} は書き換えられています。")));
        assert_eq!(
            refusal(verify_log(&house.services, &nurse.caller, None, None).await),
            RefusalReason::Role
        );
        let wrong = verify_log(&house.services, &auditor.caller, None, Some("x")).await;
        assert!(matches!(wrong, Err(UseCaseError::Field(problem)) if problem.field == "key"));
    }
}

/// As superuser.
async fn open_triggers(house: &House) {
    house
        .tamper(if house.store().is_shared() {
            "ALTER TABLE access_entry DISABLE TRIGGER ALL"
        } else {
            "DROP TRIGGER access_entry_no_update"
        })
        .await;
}

fn asked(command: ConsoleCommand) -> Question {
    Question { user: "root".into(), host: "home".into(), reason: "yearly inspection".into(), command }
}

#[tokio::test]
async fn the_console_verifies_and_exports_what_it_cannot_read() {
    for house in houses().await {
        let folder = tempfile::tempdir().unwrap();
        let mut config = (*house.services.config).clone();
        config.server.data_folder = folder.path().to_owned();
        let services = Services { config: Arc::new(config), ..house.services.clone() };
        let nurse = house.somebody(house.home, JobTypeId::NURSE, "佐藤 花子").await;
        let ask = async |command| console::execute(&services, asked(command)).await;
        assert!(matches!(ask(ConsoleCommand::LogHead {}).await, Err(UseCaseError::Missing)));
        let verify = || ConsoleCommand::VerifyLog { against: None, key: None };
        let verdict: audit::Verdict = serde_json::from_value(ask(verify()).await.unwrap()).unwrap();
        assert!(verdict.sound && verdict.recorded, "{}", verdict.english);
        let head = ask(ConsoleCommand::LogHead {}).await.unwrap();
        let head = head.as_str().unwrap().to_owned();
        let exported = ask(ConsoleCommand::ExportLog { from: 0, until: i64::MAX }).await.unwrap();
        let exported: audit::Exported = serde_json::from_value(exported).unwrap();
        let mut bytes = Vec::new();
        std::fs::File::open(&exported.file).unwrap().read_to_end(&mut bytes).unwrap();
        assert!(!bytes.windows(6).any(|some| some == "佐藤".as_bytes()));

        let known = folder.path().join("head");
        std::fs::write(&known, &head).unwrap();
        let code = async |file: &std::path::Path, against: Option<&str>| {
            let arguments = cli::AuditVerify {
                export: Some(file.to_owned()),
                against: against.map(str::to_owned),
                key: None,
                reason: String::new(),
            };
            format!("{:?}", cli::audit(None, cli::Audit::Verify(arguments)).await)
        };
        let exits = |number: u8| format!("{:?}", std::process::ExitCode::from(number));
        assert_eq!(code(&exported.file, None).await, exits(0));
        assert_eq!(code(&exported.file, known.to_str()).await, exits(0));
        assert_eq!(code(&exported.file, Some(head.trim_end())).await, exits(0));
        let bad = folder.path().join("bad");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&bad, &bytes).unwrap();
        assert_eq!(code(&bad, None).await, exits(1));
        std::fs::write(&bad, "not an export").unwrap();
        assert_eq!(code(&bad, None).await, exits(2));
        assert_eq!(code(&folder.path().join("none"), None).await, exits(2));

        // An export from before the head: what the head knows beyond it was cut off.
        sign_checkpoint(&services).await.unwrap();
        house.store().append(entry(&nurse.caller, Action::SignIn, Target::NONE)).await.unwrap();
        sign_checkpoint(&services).await.unwrap();
        let later = log_head(&services).await.unwrap().unwrap();
        std::fs::write(&known, later.note).unwrap();
        assert_eq!(code(&exported.file, known.to_str()).await, exits(1));
    }
}

#[tokio::test]
async fn an_organization_that_is_not_there_is_no_scope() {
    for house in houses().await {
        let auditor = auditor(&house, house.visiting.as_uuid()).await;
        let nowhere = Some(OrganizationId::from_uuid(Uuid::new_v4()));
        let asked = LogQuestion { organization: nowhere, ..question() };
        assert_eq!(refusal(read_log(&house.services, &auditor.caller, asked).await), RefusalReason::Role);
    }
}
