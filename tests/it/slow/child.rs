//! The real server as a process of its own, which can be killed at any instant.

use crate::repository::top;
use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tasuki_tests::house::Premises;

/// What happens to writes that were not synced when the process dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disk {
    /// The machine lives on, so they arrive.
    Kept,
    /// They are lost, as in a power cut.
    Dropped,
    /// Synced ones are lost too: the server's syncing means nothing (`synchronous=OFF`).
    Forgetful,
}

/// A running server. Dies with this value.
pub struct Server {
    child: Child,
    disk: Disk,
    data: PathBuf,
    synced: PathBuf,
}

/// The built program; built now when it is not there or older than the library it is made of.
pub fn program() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(top()).args([
        "build",
        "--locked",
        "--offline",
        "--package",
        "tasuki-app",
        "--bin",
        "tasuki",
    ]);
    assert!(build.status().unwrap().success(), "the program does not build");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from);
    target.join("debug/tasuki")
}

/// The preloaded library, compiled by the machine's C compiler.
fn preload(folder: &Path) -> PathBuf {
    let library = folder.join("unsynced.so");
    if !library.exists() {
        let source = top().join("tests/it/slow/unsynced.c");
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        assert!(compile.status().unwrap().success(), "cc");
    }
    library
}

impl Server {
    /// Starts the server over a made house and waits until its door is open.
    pub async fn start(program: &Path, premises: &Premises, disk: Disk) -> Self {
        let (data, synced) = (premises.data(), premises.folder().join("synced"));
        let mut command = Command::new(program);
        command.arg("--config").arg(premises.settings()).args(["serve", "--demo"]);
        let lines =
            fs::File::options().create(true).append(true).open(premises.folder().join("lines")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(lines).process_group(0);
        if disk != Disk::Kept {
            if !synced.exists() {
                copy(&data, &synced);
            }
            command.env("LD_PRELOAD", preload(premises.folder()));
            command.env("TASUKI_DATA", &data).env("TASUKI_SYNCED", &synced);
        }
        if disk == Disk::Forgetful {
            command.env("TASUKI_FORGET", "1");
        }
        let mut server = Self { child: command.spawn().unwrap(), disk, data, synced };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(premises.address()).await.is_err() {
            let ended = server.child.try_wait().unwrap();
            let lines = fs::read_to_string(premises.folder().join("lines")).unwrap();
            assert!(ended.is_none(), "the server ended: {lines}");
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not start: {lines}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    /// Kills it without a warning; then the disk holds what it would hold.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        if self.disk != Disk::Kept {
            fs::remove_dir_all(&self.data).unwrap();
            copy(&self.synced, &self.data);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it is dead already, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies the files of a folder, but not the lock, nor sockets, nor what was only half kept, nor the shared memory,
/// which no power cut leaves.
fn copy(from: &Path, to: &Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).recursive(true).create(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let wanted =
            entry.file_type().unwrap().is_file() && !name.ends_with("-shm") && !name.contains(".part.");
        if wanted {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}
