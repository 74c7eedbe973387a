//! Founding a house by answering questions.

use crate::{
    house::{self, Server},
    program::{Ended, run, tasuki},
};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
};

/// What is answered up to the sheet: organization, place, administrator, job type, auditor, nobody else, device, code.
const ANSWERS: &str = "\n架空ケア協議会\n10\n本部事務室\n管理 太郎\nかんり たろう\nkanri\n事務\n\
                       監査 花子\nかんさ はなこ\nkansa\n\n事務局PC 1\ndesktop\ncode\n30\n";

pub const NAME: &str = "care.example.jp";

/// Settings that name folders only; everything else is asked or usual.
pub async fn settings(folder: &Path, server: Option<&Server>) -> PathBuf {
    let path = house::settings(folder, server).await;
    let text = fs::read_to_string(&path).unwrap().replace("name = \"care.test\"\n", "");
    fs::write(&path, text).unwrap();
    path
}

/// Runs `init` and types the sheet back as `typed` says; several times when it gives several.
fn init(settings: &Path, answers: &str, typed: impl Fn(&[String]) -> Vec<String>) -> Ended {
    let mut child = tasuki(settings, &["init", "--name", NAME]).spawn().unwrap();
    let mut stdin = child.stdin.take();
    // A program that has given up reads no more.
    let _closed = stdin.as_mut().unwrap().write_all(answers.as_bytes());
    if answers.lines().count() < ANSWERS.lines().count() {
        stdin = None;
    }
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut out, mut sheet) = (String::new(), Vec::new());
    while sheet.len() < 6 {
        let Some(line) = lines.next() else { break };
        let line = line.unwrap();
        if line.get(..3).is_some_and(|start| start == format!("{}: ", sheet.len() + 1)) {
            sheet.push(line.clone());
        }
        out.push_str(&line);
        out.push('\n');
    }
    if let Some(stdin) = stdin.as_mut().filter(|_| sheet.len() == 6) {
        let _closed =
            stdin.write_all(typed(&sheet).join("\n").as_bytes()).and_then(|()| stdin.write_all(b"\n"));
    }
    drop(stdin);
    lines.for_each(|line| out.push_str(&format!("{}\n", line.unwrap())));
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    Ended { code: child.wait().unwrap().code().unwrap_or(-1), out, errors }
}

fn as_shown(sheet: &[String]) -> Vec<String> {
    sheet.to_vec()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_is_founded_and_holds_what_was_answered() {
    let mut servers = vec![None];
    servers.extend(Server::given().map(Some));
    for server in servers {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), server.as_ref()).await;
        let ended = init(&settings, ANSWERS, as_shown).succeeded();
        assert!(ended.out.contains("あとから変更できません") || ended.out.contains("初期設定が終わりました"));
        for expected in [
            "管理 太郎(kanri): ",
            "監査 花子(kansa): ",
            "最初の端末のコード",
            "次にすること",
            &format!("[server] name = \"{NAME}\""),
            "care.example.jp/tasuki+",
        ] {
            assert!(ended.out.contains(expected), "{expected}: {}", ended.out);
        }
        fs::write(
            &settings,
            format!(
                "{}\n",
                fs::read_to_string(&settings)
                    .unwrap()
                    .replace("[server]", &format!("[server]\nname = \"{NAME}\""))
            ),
        )
        .unwrap();
        let people = run(&settings, &["person", "list"], "").succeeded().out;
        assert!(people.contains("職員管理・システム管理") && people.contains("kansa"), "{people}");
        let auditor = people.lines().find(|line| line.contains("kansa")).unwrap();
        assert!(auditor.contains("監査") && !auditor.contains("職員管理"), "{auditor}");
        let devices = run(&settings, &["device", "list"], "").succeeded().out;
        assert!(devices.contains("事務局PC 1") && devices.contains("コード発行済み"), "{devices}");
        let checked = run(&settings, &["check"], "");
        assert_ne!(checked.code, 0);
        assert!(
            checked.out.contains("✓ アクセスログ") && checked.out.contains("✓ 失効リスト"),
            "{}",
            checked.out
        );
        let again = init(&settings, ANSWERS, as_shown);
        assert_eq!(again.code, 1);
        assert!(again.errors.contains("上書きしません"), "{}", again.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typing_error_in_the_sheet_names_its_line_and_nothing_is_made_without_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), None).await;
    let before = names(folder.path());
    let wrong = |sheet: &[String]| {
        let mut typed = Vec::new();
        for line in [2, 5, 0, 4, 3] {
            let mut lines = sheet.to_vec();
            let last = lines[line].pop().unwrap();
            lines[line].push(if last == '7' || last == 'Q' { '8' } else { '7' });
            typed.extend(lines);
        }
        typed
    };
    let ended = init(&settings, ANSWERS, wrong);
    assert_eq!(ended.code, 1);
    let told: Vec<usize> = ["3行目", "6行目", "1行目", "5行目", "4行目"]
        .iter()
        .map(|line| {
            ended.out.find(&format!("✗ {line}")).unwrap_or_else(|| unreachable!("{line}: {}", ended.out))
        })
        .collect();
    assert!(told.is_sorted(), "{told:?}");
    assert!(ended.errors.contains("何も作成していません"), "{}", ended.errors);
    assert_eq!(names(folder.path()), before);
    let corrected = init(&settings, ANSWERS, |sheet| {
        let mut first = sheet.to_vec();
        first.swap(0, 1);
        first.extend(sheet.to_vec());
        first
    });
    assert!(corrected.succeeded().out.contains("✗ 1行目"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aborted_dialogue_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), None).await;
    let before = names(folder.path());
    for lines in [0, 3, 9, 15] {
        let answers: String = ANSWERS.split_inclusive('\n').take(lines).collect();
        assert_eq!(init(&settings, &answers, |_| Vec::new()).code, 1, "{lines}");
        assert_eq!(names(folder.path()), before, "{lines}");
    }
    assert_eq!(init(&settings, ANSWERS, |_| Vec::new()).code, 1);
    assert_eq!(names(folder.path()), before);
    let address = run(&settings, &["init", "--name", "192.0.2.1"], "");
    assert!(address.errors.contains("DNS名ではありません"), "{}", address.errors);
    assert_eq!(names(folder.path()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_device_may_get_a_file_and_the_settings_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("new.toml");
    let package = folder.path().join("device.p12");
    let data = folder.path().join("data");
    let key = folder.path().join("keys/root.key");
    let answers =
        ANSWERS.replace("code\n30\n", &format!("p12\n{}\nshort\nlong-enough-password\n", package.display()));
    let mut child = tasuki(
        &settings,
        &[
            "init",
            "--name",
            NAME,
            "--data-folder",
            data.to_str().unwrap(),
            "--key-file",
            key.to_str().unwrap(),
        ],
    )
    .spawn()
    .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(answers.strip_prefix('\n').unwrap().as_bytes()).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut sheet = Vec::new();
    while sheet.len() < 6 {
        let line = out.next().unwrap().unwrap();
        if line.get(..3).is_some_and(|start| start == format!("{}: ", sheet.len() + 1)) {
            sheet.push(line);
        }
    }
    stdin.write_all((sheet.join("\n") + "\n").as_bytes()).unwrap();
    out.for_each(drop);
    assert!(child.wait().unwrap().success());
    assert!(fs::metadata(&package).unwrap().len() > 500);
    let mode = |path: &Path| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!((mode(&package), mode(&key), mode(&settings), mode(&data)), (0o600, 0o600, 0o600, 0o700));
    let written = fs::read_to_string(&settings).unwrap();
    assert!(written.contains(NAME) && !written.contains("[limits"), "{written}");
    assert!(run(&settings, &["device", "list"], "").succeeded().out.contains("有効"));
}
