//! A backup under load, and what comes out of it elsewhere.

use crate::{
    house::{self, House, Server, console},
    program::run,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tasuki_app::{
    backup::{RecoveryIdentity, open_sealed, unpack},
    clock::Clock,
    config::Config,
    startup,
    usecase::{
        Services,
        back_up::{BackUp, BackedUp, back_up},
        consortium::{FirstPost, FoundingCommand, found_consortium},
    },
};
use tasuki_domain::{
    job_type::JobTypeId,
    organization::{NewOrganization, OrganizationKind},
    person::NewPerson,
    policy::Backup,
    text::{Login, Name, Reading, Title},
};

const CANARY: &str = "金糸雀花子・決して平文で残らない名前";

async fn fill(services: &Services) {
    let reading = |text: &str| Reading::parse("reading", text).unwrap();
    let command = FoundingCommand {
        organization: NewOrganization {
            kind: OrganizationKind::ConsortiumOffice,
            name: Title::parse("name", CANARY).unwrap(),
            romaji: reading(""),
            telephone: None,
        },
        person: NewPerson {
            login: Login::parse("login", "canary-login-name").unwrap(),
            name: Name::parse("name", CANARY).unwrap(),
            reading: reading("かなりあはなこ"),
            romaji: reading(""),
        },
        post: FirstPost { place: None, job_type: JobTypeId::CLERK, from: None, until: None },
    };
    found_consortium(services, &console(), command).await.unwrap();
}

/// Something that is written again and again; the highest acknowledged entry is noted.
fn load(
    services: &Services,
    stop: &Arc<AtomicBool>,
    acknowledged: &Arc<AtomicU64>,
) -> tokio::task::JoinHandle<()> {
    let (services, stop, acknowledged) = (services.clone(), stop.clone(), acknowledged.clone());
    tokio::spawn(async move {
        while !stop.load(Ordering::SeqCst) {
            let grant = services.store.decide(&console(), Backup {}).await.unwrap();
            let done = services.store.append(grant.entry(Default::default())).await.unwrap();
            acknowledged.fetch_max(done.entry(), Ordering::SeqCst);
        }
    })
}

/// Backs a house up while it is written to; what was acknowledged before.
async fn backed_up_under_load(house: &House) -> (BackedUp, u64) {
    let open = house.open().await;
    let services = &open.services;
    fill(services).await;
    services.store.sign_checkpoint().await.unwrap();
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..4).map(|_| load(services, &stop, &acknowledged)).collect();
    while acknowledged.load(Ordering::SeqCst) < 200 {
        tokio::task::yield_now().await;
    }
    let before = acknowledged.load(Ordering::SeqCst);
    let done = back_up(services, &console(), BackUp::default()).await.unwrap();
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(done.findings.is_empty(), "{:?}", done.findings);
    services.store.sign_checkpoint().await.unwrap();
    let head = services.store.log_head().await.unwrap().unwrap();
    fs::write(house.path("head"), head.note).unwrap();
    services.store.close().await;
    (done, before)
}

/// Where a backup of this house is restored to: settings, arguments.
async fn elsewhere(house: &House, new: &Path) -> (PathBuf, Vec<String>) {
    let url = house.config().database.url.clone();
    match url {
        tasuki_app::config::DatabaseUrl::Postgres(_) => {
            let settings = house::settings(new, Server::given().as_ref()).await;
            (settings, Vec::new())
        }
        _ => {
            let data = new.join("data").display().to_string();
            (house::settings(new, None).await, vec!["--to".to_owned(), data])
        }
    }
}

fn restore(settings: &Path, file: &Path, more: &[String], typed: &str) -> crate::program::Ended {
    let mut arguments = vec!["restore", file.to_str().unwrap(), "--reason", "訓練"];
    arguments.extend(more.iter().map(String::as_str));
    run(settings, &arguments, typed)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_acknowledged_before_is_there_after_a_restore_elsewhere() {
    for house in House::each().await {
        let (done, before) = backed_up_under_load(&house).await;
        assert!(done.log_size > before, "{} {before}", done.log_size);
        let new = tempfile::tempdir().unwrap();
        let (settings, mut more) = elsewhere(&house, new.path()).await;
        more.extend(["--against".to_owned(), house.path("head").display().to_string()]);
        let typed = format!("{}\n{}", *house.identity.text(), house.sheet());
        let ended = restore(&settings, &done.path, &more, &typed).succeeded();
        assert!(ended.out.contains("失われています"), "{}", ended.out);
        let config = Arc::new(Config::load(Some(&settings)).unwrap());
        let open = startup::open(config, Clock::system(), false, || unreachable!()).await.unwrap();
        let store = &open.services.store;
        assert_eq!(*store.log_size().borrow(), done.log_size + 1);
        assert_eq!(store.facts().organizations().count(), 1);
        store.verify_log_tail().await.unwrap();
        let verified = store.verify_log(None, None).await.unwrap();
        assert!(verified.sound, "{}", verified.english);
        assert_eq!(verified.entries, done.log_size + 1);
        store.close().await;
        drop(open);
        let again = restore(&settings, &done.path, &more, &typed);
        assert_eq!(again.code, 1);
        assert!(again.errors.contains("上書きしません"), "{}", again.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_touched_without_the_right_keys_or_with_a_hurt_backup() {
    let house = House::found(None).await;
    let (done, _) = backed_up_under_load(&house).await;
    let new = tempfile::tempdir().unwrap();
    let (settings, more) = elsewhere(&house, new.path()).await;
    let identity = house.identity.text();
    let hurt = new.path().join("hurt.age");
    let mut bytes = fs::read(&done.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&hurt, &bytes).unwrap();
    let cut = new.path().join("cut.age");
    fs::write(&cut, &bytes[..bytes.len() - 1000]).unwrap();
    let other = House::found(None).await;
    let stranger = RecoveryIdentity::generate().text();
    for (file, typed, expected) in [
        (&done.path, format!("{}\n{}", *stranger, house.sheet()), "この復旧鍵"),
        (&done.path, format!("{}\n{}", *identity, other.sheet()), "別の親鍵"),
        (&done.path, "AGE-SECRET-KEY-1QQ\n1\n2\n".to_owned(), "打ち間違い"),
        (&hurt, format!("{}\n{}", *identity, house.sheet()), "壊れている"),
        (&cut, format!("{}\n{}", *identity, house.sheet()), "壊れている"),
        (&house.settings, format!("{}\n{}", *identity, house.sheet()), "バックアップではありません"),
    ] {
        let ended = restore(&settings, file, &more, &typed);
        assert_eq!(ended.code, 1, "{expected}: {}", ended.out);
        assert!(ended.errors.contains(expected), "{expected}: {}", ended.errors);
        let left: Vec<_> =
            fs::read_dir(new.path().join("data")).unwrap().flatten().map(|f| f.file_name()).collect();
        assert_eq!(left, ["lock"], "{expected}");
        assert!(!new.path().join("root.key").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_age_layer_a_backup_still_tells_no_name() {
    for house in House::each().await {
        let (done, _) = backed_up_under_load(&house).await;
        let folder = tempfile::tempdir().unwrap();
        let unpacked = unpack(open_sealed(&done.path, &house.identity).unwrap(), folder.path()).unwrap();
        assert!(unpacked.parts.iter().any(|part| part.part.name.starts_with("database.")));
        for part in &unpacked.parts {
            let bytes = fs::read(&part.path).unwrap();
            for needle in needles() {
                let found = bytes.windows(needle.len()).any(|window| window == needle);
                assert!(!found, "{}", part.part.name);
            }
        }
    }
}

/// The canary as it could lie there.
fn needles() -> Vec<Vec<u8>> {
    let mut needles = Vec::new();
    for text in [CANARY, "canary-login-name", "かなりあはなこ"] {
        needles.push(text.as_bytes().to_vec());
        needles.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        needles.push(text.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
    }
    needles
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_backs_up_with_and_without_a_running_server_and_keeps_generations() {
    let house = House::found(None).await;
    let names = || fs::read_dir(house.path("backups")).unwrap().count();
    run(&house.settings, &["backup", "--reason", "毎日"], "").succeeded();
    assert_eq!(names(), 1);
    let open = house.open().await;
    let refused = run(&house.settings, &["backup"], "");
    assert!(refused.errors.contains("別の tasuki"), "{}", refused.errors);
    let stop = tokio_util::sync::CancellationToken::new();
    let (services, data, until) = (open.services.clone(), house.path("data"), stop.clone());
    let serving = tokio::spawn(async move { tasuki_app::console::serve(services, &data, until).await });
    while !house.path("data").join(tasuki_app::console::SOCKET).exists() {
        tokio::task::yield_now().await;
    }
    for _ in 0..4 {
        // Names carry seconds.
        tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
        let settings = house.settings.clone();
        let ended = tokio::task::spawn_blocking(move || run(&settings, &["backup"], "")).await.unwrap();
        assert!(ended.succeeded().out.contains("バックアップを作成しました"));
    }
    assert_eq!(names(), 3);
    stop.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_no_backup_and_no_rubbish_and_says_so() {
    let house = House::found(None).await;
    // Something that makes the backup larger than the database: many words among the public keys.
    let recipients = house.path("data").join("backup.recipients");
    let keys = fs::read_to_string(&recipients).unwrap();
    fs::write(&recipients, format!("{keys}\n#{}\n", "x".repeat(4 << 20))).unwrap();
    let ended = limited(&house, 4096, "backup");
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.errors.contains("空きがありません"), "{}", ended.errors);
    assert_eq!(fs::read_dir(house.path("backups")).unwrap().count(), 0);
    assert!(!house.path("data").join("backup.tmp").exists());
    run(&house.settings, &["backup"], "").succeeded();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_grow_is_told_in_words_and_loses_nothing() {
    let house = House::found(None).await;
    let ended = limited(&house, 16, "backup");
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.errors.contains("ディスク"), "{}", ended.errors);
    assert_eq!(fs::read_dir(house.path("backups")).unwrap().count(), 0);
    run(&house.settings, &["backup"], "").succeeded();
}

/// Runs a command under a limit on the size of files, in blocks of 512 bytes: it stands for the full disk, and can be
/// had on every machine. The signal that goes with it is ignored, so that the write itself fails.
fn limited(house: &House, blocks: u32, command: &str) -> crate::program::Ended {
    let program = env!("CARGO_BIN_EXE_tasuki");
    let settings = house.settings.display();
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} --config {settings} {command}");
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg(script);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    crate::program::finish(command, "")
}
