//! Crashes: the real server is killed at random instants under load. Whatever it acknowledged is there afterwards,
//! once, in the same order, and the access log proves itself.

use super::{
    child::{Disk, Server, program},
    witness::Witness,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, process::Command, time::Duration};
use tasuki_tests::{
    Engine,
    house::{Premises, small},
};

/// Kills of one run.
const KILLS: usize = 10;

/// `TASUKI_SEED=… cargo nextest run slow` repeats a run.
fn seed() -> u64 {
    let given = std::env::var("TASUKI_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(rand::random)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    for engine in Engine::all() {
        let complaints = crashes(engine, Disk::Kept, KILLS).await;
        assert!(complaints.is_empty(), "{engine:?}: {complaints:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_unsynced_writes_are_dropped() {
    let complaints = crashes(Engine::Sqlite, Disk::Dropped, KILLS).await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The test above can fail. A disk that forgets what it synced is what `synchronous=OFF` comes to, where SQLite does
/// not sync at all: the same run then does lose what was acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_sync_is_caught() {
    let complaints = crashes(Engine::Sqlite, Disk::Forgetful, 1).await;
    assert!(complaints.iter().any(|complaint| complaint.ends_with("is missing")), "{complaints:#?}");
}

/// Makes a house, kills its server again and again under load, and gathers what is wrong afterwards.
async fn crashes(engine: Engine, disk: Disk, kills: usize) -> Vec<String> {
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let program = program();
    let premises = Premises::make(engine, small()).await;
    let mut complaints = vec![];
    let mut server = Server::start(&program, &premises, disk).await;
    let (mut care, mut nurse) =
        tokio::join!(Witness::arrive(&premises, "care"), Witness::arrive(&premises, "nurse"));
    let beginning = care.beginning().await;
    let mut known: Vec<(String, String)> = Vec::new();
    for kill in 1..=kills {
        let after = Duration::from_millis(random.random_range(150..1_500));
        let killing = async {
            tokio::time::sleep(after).await;
            tokio::task::spawn_blocking(move || server.kill()).await.unwrap();
        };
        tokio::join!(killing, care.post_until_it_dies(), nurse.post_until_it_dies());
        server = Server::start(&program, &premises, disk).await;
        if engine == Engine::Sqlite && disk != Disk::Forgetful {
            complaints.extend(looks(&premises).await.map(|what| format!("seed {seed}, kill {kill}: {what}")));
        }
        if disk == Disk::Forgetful {
            care.sign_in_again().await;
            nurse.sign_in_again().await;
        } else {
            care.come_back().await;
            nurse.come_back().await;
        }
        let read = care.read(&beginning).await;
        let found = [care.complaints(&read), nurse.complaints(&read)].concat();
        complaints.extend(found.into_iter().map(|what| format!("seed {seed}, kill {kill}: {what}")));
        if !read.starts_with(&known) {
            complaints.push(format!("seed {seed}, kill {kill}: what was read before has changed"));
        }
        if disk != Disk::Forgetful {
            verify(&program, &premises.settings(), (seed, kill));
        }
        known = read;
    }
    let acknowledged = care.acknowledged() + nurse.acknowledged();
    println!("{disk:?} on {engine:?}, seed {seed}: {kills} kills, {acknowledged} posts acknowledged");
    assert!(acknowledged >= 20 * kills, "only {acknowledged} posts were acknowledged: the load was none");
    complaints
}

/// Looks that the crash left open are closed at the start, and marked: what is wrong with that. The port is there a
/// moment before the doors open, so the start is given some seconds.
async fn looks(premises: &Premises) -> Option<String> {
    let mut wrong = looks_now(premises).await;
    for _ in 0..100 {
        if wrong.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        wrong = looks_now(premises).await;
    }
    wrong
}

async fn looks_now(premises: &Premises) -> Option<String> {
    let options = SqliteConnectOptions::new().filename(premises.data().join("tasuki.db")).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let count = "SELECT count(*) FILTER (WHERE closed_at = 9223372036854775807), \
         count(*) FILTER (WHERE abandoned = 1) FROM look";
    let (open, abandoned): (i64, i64) = sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (open > 0 || abandoned == 0)
        .then(|| format!("{open} looks are open and {abandoned} are marked as abandoned"))
}

/// The access log proves itself, by the operator's own command.
fn verify(program: &Path, settings: &Path, (seed, kill): (u64, usize)) {
    let mut command = Command::new(program);
    let output = command.arg("--config").arg(settings).args(["audit", "verify"]).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}, kill {kill}: {said}");
}
