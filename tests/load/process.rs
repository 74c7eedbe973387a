//! The processes that are measured: the release server, and the bare reference.

use crate::{consortium, line::Seat, reference::Duty};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tasuki_app::colleague::Door;
use tasuki_tests::house::Premises;

/// A running process. Dies with this value.
pub struct Process {
    child: Child,
    /// How long it took until it let somebody in.
    pub ready_after: Duration,
}

impl Process {
    /// Its number.
    pub fn number(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The release server over a made house; `door` is some device's way to it.
pub async fn server(premises: &Premises, door: &Door) -> Process {
    let lines = File::options().create(true).append(true).open(premises.folder().join("lines"));
    let begun = Instant::now();
    let mut child = Command::new(program())
        .arg("--config")
        .arg(premises.settings())
        .args(["serve", "--demo"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(lines.expect("a file for its lines"))
        .spawn()
        .expect("the server starts");
    while door.connect().await.is_err() {
        let ended = child.try_wait().expect("the server can be asked");
        let lines = || std::fs::read_to_string(premises.folder().join("lines")).unwrap_or_default();
        assert!(ended.is_none() && begun.elapsed() < Duration::from_secs(60), "no server: {}", lines());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Process { child, ready_after: begun.elapsed() }
}

/// The built server, which lies beside this program.
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("this program's own path");
    let program = own.with_file_name("tasuki");
    assert!(program.exists(), "{} is not built; `make bench` does it", program.display());
    program
}

/// The bare reference in a process of its own, and the way to it.
pub fn reference(duty: Duty) -> (Process, Seat, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let duty = if duty == Duty::Room { "room" } else { "echo" };
    let mut child = Command::new(std::env::current_exe().expect("this program's own path"))
        .args(["reference", duty, "--folder"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the reference starts");
    let mut line = String::new();
    let told = child.stdout.take().expect("its output");
    BufReader::new(told).read_line(&mut line).expect("the reference tells its address");
    let address: SocketAddr = line.trim().parse().expect("an address");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a certificate");
    let door = consortium::door(address, &read("ca.pem"), (&read("device.pem"), &read("device.key")));
    let process = Process { child, ready_after: begun.elapsed() };
    (process, Seat { door, cookie: None }, folder)
}
