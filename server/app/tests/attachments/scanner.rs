//! The virus scanner: clamd itself with a signature of ours where it is installed, and a stand-in that goes down.

use super::{
    files::text,
    house::{House, houses_with, rule},
};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tasuki_app::{
    config::{Config, ScannerAddress},
    usecase::{Conflict, UseCaseError, remove_orphans::scan_held},
};
use tasuki_domain::access::Action;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixListener,
    task::JoinHandle,
};

const BAD: &[u8] = b"TASUKI-LOCAL-TEST-SIGNATURE\n";

fn at(socket: &Path) -> impl Fn(&mut Config) {
    move |config| config.files.scanner = Some(ScannerAddress::Unix(socket.to_owned()))
}

/// Answers like clamd: the length-prefixed pieces of `zINSTREAM`, then a verdict.
fn stand_in(socket: &Path) -> JoinHandle<()> {
    let listener = UnixListener::bind(socket).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut bytes = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                let start = bytes.len();
                bytes.resize(start + length, 0);
                stream.read_exact(&mut bytes[start..]).await.unwrap();
            }
            let found = bytes.windows(BAD.len()).any(|window| window == BAD);
            let answer = if found { &b"stream: Tasuki.Test FOUND\0"[..] } else { b"stream: OK\0" };
            stream.write_all(answer).await.unwrap();
        }
    })
}

async fn held_back(house: &House, file: tasuki_domain::id::AttachmentId) -> bool {
    matches!(house.post(&[file]).await, Err(UseCaseError::Conflict(Conflict("attachment.held"))))
}

#[tokio::test]
async fn down_means_held_and_never_clean() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("clamd.ctl");
    let bad = [text(300_000), BAD.to_vec()].concat();
    for house in houses_with(at(&socket)).await {
        let clean = house.add("a.txt", &text(300_000)).await.unwrap();
        let infected = house.add("b.txt", &bad).await.unwrap();
        assert!(clean.held && infected.held);
        assert_eq!(scan_held(&house.services).await.unwrap(), 0);
        for file in [&clean, &infected] {
            assert!(held_back(&house, file.attachment).await);
        }
        let scanner = stand_in(&socket);
        assert_eq!(rule(house.add("c.txt", &bad).await), "file_infected");
        assert!(!house.add("d.txt", &text(300_000)).await.unwrap().held);
        assert_eq!(scan_held(&house.services).await.unwrap(), 2);
        assert_eq!(house.entries(Action::ScanAttachment, 1).await, 4);
        house.post(&[clean.attachment]).await.unwrap();
        assert!(matches!(house.post(&[infected.attachment]).await, Err(UseCaseError::Field(_))));
        assert_eq!(house.count("SELECT count(*) FROM attachment").await, 2);
        assert_eq!(house.count("SELECT count(*) FROM attachment_chunk").await, 4);
        assert_eq!(scan_held(&house.services).await.unwrap(), 0);
        scanner.abort();
        let _stopped = scanner.await;
        std::fs::remove_file(&socket).unwrap();
    }
}

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Starts clamd with one signature of our own; `None` where it is not installed.
fn clamd(folder: &Path) -> Option<(Daemon, PathBuf)> {
    let program = ["/usr/sbin/clamd", "/usr/bin/clamd"].into_iter().find(|path| Path::new(path).exists())?;
    let socket = folder.join("clamd.ctl");
    let signatures = folder.join("signatures");
    std::fs::create_dir(&signatures).unwrap();
    let hex: String = BAD.iter().take(BAD.len() - 1).map(|byte| format!("{byte:02x}")).collect();
    std::fs::write(signatures.join("local.ndb"), format!("Tasuki.Test:0:*:{hex}\n")).unwrap();
    let settings = format!(
        "Foreground yes\nLocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\nStreamMaxLength 25M\n",
        socket.display(),
        signatures.display(),
        folder.display()
    );
    let file = folder.join("clamd.conf");
    std::fs::write(&file, settings).unwrap();
    let child = Command::new(program)
        .arg("--config-file")
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Some((Daemon(child), socket))
}

#[tokio::test]
async fn clamd_itself_finds_what_its_signature_names() {
    let folder = tempfile::tempdir().unwrap();
    // Another user may run this test's scanner: it has to reach its socket.
    let Some((_daemon, socket)) = clamd(folder.path()) else { return };
    let mut patience = 0;
    while !socket.exists() {
        patience += 1;
        assert!(patience < 300, "clamd did not start");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let house = houses_with(at(&socket)).await.remove(0);
    let clean = house.add("a.txt", &text(20_971_520)).await.unwrap();
    assert!(!clean.held, "clamd gave no verdict");
    house.post(&[clean.attachment]).await.unwrap();
    let bad = [text(300_000), BAD.to_vec()].concat();
    assert_eq!(rule(house.add("b.txt", &bad).await), "file_infected");
}
