//! `tasuki demo`: makes the demonstration once, serves it, lets colleagues talk, and stays.

use super::{Failure, arguments::Demo, arguments::DemoColleague, demo_guide, output};
use crate::{
    colleague::GuestError,
    config::Config,
    demo::{ActorPart, Cast, Cue, DemoFolder, Report, answer, converse, invite, remark},
};
use serde_json::Value;
use std::{
    fs::File,
    io,
    process::{ExitCode, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

/// Who reads the log in the demonstration, by the name in the credentials.
const AUDITOR: &str = "okada";

/// Time between two remarks while the demonstration stays up.
const PAUSE: Duration = Duration::from_secs(60);

/// How often colleagues look whether somebody has written to them.
const GLANCE: Duration = Duration::from_secs(2);

/// Makes, serves, shows, stays.
///
/// # Errors
/// What went wrong, in words.
pub async fn run(arguments: Demo) -> Result<ExitCode, Failure> {
    let folder = DemoFolder::at(&arguments.folder)?;
    if folder.is_made() {
        output::line(&format!(
            "前回のデモのデータ({})を続けて使います。新しく作り直すには make demo-reset。",
            arguments.folder.display()
        ));
    } else {
        let mut config = Config::default();
        config.server.listen.set_port(arguments.port);
        config.server.enrolment_listen.set_port(arguments.port.saturating_add(1));
        output::line("デモの協議会を作っています(6法人・21名・利用者24名・1週間分の投稿)…");
        let start = Instant::now();
        folder.make(folder.config(config)).await?;
        output::line(&format!(
            "  できました({:.0} 秒)。データは {} にあります。",
            start.elapsed().as_secs_f64(),
            arguments.folder.display()
        ));
    }
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut server = serve(&folder).await?;
    let shown = tokio::select! {
        shown = perform(&folder, &mut server, &arguments) => shown,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    stop(&mut server).await?;
    shown?;
    output::line(
        "\nデモを終わりました。データは残っています(make demo で続き、make demo-reset で作り直し)。",
    );
    Ok(ExitCode::SUCCESS)
}

/// Starts the server as a process of its own and waits until its door answers.
async fn serve(folder: &DemoFolder) -> Result<Child, Failure> {
    let port = folder.port()?;
    if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        return Err(Failure::new(format!(
            "ポート {port} は使われています(ほかのデモが動いていませんか)。 / Port {port} is in use; is another demo \
             running?"
        )));
    }
    let lines = File::create(folder.server_lines())?;
    let mut server = Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(folder.settings())
        .args(["serve", "--demo"])
        .stdin(Stdio::null())
        .stderr(lines)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            output::line(&format!("サーバーが https://localhost:{port} で動いています。"));
            return Ok(server);
        }
        if let Some(status) = server.try_wait()? {
            let said = std::fs::read_to_string(folder.server_lines()).unwrap_or_default();
            return Err(Failure::new(format!("the server ended early: {status}\n{}", said.trim_end())));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Failure::new("the server did not open its door within 10 s"))
}

/// The conversation, the log, the codes for newcomers; then colleagues stay.
async fn perform(folder: &DemoFolder, server: &mut Child, arguments: &Demo) -> Result<(), Failure> {
    let from = now();
    let mut cast = Cast::new(arguments.folder.clone());
    output::line(
        "\n3つの法人の職員が、ひとりの利用者について話します(それぞれ別のプロセス、相互TLS+WebSocket):\n",
    );
    converse(&mut cast, |line| output::line(&line)).await?;
    // The next signed head of the log comes within a second.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let until = now();
    if let Report::Failed { why } = cast.start(AUDITOR).await? {
        return Err(Failure::new(why));
    }
    match cast.cue(AUDITOR, &Cue::ReadLog { from }).await? {
        Report::Log { page } => tell_log(&page, until),
        Report::Failed { why } => return Err(Failure::new(why)),
        _ => {}
    }
    tell_proof(folder).await?;
    let mut credentials = folder.read_credentials()?;
    invite(&mut cast, &mut credentials).await?;
    folder.keep(&credentials)?;
    demo_guide::tell(&credentials, &arguments.folder);
    if arguments.once { Ok(()) } else { stay(&mut cast, server).await }
}

/// Microseconds UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    i64::try_from(since).unwrap_or(0)
}

fn tell_log(page: &Value, until: i64) {
    output::line("\nこの会話が残したアクセスログ(監査者に見えるもの。会話の内容は見えません):");
    let text =
        |row: &Value, path: &str| row.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let rows = page.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
    for row in rows.iter().rev() {
        let index = row.get("index").and_then(Value::as_u64).unwrap_or_default();
        let at = row.get("at").and_then(Value::as_i64).unwrap_or_default();
        if at > until {
            break;
        }
        let who = match (text(row, "/name"), text(row, "/organization_name")) {
            (name, organization) if name.is_empty() && organization.is_empty() => "サーバー".to_owned(),
            (name, organization) if name.is_empty() => format!("{organization}の端末"),
            (name, organization) => format!("{name}({organization})"),
        };
        let state = match text(row, "/state").as_str() {
            "proven" => "証明済み",
            "damaged" => "▲ 書き換えられています",
            _ => "次の署名待ち",
        };
        output::line(&format!("  #{index} {} {who} {} — {state}", clock(at), text(row, "/action_ja")));
    }
}

/// The time of day in Tokyo.
fn clock(at: i64) -> String {
    let seconds = (at / 1_000_000 + 9 * 3_600).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// What `tasuki audit verify` says of the whole log.
async fn tell_proof(folder: &DemoFolder) -> Result<(), Failure> {
    let verdict = Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(folder.settings())
        .args(["audit", "verify", "--reason", "デモ"])
        .stdin(Stdio::null())
        .output()
        .await?;
    output::line("\ntasuki audit verify の結果(ログ全体の検証):");
    let said =
        String::from_utf8_lossy(if verdict.stdout.is_empty() { &verdict.stderr } else { &verdict.stdout });
    for line in said.lines().take_while(|line| !line.is_empty()) {
        output::line(&format!("  {line}"));
    }
    if verdict.status.success() { Ok(()) } else { Err(Failure::new("the access log is not sound")) }
}

/// Stays; colleagues say something now and then, and answer whoever writes to them.
async fn stay(cast: &mut Cast, server: &mut Child) -> Result<(), Failure> {
    let (mut turn, mut answers, mut spoke) = (0, 0, Instant::now());
    loop {
        tokio::select! {
            ended = server.wait() => return Err(Failure::new(format!("the server ended: {}", ended?))),
            () = tokio::time::sleep(GLANCE) => {}
        }
        if let Some((author, words)) = answer(cast, answers).await? {
            output::line(&format!("  {author} さんの投稿に、同僚が了解し、答えました: {words}"));
            answers += 1;
            spoke = Instant::now();
        } else if spoke.elapsed() > PAUSE {
            if let Some(words) = remark(cast, turn).await? {
                output::line(&format!("  同僚がひとこと書きました: {words}"));
            }
            turn += 1;
            spoke = Instant::now();
        }
    }
}

/// Asks the server to stop, softly.
async fn stop(server: &mut Child) -> Result<(), Failure> {
    if let Some(id) =
        server.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
    {
        // A server that has ended already needs no signal.
        let _ended = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
    tokio::time::timeout(Duration::from_secs(25), server.wait())
        .await
        .map_err(|_| Failure::new("the server did not stop"))??;
    Ok(())
}

/// A colleague's process: cues in, reports out, a line of JSON each.
///
/// # Errors
/// When it cannot sign in.
pub async fn colleague(arguments: DemoColleague) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let mut part =
        match ActorPart::enter(&arguments.folder, &arguments.person, arguments.device.as_deref()).await {
            Ok(part) => part,
            Err(error) => {
                tell(&Report::Failed { why: words(&error) })?;
                return Ok(ExitCode::FAILURE);
            }
        };
    tell(&Report::SignedIn { ms: start.elapsed().as_secs_f64() * 1e3 })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let cue: Cue = serde_json::from_str(&line)?;
        tell(&part.act(cue).await)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(error: &GuestError) -> String {
    error.to_string()
}

fn tell(report: &Report) -> io::Result<()> {
    output::line(&serde_json::to_string(report)?);
    Ok(())
}
